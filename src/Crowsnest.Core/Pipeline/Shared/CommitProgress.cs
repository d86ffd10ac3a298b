using System.Security.Cryptography;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline.Shared;

/// <summary>How far the writing of a commit came: one that failed for now goes on where it stopped, under the same name, so that nothing of it is there or counted twice.</summary>
/// <param name="commit">The commit.</param>
/// <param name="numbers">Numbers for what goes to quarantine.</param>
/// <param name="reached">Told of each step that is done.</param>
public sealed class CommitProgress(Commit commit, Places numbers, Action<string> reached)
{
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private NumberedFault[]? _refused;

    /// <summary>The commit.</summary>
    public Commit Commit => commit;

    /// <summary>Its accounting, by what became of its events.</summary>
    public Accounting Accounting => commit.AccountingOf(Outcome);

    /// <summary>Its name in what it writes, so that a document of an earlier attempt is known for its own.</summary>
    public string Batch { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<NumberedFault> Unread { get; } = [.. commit.Quarantine.Select(fault => new NumberedFault(fault, numbers.Next()))];

    /// <summary>What became of the events, once they are written.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.AsAsked;

    /// <summary>What the server would not take, once the events are written.</summary>
    public IReadOnlyList<NumberedFault> Refused => _refused ??= [.. Outcome.Refused.Select(one => new NumberedFault(one.Fault, numbers.Next()))];

    /// <summary>Does a step, unless an earlier attempt did.</summary>
    public async Task DoAsync(string step, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (_done.Contains(step)) return;
        await work().ConfigureAwait(false);
        _done.Add(step);
        reached(step);
    }
}

/// <summary>Something for the quarantine, and the number that it has there; drawn again when another process has taken it.</summary>
public sealed class NumberedFault(Fault fault, long number)
{
    /// <summary>What it is.</summary>
    public Fault Fault => fault;

    /// <summary>Its number.</summary>
    public long Number { get; set; } = number;
}
