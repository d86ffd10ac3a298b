using System.Security.Cryptography;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline.Shared;

/// <summary>How far the writing of a commit came: one that failed for now goes on where it stopped, under the same name, so that nothing of it is there or counted twice.</summary>
public sealed class CommitProgress
{
    private readonly Commit _asked;
    private readonly Places _numbers;
    private readonly Action<string> _reached;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private NumberedFault[]? _refused;

    // All of it is at hand before anything is sent.
    private CommitProgress(Commit commit, Places numbers, Action<string> reached)
    {
        (_asked, _numbers, _reached) = (commit, numbers, reached);
        Commit = commit with { Events = [.. commit.Events], Quarantine = [.. commit.Quarantine], States = [.. commit.States], Firings = [.. commit.Firings] };
        Unread = Numbered(Commit.Quarantine);
    }

    /// <summary>The commit, with lists of its own.</summary>
    public Commit Commit { get; }

    /// <summary>Its accounting, by what became of its events.</summary>
    public Accounting Accounting => Commit.AccountingOf(Outcome);

    /// <summary>Its name in what it writes, so that a document of an earlier attempt is known for its own.</summary>
    public string Batch { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<NumberedFault> Unread { get; }

    /// <summary>What became of the events, once they are written.</summary>
    public CommitOutcome Outcome { get; set; } = CommitOutcome.AsAsked;

    /// <summary>What the server would not take, once the events are written.</summary>
    public IReadOnlyList<NumberedFault> Refused => _refused ??= Numbered(Outcome.Refused.Select(one => one.Fault));

    /// <summary>Begins a commit, or goes on with the one that failed for now.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="last">The one that failed for now, if one did.</param>
    /// <param name="numbers">Numbers for what goes to quarantine.</param>
    /// <param name="reached">Told of each step that is done.</param>
    /// <exception cref="StoreException">The accounting does not add up.</exception>
    public static CommitProgress Begin(Commit commit, CommitProgress? last, Places numbers, Action<string> reached)
    {
        ArgumentNullException.ThrowIfNull(commit);
        commit.MustAddUp();
        return last is not null && ReferenceEquals(last._asked, commit) ? last : new CommitProgress(commit, numbers, reached);
    }

    /// <summary>Does a step, unless an earlier attempt did.</summary>
    public async Task DoAsync(string step, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (_done.Contains(step)) return;
        await work().ConfigureAwait(false);
        _done.Add(step);
        _reached(step);
    }

    private NumberedFault[] Numbered(IEnumerable<Fault> faults) => [.. faults.Select(fault => new NumberedFault(fault, _numbers.Next()))];
}

/// <summary>Something for the quarantine, and the number that it has there; drawn again when another process has taken it.</summary>
public sealed class NumberedFault(Fault fault, long number)
{
    /// <summary>What it is.</summary>
    public Fault Fault => fault;

    /// <summary>Its number.</summary>
    public long Number { get; set; } = number;
}
