using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crowsnest.Server;

/// <summary>Events and diagnoses as JSON objects: one shape for the API and for <c>-o json</c>.</summary>
internal static class EventJson
{
    /// <summary>A decoder for what is stored, which is masked already. One for each request: it is not thread-safe.</summary>
    public static EventDecoder NewDecoder() => new(new MaskingOptions { Environment = false });

    /// <summary>A stored event: its bytes verbatim as <c>event</c>, and what we know of it beside them.</summary>
    public static void Write(Utf8JsonWriter writer, StoredEvent stored, EventDecoder decoder, EventDiagnoser diagnoser)
    {
        writer.WriteStartObject();
        writer.WriteString("key", stored.Key.ToString());
        writer.WriteString("occurredAt", Time(stored.OccurredAt));
        writer.WriteString("receivedAt", Time(stored.ReceivedAt));
        if (stored.TimeUncertain) writer.WriteBoolean("timeUncertain", true);
        if (stored.Read(decoder) is Decoded.Ok { Event: var ecsEvent })
        {
            writer.WriteString("id", ecsEvent.Id);
            writer.WriteString("source", ecsEvent.Source);
            writer.WriteString("detailType", ecsEvent.DetailType);
            Optional(writer, "account", ecsEvent.Account);
            Optional(writer, "region", ecsEvent.Region);
            Optional(writer, "cluster", ecsEvent.Cluster);
            Optional(writer, "service", ecsEvent.Service);
            Optional(writer, "task", ecsEvent.TaskId);
            Optional(writer, "instance", ecsEvent.Instance);
            if (ecsEvent.IsSynthetic) writer.WriteBoolean("synthetic", true);
            Write(writer, diagnoser.Diagnose(ecsEvent));
        }

        if (stored.Masked.Count > 0) Strings(writer, "masked", stored.Masked);
        writer.WritePropertyName("event");
        writer.WriteRawValue(stored.Raw.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }

    /// <summary>What an event means, without the event.</summary>
    public static void WriteExplanation(Utf8JsonWriter writer, EcsEvent ecsEvent, EventDiagnosis diagnosis)
    {
        writer.WriteStartObject();
        writer.WriteString("id", ecsEvent.Id);
        writer.WriteString("occurredAt", Time(ecsEvent.OccurredAt));
        writer.WriteString("detailType", ecsEvent.DetailType);
        Optional(writer, "cluster", ecsEvent.Cluster);
        Optional(writer, "service", ecsEvent.Service);
        Optional(writer, "task", ecsEvent.TaskId);

        // Scripts take these by name from every line; an event that is no failure has the empty kind.
        if (diagnosis.Kind.Length == 0) writer.WriteString("kind", "");
        Write(writer, diagnosis);
        writer.WriteEndObject();
    }

    /// <summary>An answer that is one object, its members written by hand.</summary>
    public static IResult Answer(Action<Utf8JsonWriter> members) => AnswerValue(writer =>
    {
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
    });

    /// <summary>An answer that is one event.</summary>
    public static IResult Answer(StoredEvent stored, EventDiagnoser diagnoser) => AnswerValue(writer => Write(writer, stored, NewDecoder(), diagnoser));

    /// <summary>A moment as every answer writes it.</summary>
    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static FileContentHttpResult AnswerValue(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return TypedResults.Bytes(buffer.WrittenMemory, "application/json");
    }

    /// <summary>The members of a diagnosis.</summary>
    public static void Write(Utf8JsonWriter writer, EventDiagnosis diagnosis)
    {
        Optional(writer, "kind", diagnosis.Kind);
        writer.WriteString("outcome", diagnosis.Outcome.ToString().ToLowerInvariant());
        writer.WriteString("severity", diagnosis.Severity.ToString().ToLowerInvariant());
        writer.WriteString("summary", diagnosis.Summary);
        Strings(writer, "evidence", diagnosis.Evidence);
        writer.WriteString("nextStep", diagnosis.NextStep);
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0) writer.WriteString(name, value);
    }
}
