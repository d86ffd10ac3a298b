using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Resync;

/// <summary>One resource as ECS describes it: ECS's own JSON, and of it what a comparison needs.</summary>
public sealed record Described
{
    // The moments of a task that ECS keeps (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
    private static readonly string[] TaskMoments =
        ["createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "connectivityAt", "stoppingAt", "executionStoppedAt", "stoppedAt"];

    private Described()
    {
    }

    /// <summary>Which resource it is.</summary>
    public required ResourceName Name { get; init; }

    /// <summary>Its ARN; of a deployment, its service's.</summary>
    public required string Arn { get; init; }

    /// <summary>Where and when it was asked for.</summary>
    public required ResyncPlace Place { get; init; }

    /// <summary>Of tags, what they are.</summary>
    public IReadOnlyList<Tag> Tags { get; private init; } = [];

    /// <summary>What ECS answered.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>Its version; -1 when the answer has none.</summary>
    public long Version { get; private init; } = -1;

    /// <summary>The newest moment that it names: of a task and a deployment when it became what it is, of an instance and a service only when it began.</summary>
    public EventTime ChangedAt { get; private init; }

    /// <summary>The task as an answer of DescribeTasks has it; <see langword="null"/> when it has no ARN.</summary>
    public static Described? Task(JsonElement json, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (Text(json, "taskArn") is not { } arn) return null;
        var changed = TaskMoments.Select(moment => Time(json, moment)).Max();
        return new Described { Name = place.Name(ResourceName.Task, Last(arn)), Arn = arn, Place = place, Json = json, Version = VersionOf(json), ChangedAt = changed };
    }

    /// <summary>The container instance as an answer of DescribeContainerInstances has it.</summary>
    public static Described? Instance(JsonElement json, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return Text(json, "containerInstanceArn") is { } arn
            ? new Described { Name = place.Name(ResourceName.Instance, Last(arn)), Arn = arn, Place = place, Json = json, Version = VersionOf(json), ChangedAt = Time(json, "registeredAt") }
            : null;
    }

    /// <summary>The service as an answer of DescribeServices has it, and its deployments.</summary>
    public static IEnumerable<Described> Service(JsonElement json, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (Text(json, "serviceArn") is not { } arn) yield break;
        yield return new Described { Name = place.Name(ResourceName.Service, Last(arn)), Arn = arn, Place = place, Json = json, ChangedAt = Time(json, "createdAt") };
        if (!json.TryGetProperty("deployments", out var deployments) || deployments.ValueKind != JsonValueKind.Array) yield break;
        foreach (var deployment in deployments.EnumerateArray())
        {
            if (deployment.ValueKind == JsonValueKind.Object && Text(deployment, "id") is { } id && id.StartsWith("ecs-svc/", StringComparison.Ordinal))
                yield return new Described { Name = place.Name(ResourceName.Deployment, Last(id)), Arn = arn, Place = place, Json = deployment, ChangedAt = Time(deployment, "updatedAt") };
        }
    }

    /// <summary>The tags of the cluster of the place, as an answer has them that was asked to include them.</summary>
    public static Described ClusterTags(JsonElement json, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return new Described { Name = ResourceName.OfClusterTags(place.Cluster.Account, place.Cluster.Region, place.Cluster.Name), Arn = place.ClusterArn, Place = place, Json = json, Tags = TagsOf(json) };
    }

    /// <summary>The tags of a service; <see langword="null"/> when it was deleted, or is none.</summary>
    public static Described? ServiceTags(JsonElement json, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return Text(json, "serviceArn") is { } arn && Text(json, "status") != "INACTIVE"
            ? new Described { Name = ResourceName.OfServiceTags(place.Cluster.Account, place.Cluster.Region, place.Cluster.Name, Last(arn)), Arn = arn, Place = place, Json = json, Tags = TagsOf(json) }
            : null;
    }

    /// <summary>The tags of a revision of a task definition, by the whole answer; <see langword="null"/> when the ARN names none.</summary>
    public static Described? DefinitionTags(string arn, JsonElement answer, ResyncPlace place) =>
        ResourceName.OfDefinitionTags(arn) is { } name ? new Described { Name = name, Arn = arn, Place = place, Json = answer, Tags = TagsOf(answer) } : null;

    /// <summary>A member's text.</summary>
    internal string? Text(string member) => Text(Json, member);

    /// <summary>A member's whole number.</summary>
    internal long? Number(string member) =>
        Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A member's moment: seconds since 1970 in the API, text in events.</summary>
    internal EventTime Time(string member) => Time(Json, member);

    internal static bool TryTime(JsonElement value, out EventTime time)
    {
        time = default;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var seconds) && Math.Abs(seconds) < 200_000_000_000)
            time = new EventTime((long)decimal.Floor(seconds * 1_000));
        else if (value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            time = new EventTime(at.ToUnixTimeMilliseconds());
        return time.HasValue;
    }

    internal static string Last(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private static EventTime Time(JsonElement json, string member) => json.TryGetProperty(member, out var value) && TryTime(value, out var time) ? time : default;

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    // In the order of their keys, which is no news; and as many as are kept.
    private static IReadOnlyList<Tag> TagsOf(JsonElement json) =>
        json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array ? []
        : [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.Object && Text(tag, "key") is not null)
            .Select(tag => new Tag(Text(tag, "key")!, Text(tag, "value") ?? "")).OrderBy(tag => tag.Key, StringComparer.Ordinal).Take(TagFields.Max)]; // Looked at just before.

    private static long VersionOf(JsonElement json) =>
        json.TryGetProperty("version", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var version) && version >= 0 ? version : -1;
}
