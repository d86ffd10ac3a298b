using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Rules.Expected;

namespace Crowsnest.Configuration;

/// <summary>Reads a rule's <c>condition</c>, with its <c>for</c> and <c>where</c>.</summary>
internal static class ConditionParser
{
    private const string WhereStart = """{"crowsnest":""";
    private const string Schedule = "schedule";
    private static readonly string[] OfSchedule = ["timezone", "family", "account", "region", "cluster", "grace"];
    private const string ScheduleForm = "cron(…) or rate(…), family: …, grace: 30m";

    // Of each resource what may be looked for, as it is written.
    private static readonly Dictionary<string, (string Key, string Value, ConditionKind Kind)[]> Known = new(StringComparer.Ordinal)
    {
        ["service"] = [("running", "below-desired", ConditionKind.RunningBelowDesired), ("running", "none", ConditionKind.NoneRunning)],
        ["deployment"] = [("rollout", "in-progress", ConditionKind.DeploymentInProgress), ("hook", "waiting", ConditionKind.HookWaiting), ("hook", "expiring", ConditionKind.HookExpiring)],
        ["instance"] = [("agent", "disconnected", ConditionKind.AgentDisconnected), ("status", "draining", ConditionKind.Draining), ("health", "impaired", ConditionKind.Impaired)],
        ["task"] = [("status", "pending", ConditionKind.TaskPending), (Schedule, ScheduleForm, ConditionKind.ScheduleMissed)],
        ["stream"] = [("heartbeat", "missing", ConditionKind.StreamSilent)],
    };

    private static readonly string Forms = string.Join(", ", Known.SelectMany(of => of.Value.Select(one => $"{{{of.Key}: {{{one.Key}: {one.Value}}}}}")));

    /// <summary>The rule, but for what every rule has; <see langword="null"/> when it cannot be one.</summary>
    public static ConditionRule? Parse(YamlSection rule, string name)
    {
        var held = rule.Duration("for", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? TimeSpan.Zero;
        var where = Where(rule);
        var within = rule.Duration("within", TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
        if (Read(rule) is not { } read) return null;
        if (within is not null && read.Kind != ConditionKind.HookExpiring) rule.Mistake("within", "only 'hook: expiring' looks ahead");
        if (read.Kind == ConditionKind.StreamSilent && held == TimeSpan.Zero) rule.Mistake("condition", "'for' is missing: after how long without a heartbeat a stream is silent, e.g. for: 15m; they come each five minutes");
        if (read.Scheduled is not null && rule.Has("for")) rule.Mistake("for", "how long a scheduled task may take to be started is its 'grace'");
        if (read.Scheduled is not null && where is not null) rule.Mistake("where", "which tasks a schedule starts is said by its 'family', 'cluster', 'account' and 'region'");
        var parsed = new ConditionRule { Name = name, Condition = read.Kind, For = read.Grace ?? held, Where = where, Scheduled = read.Scheduled, Severity = Severity.Error };
        return within is { } ahead ? parsed with { Within = ahead } : parsed;
    }

    private static (ConditionKind Kind, ScheduledTask? Scheduled, TimeSpan? Grace)? Read(YamlSection rule)
    {
        if (rule.Section("condition") is not { } condition) return null;
        var resources = Known.Keys.Where(condition.Has).ToList();
        if (resources.Count > 1) condition.Mistake(resources[1], $"a condition is about one of {string.Join(", ", Known.Keys)}");
        if (resources.Count == 0) rule.Mistake("condition", $"it says nothing that can be looked for (known: {Forms})");
        (ConditionKind Kind, ScheduledTask? Scheduled, TimeSpan? Grace)? read = null;
        if (resources.Count > 0 && condition.Section(resources[0]) is { } of)
            read = resources[0] == "task" && of.HasUnasked(Schedule) ? Scheduled(of) : Kind(of, resources[0]) is { } kind ? (kind, null, null) : null;
        condition.Done();
        return read;
    }

    private static (ConditionKind Kind, ScheduledTask? Scheduled, TimeSpan? Grace)? Scheduled(YamlSection task)
    {
        var zone = task.TimeZone("timezone");
        var family = task.Text("family", required: true);
        var place = new ClusterName(task.Text("account") ?? "", task.Text("region") ?? "", task.Text("cluster") ?? "");
        var grace = task.Duration("grace", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)) ?? TimeSpan.FromMinutes(15);
        TaskSchedule? schedule = null;
        if (task.Text(Schedule) is { } text && (schedule = TaskSchedule.Parse(text, zone, out var mistake)) is null) task.Mistake(Schedule, $"'{text}': {mistake}");
        if (schedule is { Rate: not null } && task.Has("timezone")) task.Mistake("timezone", "a rate has no times of its own");
        task.Done();
        return schedule is not null && family is not null ? (ConditionKind.ScheduleMissed, new ScheduledTask(schedule, family, place), grace) : null;
    }

    private static ConditionKind? Kind(YamlSection of, string resource)
    {
        var known = Known[resource];
        var keys = known.Select(one => one.Key).Distinct(StringComparer.Ordinal).ToList();
        var said = keys.Where(of.Has).ToList();
        ConditionKind? kind = null;
        foreach (var key in said)
        {
            var word = of.OneOf(key, [.. known.Where(one => one.Key == key).Select(one => one.Value)]);
            kind = known.Where(one => one.Key == key && one.Value == word).Select(one => (ConditionKind?)one.Kind).FirstOrDefault();
        }

        if (resource == "task")
        {
            foreach (var key in OfSchedule.Where(of.Has)) of.Mistake(key, $"'{key}' is a scheduled task's, and 'schedule' is missing");
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
