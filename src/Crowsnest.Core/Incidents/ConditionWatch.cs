using System.Globalization;
using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Rules.Expected;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Incidents;

/// <summary>Looks at what holds of the clusters, and says when that is news: only then incidents are compared with it.</summary>
/// <param name="rules">What is looked for.</param>
/// <param name="view">The clusters as they are; <see langword="null"/> while they are not known yet.</param>
/// <param name="search">The stored events, for rules that expect some; <see langword="null"/> where the store keeps none: such rules say nothing then.</param>
public sealed class ConditionWatch(ConditionRules rules, Func<FleetView?> view, IEventSearch? search)
{
    private readonly ExpectedEvents? _expected = search is null ? null : rules.Expected(search);
    private string? _applied;
    private DateTimeOffset _toldSince;
    private DateTimeOffset? _dueAt;
    private HashSet<string> _open = [];

    /// <summary>What holds, when incidents do not follow it yet; <see langword="null"/> when there is nothing to do.</summary>
    /// <param name="now">Our clock.</param>
    /// <param name="watermark">Up to when everything that came in is stored.</param>
    /// <param name="toldSince">What held before is recorded and not told.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="Pipeline.StoreException">The stored events cannot be asked.</exception>
    internal async ValueTask<HeldConditions?> NewsAsync(DateTimeOffset now, DateTimeOffset watermark, DateTimeOffset toldSince, CancellationToken cancellationToken)
    {
        if (rules.IsEmpty || view() is not { } fleet) return null;
        if (_expected is not null) await _expected.AskAsync(watermark, cancellationToken).ConfigureAwait(false);
        var held = rules.Look(fleet, now, watermark, _expected);
        _toldSince = toldSince;
        return Mark(held, toldSince) != _applied || watermark >= _dueAt ? held : null;
    }

    /// <summary>Incidents are as what was looked at last says.</summary>
    /// <param name="held">What was looked at.</param>
    /// <param name="open">The groups of conditions that have an incident now, which may be pending.</param>
    /// <param name="dueAt">When one of those that are pending has held for long enough.</param>
    internal void Applied(HeldConditions held, HashSet<string> open, DateTimeOffset? dueAt)
    {
        (_open, _dueAt) = (open, dueAt);
        _applied = Mark(held, _toldSince);
    }

    /// <summary>Somebody else may have changed incidents meanwhile.</summary>
    internal void Forget() => _applied = null;

    // What has not held for long enough, and whose state remembers since when, is nobody's business yet: each task that starts is pending for a while.
    private string Mark(HeldConditions held, DateTimeOffset toldSince)
    {
        var text = new StringBuilder();
        foreach (var group in ConditionGroup.Of(held).Where(group => group.IsDue || group.Since is null || _open.Contains(group.Key)))
            text.Append(CultureInfo.InvariantCulture, $"\n{group.Key}\t{group.IsDue}\t{group.KnownUntil >= toldSince}\t{group.Count}\t{group.Since:O}\t{group.Lead.Summary}");
        return text.ToString();
    }
}
