using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Resync;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Resync;

/// <summary>What ECS says beside what events said: what is different, and that the event of it makes it known.</summary>
public sealed class ReconcilerTests(ITestOutputHelper output)
{
    private static readonly EventDiagnoser Diagnoser = new();

    [Fact]
    public void An_unknown_task_is_missed_and_then_known_as_it_is()
    {
        var found = Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(4)), null)!;

        var task = (TaskState)SomeEcs.Fold(null, SomeEcs.Event(found))!;
        Assert.Equal(("task-missed-start", 4L, "RUNNING", "api", "prod"), (found.Drift, task.Order.Version, task.Detail.LastStatus, task.Service, task.Name.Cluster));
        Assert.Equal(Some.Noon, task.Detail.StartedAt.ToDateTimeOffset());
        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(4)), task));
    }

    [Fact]
    public void What_it_writes_is_masked_as_events_are_and_says_whose_it_is()
    {
        var e = SomeEcs.Event(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(4)), null)!);

        var text = Encoding.UTF8.GetString(e.Raw.Span);
        Assert.DoesNotContain("geheim", text, StringComparison.Ordinal);
        Assert.Equal((true, true, "crowsnest.resync", EventKind.Task), (e.IsOwn, Diagnoser.Trusted.Includes(e), e.Source, e.Kind));
        Assert.Contains("\"drift\":\"task-missed-start\"", text, StringComparison.Ordinal);

        // As a store gives it back.
        var kept = Assert.IsType<Decoded.Ok>(new EventDecoder(new MaskingOptions { Environment = false }).Decode(e.Raw, Some.Noon, e.Masked)).Event;
        Assert.Equal((true, e.Key), (kept.IsOwn, kept.Key));
    }

    // Goal: the name of the source is no proof, whatever is configured. Method: our own event's bytes, and what anybody may write, through the way in from outside and through a store.
    [Theory]
    [InlineData("verified")]
    [InlineData("")]
    [InlineData("***")]
    public void From_outside_it_is_believed_by_nobody(string mark)
    {
        var ours = SomeEcs.Event(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(4)), null)!);
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ours.Raw.Span).Replace("\"verified\"", $"\"{mark}\"", StringComparison.Ordinal));

        foreach (var way in (OwnMark[])[OwnMark.TakenAway, OwnMark.Left])
        {
            var e = SomeEcs.Event(forged, way);
            Assert.False(e.IsOwn);
            Assert.False(new TrustedSources(["crowsnest.*", "*"]).Includes(e));
            Assert.False(new TrustedSources(["crowsnest.*", "*"]).Includes(e.Source));
            if (way == OwnMark.TakenAway) Assert.NotEqual(ours.Key, e.Key);
            Assert.False(Assert.IsType<Decoded.Ok>(new EventDecoder(new MaskingOptions { Environment = false }).Decode(e.Raw, Some.Noon, e.Masked)).Event.IsOwn);
        }
    }

    [Fact]
    public void A_newer_version_wins_whoever_brings_it()
    {
        var known = SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 3));

        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(4, "PENDING")), known));
        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(5)), known));
        Assert.Equal("task-changed", Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(6)), known)!.Drift);
    }

    [Fact]
    public void A_missed_stop_is_a_failure_like_any_other_and_says_that_it_was_found_late()
    {
        var known = SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 3));
        var found = Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(7, "STOPPED", "EssentialContainerExited", "Essential container in task exited", 3, stoppedAt: 60)), known)!;
        var e = SomeEcs.Event(found);
        var firings = new List<Firing>();
        new ShippedRules([ShippedRules.TaskFailed]).Evaluate(e, Diagnoser.Diagnose(e), firings);

        Assert.Equal(("task-missed-stop", Some.Noon.AddSeconds(60)), (found.Drift, found.Since.ToDateTimeOffset()));
        var firing = Assert.Single(firings);
        Assert.Equal(("EssentialContainerExited", Some.Noon.AddSeconds(60)), (firing.Labels["kind"], firing.OccurredAt));
        Assert.StartsWith("found late", firing.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_is_gone_is_closed_and_keeps_what_was_known()
    {
        var known = (TaskState)SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 3))!;
        var found = Reconciler.Gone(known, SomeEcs.Place())!;
        var e = SomeEcs.Event(found);
        var closed = (TaskState)SomeEcs.Fold(known, e)!;

        Assert.Equal(("task-gone", true, 5L, "api", "api"), (found.Drift, closed.IsStopped, closed.Order.Version, closed.Service, closed.Family));
        Assert.StartsWith("Not seen again since 2026-03-02T12:00:03.000Z", closed.StoppedReason, StringComparison.Ordinal);
        Assert.Equal(Some.Noon, closed.Detail.StartedAt.ToDateTimeOffset());
        Assert.Equal((EventOutcome.Unknown, "Unknown"), (Diagnoser.Diagnose(closed.Stop!).Outcome, Diagnoser.Diagnose(closed.Stop!).Kind));
        Assert.Null(Reconciler.Gone(closed, SomeEcs.Place(900)));

        // Its own event, when it comes after all, says what became of it.
        var late = (TaskState)SomeEcs.Fold(closed, SomeEcs.EcsOwn(SomeEcs.Task(8, "STOPPED", "EssentialContainerExited", "Essential container in task exited", 1, stoppedAt: 70), 70))!;
        Assert.Equal(("Essential container in task exited", EventOutcome.Failure), (late.StoppedReason, Diagnoser.Diagnose(late.Stop!).Outcome));
    }

    [Fact]
    public void A_task_that_is_there_again_is_not_gone()
    {
        var known = SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 3))!;
        var closed = SomeEcs.Fold(known, SomeEcs.Event(Reconciler.Gone(known, SomeEcs.Place(600))!))!;
        var again = Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(5), 900), closed)!;

        Assert.Equal("task-seen-again", again.Drift);
        Assert.False(SomeEcs.Fold(closed, SomeEcs.Event(again))!.IsStopped);
        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(5), 500), closed));
    }

    [Fact]
    public void Nothing_is_closed_of_which_something_was_heard_since_ECS_was_asked() =>
        Assert.Null(Reconciler.Gone(SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 601))!, SomeEcs.Place(600)));

    [Fact]
    public void Without_versions_what_it_says_is_compared()
    {
        var known = SomeEcs.Fold(null, SomeEcs.Event(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(null)), null)!));

        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(null), 900), known));
        var stopped = Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(null, "STOPPED", stoppedReason: "why"), 900), known)!;
        Assert.Equal("task-missed-stop", stopped.Drift);
        Assert.True(SomeEcs.Fold(known, SomeEcs.Event(stopped))!.IsStopped);
        Assert.Null(Reconciler.Compare(SomeEcs.Of(SomeEcs.Task(null, "STOPPED")), SomeEcs.Fold(null, SomeEcs.EcsOwn(SomeEcs.Task(5), 3))));
    }

    [Fact]
    public void An_instance_is_missed_changed_and_gone()
    {
        var missed = Reconciler.Compare(SomeEcs.OfInstance(SomeEcs.Instance(10)), null)!;
        var known = (InstanceState)SomeEcs.Fold(null, SomeEcs.Event(missed))!;
        Assert.Equal(("instance-missed-start", 2048L, true), (missed.Drift, known.Detail.RegisteredCpu, known.Detail.AgentConnected));
        Assert.Null(Reconciler.Compare(SomeEcs.OfInstance(SomeEcs.Instance(10), 700), known));
        Assert.Equal("instance-changed", Reconciler.Compare(SomeEcs.OfInstance(SomeEcs.Instance(11, "DRAINING"), 700), known)!.Drift);

        var gone = Reconciler.Gone(known, SomeEcs.Place(800))!;
        var closed = (InstanceState)SomeEcs.Fold(known, SomeEcs.Event(gone))!;
        Assert.Equal(("instance-gone", true, "i-0123"), (gone.Drift, closed.IsStopped, closed.Detail.Ec2InstanceId));
        Assert.NotEqual(EventOutcome.Failure, Diagnoser.Diagnose(SomeEcs.Event(gone)).Outcome);
    }

    [Fact]
    public void A_services_desired_count_becomes_known_and_its_end_too()
    {
        var missed = Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(3))[0], null)!;
        var known = (ServiceState)SomeEcs.Fold(null, SomeEcs.Event(missed))!;
        Assert.Equal(("service-missed", 3L, CountSource.Resync), (missed.Drift, known.Desired!.Count, known.Desired.From));
        Assert.Null(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(3), 700)[0], known));

        var changed = Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(5), 700)[0], known)!;
        Assert.Equal("service-desired", changed.Drift);
        known = (ServiceState)SomeEcs.Fold(known, SomeEcs.Event(changed))!;
        Assert.Null(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(4), 650)[0], known));

        var gone = Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(5, "INACTIVE"), 800)[0], known)!;
        var closed = (ServiceState)SomeEcs.Fold(known, SomeEcs.Event(gone))!;
        Assert.Equal(("service-gone", true, 0L), (gone.Drift, closed.IsStopped, closed.Desired!.Count));
        Assert.Null(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(5, "INACTIVE"), 900)[0], closed));
        Assert.Null(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(0, "INACTIVE"))[0], null));
        Assert.False(SomeEcs.Fold(closed, SomeEcs.Event(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(2), 1_000)[0], closed)!))!.IsStopped);
    }

    [Fact]
    public void A_deployment_that_failed_unheard_is_told()
    {
        var begun = SomeEcs.OfService(SomeEcs.Service(3, deployments: SomeEcs.Deployment("IN_PROGRESS", 10)))[1];
        var missed = Reconciler.Compare(begun, null)!;
        Assert.Equal("deployment-missed-start", missed.Drift);
        var states = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        ResourceFold.Fold(states, SomeEcs.Event(missed));
        var known = states[begun.Name.Key];

        var failed = Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(3, deployments: SomeEcs.Deployment("FAILED", 60)))[1], known)!;
        Assert.Equal(("deployment-missed-end", EventOutcome.Failure), (failed.Drift, Diagnoser.Diagnose(SomeEcs.Event(failed)).Outcome));
        Assert.Null(Reconciler.Compare(begun, known));
        Assert.Null(Reconciler.Compare(SomeEcs.OfService(SomeEcs.Service(3, deployments: SomeEcs.Deployment("COMPLETED", 60)))[1], null));
    }

    // Goal: whatever events were lost, after a resync the task is as ECS has it, and a second one finds nothing; and events that come late change nothing of that.
    // Method: a drawn life of a task, of whose events a drawn part comes before the resync and the rest after it.
    [Fact]
    public void After_a_resync_what_is_known_is_what_ECS_has_whatever_was_lost()
    {
        var random = Seeds.Random(output, out _);
        for (var run = 0; run < 500; run++)
        {
            var life = Life(random);
            var lost = new List<(JsonObject Task, int At)>();
            IResourceState? known = null;
            foreach (var step in life)
            {
                if (random.Next(2) == 0) known = SomeEcs.Fold(known, SomeEcs.EcsOwn(step.Task, step.At));
                else lost.Add(step);
            }

            var said = SomeEcs.Of(life[^1].Task);
            var before = known;
            var found = Reconciler.Compare(said, known);
            if (found is not null) known = SomeEcs.Fold(known, SomeEcs.Event(found));
            Assert.Equal(before is null || before.Order.Version < said.Version, found is not null);
            Assert.Equal((run, Render(life[^1].Task)), (run, Render((TaskState)known!)));
            Assert.Null(Reconciler.Compare(SomeEcs.Of(life[^1].Task, 900), known));

            foreach (var step in lost.OrderBy(_ => random.Next())) known = SomeEcs.Fold(known, SomeEcs.EcsOwn(step.Task, step.At));
            Assert.Equal((run, Render(life[^1].Task)), (run, Render((TaskState)known!)));

            // And in the other order: the fold knows no order.
            IResourceState? other = null;
            foreach (var e in life.Select(s => SomeEcs.EcsOwn(s.Task, s.At)).Concat(found is null ? [] : [SomeEcs.Event(found)]).OrderBy(_ => random.Next())) other = SomeEcs.Fold(other, e);
            Assert.Equal(Encoding.UTF8.GetString(StateDocument.Write(known!).Document.Span), Encoding.UTF8.GetString(StateDocument.Write(other!).Document.Span));
        }
    }

    private static List<(JsonObject Task, int At)> Life(Random random)
    {
        var life = new List<(JsonObject, int)>();
        var (version, at) = (0L, 0);
        foreach (var status in ((string[])["PENDING", "RUNNING", "STOPPING", "STOPPED"]).Take(random.Next(1, 5)))
        {
            version += random.Next(1, 3);
            at += random.Next(1, 40);
            life.Add((SomeEcs.Task(version, status, status.StartsWith("STOP", StringComparison.Ordinal) ? "EssentialContainerExited" : null, status == "STOPPED" ? "why" : null, status == "STOPPED" ? 1 : null,
                stoppedAt: status == "STOPPED" ? at : null), at));
        }

        return life;
    }

    private static string Render(JsonObject task) => $"{task["version"]} {task["lastStatus"]} {task["desiredStatus"]} {task["stoppedReason"]}";

    private static string Render(TaskState task) => $"{task.Order.Version} {task.Detail.LastStatus} {task.Detail.DesiredStatus} {task.Detail.StoppedReason}";
}
