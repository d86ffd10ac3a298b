using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>What holds by one rule of the resources that are one incident.</summary>
internal sealed record ConditionGroup
{
    /// <summary>The incident's group.</summary>
    public required string Key { get; init; }

    /// <summary>The rule.</summary>
    public required ConditionRule Rule { get; init; }

    /// <summary>Since when it holds of any of them; <see langword="null"/> where no state says it.</summary>
    public required DateTimeOffset? Since { get; init; }

    /// <summary>The one that speaks for it.</summary>
    public required Firing Lead { get; init; }

    /// <summary>Of how many resources it has held for long enough; of all of them while it is too early for each.</summary>
    public required int Count { get; init; }

    /// <summary>Which these are, as far as they are named.</summary>
    public required ImmutableArray<string> Resources { get; init; }

    /// <summary>Up to when its clusters are known.</summary>
    public required DateTimeOffset KnownUntil { get; init; }

    /// <summary>Whether it has held for long enough, as far as the states say.</summary>
    public required bool IsDue { get; init; }

    /// <summary>All groups.</summary>
    public static IReadOnlyList<ConditionGroup> Of(HeldConditions held) =>
        [.. held.Conditions.GroupBy(one => IncidentKeys.OfIncidents(one.Firing), StringComparer.Ordinal).Select(group => Of(group.Key, [.. group]))];

    private static ConditionGroup Of(string key, List<HeldCondition> held)
    {
        var rule = held[0].Rule;
        var due = held.FindAll(one => one.Since is { } since && one.KnownUntil - since >= rule.For);
        var told = (due.Count > 0 ? due : held).OrderBy(one => one.Since ?? one.KnownUntil).ThenBy(one => one.Firing.Resource, StringComparer.Ordinal).ToList();
        return new ConditionGroup
        {
            Key = key, Rule = rule, Since = held.Min(one => one.Since), Lead = told[0].Firing, Count = told.Count,
            KnownUntil = held.Max(one => one.KnownUntil), IsDue = due.Count > 0 || rule.For == TimeSpan.Zero,
            Resources = [.. told.Take(Incident.ResourcesMax).Select(one => one.Firing.Resource)],
        };
    }
}
