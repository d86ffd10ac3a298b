using System.Text.Json;

namespace Crowsnest.Core.Tests.Cluster;

/// <summary>Generated streams with their end state beside them: what the fold and the views come to is exactly that.</summary>
public class GeneratedStateTests(ITestOutputHelper output)
{
    /// <summary>Seeds and the generator's options; the first is for the inner loop.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Streams =>
    [
        new("aloft", "--events 15000 --duplicates 5 --out-of-order 10 --version-gaps 10 --odd 5"),
        Slow("1", "--events 30000"),
        Slow("9", "--events 30000 --duplicates 20 --out-of-order 30 --max-shift 5000 --failures 40"),
        Slow("gull", "--events 40000 --odd 15 --duplicates 10 --out-of-order 20 --version-gaps 30 --cold --services 200 --clusters 12 --tasks 800"),
        Slow("2026", "--events 30000 --odd 10 --version-gaps 20 --out-of-order 50 --max-shift 20000 --instances 400"),
    ];

    [Theory]
    [MemberData(nameof(Streams))]
    public void The_views_end_in_the_generators_state(string seed, string options)
    {
        var stream = GeneratedStream.Make(seed, options);
        var (lines, view) = (stream.Lines, stream.View());
        var tasks = view.Clusters.SelectMany(c => c.Tasks).ToDictionary(t => t.Name.Id);
        var instances = view.Clusters.SelectMany(c => c.Instances).ToDictionary(i => i.State.Name.Id);
        var wrong = new List<string>();
        var silent = 0;
        var reasons = lines.Where(l => l.Contains("\"stoppedReason\":\"", StringComparison.Ordinal) && l.Contains("\"ECS Task State Change\"", StringComparison.Ordinal)).Select(IdOf).ToHashSet();
        var running = new Dictionary<(string Cluster, string Group), int>();
        foreach (var (arn, told) in stream.Members("tasks"))
        {
            var (cluster, group) = (Text(told, "cluster") ?? "", Text(told, "group") ?? "");
            if (Text(told, "lastStatus") == "RUNNING") running[(cluster, group)] = running.GetValueOrDefault((cluster, group)) + 1;
            if (!tasks.TryGetValue(arn[(arn.LastIndexOf('/') + 1)..], out var task))
            {
                wrong.Add($"{arn} is missing");
                continue;
            }

            var expected = (Text(told, "lastStatus"), Text(told, "desiredStatus"), told.GetProperty("version").GetInt64(), cluster, group, Text(told, "stopCode"), Text(told, "stoppedReason"));
            var d = task.Detail;
            var found = (d.LastStatus, d.DesiredStatus, task.Order.Version, task.Name.Cluster, d.Group ?? "", task.StopCode, task.StoppedReason);
            if (found == expected) continue;

            // An odd stream takes reasons away, and makes kinds that nobody knows; where no task event has one, nobody can know it.
            if (task.StoppedReason is null && (found with { Item7 = expected.Item7 }) == expected && !reasons.Contains(task.Name.Id)) silent++;
            else wrong.Add($"{arn}: {found}, not {expected}");
        }

        foreach (var (arn, told) in stream.Members("instances"))
        {
            if (!instances.TryGetValue(arn[(arn.LastIndexOf('/') + 1)..], out var instance))
            {
                wrong.Add($"{arn} is missing");
                continue;
            }

            var d = instance.State.Detail;
            var expected = (Text(told, "status"), told.GetProperty("agentConnected").GetBoolean(), told.GetProperty("version").GetInt64(), Text(told, "ec2InstanceId"),
                told.GetProperty("remainingCpu").GetInt64(), told.GetProperty("remainingMemory").GetInt64(), told.GetProperty("runningTasks").GetInt64());
            var found = (d.Status, d.AgentConnected ?? false, instance.State.Order.Version, d.Ec2InstanceId, d.RemainingCpu ?? -1, d.RemainingMemory ?? -1, d.RunningTasksCount ?? -1);
            if (found != expected) wrong.Add($"{arn}: {found}, not {expected}");
        }

        foreach (var service in view.Clusters.SelectMany(c => c.Services.Select(s => (Cluster: c.Name.Name, View: s))))
        {
            var expected = running.GetValueOrDefault((service.Cluster, "service:" + service.View.Name));
            if (service.View.Running.Value != expected) wrong.Add($"{service.Cluster}/{service.View.Name}: {service.View.Running.Value} running, not {expected}");
        }

        output.WriteLine($"seed {seed} {options}: {tasks.Count} tasks, {instances.Count} instances, {running.Count} groups, {silent} without a reason in any event, {wrong.Count} wrong");
        Assert.True(tasks.Count > 500 && instances.Count > 20 && running.Count > 10);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
        Assert.Equal(stream.Members("tasks").Count(), tasks.Count);
        Assert.Equal(stream.Members("instances").Count(), instances.Count);
    }

    private static string IdOf(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("detail") is var d && Text(d, "taskArn") is { } arn ? arn[(arn.LastIndexOf('/') + 1)..] : "";

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetString() : null;

    private static TheoryDataRow<string, string> Slow(string seed, string options) => new(seed, options) { Traits = { ["Category"] = ["slow"] } };
}
