using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Cluster;

public class ClusterModelTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Later = Some.Noon.AddMinutes(30);

    // Goal: views are a function of the set of events. Method: the same drawn events, at once in the order of drawing; shuffled with repeats, one by one; and in batches of any
    // size, with a new model that loads what a store would have at some moment between.
    [Fact]
    public async Task Views_do_not_depend_on_order_repeats_batches_or_restarts()
    {
        var random = Seeds.Random(output, out var seed);
        for (var round = 0; round < 60; round++)
        {
            var events = SomeCluster.Draw(random, random.Next(1, 150));
            var expected = ViewText.Of(Fold(events, events.Length, random).View);
            var sent = SomeCluster.Shuffled(random, events);

            Assert.Equal($"seed {seed} round {round}\n{expected}", $"seed {seed} round {round}\n{ViewText.Of(Fold(sent, 1, random).View)}");
            Assert.Equal($"seed {seed} round {round}\n{expected}", $"seed {seed} round {round}\n{ViewText.Of((await RestartedAsync(sent, random)).View)}");
        }
    }

    [Fact]
    public void A_service_counts_its_tasks_by_where_they_are()
    {
        var service = Service(
            Some.Task("RUNNING", taskId: "a", seconds: 1), Some.Task("RUNNING", taskId: "b", seconds: 2), Some.Task("PENDING", taskId: "c", seconds: 3),
            Some.Task("DEPROVISIONING", "UserInitiated", taskId: "d", seconds: 4), Some.Task("STOPPED", "UserInitiated", taskId: "e", seconds: 5));

        Assert.Equal((2L, 1L, 1L), (service.Running.Value, service.Pending.Value, service.Stopping.Value));
        Assert.Equal(new Counted(2, CountSource.Tasks, Second(5)), service.Running);
    }

    [Fact]
    public void Desired_says_where_it_is_from_and_how_old_it_is()
    {
        EcsEvent[] tasks = [Some.Task("RUNNING", taskId: "a", seconds: 1), Some.Task("PENDING", taskId: "b", seconds: 2)];
        var said = SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 10, desired: 5);
        var resynced = SomeCluster.Action("SERVICE_STEADY_STATE", 20, desired: 4, source: "crowsnest.resync");

        Assert.Equal(new Counted(2, CountSource.Tasks, Second(2)), Service(tasks).Desired);
        Assert.Equal(new Counted(5, CountSource.ServiceEvent, Second(10)), Service([.. tasks, said]).Desired);
        Assert.Equal(new Counted(4, CountSource.Resync, Second(20)), Service([resynced, said, .. tasks]).Desired);
        Assert.Equal(default, Service(SomeCluster.Action("SERVICE_STEADY_STATE", 1)).Desired);
    }

    [Fact]
    public void Why_tasks_are_pending_is_what_ecs_says_of_the_service_until_it_is_steady_again()
    {
        var trouble = SomeCluster.Action("SERVICE_TASK_PLACEMENT_FAILURE", 20, reason: "RESOURCE:MEMORY");
        var wanted = SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 10, desired: 2);

        Assert.Equal(new PendingReason("SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:MEMORY", Second(20)), Service(wanted, trouble, SomeCluster.Action("SERVICE_STEADY_STATE", 15)).WhyPending);
        Assert.Null(Service(wanted, trouble, SomeCluster.Action("SERVICE_STEADY_STATE", 25)).WhyPending);
        Assert.Null(Service(trouble, Some.Task("RUNNING")).WhyPending);
    }

    [Fact]
    public void Why_tasks_are_pending_is_else_what_the_oldest_of_them_waits_for()
    {
        var away = SomeCluster.Instance(3, false, 30);
        var service = Service(
            away, SomeCluster.Instance(2, true, 20), Pending("new", 50, pullStartedAt: 55), Pending("old", 40, instance: "i0"), Some.Task("RUNNING", taskId: "a"));

        Assert.Equal(("AgentDisconnected", Second(30)), (service.WhyPending!.Code, service.WhyPending.At));
        Assert.Equal(("ImagePull", Second(55)), Code(Pending("new", 50, pullStartedAt: 55)));
        Assert.Equal("ContainerStart", Code(Pending("new", 50, pullStartedAt: 55, pullStoppedAt: 58)).Code);
        Assert.Equal("Agent", Code(Pending("new", 50)).Code);

        static (string Code, EventTime At) Code(EcsEvent pending) => Service(pending).WhyPending is { } why ? (why.Code, why.At) : default;
    }

    [Fact]
    public void A_deployment_shows_its_tasks_how_far_it_is_and_what_it_was_rolled_back_to()
    {
        var service = Service(
            SomeCluster.Deployment("SERVICE_DEPLOYMENT_COMPLETED", 5, "ecs-svc/1"), SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 10, "ecs-svc/2"),
            Some.Task("STOPPED", "TaskFailedToStart", "CannotPullContainerError: no such image", startedBy: "ecs-svc/2", taskId: "bad", seconds: 15),
            SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 20, "ecs-svc/1", reason: "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1."),
            Some.Task("RUNNING", startedBy: "ecs-svc/1", taskId: "good", seconds: 3));

        Assert.Equal(["ecs-svc/2", "ecs-svc/1"], service.Deployments.Select(d => d.Id));
        var (bad, good) = (service.Deployments[0], service.Deployments[1]);
        Assert.Equal(("IN_PROGRESS", "ecs-svc/1", false, 0L, 1L), (bad.RolloutState, bad.RolledBackTo, bad.IsRollback, bad.Running.Value, bad.Failed.Value));
        Assert.Equal(("IN_PROGRESS", "", true, 1L, 0L), (good.RolloutState, good.RolledBackTo, good.IsRollback, good.Running.Value, good.Failed.Value));
    }

    [Fact]
    public void What_is_over_leaves_memory_and_a_services_last_failure_stays()
    {
        var time = new ManualTime(Later);
        var model = new ClusterModel(new EventDiagnoser(), time, new ClusterModelOptions { KeepStopped = TimeSpan.FromHours(1) });
        var failed = Some.Task("STOPPED", "TaskFailedToStart", "CannotPullContainerError: no such image", taskId: "bad");
        model.Apply([State(failed), State(Some.Task("RUNNING", taskId: "good")), State(SomeCluster.Instance(1, false, 1, "INACTIVE"))]);
        var before = model.View.Clusters.Single();

        time.Advance(TimeSpan.FromHours(2));
        model.Apply([State(Some.Task("RUNNING", taskId: "new", seconds: 3601))]);

        Assert.Equal(["bad", "good"], before.Tasks.Select(t => t.Name.Id).Order(StringComparer.Ordinal));
        Assert.Single(before.Instances);
        var after = model.View.Clusters.Single();
        Assert.Equal(["good", "new"], after.Tasks.Select(t => t.Name.Id).Order(StringComparer.Ordinal));
        Assert.Empty(after.Instances);
        Assert.Equal(("bad", "ImagePull"), (after.Services.Single().LastFailure!.TaskId, after.Services.Single().LastFailure!.Diagnosis.Kind));
    }

    [Fact]
    public void What_was_over_long_before_it_is_heard_of_does_not_enter()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddHours(5)));
        model.Apply([State(Some.Task("STOPPED", "TaskFailedToStart", "CannotPullContainerError: no", taskId: "bad")), State(Some.Task("RUNNING", taskId: "good", seconds: 5 * 3600))]);

        Assert.Equal("good", model.View.Clusters.Single().Tasks.Single().Name.Id);
        Assert.Equal("bad", model.View.Clusters.Single().Services.Single().LastFailure!.TaskId);
    }

    [Fact]
    public void A_service_that_nothing_is_heard_of_leaves()
    {
        var time = new ManualTime(Later);
        var model = new ClusterModel(new EventDiagnoser(), time);
        model.Apply([State(SomeCluster.Action("SERVICE_STEADY_STATE", 0, "gone")), State(SomeCluster.Action("SERVICE_STEADY_STATE", 0, "lives"))]);
        model.Apply([State(SomeCluster.Action("SERVICE_STEADY_STATE", 24 * 3600, "lives"))]);

        time.Advance(TimeSpan.FromDays(60));
        model.Apply([State(SomeCluster.Action("SERVICE_STEADY_STATE", 30 * 24 * 3600, cluster: "other"))]);

        Assert.Equal(["other", "prod"], model.View.Clusters.Select(c => c.Name.Name));
        Assert.Equal("lives", model.View.Clusters.Last().Services.Single().Name);
        model.Apply([State(SomeCluster.Action("SERVICE_STEADY_STATE", 31 * 24 * 3600, cluster: "other"))]);
        Assert.Equal("other", Assert.Single(model.View.Clusters).Name.Name);
    }

    // An old stream is seen as it was at its end: a clock that is far ahead takes nothing out of it.
    [Fact]
    public async Task How_long_ago_something_ended_is_told_by_the_newest_event()
    {
        ResourceState[] stored =
        [
            .. ((IResourceState[])[
                State(Some.Task("STOPPED", "TaskFailedToStart", "CannotPullContainerError: no", taskId: "counted", startedBy: "ecs-svc/1", seconds: 1_000)),
                State(Some.Task("STOPPED", "UserInitiated", taskId: "lately", seconds: 3_800)), State(Some.Task("STOPPED", taskId: "before", seconds: 0)),
                State(Some.Task("RUNNING", taskId: "live", seconds: 4_000))]).Select(StateDocument.Write),
        ];
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddYears(1)));
        await model.LoadAsync(since => Since(stored, since), TestContext.Current.CancellationToken);

        Assert.Equal(["lately", "live"], model.View.Clusters.Single().Tasks.Select(t => t.Name.Id).Order(StringComparer.Ordinal));
        var service = model.View.Clusters.Single().Services.Single();
        Assert.Equal(("counted", 1L), (service.LastFailure!.TaskId, service.Deployments.Single().Failed.Value));
    }

    [Fact]
    public void An_event_from_the_future_takes_nothing_out_that_the_clock_leaves_in()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Later));
        model.Apply([State(Some.Task("STOPPED", "UserInitiated", taskId: "lately", seconds: 28 * 60)), State(Some.Task("RUNNING", taskId: "ahead", seconds: 1_000_000_000))]);

        Assert.Equal(["ahead", "lately"], model.View.Clusters.Single().Tasks.Select(t => t.Name.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_ended_leaves_after_minutes_and_a_failure_is_counted_for_an_hour()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddHours(5)));
        Assert.Equal(("bad good live", 1L), After(60, Failed("bad"), State(Some.Task("STOPPED", "UserInitiated", taskId: "good"))));
        Assert.Equal(("live", 1L), After(6 * 60));
        Assert.Equal(("live", 2L), After(6 * 60 + 1, Failed("old")));
        Assert.Equal(("live", 2L), After(59 * 60));
        Assert.Equal(("live", 0L), After(61 * 60));

        static IResourceState Failed(string id) => State(Some.Task("STOPPED", "TaskFailedToStart", "CannotPullContainerError: no", taskId: id, startedBy: "ecs-svc/1"));

        (string, long) After(int seconds, params IResourceState[] states)
        {
            model.Apply([.. states, State(Some.Task("RUNNING", taskId: "live", seconds: seconds))]);
            var cluster = model.View.Clusters.Single();
            return (string.Join(' ', cluster.Tasks.Select(t => t.Name.Id).Order(StringComparer.Ordinal)), cluster.Services.Single().Deployments.Single().Failed.Value);
        }
    }

    // What leaves memory leaves its count in one place: a word that comes late and names another cluster takes it along.
    [Fact]
    public void A_failure_is_counted_once_wherever_its_task_turns_out_to_belong()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddHours(5)));
        model.Apply([Of("arn:aws:ecs:r:1:task/abc", 1)]);
        model.Apply([State(Some.Task("RUNNING", taskId: "live", seconds: 600))]);
        Assert.Equal((1, "web:7"), Counted());
        model.Apply([Of("arn:aws:ecs:r:1:task/prod/abc", 2)]);
        Assert.Equal((1, "web:7"), Counted());
        model.Apply([State(Some.Task("RUNNING", taskId: "live", seconds: 3_700))]);
        Assert.Equal((0, ""), Counted());

        (long, string) Counted()
        {
            var deployments = model.View.Clusters.SelectMany(c => c.Services).Where(s => s.Name == "web").SelectMany(s => s.Deployments).ToList();
            return (deployments.Sum(d => d.Failed.Value), string.Concat(deployments.Select(d => d.TaskDefinitionArn)));
        }

        static TaskState Of(string arn, int version) => TaskState.Observe(null, Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(
            System.Text.Encoding.UTF8.GetBytes($$$"""{"detail-type":"ECS Task State Change","source":"aws.ecs","time":"2026-03-02T12:00:00Z","detail":{"taskArn":"{{{arn}}}","version":{{{version}}},"lastStatus":"STOPPED","group":"service:web","taskDefinitionArn":"web:7","startedBy":"ecs-svc/1","stopCode":"TaskFailedToStart","stoppedAt":"2026-03-02T12:00:00Z"}}"""),
            Later)).Event).Next;
    }

    [Fact]
    public void A_task_whose_cluster_is_learnt_later_moves_there()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Later));
        model.Apply([Read("arn:aws:ecs:r:1:task/abc", 1)]);
        model.Apply([Read("arn:aws:ecs:r:1:task/prod/abc", 2)]);

        Assert.Equal("prod", Assert.Single(model.View.Clusters).Name.Name);
        Assert.Single(model.View.Clusters.Single().Tasks);

        static TaskState Read(string arn, int version) => TaskState.Observe(null, Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(
            System.Text.Encoding.UTF8.GetBytes($$$"""{"detail-type":"ECS Task State Change","source":"aws.ecs","time":"2026-03-02T12:00:00Z","detail":{"taskArn":"{{{arn}}}","version":{{{version}}},"lastStatus":"RUNNING"}}"""),
            Later)).Event).Next;
    }

    [Fact]
    public void A_cluster_is_silent_since_its_newest_word()
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Later));
        Assert.Null(model.View.SilentFor(Later));
        model.Apply([State(Some.Task("RUNNING", seconds: 60))]);
        model.Apply([State(Some.Task("RUNNING", taskId: "late", seconds: 30))]);

        Assert.Equal((TimeSpan.FromMinutes(29), TimeSpan.Zero), (model.View.SilentFor(Later), model.View.Clusters.Single().SilentFor(Some.Noon)));
    }

    [Fact]
    public void Capacity_providers_are_those_that_tasks_services_and_instances_name()
    {
        var cluster = Model(
            SomeCluster.Action("SERVICE_STEADY_STATE", 5, providers: ["arn:aws:ecs:r:1:capacity-provider/spot"]), Provided("RUNNING", "a"), Provided("PENDING", "b"), Provided("STOPPED", "c")).View.Clusters.Single();

        Assert.Equal([new CapacityProviderView("base", 1, 1, 0, 0, Second(7)), new CapacityProviderView("spot", 0, 0, 0, 1, Second(5))], cluster.CapacityProviders);

        static EcsEvent Provided(string status, string id) =>
            Some.Event(EventKind.Task, new TaskDetail { Version = 1, LastStatus = status, CapacityProviderName = "base", UpdatedAt = Second(7) }, 7, taskId: id);
    }

    [Fact]
    public void A_reader_keeps_the_view_that_it_has()
    {
        var model = Model(Some.Task("RUNNING", taskId: "a"));
        var view = model.View.Clusters.Single();
        var text = ViewText.Of(model.View);
        model.Apply([State(Some.Task("STOPPED", taskId: "a", version: 2)), State(Some.Task("RUNNING", taskId: "b"))]);

        Assert.Equal("RUNNING", view.Tasks.Single().Detail.LastStatus);
        Assert.NotEqual(text, ViewText.Of(model.View));
    }

    private static IAsyncEnumerable<ResourceState> Since(ResourceState[] stored, DateTimeOffset? since) =>
        stored.Where(s => !s.IsStopped || s.Event.TimeMilliseconds >= since?.ToUnixTimeMilliseconds()).ToAsyncEnumerable();

    private static ServiceView Service(params IEnumerable<EcsEvent> events) => Model(events).View.Clusters.Single().Services.Single();

    private static ClusterModel Model(params IEnumerable<EcsEvent> events) => Fold([.. events], int.MaxValue, new Random(1));

    private static IResourceState State(EcsEvent e)
    {
        var states = new Dictionary<string, IResourceState>();
        ResourceFold.Fold(states, e);
        return states.Values.First();
    }

    // A batch is folded, and what it changed is given over, as the pipeline does it.
    private static ClusterModel Fold(EcsEvent[] events, int batchMax, Random random, ClusterModel? into = null, Dictionary<string, IResourceState>? states = null)
    {
        var model = into ?? new ClusterModel(new EventDiagnoser(), new ManualTime(Later));
        states ??= [];
        for (var at = 0; at < events.Length;)
        {
            var size = batchMax == int.MaxValue ? events.Length : random.Next(1, batchMax + 1);
            var changed = new Dictionary<string, IResourceState>();
            foreach (var e in events.Skip(at).Take(size)) ResourceFold.Fold(states, e, changed);
            model.Apply(changed.Values);
            at += size;
        }

        return model;
    }

    private static async Task<ClusterModel> RestartedAsync(EcsEvent[] events, Random random)
    {
        var states = new Dictionary<string, IResourceState>();
        var at = random.Next(events.Length + 1);
        Fold(events[..at], 20, random, states: states);
        ResourceState[] stored = [.. states.Values.Select(StateDocument.Write)];

        // What comes while the rest is loaded is newer than what was stored.
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Later));
        var meanwhile = random.Next(at, events.Length + 1);
        Fold(events[at..meanwhile], 20, random, model, states);
        await model.LoadAsync(since => Since(stored, since), TestContext.Current.CancellationToken);
        Assert.True(model.Loaded.IsCompletedSuccessfully);
        return Fold(events[meanwhile..], 20, random, model, states);
    }

    private static EcsEvent Pending(string id, int createdAt, int? pullStartedAt = null, int? pullStoppedAt = null, string instance = "") => Some.Event(
        EventKind.Task,
        new TaskDetail
        {
            Version = 1, LastStatus = "PENDING", DesiredStatus = "RUNNING", CreatedAt = Second(createdAt), UpdatedAt = Second(60), PullStartedAt = pullStartedAt is { } p ? Second(p) : default,
            PullStoppedAt = pullStoppedAt is { } s ? Second(s) : default,
        },
        60, service: "api", taskId: id, instance: instance);

    private static EventTime Second(int seconds) => new(Some.Noon.AddSeconds(seconds).ToUnixTimeMilliseconds());
}
