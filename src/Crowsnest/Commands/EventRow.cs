using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Crowsnest.Server;

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

    /// <summary>Columns of events that come one by one: of fixed width, since nobody knows what comes.</summary>
    public static readonly IReadOnlyList<Column> TailColumns =
    [
        new("TIME", "occurredAt", 24), new("OUTCOME", "outcome", 8), new("KIND", "kind", 24), new("CLUSTER", "cluster", 16), new("SERVICE", "service", 20),
        new("TASK", "task", 32), new("SUMMARY", "summary"),
    ];

    /// <summary>Columns of explanations.</summary>
    public static readonly IReadOnlyList<Column> ExplainColumns =
    [
        new("ID", "id", 36), new("OUTCOME", "outcome"), new("SEVERITY", "severity"), new("KIND", "kind"), new("SUMMARY", "summary", 100), new("NEXT STEP", "nextStep"),
    ];

    /// <summary>A stored event, with what it means.</summary>
    public static JsonElement Of(StoredEvent stored, EventDecoder decoder, EventDiagnoser diagnoser) =>
        RowWriter.Value(writer => EventJson.Write(writer, stored, decoder, diagnoser));

    /// <summary>What an event means.</summary>
    public static JsonElement Explain(EcsEvent ecsEvent, EventDiagnosis diagnosis) =>
        RowWriter.Value(writer => EventJson.WriteExplanation(writer, ecsEvent, diagnosis));
}
