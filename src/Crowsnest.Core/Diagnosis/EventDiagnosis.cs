namespace Crowsnest.Core.Diagnosis;

/// <summary>What an event means to the owner of the thing it is about.</summary>
public enum EventOutcome
{
    /// <summary>A task that is not stopping, a snapshot, a notice, an unknown kind.</summary>
    Info,

    /// <summary>A wanted stop, a normal step, an all-clear.</summary>
    Routine,

    /// <summary>A stop without sufficient evidence.</summary>
    Unknown,

    /// <summary>Something ended or is broken against its owner's will.</summary>
    Failure,
}

/// <summary>Who cares. Ordered: the default rule tells <see cref="Error"/> and above.</summary>
public enum Severity
{
    /// <summary>Nobody needs to look.</summary>
    Info,

    /// <summary>Look if it repeats.</summary>
    Warning,

    /// <summary>Someone should look.</summary>
    Error,

    /// <summary>Someone must look now.</summary>
    Critical,
}

/// <summary>Why something happened: a kind with a stable name, who cares, and the words for a person.</summary>
/// <remarks>
/// Made for every event, so the words are made only when they are read: a diagnosis is a cause and a reference to the evidence.
/// </remarks>
public sealed class EventDiagnosis(Cause cause, EventOutcome outcome, Severity severity, Func<string>? summary = null, Func<IReadOnlyList<string>>? evidence = null)
{
    /// <summary>The cause in the table.</summary>
    public Cause Cause { get; } = cause;

    /// <summary>The public kind name, e.g. <c>OutOfMemory</c>; empty for an event that needs no explaining.</summary>
    public string Kind => Cause.Kind;

    /// <summary>What it means.</summary>
    public EventOutcome Outcome { get; } = outcome;

    /// <summary>Who cares.</summary>
    public Severity Severity { get; } = severity;

    /// <summary>One sentence a person would say.</summary>
    public string Summary => summary?.Invoke() ?? Cause.Words;

    /// <summary>The facts it rests on, quoted from the event (<c>stopCode=…</c>, <c>container web: exit 137</c>).</summary>
    public IReadOnlyList<string> Evidence => evidence?.Invoke() ?? [];

    /// <summary>What to do next; empty when nothing needs doing.</summary>
    public string NextStep => Cause.NextStep;
}

/// <summary>A row of the table of causes.</summary>
/// <param name="Kind">Public, stable name; empty for "nothing to explain".</param>
/// <param name="Words">What happened, in general words.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="GroupsByInstance">One host is the cause: its failures group by container instance and not by service.</param>
public sealed record Cause(string Kind, string Words, string NextStep, bool GroupsByInstance = false);
