using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Events of every sort that search must cope with, from one seed: decoded and diagnosed as the pipeline does.</summary>
public sealed class RandomEvents(int seed)
{
    private static readonly string[] Reasons =
    [
        "Essential container in task exited", "Task failed ELB health checks in (target-group arn:aws:tg/1)", "CannotPullContainerError: pull access denied",
        "Scaling activity initiated by (deployment ecs-svc/12)", "essential CONTAINER left", "Straße ÉTÉ 東京 \"quoted\" \\ back", "",
    ];

    private static readonly string[] Odd = ["a b", "A\"B", "back\\slash", "x*y", "what?", "ÄÖÜ", "(p)", "1", "1.0", "9007199254740993", "AND", "\ud83d\ude80 go", "", "ecs-svc/1", "a:b"];

    private readonly Random _random = new(seed);
    private readonly EventDecoder _decoder = new();
    private readonly EventDiagnoser _diagnoser = new();

    /// <summary>So many events over some days, many at the same time.</summary>
    public IReadOnlyList<DiagnosedEvent> Take(int count) => [.. Enumerable.Range(0, count).Select(One)];

    private DiagnosedEvent One(int number)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, number);
        var received = Some.Noon.AddSeconds(number / 3);
        var decoded = _decoder.Decode(buffer.WrittenMemory.ToArray(), received);
        var ecs = Assert.IsType<Decoded.Ok>(decoded).Event;
        if (_random.Next(3) == 0) ecs.TakenIn(EventTags.Of([new Tag("team", Pick(Odd)), new Tag(Pick(Odd), "x")], [new Tag("team", Pick("payments", "Orders"))], [new Tag("stage", "live")]));
        return new DiagnosedEvent(ecs, _diagnoser.Diagnose(ecs));
    }

    private void Write(Utf8JsonWriter json, int number)
    {
        var sort = _random.Next(10);
        json.WriteStartObject();
        if (_random.Next(20) > 0) json.WriteString("id", $"id-{number % 97}-{number}");
        json.WriteString("detail-type", sort < 6 ? "ECS Task State Change" : sort < 8 ? "ECS Service Action" : "Shop Order " + _random.Next(3));
        json.WriteString("source", sort < 8 ? "aws.ecs" : "shop.orders");
        json.WriteString("account", "12345678901" + _random.Next(2));
        if (_random.Next(30) > 0) json.WriteString("time", Some.Noon.AddMinutes(-_random.Next(300)).ToString("yyyy-MM-ddTHH:mm:ssZ", null));
        json.WriteString("region", Pick("eu-west-1", "us-east-1"));
        json.WriteStartArray("resources");
        if (sort < 6) json.WriteStringValue("arn:aws:ecs:eu-west-1:123456789012:task/prod/" + number % 53);
        else if (sort < 8) json.WriteStringValue("arn:aws:ecs:eu-west-1:123456789012:service/prod/" + Pick("api", "Web", "pay-in"));
        json.WriteEndArray();
        json.WriteStartObject("detail");
        if (sort < 6) Task(json, number);
        else if (sort < 8) Action(json, number);
        if (sort >= 8 || _random.Next(4) == 0) Extra(json, 0);
        json.WriteEndObject();
        if (_random.Next(10) == 0) json.WriteString("replay-name", Pick(Odd));
        json.WriteEndObject();
    }

    private void Task(Utf8JsonWriter json, int number)
    {
        json.WriteString("clusterArn", "arn:aws:ecs:eu-west-1:123456789012:cluster/" + Pick("prod", "Staging"));
        json.WriteString("taskArn", "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + number % 53);
        json.WriteString("group", Pick("service:api", "service:Web", "family:job", "free text"));
        json.WriteString("lastStatus", Pick("RUNNING", "STOPPED", "DEPROVISIONING"));
        json.WriteString("desiredStatus", "STOPPED");
        if (_random.Next(3) > 0) json.WriteString("stopCode", Pick("EssentialContainerExited", "UserInitiated", "ServiceSchedulerInitiated"));
        if (_random.Next(3) > 0) json.WriteString("stoppedReason", Pick(Reasons));
        json.WriteString("cpu", Pick("256", "null", "1024"));
        json.WriteNumber("version", _random.Next(6));
        if (_random.Next(2) == 0) json.WriteString("stoppedAt", Some.Noon.AddSeconds(-_random.Next(9000)).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", null));
        json.WriteStartArray("containers");
        for (var i = _random.Next(4); i > 0; i--)
        {
            json.WriteStartObject();
            json.WriteString("name", Pick("web", "Envoy", "log-router"));
            if (_random.Next(3) > 0) json.WriteNumber("exitCode", Pick(0, 1, 137, 143, 255));
            if (_random.Next(3) == 0) json.WriteString("reason", Pick("OutOfMemoryError: Container killed due to memory usage", "CannotPullContainerError: x"));
            json.WriteString("image", Pick("repo/web:v1", "repo/web:v2", "public.ecr.aws/Envoy"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (_random.Next(3) > 0) return;
        json.WriteStartArray("tags");
        json.WriteStartObject();
        json.WriteString("key", Pick("team", "Cost Center"));
        json.WriteString("value", Pick(Odd));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void Action(Utf8JsonWriter json, int number)
    {
        json.WriteString("eventType", Pick("INFO", "WARN", "ERROR"));
        json.WriteString("eventName", Pick("SERVICE_STEADY_STATE", "SERVICE_TASK_PLACEMENT_FAILURE", "TASKS_STOPPED"));
        json.WriteString("clusterArn", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod");
        json.WriteString("createdAt", Some.Noon.AddSeconds(-number).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null));
        if (_random.Next(2) == 0) json.WriteString("reason", Pick("RESOURCE:MEMORY", "RESOURCE:FARGATE"));
    }

    private void Extra(Utf8JsonWriter json, int depth)
    {
        json.WriteString("note", Pick(Odd));
        json.WriteNumber("amount", _random.Next(4));
        json.WriteBoolean("urgent", _random.Next(2) == 0);
        json.WriteNull("nothing");
        json.WritePropertyName("big");
        json.WriteRawValue(Pick("9007199254740993", "9007199254740992", "1.0", "1e3", "1"));
        if (_random.Next(8) == 0) json.WriteString("long", new string('é', 250 + _random.Next(12)) + "END");
        json.WriteStartArray("items");
        for (var i = _random.Next(3); i > 0; i--) json.WriteStringValue(Pick(Odd));
        json.WriteEndArray();
        if (depth > 2 || _random.Next(2) == 0) return;
        json.WriteStartObject(Pick("inner", "odd name", "dotted.name"));
        Extra(json, depth + 1);
        json.WriteEndObject();
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
