using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Resync;

namespace Crowsnest.Core.Tests.Resync;

/// <summary>Answers of ECS, and events of the same things.</summary>
internal static class SomeEcs
{
    public const string ClusterArn = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod";

    private const string Prefix = "arn:aws:ecs:eu-west-1:123456789012:";

    public static ResyncPlace Place(int seconds = 600) => ResyncPlace.Of(ClusterArn, Some.Noon.AddSeconds(seconds))!;

    /// <summary>A task as DescribeTasks answers: times are seconds since 1970.</summary>
    public static JsonObject Task(
        long? version, string lastStatus = "RUNNING", string? stopCode = null, string? stoppedReason = null, int? exitCode = null, string id = "t1", int startedAt = 0, int? stoppedAt = null)
    {
        var container = new JsonObject { ["name"] = "web", ["lastStatus"] = lastStatus };
        if (exitCode is { } code) container["exitCode"] = code;
        var task = new JsonObject
        {
            ["taskArn"] = $"{Prefix}task/prod/{id}", ["clusterArn"] = ClusterArn, ["taskDefinitionArn"] = $"{Prefix}task-definition/api:7", ["group"] = "service:api", ["startedBy"] = "ecs-svc/1",
            ["lastStatus"] = lastStatus, ["desiredStatus"] = lastStatus == "RUNNING" ? "RUNNING" : "STOPPED", ["createdAt"] = Seconds(startedAt - 20), ["startedAt"] = Seconds(startedAt),
            ["cpu"] = "256", ["memory"] = "512", ["launchType"] = "FARGATE",
            ["overrides"] = new JsonObject { ["containerOverrides"] = new JsonArray(new JsonObject { ["name"] = "web", ["environment"] = new JsonArray(new JsonObject { ["name"] = "KEY", ["value"] = "geheim" }) }) },
            ["containers"] = new JsonArray(container),
        };
        if (version is { } v) task["version"] = v;
        if (stopCode is not null) task["stopCode"] = stopCode;
        if (stoppedReason is not null) task["stoppedReason"] = stoppedReason;
        if (stoppedAt is { } stopped) task["stoppedAt"] = Seconds(stopped);
        return task;
    }

    public static JsonObject Instance(long version, string status = "ACTIVE", bool connected = true, string id = "i1") => new()
    {
        ["containerInstanceArn"] = $"{Prefix}container-instance/prod/{id}", ["ec2InstanceId"] = "i-0123", ["version"] = version, ["status"] = status, ["agentConnected"] = connected,
        ["registeredAt"] = Seconds(-3_600), ["runningTasksCount"] = 2, ["registeredResources"] = new JsonArray(new JsonObject { ["name"] = "CPU", ["type"] = "INTEGER", ["integerValue"] = 2048 }),
    };

    public static JsonObject Service(int desired, string status = "ACTIVE", string name = "api", params JsonNode[] deployments) => new()
    {
        ["serviceArn"] = $"{Prefix}service/prod/{name}", ["serviceName"] = name, ["clusterArn"] = ClusterArn, ["status"] = status, ["desiredCount"] = desired, ["runningCount"] = 1,
        ["pendingCount"] = 0, ["deployments"] = new JsonArray(deployments),
    };

    public static JsonObject Deployment(string rolloutState, int updatedAt, string id = "ecs-svc/1", string? reason = null) => new()
    {
        ["id"] = id, ["status"] = "PRIMARY", ["rolloutState"] = rolloutState, ["rolloutStateReason"] = reason ?? "ECS deployment ecs-svc/1 says so.", ["updatedAt"] = Seconds(updatedAt), ["createdAt"] = Seconds(updatedAt - 60),
    };

    public static Described Of(JsonObject task, int asked = 600) => Described.Task(Element(task), Place(asked))!;

    public static Described OfInstance(JsonObject instance, int asked = 600) => Described.Instance(Element(instance), Place(asked))!;

    public static IReadOnlyList<Described> OfService(JsonObject service, int asked = 600) => [.. Described.Service(Element(service), Place(asked))];

    /// <summary>What ECS says of the tags of something, by its place in its ARN (<c>service/prod/api</c>).</summary>
    public static Described OfTags(string path, int asked, params (string Key, string Value)[] tags)
    {
        var said = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]) };
        if (path.StartsWith("service/", StringComparison.Ordinal)) said["serviceArn"] = Prefix + path;
        return path.StartsWith("service/", StringComparison.Ordinal) ? Described.ServiceTags(Element(said), Place(asked))!
            : path.StartsWith("cluster/", StringComparison.Ordinal) ? Described.ClusterTags(Element(said), ResyncPlace.Of(Prefix + path, Some.Noon.AddSeconds(asked))!)
            : Described.DefinitionTags(Prefix + path, Element(said), Place(asked))!;
    }

    /// <summary>The event that says so.</summary>
    public static EcsEvent Tags(string path, int asked, params (string Key, string Value)[] tags) => Event(ResyncEvent.OfTags(OfTags(path, asked, tags)));

    /// <summary>The event of a difference, as this process reads it.</summary>
    public static EcsEvent Event(Difference difference) => Event(difference.Event);

    public static EcsEvent Event(ReadOnlyMemory<byte> json, OwnMark mark = OwnMark.Given) =>
        Assert.IsType<Decoded.Ok>(new EventDecoder(new MaskingOptions { Own = mark }).Decode(json, Some.Noon.AddHours(1))).Event;

    /// <summary>The event that ECS would have sent of such a task.</summary>
    public static EcsEvent EcsOwn(JsonObject task, int updatedAt)
    {
        var detail = JsonNode.Parse(task.ToJsonString())!.AsObject();
        foreach (var moment in detail.Where(m => m.Key.EndsWith("At", StringComparison.Ordinal)).Select(m => m.Key).ToList())
            detail[moment] = Iso(DateTimeOffset.FromUnixTimeMilliseconds((long)((double)detail[moment]! * 1000)));
        var at = Iso(Some.Noon.AddSeconds(updatedAt));
        detail["updatedAt"] = at;
        return Event(System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = "e" + detail["version"] + detail["taskArn"], ["detail-type"] = "ECS Task State Change", ["source"] = "aws.ecs", ["account"] = "123456789012", ["time"] = at, ["region"] = "eu-west-1",
            ["resources"] = new JsonArray((string)detail["taskArn"]!), ["detail"] = detail,
        }.ToJsonString()));
    }

    public static IResourceState? Fold(IResourceState? known, EcsEvent e)
    {
        var states = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        if (known is not null) states[known.Name.Key] = known;
        ResourceFold.Fold(states, e);
        return states.Values.FirstOrDefault(s => known is null || s.Name.Key == known.Name.Key);
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private static double Seconds(int seconds) => Some.Noon.AddSeconds(seconds).ToUnixTimeMilliseconds() / 1000.0;

    private static JsonElement Element(JsonObject json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();
    }
}
