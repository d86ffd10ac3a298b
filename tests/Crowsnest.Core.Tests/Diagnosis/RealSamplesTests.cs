using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Tests.Diagnosis;

public class RealSamplesTests
{
    [Fact]
    public void Every_real_sample_has_the_outcome_that_its_index_says()
    {
        var folder = Shared.Find("ecs-events");
        var wrong = new List<string>();
        var judged = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "index.tsv")).Skip(1))
        {
            var columns = line.Split('\t');
            if (columns[4] is "reject" or "mixed") continue;
            var found = new EventDiagnoser().Diagnose(WireEvent.Read(File.ReadAllText(Path.Combine(folder, columns[0]))));
            judged++;
            if (!found.Outcome.ToString().Equals(columns[4], StringComparison.OrdinalIgnoreCase)) wrong.Add($"{columns[0]}: {columns[4]}, not {found.Outcome} ({found.Summary})");
        }

        Assert.True(judged > 30, $"only {judged} samples");
        Assert.Empty(wrong);
    }

    // Goal: in the recorded streams only ELB stops, exits with 99 and failed deployments are failures, and each such task once.
    [Theory]
    [InlineData("healthcheck-failure-8ui3h0yf5xqg", "LoadBalancerHealthCheck", "DeploymentFailed")]
    [InlineData("processexit-failure-se3n0qmzhzpm", "EssentialContainerExited", "DeploymentFailed")]
    [InlineData("success-f249u7ap07ef")]
    public void Recorded_streams_have_these_failures_and_no_other(string stream, params string[] kinds)
    {
        var found = new HashSet<string>();
        foreach (var line in File.ReadLines(Path.Combine(Shared.Find("ecs-events/streams"), stream + ".ndjson")))
        {
            var diagnosis = new EventDiagnoser().Diagnose(WireEvent.Read(line));
            if (diagnosis.Outcome == EventOutcome.Failure) found.Add(diagnosis.Kind);
            else Assert.NotEqual(EventOutcome.Unknown, diagnosis.Outcome);
        }

        Assert.Equal(kinds.Order(), found.Order());
    }
}
