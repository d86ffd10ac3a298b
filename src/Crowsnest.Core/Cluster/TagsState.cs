using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>The tags of a cluster, of a service or of a revision of a task definition, as ECS described them last.</summary>
/// <remarks>Immutable, and a function of the set of events: the newest word is all of it. It never stops by itself; ECS is asked again and again, and of what is gone nothing is said.</remarks>
public sealed record TagsState : IResourceState
{
    /// <inheritdoc/>
    public required ResourceName Name { get; init; }

    /// <summary>Which event said it. These have no version: when ECS was asked decides.</summary>
    public required EventKey Said { get; init; }

    /// <summary>The tags; none when the last was taken away.</summary>
    public required IReadOnlyList<Tag> Tags { get; init; }

    /// <inheritdoc/>
    public EventOrder Order => ServiceEvent.Order(Said);

    /// <inheritdoc/>
    public bool IsStopped => false;

    /// <summary>Takes an event in. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, TagsState Next) Observe(ResourceName name, TagsState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        var order = known is null ? 1 : ecsEvent.Key.CompareTo(known.Said);
        return order > 0 ? (Observation.Changed, new TagsState { Name = name, Said = ecsEvent.Key, Tags = TagFields.Read(ecsEvent) })
            : (order == 0 ? Observation.Duplicate : Observation.Stale, known!); // Only what is known is not older than an event.
    }

    internal static void Write(Utf8JsonWriter json, TagsState state)
    {
        json.WriteStartObject();
        WriteTags(json, state.Tags);
        json.WriteStartObject("crowsnest"u8);
        json.Key("key"u8, state.Said);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes tags as ECS does: <c>"tags":[{"key":K,"value":V},…]</c>.</summary>
    public static void WriteTags(Utf8JsonWriter json, IReadOnlyList<Tag> tags)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(tags);
        json.WriteStartArray("tags"u8);
        foreach (var (key, value) in tags)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key);
            json.WriteString("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static TagsState Read(ResourceState row)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        return new TagsState
        {
            Name = ResourceName.Of(row), Said = d.GetProperty("crowsnest").Key("key"),
            Tags = [.. d.GetProperty("tags").EnumerateArray().Select(tag => new Tag(tag.Text("key") ?? "", tag.Text("value") ?? ""))],
        };
    }
}
