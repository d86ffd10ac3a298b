using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Search;
using Crowsnest.Sqlite;

namespace Crowsnest.Bench;

/// <summary>
/// The clusters as they were, over a filled store: what making the checkpoints costs, how long any moment takes, drawn at random over all of the time, and how
/// long the same answer takes by reading the whole history; the two are compared, number by number.
/// </summary>
internal static class PastBench
{
    private const int Moments = 200;
    private const int Compared = 5;

    public static async Task<int> RunAsync(string folder)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = true }, TimeProvider.System);
        await store.SettleAsync(CancellationToken.None);
        var (diagnoser, options) = (new EventDiagnoser(), new HistoryOptions { Slack = TimeSpan.Zero });
        var stored = (await store.AccountingAsync(CancellationToken.None)).Values.Sum(a => a.Stored);
        var before = new FileInfo(Path.Combine(folder, "crowsnest.db")).Length;
        var maker = new CheckpointMaker(store, diagnoser, TimeProvider.System.GetUtcNow, options);
        var (watch, busy, made) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime, 0);
        while (await maker.NextAsync(CancellationToken.None)) made++;
        await store.SyncAsync(CancellationToken.None);
        var grown = new FileInfo(Path.Combine(folder, "crowsnest.db")).Length - before;
        Line($"{stored:N0} events, {made} checkpoints made in {watch.Elapsed.TotalSeconds:0.0} s, {(Process.GetCurrentProcess().TotalProcessorTime - busy).TotalMicroseconds / stored:0.0} µs of processor an event, {grown / (double)stored:0} B an event");

        var (first, last) = (await EdgeAsync(store, oldest: true), await EdgeAsync(store, oldest: false));
        var random = new Random(1);
        var (took, tasks, views) = (new List<double>(), new List<int>(), new List<FleetView>());
        var moments = Enumerable.Range(0, Moments).Select(_ => first + ((last - first) * random.NextDouble())).ToList();
        var used = TimeSpan.Zero;
        foreach (var at in moments.Prepend(moments[0]))
        {
            var history = new ClusterHistory(store, diagnoser, TimeProvider.System, options);
            watch.Restart();
            busy = Process.GetCurrentProcess().TotalProcessorTime;
            var view = (await history.ViewAsync(at, CancellationToken.None)).View;
            var services = view.Clusters.Sum(c => c.Services.Count);
            took.Add(watch.Elapsed.TotalMilliseconds);
            if (tasks.Count > 0) used += Process.GetCurrentProcess().TotalProcessorTime - busy;
            tasks.Add(view.Clusters.Sum(c => c.Tasks.Count(t => !t.IsStopped)));
            if (views.Count < Compared + 1) views.Add(view);
            GC.KeepAlive(services);
        }

        // The first is to warm up.
        var sorted = took.Skip(1).Order().ToList();
        Line($"{Moments} moments at random, {tasks.Skip(1).Average():N0} tasks alive: p50 {sorted[Moments / 2]:0} ms, p90 {sorted[Moments * 9 / 10]:0} ms, p99 {sorted[Moments * 99 / 100]:0} ms, longest {sorted[^1]:0} ms; {used.TotalMilliseconds / Moments:0} ms of processor each");
        watch.Restart();
        for (var i = 0; i < Compared; i++)
        {
            var expected = Counts(await PlainAsync(store, diagnoser, moments[i]));
            if (Counts(views[i + 1]) is var found && found != expected)
            {
                Line($"at {moments[i]:O}: {found}, and by reading all {expected}");
                return 1;
            }
        }

        Line($"by reading all of the history up to then: {watch.Elapsed.TotalMilliseconds / Compared:N0} ms, the same numbers at {Compared} of {Compared} moments");
        return 0;
    }

    private static async Task<FleetView> PlainAsync(SqliteStore store, EventDiagnoser diagnoser, DateTimeOffset at)
    {
        var (states, decoder) = (new Dictionary<string, IResourceState>(StringComparer.Ordinal), new EventDecoder());
        var next = (SearchCursor?)null;
        do
        {
            var page = await store.Events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, 5_000, next, OldestFirst: true), CancellationToken.None);
            foreach (var stored in page.Events)
            {
                if (stored.Read(decoder) is not Decoded.Ok { Event: var e } || !diagnoser.Trusted.Includes(e)) continue;
                if ((e.Detail.UpdatedAt.HasValue ? e.Detail.UpdatedAt.UnixMilliseconds : e.OccurredAt.ToUnixTimeMilliseconds()) <= at.ToUnixTimeMilliseconds()) ResourceFold.Fold(states, e);
            }

            next = page.Next;
        }
        while (next is not null);
        var model = new ClusterModel(diagnoser, new StandingTime(at));
        model.Apply(states.Values);
        return model.View;
    }

    private static string Counts(FleetView view) => string.Join('\n', view.Clusters.Select(c =>
        $"{c.Name}: {c.Tasks.Count()} {c.Tasks.Sum(t => t.Order.Version)} {c.Instances.Sum(i => i.State.Order.Version)} {string.Join(' ', c.Services.Select(s => $"{s.Name}={s.Running.Value}/{s.Pending.Value}/{s.LastFailure?.TaskId}"))}"));

    private static async Task<DateTimeOffset> EdgeAsync(SqliteStore store, bool oldest) =>
        (await store.Events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, 1, OldestFirst: oldest), CancellationToken.None)).Events[0].OccurredAt;

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
