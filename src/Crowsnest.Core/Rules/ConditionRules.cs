using System.Buffers;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules.Expected;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Rules;

/// <summary>The rules that look at how things are: what holds of the clusters as they are known at a moment.</summary>
/// <remarks>
/// A cluster of which nothing was heard for <see cref="SilentMax"/> says nothing: ECS speaks of every service that is steady each six hours. One of which we learn
/// just now what was long ago, since an old stream is read in, is known up to the newest of it and not up to the watermark.
/// </remarks>
public sealed class ConditionRules
{
    /// <summary>A cluster that was silent for longer is not judged.</summary>
    public static readonly TimeSpan SilentMax = TimeSpan.FromHours(12);

    // What was learnt so lately was learnt just now; and events of a stream that keeps up are not so late.
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private readonly IReadOnlyList<ConditionRule> _rules;
    private readonly PatternMatcher? _matcher;
    private readonly int[] _patterns;
    private readonly bool _looksAtCapacity;
    private readonly PatternMatches _matches = new();
    private readonly ArrayBufferWriter<byte> _beside = new(512);
    private readonly CapacityLooks _capacity = new();

    /// <summary>These rules.</summary>
    public ConditionRules(IReadOnlyList<ConditionRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        var wheres = rules.Where(rule => rule.Where is not null).ToList();
        _matcher = wheres.Count > 0 ? PatternMatcher.Compile([.. wheres.Select(rule => rule.Where!)]) : null;
        _patterns = [.. rules.Select(rule => wheres.IndexOf(rule))];
        _looksAtCapacity = rules.Any(rule => rule.IsOfCapacity);
    }

    /// <summary>There are none.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>What asks a store for the events that its rules expect; <see langword="null"/> when there are no such rules.</summary>
    internal ExpectedEvents? Expected(IEventSearch search) => _rules.Where(ExpectedEvents.Is).ToList() is { Count: > 0 } rules ? new ExpectedEvents(rules, search) : null;

    /// <summary>What holds. One at a time.</summary>
    /// <param name="fleet">The clusters.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="watermark">Up to when what is known of them is whole.</param>
    /// <param name="expected">What rules expect to come; <see langword="null"/>: of that nothing is known.</param>
    internal HeldConditions Look(FleetView fleet, DateTimeOffset now, DateTimeOffset watermark, ExpectedEvents? expected = null)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        var held = new List<HeldCondition>();
        var counted = new Dictionary<ClusterName, CapacityLook>();
        foreach (var cluster in fleet.Clusters)
        {
            if (KnownUntil(cluster, watermark) is not { } known) continue;
            var look = _looksAtCapacity ? counted[cluster.Name] = _capacity.Look(cluster, now, known) : null;
            for (var i = 0; i < _rules.Count; i++)
            {
                var until = _rules[i].IsOfCapacity ? look!.KnownUntil : known;
                foreach (var subject in _rules[i].IsOfCapacity ? look!.Of(_rules[i]) : ConditionSubjects.Of(_rules[i], cluster, known))
                {
                    if (_patterns[i] >= 0 && !IsWanted(_patterns[i], _rules[i], cluster, fleet, subject)) continue;
                    var since = subject.Since.ToDateTimeOffset();
                    var from = since is { } said && said < until ? said : until;
                    held.Add(new HeldCondition(_rules[i], ConditionFiring.Of(_rules[i], cluster.Name, subject, fleet, from), since, until));
                }
            }
        }

        _capacity.Keep(counted.Keys);
        foreach (var (rule, place, subject) in expected?.Missing(watermark) ?? [])
        {
            var since = subject.Since.ToDateTimeOffset();
            held.Add(new HeldCondition(rule, ConditionFiring.Of(rule, place, subject, fleet, since ?? watermark), since, watermark));
        }

        return new HeldConditions(held, Known, RuleOf);

        DateTimeOffset? Known(Firing firing) =>
            expected?.Knows(firing) == true ? watermark
            : RuleOf(firing)?.IsOfCapacity == true && counted.TryGetValue(ClusterOf(firing), out var look) ? look.KnownUntil
            : fleet.Find(ClusterOf(firing)) is { } cluster ? KnownUntil(cluster, watermark)
            : null;
    }

    private ConditionRule? RuleOf(Firing firing) => _rules.FirstOrDefault(rule => rule.Name == firing.Rule);

    private static ClusterName ClusterOf(Firing firing) =>
        new(firing.Labels.GetValueOrDefault("account", ""), firing.Labels.GetValueOrDefault("region", ""), firing.Labels.GetValueOrDefault("cluster", ""));

    private static DateTimeOffset? KnownUntil(ClusterView cluster, DateTimeOffset watermark)
    {
        if (cluster.NewestAt.ToDateTimeOffset() is not { } newest) return null;
        if (watermark - cluster.LearntAt < Lately && cluster.LearntAt - newest > Late) return newest < watermark ? newest : watermark;
        return watermark - newest <= SilentMax ? watermark : null;
    }

    private bool IsWanted(int pattern, ConditionRule rule, ClusterView cluster, FleetView fleet, ConditionSubject subject)
    {
        _beside.ResetWrittenCount();
        ConditionFiring.WriteObject(_beside, rule, cluster.Name, subject, fleet);
        _matcher!.Match("{}"u8, _beside.WrittenSpan, _matches);
        return _matches.Rules.Contains(pattern);
    }
}
