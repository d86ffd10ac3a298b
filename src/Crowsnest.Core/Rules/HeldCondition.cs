namespace Crowsnest.Core.Rules;

/// <summary>A condition that holds of a resource.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Firing">What there is to be told of it; it happened since it holds, or at the watermark when nobody knows since when.</param>
/// <param name="Since">Since when it holds, where the state itself says so; otherwise whoever watches remembers it.</param>
public sealed record HeldCondition(ConditionRule Rule, Firing Firing, DateTimeOffset? Since);

/// <summary>All that holds at a moment.</summary>
/// <param name="Watermark">The moment.</param>
/// <param name="Conditions">What holds.</param>
/// <param name="IsKnown">Whether anything is known of what a firing is about: of a cluster of which nothing was heard for long, nothing is.</param>
/// <param name="Over">In words, what shows that a firing's condition holds no longer.</param>
public sealed record HeldConditions(DateTimeOffset Watermark, IReadOnlyList<HeldCondition> Conditions, Func<Firing, bool> IsKnown, Func<Firing, string> Over);
