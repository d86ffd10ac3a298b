using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>While an incident fires, others need no telling: Alertmanager's inhibition.</summary>
public sealed record InhibitRule
{
    /// <summary>What the incident that inhibits is like.</summary>
    public required ImmutableArray<LabelMatcher> Sources { get; init; }

    /// <summary>What the incidents that are inhibited are like.</summary>
    public required ImmutableArray<LabelMatcher> Targets { get; init; }

    /// <summary>Labels whose values must be the same in both; one that is missing has the empty value.</summary>
    public ImmutableArray<string> Equal { get; init; } = [];

    /// <summary>
    /// What is in force without a configuration: a service whose tasks fail says in its next breath that it cannot start them, that its deployment failed, and
    /// that it rolls back. The failed tasks know why, so the service's words wait while an incident of its tasks fires.
    /// </summary>
    public static ImmutableArray<InhibitRule> Shipped { get; } =
    [
        new InhibitRule
        {
            Sources = [Matcher("service", MatcherKind.NotEqual, ""), Matcher("kind", MatcherKind.NotMatches, "TaskStartImpaired|ServiceImpaired|Deployment.*")],
            Targets = [Matcher("kind", MatcherKind.Matches, "TaskStartImpaired|DeploymentFailed|DeploymentRolledBack")],
            Equal = ["alertname", "account", "region", "cluster", "service"],
        },
    ];

    /// <summary>Whether an incident with these labels may be inhibited by it.</summary>
    public bool IsTarget(ImmutableSortedDictionary<string, string> labels) => Targets.All(matcher => matcher.Holds(labels));

    /// <summary>Whether one that fires inhibits another. One that is both source and target is not inhibited by another that is both, or they would hide each other.</summary>
    public bool Inhibits(ImmutableSortedDictionary<string, string> source, ImmutableSortedDictionary<string, string> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        return IsTarget(target) && IsSource(source)
            && Equal.All(name => source.GetValueOrDefault(name, "") == target.GetValueOrDefault(name, ""))
            && !(IsSource(target) && IsTarget(source));
    }

    private bool IsSource(ImmutableSortedDictionary<string, string> labels) => Sources.All(matcher => matcher.Holds(labels));

    private static LabelMatcher Matcher(string name, MatcherKind kind, string value) => LabelMatcher.Of(name, kind, value);
}
