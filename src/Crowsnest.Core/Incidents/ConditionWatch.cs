using System.Globalization;
using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>Looks at what holds of the clusters, and says when that is news: only then incidents are compared with it.</summary>
/// <param name="rules">What is looked for.</param>
/// <param name="view">The clusters as they are; <see langword="null"/> while they are not known yet.</param>
public sealed class ConditionWatch(ConditionRules rules, Func<FleetView?> view)
{
    private string? _applied;
    private string? _looked;
    private DateTimeOffset? _dueAt;

    /// <summary>What holds, when incidents do not follow it yet; <see langword="null"/> when there is nothing to do.</summary>
    /// <param name="watermark">Up to when everything that came in is stored.</param>
    /// <param name="toldSince">What held before is recorded and not told.</param>
    internal HeldConditions? News(DateTimeOffset watermark, DateTimeOffset toldSince)
    {
        if (rules.IsEmpty || view() is not { } fleet) return null;
        var held = rules.Look(fleet, watermark);
        _looked = Mark(held, toldSince);
        return _looked != _applied || watermark >= _dueAt ? held : null;
    }

    /// <summary>Incidents are as what was looked at last says; some of them may be due by themselves later.</summary>
    internal void Applied(DateTimeOffset? dueAt) => (_applied, _dueAt) = (_looked, dueAt);

    /// <summary>Somebody else may have changed incidents meanwhile.</summary>
    internal void Forget() => _applied = null;

    private static string Mark(HeldConditions held, DateTimeOffset toldSince)
    {
        var text = new StringBuilder();
        foreach (var group in ConditionGroup.Of(held))
            text.Append(CultureInfo.InvariantCulture, $"\n{group.Key}\t{group.IsDue}\t{group.KnownUntil >= toldSince}\t{group.Count}\t{group.Since:O}\t{group.Lead.Summary}");
        return text.ToString();
    }
}
