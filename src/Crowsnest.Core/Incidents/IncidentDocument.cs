using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>Firings, incidents, groups and messages as the documents that stores keep, and back.</summary>
public static class IncidentDocument
{
    /// <summary>A firing's document.</summary>
    public static byte[] Write(Firing firing) => JsonSerializer.SerializeToUtf8Bytes(firing, IncidentJson.Default.Firing);

    /// <summary>An incident's document.</summary>
    public static byte[] Write(Incident incident) => JsonSerializer.SerializeToUtf8Bytes(incident, IncidentJson.Default.Incident);

    /// <summary>A group's document.</summary>
    public static byte[] Write(NotificationGroup group) => JsonSerializer.SerializeToUtf8Bytes(group, IncidentJson.Default.NotificationGroup);

    /// <summary>A message's document.</summary>
    public static byte[] Write(OutboxEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, IncidentJson.Default.OutboxEntry);

    /// <summary>A silence's document.</summary>
    public static byte[] Write(Silence silence) => JsonSerializer.SerializeToUtf8Bytes(silence, IncidentJson.Default.Silence);

    /// <summary>Reads a firing.</summary>
    public static Firing ReadFiring(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, IncidentJson.Default.Firing)!;

    /// <summary>Reads an incident.</summary>
    public static Incident ReadIncident(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, IncidentJson.Default.Incident)!;

    /// <summary>Reads a group.</summary>
    public static NotificationGroup ReadGroup(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, IncidentJson.Default.NotificationGroup)!;

    /// <summary>Reads a message.</summary>
    public static OutboxEntry ReadOutboxEntry(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, IncidentJson.Default.OutboxEntry)!;

    /// <summary>Reads a silence.</summary>
    public static Silence ReadSilence(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, IncidentJson.Default.Silence)!;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(EventKeyConverter), typeof(LabelMatcherConverter)])]
[JsonSerializable(typeof(Firing))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(NotificationGroup))]
[JsonSerializable(typeof(OutboxEntry))]
[JsonSerializable(typeof(Silence))]
internal sealed partial class IncidentJson : JsonSerializerContext;

internal sealed class EventKeyConverter : JsonConverter<EventKey>
{
    public override EventKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EventKey.TryParse(reader.GetString(), out var key) ? key : throw new JsonException("Not an event's key.");

    public override void Write(Utf8JsonWriter writer, EventKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

// Name, sign and value as three texts: a label's name may be anything, so nothing needs to be read out of one text again.
internal sealed class LabelMatcherConverter : JsonConverter<LabelMatcher>
{
    public override LabelMatcher Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Not a matcher.");
        var (name, kind, value) = (Next(ref reader), Next(ref reader), Next(ref reader));
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw new JsonException("Not a matcher.");
        return LabelMatcher.Of(name, Enum.Parse<MatcherKind>(kind), value);
    }

    public override void Write(Utf8JsonWriter writer, LabelMatcher value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Name);
        writer.WriteStringValue(value.Kind.ToString());
        writer.WriteStringValue(value.Value);
        writer.WriteEndArray();
    }

    private static string Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("Not a matcher.");
}
