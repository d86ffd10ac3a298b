using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>rules</c>: shipped ones, and the user's own, each of one of four forms.</summary>
internal static class RuleParser
{
    private const string Example = "event: {detail-type: [ECS Task State Change], crowsnest: {outcome: [failure]}}";
    private static readonly string[] Forms = ["event", "condition", "count", "notice"];
    private static readonly string[] Uses = ["use", "except"];
    private static readonly string[] OfConditions = ["for", "keep_firing_for", "where", "within"];
    private static readonly string[] OfOwn = [.. Forms, .. OfConditions, "severity", "labels", "group_by"];

    /// <summary>All of them, in the file's order.</summary>
    public static RulesConfig Parse(YamlSection root)
    {
        var sets = ImmutableArray.CreateBuilder<RuleSetConfig>();
        var events = ImmutableArray.CreateBuilder<EventRule>();
        var conditions = ImmutableArray.CreateBuilder<ConditionRule>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in root.Sections("rules"))
        {
            if (!section.Has("name") && (section.Has("use") || !Array.Exists(Forms, section.HasUnasked)))
            {
                if (Set(section) is { } set) sets.Add(set);
                continue;
            }

            foreach (var key in Uses.Where(section.Has)) section.Mistake(key, $"'{key}' takes in shipped rules, and this entry is a rule of its own");
            var name = section.Text("name", required: true) ?? "";
            if (name.Length > 0 && !names.Add(name)) section.Mistake("name", $"two rules are named '{name}'");
            Own(section, name, events, conditions);
            section.Done();
        }

        return new RulesConfig(sets.ToImmutable(), events.ToImmutable(), conditions.ToImmutable());
    }

    private static RuleSetConfig? Set(YamlSection section)
    {
        foreach (var key in OfOwn.Where(section.Has)) section.Mistake(key, $"'{key}' is a rule's own, and this entry has no name");
        ImmutableArray<string> known = [.. ShippedRules.Sets.Keys, .. ShippedRules.Names];
        var use = section.OneOf("use", [.. known], required: true);
        var except = section.Words("except") ?? ImmutableArray<string>.Empty;
        var rules = use is null ? [] : ShippedRules.Of(use);
        foreach (var rule in except.Where(e => use is not null && !rules.Contains(e, StringComparer.Ordinal)))
            section.Mistake("except", $"'{rule}' is not a rule of '{use}'{Spelling.Hint(rule, rules)} (known: {string.Join(", ", rules)})");
        section.Done();
        return use is null ? null : new RuleSetConfig(use, except);
    }

    private static void Own(YamlSection section, string name, ImmutableArray<EventRule>.Builder events, ImmutableArray<ConditionRule>.Builder conditions)
    {
        var form = Forms.Where(section.HasUnasked).ToList();
        if (form.Count != 1)
        {
            foreach (var key in OfOwn) section.Has(key);
            section.Mistake("name", form.Count == 0
                ? $"'event' is missing: the event pattern that the rule looks for, e.g. {Example}; or one of condition, count and notice"
                : $"a rule has one of {string.Join(", ", Forms)}, and this one has {string.Join(" and ", form)}");
            return;
        }

        var labels = Labels(section);
        var severity = section.OneOf("severity", ["info", "warning", "error", "critical"]) is { } said ? Enum.Parse<Severity>(said, ignoreCase: true) : (Severity?)null;
        var counted = form[0] == "count" ? section.Section("count") : null;
        var group = counted is null ? section.Words("group_by") : counted.Words("by");
        CheckLabels(counted ?? section, counted is null ? "group_by" : "by", group, labels);
        if (form[0] != "condition")
        {
            foreach (var key in OfConditions.Where(section.Has)) section.Mistake(key, $"'{key}' is a condition's, and this rule has '{form[0]}'");
        }

        if (form[0] == "count" && section.Has("group_by")) section.Mistake("group_by", "a count rule has its group under 'count' as 'by'");
        if (form[0] == "condition")
        {
            if (ConditionParser.Parse(section, name) is { } condition && name.Length > 0)
                conditions.Add(condition with { Severity = severity ?? condition.Severity, Labels = labels, GroupBy = group ?? default });
            return;
        }

        var rule = counted is not null ? Counted(counted, name) : form[0] == "count" ? null : Pattern(section, form[0]) is { } pattern ? new EventRule { Name = name, Pattern = pattern, IsNotice = form[0] == "notice" } : null;
        if (rule is not null && name.Length > 0) events.Add(rule with { Severity = severity, Labels = labels, GroupBy = group ?? default });
    }

    private static EventRule? Counted(YamlSection count, string name)
    {
        var pattern = Pattern(count, "event");
        var atLeast = count.Number("at_least", 2, CountWindow.Max);
        var within = count.Duration("within", TimeSpan.FromSeconds(1), CountWindow.LongestWithin);
        if (!count.Has("event")) count.Mistake("at_least", $"'event' is missing: what is counted, e.g. {Example}");
        if (!count.Has("at_least")) count.Mistake("event", "'at_least' is missing: how many it takes, e.g. at_least: 3");
        if (!count.Has("within")) count.Mistake("event", "'within' is missing: in how much time, e.g. within: 10m");
        count.Done();
        return pattern is not null && atLeast is { } least && within is { } time ? new EventRule { Name = name, Pattern = pattern, Count = new CountWindow(least, time) } : null;
    }

    private static ImmutableArray<KeyValuePair<string, string>> Labels(YamlSection section)
    {
        var labels = section.Section("labels")?.Pairs() ?? [];
        foreach (var (label, _) in labels.Where(pair => !LabelNames.MayBeOwn(pair.Key)))
            section.Mistake("labels", $"'{label}' cannot be a rule's own label: it is one of every incident ({string.Join(", ", LabelNames.Known)}, tag_NAME), or no name of letters, digits and _");
        return [.. labels.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))];
    }

    private static void CheckLabels(YamlSection section, string key, ImmutableArray<string>? group, ImmutableArray<KeyValuePair<string, string>> labels)
    {
        var own = labels.Select(pair => pair.Key).ToList();
        foreach (var label in (group ?? []).Where(label => !LabelNames.IsKnown(label, own)))
            section.Mistake(key, $"'{label}' is not a label{Spelling.Hint(label, LabelNames.Known)} (known: {string.Join(", ", LabelNames.Known)}, tag_NAME, and the rule's own)");
    }

    private static EventPattern? Pattern(YamlSection section, string key)
    {
        if (section.Json(key) is not { } json) return null;
        var pattern = EventPattern.Parse(json.Text, out var mistakes);
        foreach (var mistake in mistakes) section.MistakeAt(json.At(mistake.Line == 1 ? mistake.Column : 1), key, mistake.Message);
        return pattern;
    }
}
