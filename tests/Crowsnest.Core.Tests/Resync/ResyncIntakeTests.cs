using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Resync;

/// <summary>What is taken in at once, what waits for an event on its way, and what is counted.</summary>
public sealed class ResyncIntakeTests : IAsyncDisposable
{
    private readonly LeapingTime _time = new(Some.Noon.AddSeconds(600));
    private readonly InMemoryStore _store = new(TimeProvider.System);
    private readonly IngestPipeline _pipeline;
    private readonly ClusterModel _clusters;
    private readonly ResyncParts _parts;
    private DateTimeOffset _watermark = DateTimeOffset.MaxValue;

    public ResyncIntakeTests()
    {
        var diagnoser = new EventDiagnoser();
        _pipeline = new IngestPipeline(_store, diagnoser, null, TimeProvider.System);
        _clusters = new ClusterModel(diagnoser, _time);
        _pipeline.StatesWritten = _clusters.Apply;
        _parts = new ResyncParts(_clusters, _store, _pipeline, new MaskingOptions { Own = OwnMark.TakenAway }, () => _watermark, _time);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task What_came_to_be_long_ago_is_taken_in_at_once_and_a_repeat_finds_nothing()
    {
        var intake = new ResyncIntake(_parts);
        await intake.TakeAsync([SomeEcs.Of(SomeEcs.Task(4))], Stop);

        Assert.Equal([new("task-missed-start", 1)], intake.Drift);
        Assert.Equal(new Accounting(1, 1, 0, 0, 0, 0), (await _store.AccountingAsync(Stop))["resync"]);
        Assert.Equal("RUNNING", Assert.Single(_clusters.View.Clusters.Single().Tasks).Detail.LastStatus);

        var second = new ResyncIntake(_parts);
        await second.TakeAsync([SomeEcs.Of(SomeEcs.Task(4), 660)], Stop);
        await second.SettleAsync(Stop);
        Assert.Empty(second.Drift);
    }

    // Goal: tags are said once, again when they are others, and after half a day, and are no drift. Method: what ECS is asked for at ever later times.
    [Fact]
    public async Task Tags_are_taken_in_at_once_when_they_are_others_and_count_as_no_drift()
    {
        await TakeAsync(600, ("team", "payments"));
        Assert.Equal([new Tag("team", "payments")], _clusters.View.TagsOf(SomeEcs.Place().Cluster, "api"));
        await TakeAsync(660, ("team", "payments"));
        Assert.Equal(1, await StoredAsync());
        await TakeAsync(720, ("team", "orders"), ("stage", "live"));
        await TakeAsync(700, ("team", "older answer"));
        await TakeAsync(780, ("stage", "live"), ("team", "orders"));
        Assert.Equal(2, await StoredAsync());
        await TakeAsync(720 + (12 * 3_600), ("team", "orders"), ("stage", "live"));
        Assert.Equal(3, await StoredAsync());
        await TakeAsync(13 * 3_600);
        await TakeAsync(26 * 3_600);
        Assert.Equal(4, await StoredAsync());
        Assert.Empty(_clusters.View.TagsOf(SomeEcs.Place().Cluster, "api"));
        Assert.Empty(_clusters.View.Clusters);

        async Task TakeAsync(int asked, params (string, string)[] tags)
        {
            var intake = new ResyncIntake(_parts);
            await intake.TakeAsync([SomeEcs.OfTags("service/prod/api", asked, tags)], Stop);
            Assert.Equal((0, 0), (intake.Waiting, intake.Drift.Count));
        }

        async Task<long> StoredAsync() => (await _store.AccountingAsync(Stop))["resync"].Stored;
    }

    // Goal: an event on its way was missed by nobody. Method: what ECS says became so five seconds ago, and its event comes before, or does not come.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_only_just_so_waits_for_its_event(bool comes)
    {
        var task = SomeEcs.Task(4, startedAt: 595);
        var intake = new ResyncIntake(_parts);
        await intake.TakeAsync([SomeEcs.Of(task)], Stop);
        Assert.Equal((1, 0), (intake.Waiting, intake.Drift.Count));

        if (comes) await SubmitAsync(SomeEcs.EcsOwn(task, 596));
        await intake.SettleAsync(Stop);

        Assert.Equal(comes ? 0 : 1, intake.Drift.GetValueOrDefault("task-missed-start"));
        Assert.Equal(Some.Noon.AddSeconds(615), _time.GetUtcNow());
    }

    [Fact]
    public async Task A_backlog_is_waited_for_but_not_for_ever()
    {
        _watermark = Some.Noon.AddSeconds(300);
        var intake = new ResyncIntake(_parts);
        await intake.TakeAsync([SomeEcs.Of(SomeEcs.Task(4, startedAt: 400))], Stop);
        Assert.Equal(1, intake.Waiting);
        _time.Leapt = now => _watermark = now < Some.Noon.AddSeconds(660) ? Some.Noon.AddSeconds(300) : DateTimeOffset.MaxValue;
        await intake.SettleAsync(Stop);
        Assert.Equal(Some.Noon.AddSeconds(660), _time.GetUtcNow());

        _time.Leapt = null;
        _watermark = Some.Noon;
        await intake.TakeAsync([SomeEcs.Of(SomeEcs.Task(4, startedAt: 400, id: "t2"), 660)], Stop);
        await intake.SettleAsync(Stop);
        Assert.Equal(Some.Noon.AddSeconds(780), _time.GetUtcNow());
        Assert.Equal(2, intake.Drift["task-missed-start"]);
    }

    [Fact]
    public async Task What_is_gone_is_closed_unless_something_is_heard_of_it()
    {
        await SubmitAsync(SomeEcs.EcsOwn(SomeEcs.Task(4), 1), SomeEcs.EcsOwn(SomeEcs.Task(4, id: "t2"), 1), SomeEcs.EcsOwn(SomeEcs.Task(4, id: "t3"), 1));
        var intake = new ResyncIntake(_parts);
        await intake.CloseAsync(_clusters.View.Clusters.Single().Live().Tasks, SomeEcs.Place(), Stop);
        Assert.Equal(3, intake.Waiting);

        await SubmitAsync(SomeEcs.EcsOwn(SomeEcs.Task(5, id: "t2"), 599), SomeEcs.EcsOwn(SomeEcs.Task(5, id: "t3"), 610));
        await intake.SettleAsync(Stop);

        Assert.Equal([new("task-gone", 1)], intake.Drift);
        Assert.Equal([("t1", true), ("t2", false), ("t3", false)], _clusters.View.Clusters.Single().Tasks.Select(t => (t.Name.Id, t.IsStopped)).Order());
    }

    [Fact]
    public async Task What_memory_has_no_more_is_looked_up()
    {
        var stopped = SomeEcs.Task(7, "STOPPED", "UserInitiated", stoppedAt: 10);
        await SubmitAsync(SomeEcs.EcsOwn(stopped, 11), SomeEcs.EcsOwn(SomeEcs.Task(1, id: "t9"), 4_000));
        _time.Advance(TimeSpan.FromHours(2));
        await SubmitAsync(SomeEcs.EcsOwn(SomeEcs.Task(2, id: "t9"), 4_100));
        Assert.Equal(["t9"], _clusters.View.Clusters.Single().Tasks.Select(t => t.Name.Id));

        var intake = new ResyncIntake(_parts);
        await intake.TakeAsync([SomeEcs.Of(stopped, 7_800)], Stop);
        await intake.SettleAsync(Stop);
        Assert.Empty(intake.Drift);
    }

    [Fact]
    public async Task A_difference_that_two_find_is_counted_once()
    {
        var (one, other) = (new ResyncIntake(_parts), new ResyncIntake(_parts with { Clusters = new ClusterModel(new EventDiagnoser(), _time), Store = new InMemoryStore(TimeProvider.System) }));
        await one.TakeAsync([SomeEcs.Of(SomeEcs.Task(4))], Stop);
        await other.TakeAsync([SomeEcs.Of(SomeEcs.Task(4), 601)], Stop);

        Assert.Equal((1, 0), (one.Drift.Count, other.Drift.Count));
        Assert.Equal(1, (await _store.AccountingAsync(Stop))["resync"].Duplicates);
    }

    private Task<BatchReceipt> SubmitAsync(params EcsEvent[] events) => _pipeline.SubmitAsync(new IngestBatch("test", _time.GetUtcNow(), events, []), Stop);
}
