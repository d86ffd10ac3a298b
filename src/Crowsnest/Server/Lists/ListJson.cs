using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Server.Lists;

/// <summary>Members of items: ECS's own names, and what is not known is not there.</summary>
internal static class ListJson
{
    public static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is { Length: > 0 }) json.WriteString(name, value);
    }

    public static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    public static void Time(Utf8JsonWriter json, string name, EventTime value)
    {
        if (value.ToDateTimeOffset() is { } moment) json.WriteString(name, EventJson.Time(moment));
    }

    public static void Where(Utf8JsonWriter json, ClusterName cluster)
    {
        json.WriteString("account", cluster.Account);
        json.WriteString("region", cluster.Region);
        json.WriteString("cluster", cluster.Name);
    }

    /// <summary>The number under ECS's name, and under <c>NAMEFrom</c> and <c>NAMEAt</c> where it is from and how old it is.</summary>
    public static void Count(Utf8JsonWriter json, string name, Counted count)
    {
        if (count.From == CountSource.None)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteNumber(name, count.Value);
        json.WriteString(name + "From", JsonNamingPolicy.CamelCase.ConvertName(count.From.ToString()));
        Time(json, name + "At", count.At);
    }

    /// <summary>Tags as ECS writes them, where any is known.</summary>
    public static void Tags(Utf8JsonWriter json, IReadOnlyList<Tag> tags)
    {
        if (tags.Count > 0) TagsState.WriteTags(json, tags);
    }

    public static void Reason(Utf8JsonWriter json, string name, PendingReason? reason)
    {
        if (reason is null) return;
        json.WriteStartObject(name);
        json.WriteString("code", reason.Code);
        json.WriteString("reason", reason.Text);
        Time(json, "at", reason.At);
        json.WriteEndObject();
    }

    public static void Failure(Utf8JsonWriter json, string name, TaskFailure? failure)
    {
        if (failure is null) return;
        json.WriteStartObject(name);
        json.WriteString("task", failure.TaskId);
        Time(json, "at", failure.At);
        json.WriteString("kind", failure.Diagnosis.Kind);
        json.WriteString("severity", failure.Diagnosis.Severity.ToString().ToLowerInvariant());
        json.WriteString("summary", failure.Diagnosis.Summary);
        json.WriteEndObject();
    }
}
