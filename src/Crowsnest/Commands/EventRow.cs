using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>Events and diagnoses as JSON objects.</summary>
internal static class EventRow
{
    /// <summary>Columns of a list of events.</summary>
    public static readonly IReadOnlyList<Column> Columns =
    [
        new("TIME", "occurredAt"), new("OUTCOME", "outcome"), new("KIND", "kind"), new("CLUSTER", "cluster", 30), new("SERVICE", "service", 30),
        new("TASK", "task", 36), new("WHAT", "detailType", 40), new("SUMMARY", "summary"),
    ];

    /// <summary>Columns of explanations.</summary>
    public static readonly IReadOnlyList<Column> ExplainColumns =
    [
        new("ID", "id", 36), new("OUTCOME", "outcome"), new("SEVERITY", "severity"), new("KIND", "kind"), new("SUMMARY", "summary", 100), new("NEXT STEP", "nextStep"),
    ];

    /// <summary>A stored event, with what it means.</summary>
    public static JsonElement Of(StoredEvent stored, EventDecoder decoder, EventDiagnoser diagnoser) => RowWriter.Object(writer =>
    {
        writer.WriteString("key", stored.Key.ToString());
        writer.WriteString("occurredAt", Time(stored.OccurredAt));
        writer.WriteString("receivedAt", Time(stored.ReceivedAt));
        if (stored.TimeUncertain) writer.WriteBoolean("timeUncertain", true);
        if (decoder.Decode(stored.Raw, stored.ReceivedAt) is Decoded.Ok ok)
        {
            var ecsEvent = ok.Event;
            writer.WriteString("id", ecsEvent.Id);
            writer.WriteString("source", ecsEvent.Source);
            writer.WriteString("detailType", ecsEvent.DetailType);
            Optional(writer, "account", ecsEvent.Account);
            Optional(writer, "region", ecsEvent.Region);
            Optional(writer, "cluster", ecsEvent.Cluster);
            Optional(writer, "service", ecsEvent.Service);
            Optional(writer, "task", ecsEvent.TaskId);
            Optional(writer, "instance", ecsEvent.Instance);
            var diagnosis = diagnoser.Diagnose(ecsEvent);
            Optional(writer, "kind", diagnosis.Kind);
            writer.WriteString("outcome", diagnosis.Outcome.ToString().ToLowerInvariant());
            writer.WriteString("severity", diagnosis.Severity.ToString().ToLowerInvariant());
            writer.WriteString("summary", diagnosis.Summary);
        }

        writer.WritePropertyName("event");
        writer.WriteRawValue(stored.Raw.Span, skipInputValidation: true);
    });

    /// <summary>What an event means.</summary>
    public static JsonElement Explain(EcsEvent ecsEvent, EventDiagnosis diagnosis) => RowWriter.Object(writer =>
    {
        writer.WriteString("id", ecsEvent.Id);
        writer.WriteString("occurredAt", Time(ecsEvent.OccurredAt));
        writer.WriteString("detailType", ecsEvent.DetailType);
        Optional(writer, "cluster", ecsEvent.Cluster);
        Optional(writer, "service", ecsEvent.Service);
        Optional(writer, "task", ecsEvent.TaskId);
        writer.WriteString("kind", diagnosis.Kind);
        writer.WriteString("outcome", diagnosis.Outcome.ToString().ToLowerInvariant());
        writer.WriteString("severity", diagnosis.Severity.ToString().ToLowerInvariant());
        writer.WriteString("summary", diagnosis.Summary);
        writer.WriteStartArray("evidence");
        foreach (var fact in diagnosis.Evidence) writer.WriteStringValue(fact);
        writer.WriteEndArray();
        writer.WriteString("nextStep", diagnosis.NextStep);
    });

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Optional(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0) writer.WriteString(name, value);
    }
}
