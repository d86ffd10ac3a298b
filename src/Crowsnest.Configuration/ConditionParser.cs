using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules;

namespace Crowsnest.Configuration;

/// <summary>Reads a rule's <c>condition</c>, with its <c>for</c> and <c>where</c>.</summary>
internal static class ConditionParser
{
    private const string WhereStart = """{"crowsnest":""";

    // Of each resource what may be looked for, as it is written.
    private static readonly Dictionary<string, (string Key, string Value, ConditionKind Kind)[]> Known = new(StringComparer.Ordinal)
    {
        ["service"] = [("running", "below-desired", ConditionKind.RunningBelowDesired), ("running", "none", ConditionKind.NoneRunning)],
        ["deployment"] = [("rollout", "in-progress", ConditionKind.DeploymentInProgress), ("hook", "waiting", ConditionKind.HookWaiting)],
        ["instance"] = [("agent", "disconnected", ConditionKind.AgentDisconnected), ("status", "draining", ConditionKind.Draining), ("health", "impaired", ConditionKind.Impaired)],
        ["task"] = [("status", "pending", ConditionKind.TaskPending)],
    };

    private static readonly string Forms = string.Join(", ", Known.SelectMany(of => of.Value.Select(one => $"{{{of.Key}: {{{one.Key}: {one.Value}}}}}")));

    /// <summary>The rule, but for what every rule has; <see langword="null"/> when it cannot be one.</summary>
    public static ConditionRule? Parse(YamlSection rule, string name)
    {
        var held = rule.Duration("for", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? TimeSpan.Zero;
        var where = Where(rule);
        return Kind(rule) is { } kind ? new ConditionRule { Name = name, Condition = kind, For = held, Where = where, Severity = Severity.Error } : null;
    }

    private static ConditionKind? Kind(YamlSection rule)
    {
        if (rule.Section("condition") is not { } condition) return null;
        var resources = Known.Keys.Where(condition.Has).ToList();
        if (resources.Count > 1) condition.Mistake(resources[1], $"a condition is about one of {string.Join(", ", Known.Keys)}");
        if (resources.Count == 0) rule.Mistake("condition", $"it says nothing that can be looked for (known: {Forms})");
        var kind = resources.Count > 0 && condition.Section(resources[0]) is { } of ? Kind(of, Known[resources[0]]) : null;
        condition.Done();
        return kind;
    }

    private static ConditionKind? Kind(YamlSection of, (string Key, string Value, ConditionKind Kind)[] known)
    {
        var keys = known.Select(one => one.Key).Distinct(StringComparer.Ordinal).ToList();
        var said = keys.Where(of.Has).ToList();
        ConditionKind? kind = null;
        foreach (var key in said)
        {
            var word = of.OneOf(key, [.. known.Where(one => one.Key == key).Select(one => one.Value)]);
            kind = known.Where(one => one.Key == key && one.Value == word).Select(one => (ConditionKind?)one.Kind).FirstOrDefault();
        }

        if (said.Count > 1) of.Mistake(said[1], "a condition is one thing; write a rule for each");
        if (said.Count == 0) of.Mistake(keys[0], $"it says nothing that can be looked for (known: {string.Join(", ", known.Select(one => $"{one.Key}: {one.Value}"))})");
        of.Done();
        return kind;
    }

    private static EventPattern? Where(YamlSection rule)
    {
        if (rule.Json("where") is not { } json) return null;
        var pattern = EventPattern.Parse(WhereStart + json.Text + "}", out var mistakes);
        foreach (var mistake in mistakes) rule.MistakeAt(json.At(mistake.Line == 1 ? Math.Clamp(mistake.Column - WhereStart.Length, 1, Math.Max(1, json.Text.Length)) : 1), "where", mistake.Message);
        return pattern;
    }
}
