using System.Globalization;
using System.Text;
using Crowsnest.Core.Search;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>The real server and real writers, ended and halted while events come in.</summary>
public sealed class OpenSearchOutageTests(ITestOutputHelper output)
{
    private const int ServicesABatch = 6, RunningABatch = 300, Parts = 6, WritesACommit = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private enum Fault
    {
        ServerHalts,
        ServerEnds,
        ServerEndsUnheard,
        FirstWriterEnds,
        SecondWriterEnds,
    }

    // Goal: whatever ends or hangs in the middle, each event is stored once, each failure is told, and what is told again has the same id. Method: two writers on
    // one server; each part of a batch is given until one of them says that it is stored, as a queue does; each fault
    // strikes while a write is under way, before the server has it or before its answer is heard; the two events of one stop come in
    // different batches. A soak draws more faults.
    [Fact]
    public async Task Whatever_ends_or_hangs_in_the_middle_each_event_is_stored_once_and_each_failure_told()
    {
        await using var server = ServerProcess.Find();
        if (server is null || !await server.StartAsync()) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository, or it does not start here");
        var folder = Directory.CreateTempSubdirectory("crowsnest-outage-").FullName;
        await using var told = new WebhookSink();
        await using var proxy = new RecordingProxy(server.Address);
        await using var first = new OutageWriter(folder, proxy.Address, told.Address);
        await using var second = new OutageWriter(folder, proxy.Address, told.Address);
        OutageWriter[] writers = [first, second];
        await Task.WhenAll(writers.Select(writer => writer.StartAsync(Cancel)));

        var faults = Faults();
        output.WriteLine(string.Join(' ', faults));
        var stops = Enumerable.Range(0, faults.Length + 1).Select(batch => Enumerable.Range(0, ServicesABatch).Select(i => $"svc-{batch}-{i}").ToArray()).ToArray();
        var stored = 0;
        for (var batch = 0; batch < faults.Length + 2; batch++)
        {
            List<string> lines = [.. Enumerable.Range(0, RunningABatch).Select(i => Event($"run-{batch}-{i}", "RUNNING", 1))];
            if (batch < stops.Length) lines.AddRange(stops[batch].Select(service => Event(service, "DEPROVISIONING", 2)));
            if (batch > 0) lines.AddRange(stops[batch - 1].Select(service => Event(service, "STOPPED", 3)));
            stored += lines.Count;
            var parts = lines.Index().GroupBy(line => line.Index % Parts, line => line.Item).Select(part => string.Join('\n', part)).ToArray();
            var struck = batch < faults.Length ? Strike(faults[batch], 1 + (batch % WritesACommit), proxy, server, writers) : Task.CompletedTask;
            var giving = parts.Select((part, i) => GiveAsync(part, writers, batch + i)).ToList();
            await struck;
            if (batch < faults.Length) await MendAsync(faults[batch], server, writers, parts[0]);
            await Task.WhenAll(giving);
        }

        var expected = stops.SelectMany(services => services).Order(StringComparer.Ordinal).ToList();
        await UntilAsync(() => Task.FromResult(told.Told.Select(one => one.Service).Distinct().Count() >= expected.Count), Cancel);
        await using var store = await OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = server.Address, ReadOnly = true }, TimeProvider.System, Cancel);
        await store.RefreshAsync(Cancel);
        Assert.Equal(stored, (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total);
        Assert.Equal(expected, told.Told.Select(one => one.Service).Distinct().Order(StringComparer.Ordinal));
        Assert.All(told.Told.GroupBy(one => one.Service), messages => Assert.Single(messages.Select(one => one.Message).Distinct()));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Asks again until something holds.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !await holds();)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"It did not come to hold within {Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }

    // Without a seed each fault once; a soak gives one.
    private static Fault[] Faults()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), CultureInfo.InvariantCulture, out var seed)) return Enum.GetValues<Fault>();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 10).Select(_ => (Fault)random.Next(Enum.GetValues<Fault>().Length))];
    }

    // Strikes while the nth write of many documents is under way: of a commit those are its states, its firings and its events.
    private static Task Strike(Fault fault, int nth, RecordingProxy proxy, ServerProcess server, OutageWriter[] writers)
    {
        var struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = nth;
        if (fault == Fault.ServerEndsUnheard) proxy.Loses = StrikeAsync;
        else proxy.Before = StrikeAsync;
        return struck.Task;

        async Task<bool> StrikeAsync(string request)
        {
            if (!request.StartsWith("POST /_bulk", StringComparison.Ordinal) || Interlocked.Decrement(ref left) != 0) return false;
            await (fault switch
            {
                Fault.ServerHalts => server.HaltAsync(),
                Fault.FirstWriterEnds => writers[0].KillAsync(),
                Fault.SecondWriterEnds => writers[1].KillAsync(),
                _ => server.KillAsync(),
            });
            struck.SetResult();
            return true;
        }
    }

    private static async Task MendAsync(Fault fault, ServerProcess server, OutageWriter[] writers, string part)
    {
        switch (fault)
        {
            case Fault.ServerHalts:
                // While the server hangs nobody may say that something is stored.
                Assert.False(await writers[0].TryPostToHaltedAsync(part, Cancel));
                await server.GoOnAsync();
                break;
            case Fault.ServerEnds or Fault.ServerEndsUnheard:
                Assert.True(await server.StartAsync());
                break;
            default:
                await writers[fault == Fault.FirstWriterEnds ? 0 : 1].StartAsync(Cancel);
                break;
        }
    }

    private static async Task GiveAsync(string lines, OutageWriter[] writers, int batch)
    {
        var turn = batch;
        await UntilAsync(() => writers[turn++ % writers.Length].TryPostAsync(lines, Cancel), Cancel);
    }

    private static readonly string Now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Event(string service, string lastStatus, int version)
    {
        var task = "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(service)))[..32];
        var stop = lastStatus == "RUNNING" ? "" : "\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\",";
        return $$$"""
            {"version":"0","id":"{{{service}}}-{{{version}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{{Now}}}","resources":["{{{task}}}"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","taskArn":"{{{task}}}","group":"service:{{{service}}}","lastStatus":"{{{lastStatus}}}","desiredStatus":"{{{(stop.Length > 0 ? "STOPPED" : "RUNNING")}}}",{{{stop}}}"containers":[{"name":"web","lastStatus":"{{{lastStatus}}}"{{{(lastStatus == "STOPPED" ? ",\"exitCode\":1" : "")}}}}],"updatedAt":"{{{Now}}}","version":{{{version}}}}}
            """;
    }
}
