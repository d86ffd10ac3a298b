using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Diagnosis;

/// <summary>Generated streams with the truth beside each line: one failure per failed task, no other, and each of the right kind.</summary>
public class GeneratedStreamTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string[]> Kinds = new()
    {
        ["app_crash"] = ["EssentialContainerExited"], ["segfault"] = ["EssentialContainerExited"], ["oom"] = ["OutOfMemory"], ["image_pull"] = ["ImagePull"],
        ["resource_init"] = ["ResourceInitialization"], ["start_error"] = ["ContainerStart"], ["elb_health"] = ["LoadBalancerHealthCheck"],
        ["container_health"] = ["ContainerHealthCheck"], ["spot"] = ["SpotInterruption"], ["host_lost"] = ["HostTerminated"], ["service_error"] = ["Placement"],
        ["deployment_failed"] = ["DeploymentFailed"], ["start_impaired"] = ["TaskStartImpaired"], ["completed"] = ["Completed"],
        ["scale_in"] = ["ScaleIn", "DeploymentReplaced"], ["deploy_replace"] = ["ScaleIn", "DeploymentReplaced"], ["user_stop"] = ["UserStopped"],
    };

    private static readonly HashSet<string> NoFailures = ["completed", "scale_in", "deploy_replace", "user_stop"];

    /// <summary>Seeds and the generator's options; the first is for the inner loop.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Streams =>
    [
        new("ahoy", "--duplicates 3 --out-of-order 5 --odd 2"),
        Slow("1", ""),
        Slow("7", "--duplicates 5 --out-of-order 10"),
        Slow("42", "--odd 5 --version-gaps 10 --failures 20 --cold"),
        Slow("crow", "--duplicates 20 --out-of-order 30 --max-shift 5000 --failures 40"),
        Slow("2026", "--odd 15 --duplicates 10 --out-of-order 20 --version-gaps 30 --cold --services 200 --clusters 12"),
    ];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Each_failed_task_is_one_failure_of_the_right_kind(string seed, string options)
    {
        var (decoder, diagnoser) = (new EventDecoder(), new EventDiagnoser());
        var stops = new Dictionary<string, StopEvidence>();
        var truths = new Dictionary<string, string>();
        var everFailed = new HashSet<string>();
        var wrong = new List<string>();
        var (events, truth) = Generate(seed, options);
        foreach (var (line, told) in File.ReadLines(events).Zip(File.ReadLines(truth)))
        {
            var e = Assert.IsType<Decoded.Ok>(decoder.Decode(Encoding.UTF8.GetBytes(line), Some.Noon)).Event;
            var t = JsonDocument.Parse(told).RootElement;
            var cls = t.GetProperty("class").GetString();
            if (e.Kind == EventKind.Task)
            {
                if (cls is not null) truths[e.TaskId] = cls;
                if (StopEvidence.From(e) is not { } said) continue;

                var merged = stops[e.TaskId] = StopEvidence.MergeAny(stops.GetValueOrDefault(e.TaskId), said)!;
                if (diagnoser.Diagnose(merged).Outcome == EventOutcome.Failure) everFailed.Add(e.TaskId);
            }
            else if (cls is not null)
            {
                var found = diagnoser.Diagnose(e);
                if (found.Outcome != EventOutcome.Failure || !Kinds[cls].Contains(found.Kind)) wrong.Add($"{cls}: {found.Outcome} {found.Kind}");
            }
        }

        Directory.Delete(Path.GetDirectoryName(events)!, recursive: true);
        var silent = 0;
        foreach (var (task, cls) in truths)
        {
            var found = diagnoser.Diagnose(stops[task]);
            // A firing is not taken back: no order of a wanted stop's events may look like a failure on the way.
            if (NoFailures.Contains(cls) && everFailed.Contains(task)) wrong.Add($"{task} {cls} was a failure for a while");
            var outcome = NoFailures.Contains(cls) ? EventOutcome.Routine : EventOutcome.Failure;
            if (found.Outcome == outcome && Kinds[cls].Contains(found.Kind)) continue;

            // No delivered event of the task carries the reason that tells it apart, and no container does.
            if (stops[task].StoppedReason is null && stops[task].Containers.All(c => c.Reason is null)) silent++;
            else wrong.Add($"{task} {cls}: {found.Outcome} {found.Kind} ({string.Join("; ", found.Evidence)})");
        }

        output.WriteLine($"seed {seed} {options}: {truths.Count} stopped tasks, {truths.Values.Count(c => !NoFailures.Contains(c))} failed, {silent} without evidence, {wrong.Count} wrong");
        Assert.True(truths.Count > 1_000);
        Assert.Empty(wrong);
        Assert.True(silent <= truths.Count / 1_000.0, $"{silent} of {truths.Count} without evidence");
    }

    private static TheoryDataRow<string, string> Slow(string seed, string options) => new(seed, options) { Traits = { ["Category"] = ["slow"] } };

    private static (string Events, string Truth) Generate(string seed, string options)
    {
        var generator = Shared.Find("streams/ecs-stream-gen");
        var folder = Directory.CreateTempSubdirectory("crowsnest-gen-").FullName;
        var (events, truth) = (Path.Combine(folder, "events"), Path.Combine(folder, "truth"));
        try
        {
            using var run = Process.Start(new ProcessStartInfo("python3", $"{generator} --events 30000 --seed {seed} --out {events} --truth {truth} {options}") { RedirectStandardError = true })!;
            run.StandardError.ReadToEnd();
            run.WaitForExit();
            Assert.Equal(0, run.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("skipped: no python3");
        }

        return (events, truth);
    }
}
