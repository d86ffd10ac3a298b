using System.Net;
using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>What is made on the server when a store is opened: templates that are absent or differ, and indices that are absent.</summary>
/// <remarks>
/// Opening is what a cold start of a function waits for, so what must be asked is asked at once, and where all is well nothing is written. A user who may
/// neither read nor put templates can work all the same where somebody who may has set up the store.
/// </remarks>
internal sealed class StoreSetup(OpenSearchClient client, OpenSearchOptions options, IndexNames names)
{
    /// <summary>Makes what is missing.</summary>
    /// <returns>All indices of ours that there are.</returns>
    /// <exception cref="StoreException">The server cannot be reached, or something is missing and may not be made.</exception>
    public async Task<IReadOnlyCollection<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var templates = StoreTemplates.All(options, names);
        var (listing, found, refreshing) = (
            client.FirstAsync(HttpMethod.Get, $"{names.Prefix}-*/_settings/index.uuid", cancellationToken),
            client.FirstAsync(HttpMethod.Get, $"_index_template/{names.Prefix}-*?filter_path=index_templates.name,index_templates.index_template._meta", cancellationToken),
            client.FirstAsync(HttpMethod.Post, string.Join(',', Numbered(names)) + "/_refresh?ignore_unavailable=true&allow_no_indices=true", cancellationToken));
        await Task.WhenAll(listing, found, refreshing).ConfigureAwait(false);
        var listed = await listing.ConfigureAwait(false);
        var read = await found.ConfigureAwait(false);
        var refreshed = await refreshing.ConfigureAwait(false);
        if (!listed.IsSuccess) throw client.Refusal(listed);
        if (!refreshed.IsSuccess && refreshed.Status != HttpStatusCode.NotFound) throw client.Refusal(refreshed);

        HashSet<string> indices = [.. listed.Json.EnumerateObject().Select(index => index.Name)];
        List<string> missing = [.. StoreTemplates.Indices(names).Where(index => !indices.Contains(index))];
        if (read.Status != HttpStatusCode.Forbidden || missing.Count > 0)
        {
            await PutAsync(templates.Where(template => !IsThere(read, template)), cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(missing.Select(index => MakeAsync(index, cancellationToken))).ConfigureAwait(false);
        }

        return indices;
    }

    /// <summary>Puts templates, whatever is there.</summary>
    public Task PutAsync(IEnumerable<StoreTemplate> templates, CancellationToken cancellationToken) => Task.WhenAll(templates.Select(async template =>
    {
        var answer = await client.SendAsync(HttpMethod.Put, "_index_template/" + template.Name, template.Body, cancellationToken, isLines: false, HttpStatusCode.Forbidden).ConfigureAwait(false);
        if (!answer.IsSuccess) throw MayNot($"The index template {template.Name} is not there, or is not as this version has it", "indices:admin/index_template/put", answer);
    }));

    /// <summary>The greatest number that a document of the numbered indices has; 0 before the first.</summary>
    public static Task<long> LastNumberAsync(Documents documents, IndexNames names, CancellationToken cancellationToken) => documents.CountAsync(
        string.Join(',', Numbered(names)),
        json => json.Object("aggs", aggs => aggs.Object("last", last => last.Object("max", max => max.WriteString("field", "place")))),
        answer => answer.TryGetProperty("aggregations", out var found) && found.GetProperty("last").GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? (long)value.GetDouble() : 0,
        cancellationToken);

    private static string[] Numbered(IndexNames names) => [names.Quarantine, names.Firings, names.Outbox, names.Ledger];

    // 404: there is none of them.
    private bool IsThere(OpenSearchAnswer read, StoreTemplate template)
    {
        if (read.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden) return false;
        if (!read.IsSuccess) throw client.Refusal(read);
        return read.Json.TryGetProperty("index_templates", out var templates) && templates.EnumerateArray().Any(one =>
            one.GetProperty("name").ValueEquals(template.Name)
            && one.TryGetProperty("index_template", out var body) && body.TryGetProperty("_meta", out var meta)
            && meta.TryGetProperty(StoreTemplate.Mark, out var mark) && mark.ValueKind == JsonValueKind.String && mark.ValueEquals(template.Hash));
    }

    private async Task MakeAsync(string index, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Put, index, default, cancellationToken, isLines: false, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.Forbidden) throw MayNot($"The index {index} is not there", "indices:admin/create", answer);
        if (!answer.IsSuccess && !answer.Words.Contains("resource_already_exists", StringComparison.Ordinal)) throw client.Refusal(answer);
    }

    private StoreException MayNot(string what, string right, OpenSearchAnswer answer) => new(
        $"{what}, and this user may not make it: the store at {client.Server} answered {(int)answer.Status}: {answer.Words}",
        $"Run 'crowsnest opensearch setup' once as a user with {right}, or give it to this one (docs/access.md).", isTransient: false);
}
