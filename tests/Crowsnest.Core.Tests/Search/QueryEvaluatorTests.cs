using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Search;

public class QueryEvaluatorTests
{
    private const string Stopped =
        """
        {"id":"8F-1","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111111111111","time":"2026-03-02T08:00:00Z","region":"eu-west-1",
        "resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/abc1"],"detail":{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/abc1",
        "clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","lastStatus":"STOPPED","desiredStatus":"STOPPED","group":"service:Pay-In","cpu":"null","version":3,
        "stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","stoppedAt":"2026-03-02T08:00:00.123456789Z",
        "containers":[{"name":"web","exitCode":0,"cpu":"null"},{"name":"envoy","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage"}],
        "tags":[{"key":"team","value":"Payments"}],"unlisted":{"size":9007199254740993,"on":true,"none":null,"words":["one two","three"]}}}
        """;

    private const string Order =
        """{"detail-type":"Order Placed","source":"shop","time":"2026-03-02T09:00:00Z","extra":"x","detail":{"who":"Ada \u00c9toile","lines":[{"sku":"A-17"}],"half":"\ud800"}}""";

    [Theory]
    [InlineData("exitCode:137", true)]
    [InlineData("exitCode:137.0", true)]
    [InlineData("exitCode:>137", false)]
    [InlineData("exitCode:0 AND exitCode:137", true)]
    [InlineData("exitCode:[1 TO 100]", false)]
    [InlineData("NOT exitCode:0", false)]
    [InlineData("NOT startedBy:x", true)]
    [InlineData("_exists_:startedBy", false)]
    [InlineData("_exists_:cpu", false)]
    [InlineData("detail.containers.cpu:null", true)]
    [InlineData("laststatus:stopped", true)]
    [InlineData("group:\"SERVICE:pay-in\"", true)]
    [InlineData("group:pay", false)]
    [InlineData("pay", true)]
    [InlineData("\"pay in\"", true)]
    [InlineData("\"container in task\"", true)]
    [InlineData("\"task container\"", false)]
    [InlineData("\"exited outofmemoryerror\"", false)]
    [InlineData("stoppedReason:exit*", true)]
    [InlineData("stoppedReason:\"essential exited\"", false)]
    [InlineData("*memory*", true)]
    [InlineData("cluster:prod task:abc1 account:123456789012 event.account:111111111111", true)]
    [InlineData("kind:OutOfMemory outcome:failure", true)]
    [InlineData("id:8f-1", true)]
    [InlineData("tag.team:payments", true)]
    [InlineData("detail.unlisted.size:9007199254740993", true)]
    [InlineData("detail.unlisted.size:9007199254740992", false)]
    [InlineData("detail.unlisted.on:true", true)]
    [InlineData("_exists_:detail.unlisted.none", false)]
    [InlineData("detail.unlisted.words:\"one two\"", true)]
    [InlineData("detail.unlisted.words:two", false)]
    [InlineData("detail.unlisted.words:*two", true)]
    [InlineData("stoppedAt:2026-03-02", true)]
    [InlineData("stoppedAt:2026-03-02T08:00:00.123Z", true)]
    [InlineData("time:{2026-03-02T08:00:00.000Z TO *]", false)]
    [InlineData("time:[2026-03-02T08 TO 2026-03-02T08]", true)]
    [InlineData("version:3 AND event.version:0", false)]
    [InlineData("three", false)]
    public void A_query_on_a_stopped_task_holds(string query, bool holds) => Assert.Equal(holds, Holds(query, Stopped));

    [Theory]
    [InlineData("ada", true)]
    [InlineData("ÉTOILE", true)]
    [InlineData("\"ada étoile\"", true)]
    [InlineData("17", true)]
    [InlineData("detail.lines.sku:a-17", true)]
    [InlineData("detailType:\"order placed\"", true)]
    [InlineData("extra:x", true)]
    [InlineData("x", false)]
    [InlineData("_exists_:detail.half", true)]
    public void A_query_on_an_unknown_kind_holds(string query, bool holds) => Assert.Equal(holds, Holds(query, Order));

    // Goal: a hostile pattern takes time in proportion to pattern times value.
    [Fact]
    public void A_hostile_pattern_ends()
    {
        var pattern = new WildcardPattern(string.Concat(Enumerable.Repeat("a*", 500)) + "b");

        Assert.False(pattern.IsMatch(Encoding.UTF8.GetBytes(new string('a', 8192))));
    }

    private static bool Holds(string query, string json)
    {
        var terms = EventTermSet.Of(Decode(json));
        var parsed = QueryParser.Parse(query, Some.Noon);
        Assert.Empty(parsed.Errors);
        return QueryEvaluator.Holds(parsed.Query!, terms);
    }

    internal static DiagnosedEvent Decode(string json)
    {
        var ecs = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Some.Noon)).Event;
        return new DiagnosedEvent(ecs, new EventDiagnoser().Diagnose(ecs));
    }
}
