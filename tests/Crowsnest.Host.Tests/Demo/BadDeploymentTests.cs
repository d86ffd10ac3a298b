using Crowsnest.Configuration;
using Crowsnest.Core.Events;
using Crowsnest.Rehearsal;
using Crowsnest.Simulator;

namespace Crowsnest.Host.Tests.Demo;

/// <summary>What the demo's fleet makes of the shipped rules when a deployment of it goes bad.</summary>
public sealed class BadDeploymentTests
{
    private static readonly TimeSpan Shift = TimeSpan.FromHours(12);

    // Goal: a bad deployment is one incident that gathers its tasks, told once, and over by itself after the rollback. Method: a shift of the demo's fleet through the rules and
    // routes as 'up' would have told, and of each deployment that ECS rolled back what was told of its service meanwhile.
    [Fact]
    public async Task Is_told_once_with_all_its_tasks_and_is_over_after_the_rollback()
    {
        var options = new SimulatorOptions { Seed = 4 };
        using var fleet = new FleetSimulator(options);
        var (events, failed) = (new List<EcsEvent>(), new List<EcsEvent>());
        while (fleet.NextAt < options.Start + Shift)
        {
            var decoded = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(fleet.Next().Json.ToArray(), fleet.NextAt)).Event;
            events.Add(decoded);
            if (decoded.Detail is ActionDetail { EventName: "SERVICE_DEPLOYMENT_FAILED" }) failed.Add(decoded);
        }

        events.Sort((left, right) => left.OccurredAt.CompareTo(right.OccurredAt));
        var rehearsed = await RuleRehearsal.RunAsync(ConfigFile.ParseWithoutSecrets("config", ""), Pages(events), null, TestContext.Current.CancellationToken);

        // One at the very end has had no time.
        var judged = failed.Where(one => one.OccurredAt < options.Start + Shift - TimeSpan.FromMinutes(30)).ToList();
        Assert.True(judged.Count >= 2, $"{judged.Count} deployments went bad");
        foreach (var bad in judged)
        {
            var (from, to) = (bad.OccurredAt.UtcDateTime.AddMinutes(-30), bad.OccurredAt.UtcDateTime);
            var tasks = events.Count(e => e.Deployment == bad.Deployment && e.Detail is TaskDetail { LastStatus: "STOPPED" } && e.OccurredAt < bad.OccurredAt);
            var told = rehearsed.Told.Where(item => item.Labels.GetValueOrDefault("service") == bad.Service && item.Labels["cluster"] == bad.Cluster && item.Labels["account"] == bad.Account && item.FirstAt >= from && item.FirstAt <= to).ToList();
            var words = $"{bad.Service} {bad.OccurredAt:HH:mm:ss}: {string.Join("; ", told.Select(item => $"{item.At:HH:mm:ss} {item.State} {item.Labels["kind"]} {item.Count}"))}";
            Assert.True(told.Count(item => item.State == "firing") == 1 && told.Count(item => item.State == "resolved") == 1, words);
            Assert.True(told[^1].State == "resolved" && told[^1].Count >= tasks, $"{words}; {tasks} tasks");
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<EcsEvent>> Pages(List<EcsEvent> events)
    {
        foreach (var page in events.Chunk(5_000)) yield return await Task.FromResult(page);
    }
}
