using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Which sources are believed: only their events are diagnosed and change state. A pattern is a name, or the start of one and <c>*</c>.</summary>
public sealed class TrustedSources
{
    private readonly string[] _exact;
    private readonly string[] _starts;

    /// <summary>Trusts the sources with these names or beginnings.</summary>
    public TrustedSources(IEnumerable<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var all = patterns.ToArray();
        _exact = [.. all.Where(p => !p.EndsWith('*'))];
        _starts = [.. all.Where(p => p.EndsWith('*')).Select(p => p[..^1])];
    }

    /// <summary>Every AWS service, and nobody else: <c>aws.*</c>. EventBridge lets no customer send under that name.</summary>
    public static TrustedSources Default { get; } = new(["aws.*"]);

    /// <summary>Whether this event is believed: by its source, and one of a source of our own only when this program made it, whatever is configured.</summary>
    public bool Includes(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        return ecsEvent.Source == OwnEvents.Source ? ecsEvent.IsOwn : Includes(ecsEvent.Source);
    }

    /// <summary>Whether events of this source are believed by it alone; of one of our own it says nothing.</summary>
    public bool Includes(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source == OwnEvents.Source) return false;
        foreach (var start in _starts)
        {
            if (source.StartsWith(start, StringComparison.Ordinal)) return true;
        }

        return Array.IndexOf(_exact, source) >= 0;
    }
}
