using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.Resync;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store does with tags that ECS described: events that come after are found by them, and told with them.</summary>
public abstract class TagsContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private const string Task = """{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/t1","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","group":"service:api","taskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/api:7","lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","containers":[{"name":"web","exitCode":1}],"version":VERSION}""";
    private readonly LeapingTime _time = new(Some.Noon.AddHours(1));
    private IngestPipeline? _pipeline;

    // Goal: an event has the tags that are known when it is taken in, whosever they are, and its key is as without them. Method: the same task's events before and after each word of ECS.
    [Fact]
    public async Task An_event_is_found_by_the_tags_that_were_known_when_it_was_taken_in()
    {
        var store = await StartAsync();
        await TellAsync(Event(1));
        await TellAsync(SomeEcs.Tags("service/prod/api", 10, ("team", "payments"), ("Cost-Centre", "42")));
        await TellAsync(Event(2));
        await TellAsync(SomeEcs.Tags("task-definition/api:7", 11, ("team", "Checkout")), SomeEcs.Tags("cluster/prod", 11, ("stage", "live")));
        await TellAsync(Event(3));
        await TellAsync(SomeEcs.Tags("service/prod/api", 12));
        await TellAsync(Decode(Event(4)), Decode(Event(5).Replace("aws.ecs", "crowsnest.other", StringComparison.Ordinal)));

        Assert.Equal("2 3", await VersionsAsync(store, "tag.team:payments"));
        Assert.Equal("2 3", await VersionsAsync(store, "tag.Cost-Centre:42"));
        Assert.Equal("3 4", await VersionsAsync(store, "tag.team:checkout AND tag.stage:live"));
        Assert.Equal("2 3 4", await VersionsAsync(store, "_exists_:tag.team"));
        Assert.Equal("1 5", await VersionsAsync(store, "NOT tag.team:*"));
        var found = Assert.Single((await SearchAsync(store, "version:3")).Events);
        Assert.Equal((Decode(Event(3)).Key, Event(3)), (found.Key, Encoding.UTF8.GetString(found.Raw.Span)));

        // What ECS said is itself found by what it said.
        Assert.Single((await SearchAsync(store, "detailType:\"Crowsnest Tags Described\" AND tag.stage:live AND NOT service:api")).Events);
        await _pipeline!.DisposeAsync();
    }

    [Fact]
    public async Task What_is_told_has_them_as_labels_the_nearest_first()
    {
        await StartAsync();
        await TellAsync(SomeEcs.Tags("cluster/prod", 9, ("team", "platform"), ("stage", "live"), ("aws:cloudformation:stack-name", "s")));
        await TellAsync(SomeEcs.Tags("task-definition/api:7", 9, ("team", "checkout"), ("cost centre", "7")), SomeEcs.Tags("service/prod/api", 9, ("team", "payments"), ("empty", "")));

        var labels = Assert.Single(await TellAsync(Event(1))).Labels;

        Assert.Equal(["tag_cost_centre=7", "tag_stage=live", "tag_team=payments"], labels.Where(l => l.Key.StartsWith("tag_", StringComparison.Ordinal)).Select(l => l.Key + "=" + l.Value));
        await _pipeline!.DisposeAsync();
    }

    // Goal: within a batch the order does not matter. Method: an event before and one behind the word on its tags.
    [Fact]
    public async Task What_a_batch_brings_counts_for_all_of_it()
    {
        var store = await StartAsync();
        await TellAsync(Decode(Event(1)), SomeEcs.Tags("service/prod/api", 10, ("team", "payments")), Decode(Event(2)));
        Assert.Equal("1 2", await VersionsAsync(store, "tag.team:payments"));
        await _pipeline!.DisposeAsync();
    }

    // Goal: what is known survives a start, and a repeat of a batch. Method: another pipeline on the same store.
    [Fact]
    public async Task They_are_known_after_a_start()
    {
        await StartAsync();
        await TellAsync(SomeEcs.Tags("service/prod/api", 10, ("team", "payments")));
        await _pipeline!.DisposeAsync();
        await StartAsync();
        await TellAsync(Decode(Event(1)), SomeEcs.Tags("service/prod/api", 10, ("team", "payments")));
        await TellAsync(SomeEcs.Tags("service/prod/api", 9, ("team", "older")));
        await TellAsync(Event(2));

        var store = await Place.OpenAsync();
        Assert.Equal("1 2", await VersionsAsync(store, "tag.team:payments"));
        await _pipeline.DisposeAsync();
    }

    private static string Event(int version) =>
        $$"""{"id":"e{{version}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-02T12:00:0{{version}}Z","resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/t1"],"detail":{{Task.Replace("VERSION", version.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)}}}""";

    private async Task<IStore> StartAsync()
    {
        var store = await Place.OpenAsync();
        _pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules([ShippedRules.TaskFailed]), _time);
        return store;
    }

    private Task<IReadOnlyList<Firing>> TellAsync(string json) => TellAsync(Decode(json));

    private async Task<IReadOnlyList<Firing>> TellAsync(params EcsEvent[] events) =>
        (await _pipeline!.SubmitAsync(new IngestBatch("test", Some.Noon, events, []), Cancel)).Firings;

    private static async Task<string> VersionsAsync(IStore store, string query) =>
        string.Join(' ', (await SearchAsync(store, $"task:t1 AND ({query})")).Events.Select(e => Assert.IsType<Decoded.Ok>(e.Read(new EventDecoder())).Event.Detail.Version).Order());

    private static ValueTask<SearchPage> SearchAsync(IStore store, string query) => store.Events.SearchAsync(new SearchRequest(Query(query), null, null, 50, null), Cancel);

    private static SearchQuery Query(string text) => QueryParser.Parse(text, Some.Noon).Query!;
}
