using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Pipeline;

/// <summary>What one source handed over together: it is acknowledged as one.</summary>
/// <param name="Source">Where it came from: <c>http</c>, <c>file</c>, <c>sqs</c>, …</param>
/// <param name="ReceivedAt">Our clock when it was received.</param>
/// <param name="Events">What could be read.</param>
/// <param name="Faults">What could not.</param>
public sealed record IngestBatch(string Source, DateTimeOffset ReceivedAt, IReadOnlyList<EcsEvent> Events, IReadOnlyList<Fault> Faults)
{
    /// <summary>Whether rules look at it. Of what is brought in without, nobody is ever told; it is stored, diagnosed and found as any other.</summary>
    public bool IsTold { get; init; } = true;

    /// <summary>What a stream's reader gave. The events still point into its buffer: dispose it after the receipt, not before.</summary>
    public static IngestBatch From(DecodedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var events = new List<EcsEvent>(batch.Items.Count);
        var faults = new List<Fault>();
        foreach (var item in batch.Items)
        {
            if (item is Decoded.Ok ok) events.Add(ok.Event);
            else if (item is Decoded.Failed failed) faults.Add(failed.Fault);
        }

        return new IngestBatch(batch.Source, batch.ReceivedAt, events, faults);
    }
}

/// <summary>What became of a batch, once that is on disk.</summary>
/// <param name="Accounting">What became of it.</param>
/// <param name="Firings">What rules made of it; the same firing may come again with a later event of the same stop.</param>
public readonly record struct BatchReceipt(Accounting Accounting, IReadOnlyList<Firing> Firings);

/// <summary>Whether the pipeline gets on.</summary>
/// <param name="IsReady">It does.</param>
/// <param name="Reason">What it is stuck on, and what a person can do; empty when ready.</param>
public sealed record PipelineHealth(bool IsReady, string Reason)
{
    /// <summary>It gets on.</summary>
    public static PipelineHealth Ready { get; } = new(true, "");
}

/// <summary>The rules, as the pipeline asks them: an event and what it means give firings.</summary>
public interface IEventRules
{
    /// <summary>Adds a firing for each rule that says yes. For a task's stop <paramref name="diagnosis"/> is by all that its events have said so far.</summary>
    void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings);
}
