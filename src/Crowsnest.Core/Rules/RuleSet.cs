using System.Buffers;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Rules;

/// <summary>All rules that look at events: those that come with the program, and the user's own, which are one matcher.</summary>
public sealed class RuleSet : IEventRules
{
    // Each thread its own: matching allocates nothing then.
    [ThreadStatic]
    private static PatternMatches? t_matches;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_beside;

    private readonly ShippedRules _shipped;
    private readonly IReadOnlyList<EventRule> _rules;
    private readonly PatternMatcher? _matcher;

    /// <summary>These rules.</summary>
    /// <param name="shipped">Names of shipped rules that are on; one that a rule of the user's own has is that one's.</param>
    /// <param name="rules">The user's own, each with a pattern.</param>
    /// <exception cref="ArgumentException">A name that no shipped rule has.</exception>
    public RuleSet(IReadOnlyCollection<string> shipped, IReadOnlyList<EventRule> rules)
    {
        ArgumentNullException.ThrowIfNull(shipped);
        ArgumentNullException.ThrowIfNull(rules);
        _shipped = new ShippedRules([.. shipped.Except(rules.Select(rule => rule.Name), StringComparer.Ordinal)]);
        _rules = rules;
        _matcher = rules.Count > 0 ? PatternMatcher.Compile([.. rules.Select(rule => rule.Pattern!)]) : null;
    }

    /// <inheritdoc/>
    public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
    {
        _shipped.Evaluate(ecsEvent, diagnosis, firings);
        if (_matcher is null) return;
        var beside = t_beside ??= new ArrayBufferWriter<byte>(512);
        var matches = t_matches ??= new PatternMatches();
        beside.ResetWrittenCount();
        CrowsnestObject.Write(beside, ecsEvent, diagnosis);
        _matcher.Match(ecsEvent.Raw.Span, beside.WrittenSpan, matches);
        foreach (var number in matches.Rules) firings.Add(FiringMaker.Fire(_rules[number], ecsEvent, diagnosis));
    }
}
