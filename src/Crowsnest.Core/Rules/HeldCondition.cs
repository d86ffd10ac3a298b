namespace Crowsnest.Core.Rules;

/// <summary>A condition that holds of a resource.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Firing">What there is to be told of it; it happened since it holds, or at the watermark when nobody knows since when.</param>
/// <param name="Since">Since when it holds, where the state itself says so; otherwise whoever watches remembers it.</param>
/// <param name="KnownUntil">Up to when its cluster is known.</param>
public sealed record HeldCondition(ConditionRule Rule, Firing Firing, DateTimeOffset? Since, DateTimeOffset KnownUntil);

/// <summary>All that holds at a moment.</summary>
/// <param name="Conditions">What holds.</param>
/// <param name="KnownUntil">Up to when what a firing is about is known; <see langword="null"/>: of its cluster nothing was heard for long.</param>
/// <param name="RuleOf">A firing's rule; <see langword="null"/> when it is not there any more.</param>
public sealed record HeldConditions(IReadOnlyList<HeldCondition> Conditions, Func<Firing, DateTimeOffset?> KnownUntil, Func<Firing, ConditionRule?> RuleOf);
