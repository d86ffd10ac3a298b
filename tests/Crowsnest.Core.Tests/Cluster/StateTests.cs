using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Tests.Diagnosis;

namespace Crowsnest.Core.Tests.Cluster;

public class StateTests
{
    // Goal: state is a function of the set of events. Method: fold drawn events as drawn and shuffled with repeats, through the store's form and back.
    [Fact]
    public void A_tasks_state_does_not_depend_on_order_or_repeats_and_survives_the_store()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var events = Enumerable.Range(0, random.Next(1, 8)).Select(i => random.Next(3) == 0
                ? Some.Task("RUNNING", version: random.Next(5), seconds: i) : StopEvidenceTests.Draw(random, i)).ToArray();
            var shuffled = events.Concat(events).ToArray();
            random.Shuffle(shuffled);

            var expected = Render(Fold(events, throughStore: false)!);

            Assert.Equal((seed, expected), (seed, Render(Fold(shuffled, throughStore: false)!)));
            Assert.Equal((seed, expected), (seed, Render(Fold(shuffled, throughStore: true)!)));
        }
    }

    [Fact]
    public void A_repeat_is_a_duplicate_and_an_older_event_stale()
    {
        var (first, state) = TaskState.Observe(null, Some.Task("RUNNING", version: 3));

        Assert.Equal(Observation.Changed, first);
        Assert.Equal((Observation.Duplicate, state), TaskState.Observe(state, Some.Task("RUNNING", version: 3)));
        Assert.Equal((Observation.Stale, state), TaskState.Observe(state, Some.Task("PENDING", version: 2, seconds: 9)));
        Assert.Equal(Observation.Changed, TaskState.Observe(state, Some.Task("RUNNING", version: 3, seconds: 1)).Observation);
    }

    [Fact]
    public void A_stale_event_still_adds_what_it_says_of_the_stop()
    {
        var (_, state) = TaskState.Observe(null, Some.Task(version: 6, containers: [Some.Container(1)]));
        var (observation, next) = TaskState.Observe(state, Some.Task("STOPPING", "EssentialContainerExited", "why", version: 5));

        Assert.Equal(Observation.Stale, observation);
        Assert.Equal(("EssentialContainerExited", "why", 6L), (next.Stop!.StopCode, next.Stop.StoppedReason, next.Order.Version));
    }

    [Fact]
    public void A_document_of_a_stopped_task_repeats_nothing()
    {
        var (_, state) = TaskState.Observe(null, Some.Task(stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited", containers: [Some.Container(1)]));

        var text = Encoding.UTF8.GetString(StateDocument.Write(state).Document.Span);

        Assert.Equal(text.IndexOf("Essential container in", StringComparison.Ordinal), text.LastIndexOf("Essential container in", StringComparison.Ordinal));
        Assert.Contains("\"stop\":{\"stopped\":true}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instances_state_survives_the_store_and_ignores_what_is_older()
    {
        var newest = Some.Event(EventKind.ContainerInstance, new ContainerInstanceDetail { Version = 9, Status = "DRAINING", AgentConnected = false, RemainingCpu = 128 });
        var older = Some.Event(EventKind.ContainerInstance, new ContainerInstanceDetail { Version = 8, Status = "ACTIVE" }, seconds: 60);
        var (_, state) = InstanceState.Observe(null, newest);
        var (observation, next) = InstanceState.Observe(StateDocument.ReadInstance(StateDocument.Write(state)), older);

        Assert.Equal(Observation.Stale, observation);
        Assert.Equal(("DRAINING", false, 128L), (next.Detail.Status, next.Detail.AgentConnected, next.Detail.RemainingCpu));
    }

    private static TaskState? Fold(EcsEvent[] events, bool throughStore) => events.Aggregate((TaskState?)null, (known, e) =>
    {
        var next = TaskState.Observe(known, e).Next;
        return throughStore ? StateDocument.ReadTask(StateDocument.Write(next)) : next;
    });

    private static string Render(TaskState state)
    {
        var row = StateDocument.Write(state);
        return $"{row with { Document = default }} {Encoding.UTF8.GetString(row.Document.Span)}";
    }
}
