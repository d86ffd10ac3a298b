using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>rules</c>: sets of shipped ones, and the user's own.</summary>
internal static class RuleParser
{
    private static readonly string[] Later = ["condition", "count", "notice", "for"];

    /// <summary>All of them, in the file's order.</summary>
    public static (ImmutableArray<RuleSetConfig> Sets, ImmutableArray<EventRule> Own) Parse(YamlSection root)
    {
        var (sets, own) = (ImmutableArray.CreateBuilder<RuleSetConfig>(), ImmutableArray.CreateBuilder<EventRule>());
        foreach (var section in root.Sections("rules"))
        {
            if (!section.Has("name"))
            {
                if (Set(section) is { } set) sets.Add(set);
            }
            else if (Own(section) is { } rule)
            {
                if (own.Any(other => other.Name == rule.Name)) section.Mistake("name", $"two rules are named '{rule.Name}'");
                own.Add(rule);
            }
        }

        return (sets.ToImmutable(), own.ToImmutable());
    }

    private static RuleSetConfig? Set(YamlSection section)
    {
        foreach (var key in (string[])["event", "severity", "labels", "group_by"])
        {
            if (section.Has(key)) section.Mistake(key, $"'{key}' is a rule's own, and this entry has no name");
        }

        var use = section.OneOf("use", ["default", "blog"], required: true);
        var except = section.Words("except") ?? ImmutableArray<string>.Empty;
        var known = use is null ? ImmutableArray<string>.Empty : ShippedRules.Sets[use];
        foreach (var rule in except.Where(e => use is not null && !known.Contains(e, StringComparer.Ordinal)))
            section.Mistake("except", $"'{rule}' is not a rule of '{use}'{Spelling.Hint(rule, known)} (known: {string.Join(", ", known)})");
        section.Done(Later);
        return use is null ? null : new RuleSetConfig(use, except);
    }

    private static EventRule? Own(YamlSection section)
    {
        foreach (var key in (string[])["use", "except"])
        {
            if (section.Has(key)) section.Mistake(key, $"'{key}' takes in shipped rules, and this entry is a rule of its own");
        }

        var name = section.Text("name", required: true);
        var labels = section.Section("labels")?.Pairs() ?? [];
        foreach (var (label, _) in labels.Where(pair => !LabelNames.MayBeOwn(pair.Key)))
            section.Mistake("labels", $"'{label}' cannot be a rule's own label: it is one of every incident ({string.Join(", ", LabelNames.Known)}, tag_NAME), or no name of letters, digits and _");
        var groupBy = section.Words("group_by");
        var own = labels.Select(pair => pair.Key).ToList();
        foreach (var label in (groupBy ?? []).Where(label => !LabelNames.IsKnown(label, own)))
            section.Mistake("group_by", $"'{label}' is not a label{Spelling.Hint(label, LabelNames.Known)} (known: {string.Join(", ", LabelNames.Known)}, tag_NAME, and the rule's own)");
        var severity = section.OneOf("severity", ["info", "warning", "error", "critical"]);
        var pattern = Pattern(section);
        section.Done(Later);
        if (name is null || pattern is null) return null;
        return new EventRule
        {
            Name = name,
            Pattern = pattern,
            Severity = severity is null ? null : Enum.Parse<Severity>(severity, ignoreCase: true),
            Labels = [.. labels.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))],
            GroupBy = groupBy ?? default,
        };
    }

    private static EventPattern? Pattern(YamlSection section)
    {
        if (section.Json("event") is not { } json)
        {
            if (!Array.Exists(Later, section.HasUnasked)) section.Mistake("name", "'event' is missing: the event pattern that the rule looks for, e.g. event: {detail-type: [ECS Task State Change], crowsnest: {outcome: [failure]}}");
            return null;
        }

        var pattern = EventPattern.Parse(json.Text, out var mistakes);
        foreach (var mistake in mistakes) section.MistakeAt(json.At(mistake.Line == 1 ? mistake.Column : 1), "event", mistake.Message);
        return pattern;
    }
}
