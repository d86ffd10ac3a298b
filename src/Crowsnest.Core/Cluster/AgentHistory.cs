using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What the events of a container instance said of its agent, as far as it takes to say since when it is connected or away.</summary>
/// <remarks>
/// A function of the set of events, in bounded space: the newest <see cref="EntriesMax"/> are kept, and of each answer the newest ever. A run that is longer
/// than that began at a moment that nobody kept; then the end of the run before it is known, and serves.
/// </remarks>
public sealed class AgentHistory
{
    internal const int EntriesMax = 8;

    private AgentHistory(AgentEntry[] entries, AgentEntry? connected, AgentEntry? away)
    {
        Entries = entries;
        Connected = connected;
        Away = away;
    }

    /// <summary>The newest first.</summary>
    internal AgentEntry[] Entries { get; }

    /// <summary>The newest that said connected.</summary>
    internal AgentEntry? Connected { get; }

    /// <summary>The newest that said not connected.</summary>
    internal AgentEntry? Away { get; }

    /// <summary>Whether it is connected, and since when.</summary>
    public AgentConnection Now
    {
        get
        {
            var now = Entries[0].IsConnected;
            var first = Array.FindIndex(Entries, e => e.IsConnected != now);
            if (first > 0) return new AgentConnection(now, new EventTime(Entries[first - 1].At), IsAtLeast: false);
            if (Entries.Length == EntriesMax && (now ? Away : Connected) is { } before) return new AgentConnection(now, new EventTime(before.At), IsAtLeast: false);
            return new AgentConnection(now, new EventTime(Entries[^1].At), IsAtLeast: true);
        }
    }

    /// <summary>With what one more event said; the same object when that is nothing new.</summary>
    internal static AgentHistory With(AgentHistory? known, AgentEntry said)
    {
        if (known is null) return Of([said]);
        var entries = Merge(known.Entries, said);
        var connected = Newer(known.Connected, said.IsConnected ? said : null);
        var away = Newer(known.Away, said.IsConnected ? null : said);
        var isSame = ReferenceEquals(entries, known.Entries) && connected == known.Connected && away == known.Away;
        return isSame ? known : new AgentHistory(entries, connected, away);
    }

    private static AgentEntry[] Merge(AgentEntry[] known, AgentEntry said)
    {
        // The same version comes again under another id: it is one observation, and of two that differ the greater counts.
        var at = Array.FindIndex(known, e => e.IsSame(said));
        if (at >= 0 && known[at].CompareTo(said) >= 0) return known;
        if (at < 0 && known.Length == EntriesMax && said.CompareTo(known[^1]) < 0) return known;
        AgentEntry[] entries = at < 0 ? [.. known, said] : [.. known];
        if (at >= 0) entries[at] = said;
        Array.Sort(entries, static (x, y) => y.CompareTo(x));
        return entries.Length > EntriesMax ? entries[..EntriesMax] : entries;
    }

    internal static AgentHistory Restore(AgentEntry[] entries, AgentEntry? connected, AgentEntry? away) =>
        new(entries, Newer(connected, Newest(entries, true)), Newer(away, Newest(entries, false)));

    /// <summary>The newest of an answer among the entries.</summary>
    internal static AgentEntry? Newest(AgentEntry[] entries, bool isConnected)
    {
        AgentEntry? newest = null;
        foreach (var entry in entries)
        {
            if (entry.IsConnected == isConnected) newest = Newer(newest, entry);
        }

        return newest;
    }

    private static AgentHistory Of(AgentEntry[] entries) => new(entries, Newest(entries, true), Newest(entries, false));

    private static AgentEntry? Newer(AgentEntry? x, AgentEntry? y) => x is not { } left ? y : y is not { } right ? x : left.CompareTo(right) >= 0 ? left : right;
}

/// <summary>Whether an agent is connected.</summary>
/// <param name="IsConnected">It is. "The agent disconnects and reconnects several times per hour as a part of its normal operation": only how long says something.</param>
/// <param name="Since">Since when.</param>
/// <param name="IsAtLeast">Nothing older is known: it may have been so for longer.</param>
public readonly record struct AgentConnection(bool IsConnected, EventTime Since, bool IsAtLeast);

/// <summary>What one event said of the agent.</summary>
/// <param name="Version">The event's version; -1 when it has none.</param>
/// <param name="At">Its time; milliseconds since 1970 UTC.</param>
/// <param name="IsConnected">What it said.</param>
internal readonly record struct AgentEntry(long Version, long At, bool IsConnected) : IComparable<AgentEntry>
{
    /// <summary>Both are of one observation.</summary>
    public bool IsSame(AgentEntry other) => Version == other.Version && (Version >= 0 || At == other.At);

    public int CompareTo(AgentEntry other)
    {
        var byVersion = Version.CompareTo(other.Version);
        if (byVersion != 0) return byVersion;
        var byTime = At.CompareTo(other.At);
        return byTime != 0 ? byTime : IsConnected.CompareTo(other.IsConnected);
    }
}
