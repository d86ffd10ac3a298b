using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

public class RuleSetTests
{
    private static readonly EventDiagnoser Diagnoser = new();

    private const string OutOfMemory = """
        {"id":"1","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"2026-03-02T12:00:00Z","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/abc","group":"service:pay-api","startedBy":"ecs-svc/7","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":5,"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":137,"reason":"OutOfMemoryError: killed"},{"name":"log","exitCode":0}]}}
        """;

    [Theory]
    [InlineData("""{"source":["aws.ecs"]}""", true)]
    [InlineData("""{"detail":{"containers":{"name":["web"],"exitCode":[137]}}}""", true)]
    [InlineData("""{"detail":{"containers":{"name":["log"],"exitCode":[137]}}}""", false)]
    [InlineData("""{"crowsnest":{"kind":["OutOfMemory"],"outcome":["failure"],"severity":["error","critical"],"service":[{"prefix":"pay-"}],"cluster":["prod"]}}""", true)]
    [InlineData("""{"crowsnest":{"deployment":["ecs-svc/7"],"taskId":["abc"],"account":["111122223333"],"region":["eu-west-1"]}}""", true)]
    [InlineData("""{"crowsnest":{"synthetic":[{"exists":false}],"tags":{"team":[{"exists":false}]},"instance":[{"exists":false}]}}""", true)]
    [InlineData("""{"crowsnest":{"kind":["ImagePull"]}}""", false)]
    [InlineData("""{"detail-type":["ECS Task State Change"],"$or":[{"crowsnest":{"severity":["warning"]}},{"detail":{"stopCode":["EssentialContainerExited"]}}]}""", true)]
    public void A_pattern_sees_the_event_and_what_it_means(string pattern, bool isMatch) =>
        Assert.Equal(isMatch, Fire(OutOfMemory, Rule("own", pattern)).Any(firing => firing.Rule == "own"));

    [Fact]
    public void A_rule_gives_its_severity_its_labels_and_what_makes_its_incidents()
    {
        var firing = Fire(OutOfMemory, Rule("own", """{"source":["aws.ecs"]}""") with { Severity = Severity.Critical, Labels = [new("team", "payments")], GroupBy = ["cluster", "team"] }).Single(f => f.Rule == "own");

        Assert.Equal(("critical", "payments", "own", "pay-api"), (firing.Labels["severity"], firing.Labels["team"], firing.Labels["alertname"], firing.Labels["service"]));
        Assert.Equal((Severity.Critical, "cluster team"), (firing.Severity, string.Join(' ', firing.GroupBy)));
    }

    [Fact]
    public void A_shipped_rules_name_takes_its_place()
    {
        Assert.Equal(["task-failed"], Fire(OutOfMemory, Rule("other", """{"source":["aws.ec2"]}""")).Select(f => f.Rule));
        Assert.Empty(Fire(OutOfMemory, Rule("task-failed", """{"source":["aws.ec2"]}""")));
        Assert.Equal("critical", Assert.Single(Fire(OutOfMemory, Rule("task-failed", """{"crowsnest":{"outcome":["failure"]}}""") with { Severity = Severity.Critical })).Labels["severity"]);
    }

    // Of untrusted sources nothing is diagnosed, and rules match them all the same.
    [Fact]
    public void Events_of_any_source_and_kind_can_be_matched()
    {
        const string Own = """{"id":"9","detail-type":"Deploy","source":"my.ci","time":"2026-03-02T12:00:00Z","detail":{"ok":false}}""";
        var firing = Assert.Single(Fire(Own, Rule("ci", """{"source":["my.ci"],"detail":{"ok":[false]},"crowsnest":{"outcome":["info"]}}""")));
        Assert.Equal(("ci", "info"), (firing.Rule, firing.Labels["outcome"]));
    }

    [Fact]
    public void The_events_of_one_stop_are_one_firing()
    {
        var before = OutOfMemory.Replace("\"lastStatus\":\"STOPPED\"", "\"lastStatus\":\"STOPPING\"", StringComparison.Ordinal).Replace("\"version\":5", "\"version\":4", StringComparison.Ordinal);
        Assert.Single(Fire(OutOfMemory, Rule("own", """{"source":["aws.ecs"]}""")).Concat(Fire(before, Rule("own", """{"source":["aws.ecs"]}"""))).Where(f => f.Rule == "own").Select(f => f.Id).Distinct());
    }

    private static EventRule Rule(string name, string pattern)
    {
        var read = EventPattern.Parse(pattern, out var mistakes);
        Assert.Empty(mistakes);
        return new EventRule { Name = name, Pattern = read! };
    }

    private static List<Firing> Fire(string json, params EventRule[] rules)
    {
        var ecsEvent = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Some.Noon)).Event;
        var firings = new List<Firing>();
        new RuleSet([ShippedRules.TaskFailed], rules).Evaluate(ecsEvent, Diagnoser.Diagnose(ecsEvent), firings);
        return firings;
    }
}
