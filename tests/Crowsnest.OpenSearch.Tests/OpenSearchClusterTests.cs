using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>A cluster of three nodes, each a process, that loses one.</summary>
public sealed class OpenSearchClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Goal: with a copy of each index a node may be lost in the middle: what was acknowledged is there, what was under way is stored once, and firings are neither
    // lost nor doubled. Method: commit batch after batch, end the node that has the first copy of the events after the third, and count on those that are left.
    [Fact]
    public async Task A_node_that_is_lost_in_the_middle_takes_nothing_with_it()
    {
        var nodes = ServerProcess.FindCluster(3);
        if (nodes.Count == 0) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository");
        try
        {
            Assert.DoesNotContain(false, await Task.WhenAll(nodes.Select(node => node.StartAsync())));
            using var http = new HttpClient { BaseAddress = nodes[0].Address, Timeout = TimeSpan.FromMinutes(2) };
            await HealthAsync(http, "wait_for_nodes=3");
            await using var store = await OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = nodes[0].Address, IndexPrefix = "c", RefreshAtOnce = true }, TimeProvider.System, Cancel);
            await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), TimeProvider.System);

            var stored = 0L;
            for (var batch = 0; batch < 8; batch++)
            {
                var events = Enumerable.Range(0, 50).Select(i => Some.Task(containers: [Some.Container(139)], version: 2, service: $"s{batch}-{i}", taskId: $"{batch}-{i}")).ToArray();
                var committing = pipeline.SubmitAsync(new IngestBatch("test", Some.Noon, events, []), Cancel);
                if (batch == 3)
                {
                    await committing;
                    await HealthAsync(http, "wait_for_status=green");
                    await nodes[await FirstCopyAsync(http) is "Node 3" ? 2 : 1].KillAsync();
                }

                stored += (await committing).Accounting.Stored;
            }

            Assert.Equal(400, stored);
            Assert.Equal(400, (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total);
            await using var pass = await store.Incidents.BeginAsync(Cancel);
            Assert.Equal(400, (await pass.PendingFiringsAsync(999, Cancel)).Count);
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    private static async Task HealthAsync(HttpClient http, string until)
    {
        using var health = JsonDocument.Parse(await http.GetStringAsync(new Uri($"_cluster/health?timeout=100s&{until}", UriKind.Relative), Cancel));
        Assert.False(health.RootElement.GetProperty("timed_out").GetBoolean(), health.RootElement.ToString());
    }

    private static async Task<string> FirstCopyAsync(HttpClient http) =>
        (await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"_cat/shards/c-events-{Some.Noon:yyyy.MM.dd}?h=prirep,node"), UriKind.Relative), Cancel))
            .Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("p ", StringComparison.Ordinal)).Select(line => line[2..].Trim()).Single();
}
