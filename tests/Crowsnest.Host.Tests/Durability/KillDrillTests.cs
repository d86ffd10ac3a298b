using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Crowsnest.Core.Incidents;
using Crowsnest.Host.Tests.Commands;
using Crowsnest.Host.Tests.Deploy;
using Crowsnest.Sqlite;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>
/// Goal: a server that is killed again and again during a stream with every disturbance ends where one that was left in peace does, and has told every failure.
/// Method: a generated stream is posted in pieces of chance; the real program is killed (SIGKILL) some milliseconds into some of them and started again, and what was
/// not answered is sent again. In the end all states and firings are compared with those of one quiet <c>ingest</c>. <c>CROWSNEST_SEED</c> decides all;
/// <c>CROWSNEST_DRILL_EVENTS</c> says how many events (8,000 unless told).
/// </summary>
[Trait("Category", "slow")]
public sealed class KillDrillTests(ITestOutputHelper output) : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task A_server_that_is_killed_during_a_stream_ends_in_the_same_state_with_every_failure_told()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 20261130;
        var count = int.Parse(Environment.GetEnvironmentVariable("CROWSNEST_DRILL_EVENTS") ?? "8000", CultureInfo.InvariantCulture);
        output.WriteLine($"CROWSNEST_SEED={seed}");
        var random = new Random(seed);
        var lines = await GenerateAsync(seed, count);
        await using var target = await WebhookTarget.StartAsync();
        _crowsnest.Write("crowsnest.yaml", $"{{outbox: {{max_age: 100y}}, route: {{receiver: ops, group_wait: 0s, group_interval: 1s}}, receivers: [{{name: ops, webhook_configs: [{{url: \"{target.Url}\"}}]}}]}}");
        _crowsnest.Write("quiet.yaml", "{outbox: {max_age: 100y}, route: {receiver: ops}, receivers: [{name: ops, console_configs: [{}]}]}");
        var quiet = await _crowsnest.RunAsync(["ingest", "events.ndjson", "--data", "quiet", "--config", "quiet.yaml"]);
        Assert.True(quiet.ExitCode == 0, quiet.Error);

        var (kills, next) = (0, 0);
        var piece = Math.Max(50, count / 40);
        while (next < lines.Length)
        {
            await using var up = await RunningUp.StartAsync(_crowsnest);
            for (var calm = random.Next(4); calm > 0 && next < lines.Length; calm--) next += await PostAsync(up, lines, next, random.Next(1, 2 * piece));
            if (next >= lines.Length) break;
            var sent = PostAsync(up, lines, next, random.Next(1, 2 * piece));
            Spin(TimeSpan.FromMilliseconds(random.Next(120)));
            up.Kill();
            kills++;
            if (await Record.ExceptionAsync(async () => await sent) is null) next += await sent;
        }

        await using (var up = await RunningUp.StartAsync(_crowsnest))
        {
            // Told is what the store says has left; in the end nothing waits any more.
            await CloudPath.UntilAsync(() => WaitingAsync(Path.Combine(_crowsnest.Folder, "crowsnest-data")));
            await up.StopAsync();
        }

        output.WriteLine($"{lines.Length} events, {kills} kills");
        Assert.True(kills > 3, $"only {kills} kills");
        var (expected, found) = (await PictureAsync("quiet"), await PictureAsync("crowsnest-data"));
        Assert.Equal(expected.Firings.Order(StringComparer.Ordinal), found.Firings.Order(StringComparer.Ordinal));
        Assert.NotEmpty(expected.Firings);
        foreach (var (key, state) in expected.States) Assert.True(found.States.TryGetValue(key, out var other) && other == state, $"CROWSNEST_SEED={seed}: {key}\n{state}\n{found.States.GetValueOrDefault(key, "missing")}");
        Assert.Equal(expected.States.Count, found.States.Count);
        Assert.Empty(found.Untold);

        // Each message once, and each kill repeats one at most, under its id.
        var ids = target.Taken().Select(message => message.GetProperty("notificationId").GetString()!).ToList();
        Assert.InRange(ids.Count - ids.Distinct().Count(), 0, kills);
    }

    private async Task<byte[][]> GenerateAsync(int seed, int count)
    {
        var generator = Repository.PathOf("..", "shared", "streams", "ecs-stream-gen");
        if (!File.Exists(generator)) Assert.Skip("skipped: no ../shared/streams/ecs-stream-gen beside the repository");
        var file = Path.Combine(_crowsnest.Folder, "events.ndjson");
        using var process = Process.Start(new ProcessStartInfo(
            generator, ["--events", $"{count}", "--seed", $"{seed}", "--duplicates", "5", "--out-of-order", "10", "--version-gaps", "10", "--odd", "5", "--failures", "6", "--out", file]) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
        return [.. (await File.ReadAllLinesAsync(file, Cancel)).Select(line => Encoding.UTF8.GetBytes(line + "\n"))];
    }

    private static async Task<int> PostAsync(RunningUp up, byte[][] lines, int from, int count)
    {
        var some = lines.AsSpan(from, Math.Min(count, lines.Length - from)).ToArray();
        using var body = new ByteArrayContent([.. some.SelectMany(line => line)]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, Cancel);
        answer.EnsureSuccessStatusCode();
        return some.Length;
    }

    private static async Task<string> WaitingAsync(string folder)
    {
        await using var store = Open(folder);
        var counts = await store.Incidents.CountsAsync(Cancel);
        var waiting = counts.Outbox.Where(one => one.Key.State == OutboxState.Waiting).Sum(one => one.Value);
        var untold = (await store.Incidents.IncidentsAsync(100_000, Cancel)).Count(incident => incident.ToldAt is null);
        return waiting + untold == 0 ? "" : $"{waiting} messages wait, {untold} incidents are not told";
    }

    private async Task<(List<string> Firings, Dictionary<string, string> States, List<string> Untold)> PictureAsync(string data)
    {
        await using var store = Open(Path.Combine(_crowsnest.Folder, data));
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var state in store.ReadStatesAsync(DateTimeOffset.MinValue, Cancel)) states[state.Key] = $"{state with { Document = default }} {Encoding.UTF8.GetString(state.Document.Span)}";
        var incidents = await store.Incidents.IncidentsAsync(100_000, Cancel);
        return (await FiringsAsync(Path.Combine(_crowsnest.Folder, data)), states, [.. incidents.Where(incident => incident.ToldAt is null).Select(incident => incident.Id)]);
    }

    // Waiting or assigned: what is read of each is what the events say, wherever they were put.
    private static async Task<List<string>> FiringsAsync(string folder)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, TimeProvider.System);
        await using var pass = await store.Incidents.BeginAsync(Cancel);
        var firings = (await pass.PendingFiringsAsync(1_000_000, Cancel)).Select(one => one.Firing).ToList();
        foreach (var incident in await store.Incidents.IncidentsAsync(100_000, Cancel)) firings.AddRange(await pass.FiringsOfAsync(incident.Id, 1_000_000, Cancel));
        return [.. firings.Select(firing => $"{firing.Id} {firing.Rank} {firing.Labels["kind"]} {firing.Event}")];
    }

    private static SqliteStore Open(string folder) => SqliteStore.Open(new SqliteStoreOptions { Folder = folder, ReadOnly = true }, TimeProvider.System);

    // A moment of chance within the work of another process: there is no signal from it to wait for.
    private static void Spin(TimeSpan wait)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < wait;) Thread.SpinWait(50);
    }
}
