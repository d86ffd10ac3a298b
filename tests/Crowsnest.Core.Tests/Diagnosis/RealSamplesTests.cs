using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Tests.Events;

namespace Crowsnest.Core.Tests.Diagnosis;

public class RealSamplesTests
{
    public static TheoryData<string, string> Index
    {
        get
        {
            var rows = new TheoryData<string, string>();
            try
            {
                foreach (var columns in File.ReadLines(Path.Combine(Shared.Find("ecs-events"), "index.tsv")).Skip(1).Select(line => line.Split('\t'))) rows.Add(columns[0], columns[4]);
            }
            catch (Exception absent) when (absent.GetType().Name == "SkipException")
            {
                rows.Add("", "");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Index))]
    public async Task Each_real_sample_has_the_outcome_that_its_index_says(string file, string outcome)
    {
        var items = await Streams.ReadAsync(await File.ReadAllBytesAsync(Path.Combine(Shared.Find("ecs-events"), file), TestContext.Current.CancellationToken));
        if (outcome == "reject")
        {
            Assert.Equal(QuarantineReason.NotJson, Assert.IsType<Decoded.Failed>(Assert.Single(items)).Fault.Reason);
            return;
        }

        var events = items.ConvertAll(item => Assert.IsType<Decoded.Ok>(item).Event);
        if (outcome != "mixed") Assert.Single(events);
        foreach (var read in events)
        {
            Assert.NotEqual(EventKind.Unknown, read.Kind);
            var found = new EventDiagnoser().Diagnose(read);
            if (outcome == "mixed") Assert.NotEqual(EventOutcome.Unknown, found.Outcome);
            else Assert.Equal(outcome, found.Outcome.ToString(), ignoreCase: true);
        }
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
