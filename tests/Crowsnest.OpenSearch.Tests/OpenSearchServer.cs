using System.Globalization;

[assembly: AssemblyFixture(typeof(Crowsnest.OpenSearch.Tests.OpenSearchServer))]
[assembly: Trait("Category", "slow")]

namespace Crowsnest.OpenSearch.Tests;

/// <summary>The real server, from beside the repository: one for all tests, on this machine only. Tests skip aloud without it.</summary>
public sealed class OpenSearchServer : IAsyncLifetime
{
    // A soak runs every other round on three nodes, which hold two copies of each index.
    private readonly ServerProcess? _process = ServerProcess.Find(Environment.GetEnvironmentVariable("CROWSNEST_OPENSEARCH_NODES") is { Length: > 0 } nodes ? int.Parse(nodes, CultureInfo.InvariantCulture) : 1);

    private static Uri? Started { get; set; }

    /// <summary>Where it is, or a skipped test.</summary>
    public static Uri Address
    {
        get
        {
            if (Started is null) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository, or it does not start here");
            return Started;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (_process is null || !await _process.StartAsync()) return;

        // Many small indices at once are what tests make; a cluster has more machines for them.
        using var http = new HttpClient();
        using var settings = new StringContent("""{"persistent":{"cluster.max_shards_per_node":5000}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri(_process.Address, "_cluster/settings"), settings);
        answer.EnsureSuccessStatusCode();
        Started = _process.Address;
    }

    public async ValueTask DisposeAsync()
    {
        Started = null;
        if (_process is not null) await _process.DisposeAsync();
    }
}
