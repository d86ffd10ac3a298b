using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What an event that only tries the way does over any store, and what it leaves as it is.</summary>
public abstract class SyntheticContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly TellingOptions Options = new() { Route = new Route { Receiver = "ops", GroupBy = ["cluster"] }, SyntheticReceiver = "testers" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_told_at_once_to_its_own_receiver_and_each_one_by_itself()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), Options);
        var now = telling.Time.GetUtcNow();
        await telling.SubmitAsync(Synthetic("t1", now), Real("t1", now));
        await telling.TickAndSendAsync();

        // The real one of the same task waits for its group, and is another.
        var told = Assert.Single(telling.Told);
        Assert.Equal(("testers", "true", "true"), (told.Receiver, told.GroupLabels["synthetic"], told.Incidents.Single().Labels["synthetic"]));
        Assert.StartsWith("This is a test of the way", told.Incidents.Single().Summary, StringComparison.Ordinal);

        await telling.SubmitAsync(Synthetic("t2", telling.Time.GetUtcNow()), Synthetic("t1", now));
        await telling.TickAndSendAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["testers t1", "testers t2", "ops t1"], telling.Told.Select(n => $"{n.Receiver} {string.Join(',', n.Incidents.SelectMany(i => i.Resources))}"));
        await telling.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(3, telling.Told.Count);
    }

    [Fact]
    public async Task Without_a_receiver_it_is_recorded_and_says_that_nobody_was_told()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), Options with { SyntheticReceiver = null });
        await telling.SubmitAsync(Synthetic("t1", telling.Time.GetUtcNow()));
        await telling.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(telling.Told);
        var incident = Assert.Single(await telling.Incidents.IncidentsAsync(9, Cancel));
        Assert.Equal((IncidentState.Synthetic, null, "It is synthetic, and verify.receiver names nobody."), (incident.State, incident.ToldAt, incident.Untold));
        Assert.Equal((0, 0, 0), ((int)(await telling.Incidents.CountsAsync(Cancel)).Firing, (int)(await telling.Incidents.CountsAsync(Cancel)).Expired, (int)(await telling.Incidents.CountsAsync(Cancel)).TooOld));
    }

    [Fact]
    public async Task It_changes_no_state_counts_as_no_incident_and_leaves_after_a_day()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), Options);
        var now = telling.Time.GetUtcNow();

        // Also where its source is believed: that no configuration allows it is not what this rests on.
        var (synthetic, real) = (Synthetic("t1", now, source: "aws.ecs"), Real("t2", now));
        await telling.SubmitAsync(synthetic, real);
        await telling.PassAsync(TimeSpan.FromMinutes(1));

        string[] keys = [ResourceName.OfTask(synthetic).Key, ResourceName.OfTask(real).Key];
        Assert.Equal([keys[1]], (await telling.Store.LoadStatesAsync(keys, Cancel)).Keys);
        Assert.Equal((1, 0), ((int)(await telling.Incidents.CountsAsync(Cancel)).Firing, (int)(await telling.Incidents.CountsAsync(Cancel)).Expired));
        Assert.Equal(2, (await telling.Incidents.IncidentsAsync(9, Cancel)).Count);

        Assert.Equal(0, (await telling.Store.DropOldAsync(new Retention(), telling.Time.GetUtcNow().AddHours(23), Cancel)).Incidents);
        Assert.Equal(1, (await telling.Store.DropOldAsync(new Retention(), telling.Time.GetUtcNow().AddHours(25), Cancel)).Incidents);
        Assert.Equal("t2", Assert.Single(await telling.Incidents.IncidentsAsync(9, Cancel)).Lead.Resource);
    }

    [Fact]
    public async Task It_is_found_as_synthetic_and_read_again_as_what_it_was_without_its_nonce()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), Options);
        var now = telling.Time.GetUtcNow();
        await telling.SubmitAsync(Synthetic("t1", now), Real("t2", now));

        Assert.Equal(["t1"], await FindAsync("synthetic:true outcome:failure"));
        Assert.Equal(["t2"], await FindAsync("NOT synthetic:true"));
        var stored = (await PageAsync("synthetic:true")).Events.Single();
        Assert.DoesNotContain("the nonce", Encoding.UTF8.GetString(stored.Raw.Span), StringComparison.Ordinal);
        Assert.True(Assert.IsType<Decoded.Ok>(stored.Read(new EventDecoder())).Event.IsSynthetic);

        Task<SearchPage> PageAsync(string query) =>
            telling.Store.Events.SearchAsync(new SearchRequest(QueryParser.Parse(query, telling.Time).Query!, null, null, 9), Cancel).AsTask();

        async Task<IEnumerable<string>> FindAsync(string query) =>
            (await PageAsync(query)).Events.Select(e => Assert.IsType<Decoded.Ok>(e.Read(new EventDecoder())).Event.TaskId);
    }

    private static EcsEvent Synthetic(string task, DateTimeOffset now, string source = "crowsnest.verify") => Read(source, task, now, "\"crowsnest\":{\"synthetic\":{\"nonce\":\"the nonce\"}},");

    private static EcsEvent Real(string task, DateTimeOffset now) => Read("aws.ecs", task, now, "");

    private static EcsEvent Read(string source, string task, DateTimeOffset now, string more)
    {
        var json = $$$"""
            {"id":"{{{source}}}-{{{task}}}","detail-type":"ECS Task State Change","source":"{{{source}}}","account":"123456789012","region":"eu-west-1","time":"{{{now:yyyy-MM-ddTHH:mm:ssZ}}}",
             "detail":{ {{{more}}} "taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{task}}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","group":"service:api","version":4,
             "lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}
            """;
        return Assert.IsType<Decoded.Ok>(new EventDecoder(new MaskingOptions { Synthetic = new SyntheticSource(source, "the nonce") }).Decode(Encoding.UTF8.GetBytes(json), now)).Event;
    }
}
