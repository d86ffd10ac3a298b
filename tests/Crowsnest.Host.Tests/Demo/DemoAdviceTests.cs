using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Simulator;

namespace Crowsnest.Host.Tests.Demo;

/// <summary>Advice for the demo's fleet, day by day.</summary>
public sealed class DemoAdviceTests(ITestOutputHelper output)
{
    private const int Days = 4;

    // Goal: the demo shows an advice with its OOM kills, and none comes and goes: its indexer outgrows its memory each day. Method: some days of its fleet, and the advice of each evening by a window
    // of two days; what is advised stays for the window with the same amount, since nobody follows it.
    [Fact]
    public async Task The_indexer_gets_more_memory_and_no_advice_comes_and_goes()
    {
        var options = new SimulatorOptions { Seed = 1 };
        var advice = new AdviceOptions { WindowDays = 2, HoldDays = 1 };
        using var fleet = new FleetSimulator(options);
        var (decoder, diagnoser, search) = (new EventDecoder(), new EventDiagnoser(), new InMemoryEventSearch());
        var (states, seen) = (new Dictionary<string, IResourceState>(), new Dictionary<string, (long? Memory, int Since, int Last)>());
        var model = new ClusterModel(diagnoser, TimeProvider.System, new ClusterModelOptions { KeepStopped = TimeSpan.FromDays(3_650) });
        var end = new DateTimeOffset(options.Start.UtcDateTime.Date.AddDays(1), TimeSpan.Zero).AddSeconds(-1);
        for (var day = 0; day < Days; day++, end = end.AddDays(1))
        {
            var changed = new Dictionary<string, IResourceState>();
            while (fleet.NextAt < end)
            {
                var ecsEvent = Assert.IsType<Decoded.Ok>(decoder.Decode(fleet.Next().Json.ToArray(), fleet.NextAt)).Event;
                ResourceFold.Fold(states, ecsEvent, changed);

                // What tasks do while nothing ends is in their states.
                if (ecsEvent.Detail is TaskDetail { DesiredStatus: "STOPPED" } or TaskDetail { LastStatus: "RUNNING" }) search.Add([new DiagnosedEvent(ecsEvent, diagnoser.Diagnose(ecsEvent))]);
            }

            model.Apply(changed.Values);
            var today = new Dictionary<string, Advice>();
            foreach (var cluster in model.View.Clusters)
            {
                var history = await new AdviceReader(search, advice).ReadAsync(cluster, end, null, TestContext.Current.CancellationToken);
                foreach (var one in Advisor.Of(cluster, history, end, advice).Items.Where(a => a.Kind == AdviceKind.RaiseMemory)) today[$"{cluster.Name} {one.Service}{one.Family} {one.Container}"] = one;
            }

            Assert.Contains(today, t => t.Key.Contains("search-indexer", StringComparison.Ordinal) && t.Value is { EvidenceTotal: > 2, To.Memory: >= 640, RestsOnReservationsOnly: true });
            output.WriteLine($"day {day}: {string.Join(", ", today.Select(t => $"{t.Key} {t.Value.From?.Memory} > {t.Value.To?.Memory} ({t.Value.EvidenceTotal})"))}");
            foreach (var (key, one) in today)
            {
                if (seen.TryGetValue(key, out var before)) Assert.Equal((key, before.Memory), (key, one.To?.Memory));
                seen[key] = (one.To?.Memory, seen.TryGetValue(key, out var known) && known.Last == day - 1 ? known.Since : day, day);
            }

            // What is said no more was said for the window at least.
            Assert.All(seen.Where(s => s.Value.Last == day - 1), s => Assert.True(day - s.Value.Since >= advice.WindowDays, $"{s.Key} from day {s.Value.Since} to {s.Value.Last}"));
        }
    }
}
