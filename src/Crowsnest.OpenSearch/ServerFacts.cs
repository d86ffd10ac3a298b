using System.Globalization;
using System.Text.Json;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>What the server says of itself.</summary>
/// <param name="Product"><c>OpenSearch</c> or <c>Elasticsearch</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Health">The health of our indices: <c>green</c>, <c>yellow</c> (copies are missing) or <c>red</c> (data is missing).</param>
/// <param name="Nodes">How many nodes hold data.</param>
/// <param name="Indices">How many indices of ours there are.</param>
public sealed record ServerFacts(string Product, string Version, string Health, int Nodes, int Indices)
{
    internal static async Task<ServerFacts> ReadAsync(OpenSearchClient client, IndexNames names, CancellationToken cancellationToken)
    {
        var root = (await client.SendAsync(HttpMethod.Get, "", default, cancellationToken).ConfigureAwait(false)).Json;
        root.TryGetProperty("version", out var version);
        var isOpenSearch = Text(version, "distribution") == "opensearch";
        var health = (await client.SendAsync(HttpMethod.Get, $"_cluster/health/{names.Prefix}-*", default, cancellationToken).ConfigureAwait(false)).Json;
        var listed = (await client.SendAsync(HttpMethod.Get, $"_cat/indices/{names.Prefix}-*?format=json&h=index", default, cancellationToken).ConfigureAwait(false)).Json;
        return new ServerFacts(
            isOpenSearch ? "OpenSearch" : "Elasticsearch", Text(version, "number") ?? "?", Text(health, "status") ?? "?",
            health.TryGetProperty("number_of_data_nodes", out var nodes) ? nodes.GetInt32() : 0, listed.ValueKind == JsonValueKind.Array ? listed.GetArrayLength() : 0);
    }

    /// <summary>One line for a person.</summary>
    public string InWords => string.Create(CultureInfo.InvariantCulture, $"{Product} {Version}, {Nodes} data node{(Nodes == 1 ? "" : "s")}, {Indices} indices, {Health}");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
