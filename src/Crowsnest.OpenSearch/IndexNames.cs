using System.Globalization;

namespace Crowsnest.OpenSearch;

/// <summary>What the indices are called. Events have one for each day (UTC) of their own time, so that one event always meets the same index and a repeat is refused there.</summary>
internal sealed class IndexNames(string prefix)
{
    private volatile DayIndex? _last;

    /// <summary>What came in when its day was no longer kept.</summary>
    public string Archive { get; } = prefix + "-events-archive";

    /// <summary>All indices of events.</summary>
    public string Events { get; } = prefix + "-events-*";

    /// <summary>States of tasks and instances.</summary>
    public string States { get; } = prefix + "-states";

    /// <summary>Checkpoints of how the clusters were.</summary>
    public string Checkpoints { get; } = prefix + "-checkpoints";

    /// <summary>What could not be read.</summary>
    public string Quarantine { get; } = prefix + "-quarantine";

    /// <summary>Firings of rules, as workers write them.</summary>
    public string Firings { get; } = prefix + "-firings";

    /// <summary>Incidents.</summary>
    public string Incidents { get; } = prefix + "-incidents";

    /// <summary>Notification groups.</summary>
    public string Groups { get; } = prefix + "-groups";

    /// <summary>Silences.</summary>
    public string Silences { get; } = prefix + "-silences";

    /// <summary>Messages that must leave, and those that did.</summary>
    public string Outbox { get; } = prefix + "-outbox";

    /// <summary>The lease, the accounting, and what retention dropped.</summary>
    public string Ledger { get; } = prefix + "-ledger";

    /// <summary>API tokens, as hashes.</summary>
    public string Tokens { get; } = prefix + "-tokens";

    /// <summary>The prefix itself.</summary>
    public string Prefix => prefix;

    /// <summary>The index of a day, which begins at this time.</summary>
    public string OfDay(DateTimeOffset day)
    {
        // Asked several times for each event, and nearly always for the same day.
        if (_last is { } last && last.Day == day) return last.Index;
        var index = string.Create(CultureInfo.InvariantCulture, $"{prefix}-events-{day.UtcDateTime:yyyy.MM.dd}");
        _last = new DayIndex(day, index);
        return index;
    }

    /// <summary>The day of an index of events; <see langword="null"/> for the archive and for what is none of ours.</summary>
    public DateTimeOffset? DayOf(string index)
    {
        var start = prefix.Length + "-events-".Length;
        return index.Length == start + 10 && index.StartsWith(prefix + "-events-", StringComparison.Ordinal)
            && DateTime.TryParseExact(index.AsSpan(start), "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? new DateTimeOffset(day, TimeSpan.Zero)
                : null;
    }

    private sealed record DayIndex(DateTimeOffset Day, string Index);
}
