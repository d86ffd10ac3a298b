using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Simulator.Tests;

/// <summary>The simulator's truth and the program's diagnosis agree: every failure is found, none is invented, each has its kind, and the fold ends where the fleet does.</summary>
public sealed class TruthTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string[]> Kinds = new()
    {
        ["app_crash"] = ["EssentialContainerExited"], ["segfault"] = ["EssentialContainerExited"], ["oom"] = ["OutOfMemory"], ["image_pull"] = ["ImagePull"],
        ["resource_init"] = ["ResourceInitialization"], ["start_error"] = ["ContainerStart"], ["network"] = ["NetworkInterface"],
        ["elb_health"] = ["LoadBalancerHealthCheck"], ["container_health"] = ["ContainerHealthCheck"], ["spot"] = ["SpotInterruption"], ["host_lost"] = ["HostTerminated"],
        ["service_error"] = ["Placement"], ["deployment_failed"] = ["DeploymentFailed"], ["rolled_back"] = ["DeploymentRolledBack"], ["start_impaired"] = ["TaskStartImpaired"],
        ["daemon_impaired"] = ["TaskStartImpaired"], ["agent_disconnected"] = ["AgentDisconnected"],
        ["completed"] = ["Completed"], ["scale_in"] = ["ScaleIn"], ["deploy_replace"] = ["ScaleIn"], ["user_stop"] = ["UserStopped"], ["maintenance"] = ["Maintenance"],
    };

    /// <summary>Seeds, and percents of duplicates, of late lines, of gaps and of odd events; the first is for the inner loop.</summary>
    public static IEnumerable<TheoryDataRow<int, int, int, int, int>> Streams =>
        [new(1, 5, 10, 0, 0), Slow(2, 0, 0, 0, 0), Slow(2026, 10, 30, 20, 0), Slow(-1, 3, 5, 5, 5)];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Every_failure_is_found_none_is_invented_and_each_has_its_kind(int seed, int duplicates, int late, int gaps, int odd)
    {
        var (decoder, diagnoser) = (new EventDecoder(), new EventDiagnoser());
        var stops = new Dictionary<string, StopEvidence>();
        var truths = new Dictionary<string, string>();
        var everFailed = new HashSet<string>();
        var wrong = new List<string>();
        var others = 0;
        foreach (var line in Take(seed, duplicates, late, gaps, odd))
        {
            var e = Assert.IsType<Decoded.Ok>(decoder.Decode(line.Json.ToArray(), SimulatedStream.Start)).Event;
            var cls = line.Truth.Class;
            if (e.Kind == EventKind.Task)
            {
                if (cls is not null) truths[e.TaskId] = cls;
                if (StopEvidence.From(e) is not { } said) continue;

                var merged = stops[e.TaskId] = StopEvidence.MergeAny(stops.GetValueOrDefault(e.TaskId), said)!;
                if (diagnoser.Diagnose(merged).Outcome == EventOutcome.Failure) everFailed.Add(e.TaskId);
            }
            else
            {
                var found = diagnoser.Diagnose(e);
                if (cls is not null) others++;
                if (found.Outcome == EventOutcome.Failure != line.Truth.IsFailure) wrong.Add($"{e.DetailType}: {cls} is {found.Outcome} {found.Kind}");
                else if (cls is not null && !Kinds[cls].Contains(found.Kind)) wrong.Add($"{e.DetailType}: {cls} is {found.Kind}");
            }
        }

        var silent = 0;
        foreach (var (task, cls) in truths)
        {
            var found = diagnoser.Diagnose(stops[task]);
            var isFailure = EventTruth.FailureClasses.Contains(cls);
            if (!isFailure && everFailed.Contains(task)) wrong.Add($"{task} {cls} was a failure for a while");
            if (found.Outcome == (isFailure ? EventOutcome.Failure : EventOutcome.Routine) && Kinds[cls].Contains(found.Kind)) continue;

            // An odd stream takes reasons away; where no event and no container is left that has one, nobody can know.
            if (odd > 0 && stops[task].StoppedReason is null && stops[task].Containers.All(c => c.Reason is null)) silent++;
            else wrong.Add($"{task} {cls}: {found.Outcome} {found.Kind} ({string.Join("; ", found.Evidence)})");
        }

        // What failed and is not in the truth is on its way out still.
        wrong.AddRange(everFailed.Except(truths.Keys).Where(t => stops[t].IsStopped && odd == 0).Select(t => $"{t} is not in the truth"));
        output.WriteLine(
            $"seed {seed}: {truths.Count} stopped tasks, {truths.Values.Count(EventTruth.FailureClasses.Contains)} failed, {others} others, {silent} without evidence, {wrong.Count} wrong");
        Assert.True(truths.Values.Count(EventTruth.FailureClasses.Contains) > 1_000);
        Assert.True(others > 50);
        Assert.Empty(wrong);
        Assert.True(silent <= truths.Count / 200.0, $"{silent} of {truths.Count} without evidence");
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void The_fold_of_the_events_is_the_simulators_last_state(int seed, int duplicates, int late, int gaps, int odd)
    {
        var decoder = new EventDecoder();
        var tasks = new Dictionary<string, TaskState>();
        var instances = new Dictionary<string, InstanceState>();
        var record = new TruthRecord();
        foreach (var line in Take(seed, duplicates, late, gaps, odd))
        {
            record.Take(line, null);
            var e = Assert.IsType<Decoded.Ok>(decoder.Decode(line.Json.ToArray(), SimulatedStream.Start)).Event;
            if (e.Kind == EventKind.Task) tasks[e.TaskId] = TaskState.Observe(tasks.GetValueOrDefault(e.TaskId), e).Next;
            else if (e.Kind == EventKind.ContainerInstance) instances[e.Instance] = InstanceState.Observe(instances.GetValueOrDefault(e.Instance), e).Next;
        }

        Assert.Equal(record.States.Count, tasks.Count + instances.Count);
        Assert.True(tasks.Count > 1_000 && instances.Count > 10, $"{tasks.Count} tasks and {instances.Count} instances");
        foreach (var truth in record.States.Values)
        {
            var id = truth.Arn[(truth.Arn.LastIndexOf('/') + 1)..];
            if (truth is TaskTruth task)
            {
                var known = tasks[id];
                Assert.Equal(
                    (task.Version, task.LastStatus, task.DesiredStatus, task.Cluster, task.Group, task.StopCode),
                    (known.Order.Version, known.Detail.LastStatus, known.Detail.DesiredStatus, known.Name.Cluster, known.Detail.Group, known.Detail.StopCode));
            }
            else if (truth is InstanceTruth instance)
            {
                var known = instances[id];
                Assert.Equal(
                    (instance.Version, instance.Status, instance.AgentConnected, instance.Ec2InstanceId),
                    (known.Order.Version, known.Detail.Status, known.Detail.AgentConnected, known.Detail.Ec2InstanceId));
            }
        }
    }

    private static List<DeliveredLine> Take(int seed, int duplicates, int late, int gaps, int odd) => SimulatedStream.Take(
        30_000, unchecked((ulong)seed), new DeliveryOptions { Duplicates = duplicates, OutOfOrder = late, VersionGaps = gaps }, odd);

    private static TheoryDataRow<int, int, int, int, int> Slow(int seed, int duplicates, int late, int gaps, int odd) =>
        new(seed, duplicates, late, gaps, odd) { Traits = { ["Category"] = ["slow"] } };
}
