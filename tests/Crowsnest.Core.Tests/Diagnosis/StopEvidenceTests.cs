using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Diagnosis;

public class StopEvidenceTests
{
    // Goal: the evidence is a function of the set of events. Method: fold drawn events as drawn, shuffled, with repeats, and as a tree.
    [Fact]
    public void Evidence_does_not_depend_on_order_repeats_or_grouping()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(0, random.Next(1, 7)).Select(i => Draw(random, i)).ToArray();
            var whole = Fold(events);
            var shuffled = events.Concat(events).ToArray();
            random.Shuffle(shuffled);
            var half = random.Next(events.Length + 1);

            Assert.True(whole.SameAs(Fold(shuffled)), $"seed {seed}: shuffled");
            var (left, right) = (events[..half], events[half..]);
            if (left.Length > 0 && right.Length > 0) Assert.True(whole.SameAs(StopEvidence.Merge(Fold(right), Fold(left))), $"seed {seed}: grouped");
            Assert.True(whole.SameAs(StopEvidence.Merge(whole, whole)), $"seed {seed}: repeated");
        }
    }

    [Fact]
    public void A_later_event_that_lacks_a_fact_takes_nothing_away()
    {
        var first = StopEvidence.From(Some.Task("STOPPING", "EssentialContainerExited", "Essential container in task exited", version: 5))!;
        var last = StopEvidence.From(Some.Task(containers: [Some.Container(3)], version: 6))!;

        var merged = StopEvidence.Merge(last, first);

        Assert.Equal(("EssentialContainerExited", "Essential container in task exited", true), (merged.StopCode, merged.StoppedReason, merged.IsStopped));
        Assert.Equal("EssentialContainerExited", new EventDiagnoser().Diagnose(merged).Kind);
    }

    [Fact]
    public void A_task_that_is_not_stopping_has_none() => Assert.Null(StopEvidence.From(Some.Task("RUNNING", containers: [Some.Container(0)])));

    internal static EcsEvent Draw(Random random, int i, string taskId = "0123456789abcdef")
    {
        var containers = Enumerable.Range(0, random.Next(3))
            .Select(c => Some.Container(random.Next(3) == 0 ? null : random.Next(3), random.Next(2) == 0 ? null : "r" + random.Next(3), "c" + c)).ToArray();
        return Some.Task(
            random.Next(2) == 0 ? "STOPPING" : "STOPPED", random.Next(2) == 0 ? null : "code" + random.Next(3), random.Next(2) == 0 ? null : "reason" + random.Next(3),
            containers, version: random.Next(4) == 0 ? null : random.Next(4), seconds: i, desiredStatus: "STOPPED", taskId: taskId);
    }

    private static StopEvidence Fold(EcsEvent[] events) => events.Select(e => StopEvidence.From(e)!).Aggregate(StopEvidence.Merge);
}
