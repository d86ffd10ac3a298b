using System.Text.Json;
using Crowsnest.Aws.EventBridge;
using Crowsnest.Aws.Sqs;
using Crowsnest.Aws.Tests.Sqs;

namespace Crowsnest.Aws.Tests.EventBridge;

public sealed class EventBusClientTests(Moto moto)
{
    private static readonly BusEvent Event = new("crowsnest.verify", "ECS Task State Change", """{"lastStatus":"STOPPED"}""", ["arn:aws:ecs:eu-west-1:123456789012:task/c/t"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_comes_out_of_its_rules_queue_with_the_id_that_the_bus_gave_it()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(60);
        await PutRuleAsync("comes-out", "ENABLED", $"arn:aws:sqs:eu-west-1:123456789012:{queue.Name}");
        using var bus = Bus("default");

        var id = await bus.PutAsync(Event, Cancel);

        using var client = new SqsQueueClient(queue.Url, Moto.Identity, null, TimeProvider.System);
        var message = Assert.Single(await client.ReceiveAsync(5, Cancel));
        var body = JsonElement.Parse(message.Body);
        Assert.Equal((id, "crowsnest.verify", "STOPPED"), (body.GetProperty("id").GetString(), body.GetProperty("source").GetString(), body.GetProperty("detail").GetProperty("lastStatus").GetString()));
    }

    [Fact]
    public async Task A_rule_says_whether_it_is_enabled_and_where_its_events_go()
    {
        // Of a source that no other test sends: moto delivers by a rule that is disabled, too.
        await PutRuleAsync("asleep", "DISABLED", "arn:aws:sqs:eu-west-1:123456789012:somewhere", "nobody.sends");
        using var bus = Bus("default");

        var rule = await bus.RuleAsync("asleep", Cancel);
        Assert.Equal("DISABLED", rule!.State);
        Assert.Contains("nobody.sends", rule.EventPattern, StringComparison.Ordinal);
        Assert.Equal([new RuleTarget("arn:aws:sqs:eu-west-1:123456789012:somewhere", "arn:aws:sqs:eu-west-1:123456789012:dead")], await bus.TargetsAsync("asleep", Cancel));
        Assert.Null(await bus.RuleAsync("no-such-rule", Cancel));
    }

    [Fact]
    public async Task An_entry_that_fails_in_an_answer_that_does_not_is_a_failure()
    {
        using var bus = Bus("default");

        var refused = await Assert.ThrowsAsync<AwsException>(() => bus.PutAsync(Event with { Detail = "not JSON" }, Cancel));

        Assert.Equal("MalformedDetail", refused.Code);
    }

    private EventBusClient Bus(string name) => new(name, Moto.Identity, moto.Address, TimeProvider.System);

    private async Task PutRuleAsync(string name, string state, string target, string source = "crowsnest.verify")
    {
        using var client = new AwsJsonClient(Moto.Identity, moto.Address, "events", "AWSEvents", TimeProvider.System, 2, "application/x-amz-json-1.1");
        (await client.CallAsync("PutRule", json =>
        {
            json.WriteString("Name", name);
            json.WriteString("State", state);
            json.WriteString("EventPattern", $$"""{"source":["aws.ecs","{{source}}"]}""");
        }, Cancel)).Dispose();
        (await client.CallAsync("PutTargets", json =>
        {
            json.WriteString("Rule", name);
            json.WriteStartArray("Targets");
            json.WriteStartObject();
            json.WriteString("Id", "one");
            json.WriteString("Arn", target);
            json.WriteStartObject("DeadLetterConfig");
            json.WriteString("Arn", "arn:aws:sqs:eu-west-1:123456789012:dead");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }, Cancel)).Dispose();
    }
}
