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
/// Made for every event, so the words are made only when they are read: a diagnosis is a row of the table and a reference to the evidence.
/// Everything quoted from the event is bounded and free of control characters.
/// </remarks>
public sealed class EventDiagnosis
{
    private readonly ICauseWords? _words;
    private readonly object? _subject;

    /// <summary>A diagnosis with words of one's own.</summary>
    public EventDiagnosis(
        Cause cause, EventOutcome outcome, Severity severity, Func<string>? summary = null, Func<IReadOnlyList<string>>? evidence = null, int rank = 0)
        : this(cause, outcome, severity, rank, summary is null && evidence is null ? null : new GivenWords(summary, evidence), subject: null)
    {
    }

    internal EventDiagnosis(Cause cause, EventOutcome outcome, Severity severity, int rank, ICauseWords? words, object? subject)
    {
        Cause = cause;
        Outcome = outcome;
        Severity = severity;
        Rank = rank;
        _words = words;
        _subject = subject;
    }

    /// <summary>The cause in the table.</summary>
    public Cause Cause { get; }

    /// <summary>The public kind name, e.g. <c>OutOfMemory</c>; empty for an event that needs no explaining.</summary>
    public string Kind => Cause.Kind;

    /// <summary>What it means.</summary>
    public EventOutcome Outcome { get; }

    /// <summary>Who cares.</summary>
    public Severity Severity { get; }

    /// <summary>How sure: of two diagnoses of one stop the higher is the better one.</summary>
    public int Rank { get; }

    /// <summary>One sentence a person would say.</summary>
    public string Summary => _words?.Summary(_subject) ?? Cause.Words;

    /// <summary>The facts it rests on, quoted from the event (<c>stopCode=…</c>, <c>container web: exit 137</c>).</summary>
    public IReadOnlyList<string> Evidence => _words?.Evidence(_subject) ?? [];

    /// <summary>What to do next; empty when nothing needs doing.</summary>
    public string NextStep => Cause.NextStep;

    private sealed class GivenWords(Func<string>? summary, Func<IReadOnlyList<string>>? evidence) : ICauseWords
    {
        public string? Summary(object? subject) => summary?.Invoke();

        public IReadOnlyList<string>? Evidence(object? subject) => evidence?.Invoke();
    }
}

/// <summary>A row of the table of causes, as far as the reader of a diagnosis sees it.</summary>
/// <param name="Kind">Public, stable name; empty for "nothing to explain".</param>
/// <param name="Words">What happened, in general words.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="GroupsByInstance">One host is the cause: its failures group by container instance and not by service.</param>
public sealed record Cause(string Kind, string Words, string NextStep, bool GroupsByInstance = false);

/// <summary>Puts a diagnosis into words, when somebody asks.</summary>
internal interface ICauseWords
{
    /// <summary>The sentence about this subject (an event or a stop's evidence), or <see langword="null"/> for the cause's general words.</summary>
    string? Summary(object? subject);

    /// <summary>What the subject says, as short quotations.</summary>
    IReadOnlyList<string>? Evidence(object? subject);
}
