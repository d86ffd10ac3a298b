using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
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
    private const string Reservation = "reservation";
    private const string ReservationForm = "cpu, above: 85%";
    private const string ScheduleForm = "cron(…) or rate(…), family: …, grace: 30m";

    // Of each resource what may be looked for, as it is written.
    private static readonly Dictionary<string, (string Key, string Value, ConditionKind Kind)[]> Known = new(StringComparer.Ordinal)
    {
        ["service"] = [("running", "below-desired", ConditionKind.RunningBelowDesired), ("running", "none", ConditionKind.NoneRunning), ("room", "none", ConditionKind.NoRoom), ("zones", "uneven", ConditionKind.ZonesUneven)],
        ["deployment"] = [("rollout", "in-progress", ConditionKind.DeploymentInProgress), ("hook", "waiting", ConditionKind.HookWaiting), ("hook", "expiring", ConditionKind.HookExpiring)],
        ["instance"] = [("agent", "disconnected", ConditionKind.AgentDisconnected), ("status", "draining", ConditionKind.Draining), ("health", "impaired", ConditionKind.Impaired), ("tasks", "none", ConditionKind.InstanceIdle)],
        ["task"] = [("status", "pending", ConditionKind.TaskPending), (Schedule, ScheduleForm, ConditionKind.ScheduleMissed)],
        ["stream"] = [("heartbeat", "missing", ConditionKind.StreamSilent)],
        ["capacity"] = [(Reservation, ReservationForm, ConditionKind.Reservation)],
    };

    private static readonly string Forms = string.Join(", ", Known.SelectMany(of => of.Value.Select(one => $"{{{of.Key}: {{{one.Key}: {one.Value}}}}}")));

    /// <summary>The rule, but for what every rule has; <see langword="null"/> when it cannot be one.</summary>
    public static ConditionRule? Parse(YamlSection rule, string name)
    {
        var held = rule.Duration("for", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? TimeSpan.Zero;
        var kept = rule.Duration("keep_firing_for", TimeSpan.Zero, TimeSpan.FromDays(7));
        var where = Where(rule);
        var within = rule.Duration("within", TimeSpan.FromMinutes(1), TimeSpan.FromDays(14));
        if (Read(rule, name) is not { } read) return null;
        if (within is not null && read.Condition != ConditionKind.HookExpiring) rule.Mistake("within", "only 'hook: expiring' looks ahead");
        if (read.Condition == ConditionKind.StreamSilent && held == TimeSpan.Zero) rule.Mistake("condition", "'for' is missing: after how long without a heartbeat a stream is silent, e.g. for: 15m; they come each five minutes");
        if (read.Scheduled is not null && rule.Has("for")) rule.Mistake("for", "how long a scheduled task may take to be started is its 'grace'");
        if (read.Scheduled is not null && where is not null) rule.Mistake("where", "which tasks a schedule starts is said by its 'family', 'cluster', 'account' and 'region'");
        return read with { For = read.Scheduled is null ? held : read.For, KeepFiringFor = kept, Where = where, Within = within ?? read.Within };
    }

    // What its condition alone says.
    private static ConditionRule? Read(YamlSection rule, string name)
    {
        if (rule.Section("condition") is not { } condition) return null;
        var resources = Known.Keys.Where(condition.Has).ToList();
        if (resources.Count > 1) condition.Mistake(resources[1], $"a condition is about one of {string.Join(", ", Known.Keys)}");
        if (resources.Count == 0) rule.Mistake("condition", $"it says nothing that can be looked for (known: {Forms})");
        ConditionRule? read = null;
        if (resources.Count > 0 && condition.Section(resources[0]) is { } of)
        {
            read = resources[0] == "task" && of.HasUnasked(Schedule) ? Scheduled(of, name) : resources[0] == "capacity" ? Reserved(of, name) : Named(of, resources[0], name);
            of.Done();
        }

        condition.Done();
        return read;
    }

    private static ConditionRule? Scheduled(YamlSection task, string name)
    {
        var zone = task.TimeZone("timezone");
        var family = task.Text("family", required: true);
        var place = new ClusterName(task.Text("account") ?? "", task.Text("region") ?? "", task.Text("cluster") ?? "");
        var grace = task.Duration("grace", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)) ?? TimeSpan.FromMinutes(15);
        TaskSchedule? schedule = null;
        if (task.Text(Schedule) is { } text && (schedule = TaskSchedule.Parse(text, zone, out var mistake)) is null) task.Mistake(Schedule, $"'{text}': {mistake}");
        if (schedule is { Rate: not null } && task.Has("timezone")) task.Mistake("timezone", "a rate has no times of its own");
        return schedule is not null && family is not null ? new ConditionRule { Name = name, Condition = ConditionKind.ScheduleMissed, Scheduled = new ScheduledTask(schedule, family, place), For = grace } : null;
    }

    private static ConditionRule? Reserved(YamlSection capacity, string name)
    {
        var resource = capacity.OneOf(Reservation, ["cpu", "memory", "gpu"], required: true) switch
        {
            "cpu" => TaskResource.Cpu,
            "memory" => TaskResource.Memory,
            "gpu" => TaskResource.Gpu,
            _ => (TaskResource?)null,
        };
        var (above, below) = (capacity.Percent("above", 0, 99), capacity.Percent("below", 1, 100));
        var of = capacity.OneOf("of", ["cluster", "provider"]);
        if (capacity.Has("above") && capacity.Has("below")) capacity.Mistake("below", "a condition is one thing; write a rule for each");
        if (capacity.Has(Reservation) && !capacity.Has("above") && !capacity.Has("below")) capacity.Mistake(Reservation, $"its bound is missing, e.g. {Reservation}: {ReservationForm}; or below: 30%");
        return resource is { } what && (above ?? below) is { } percent
            ? new ConditionRule { Name = name, Condition = ConditionKind.Reservation, Reservation = new ReservationBound(what, percent, above is not null, of == "provider") } : null;
    }

    private static ConditionRule? Named(YamlSection of, string resource, string name)
    {
        var kind = Kind(of, resource);
        var read = kind is { } known ? new ConditionRule { Name = name, Condition = known } : null;
        if (resource != "service") return read;
        var (tasks, difference) = (of.Number("tasks", 1, 100_000), of.Number("difference", 1, 100_000));
        if (of.Has("tasks") && kind is not null and not ConditionKind.NoRoom) of.Mistake("tasks", "for how many tasks there must be room is said beside 'room: none'");
        if (of.Has("difference") && kind is not null and not ConditionKind.ZonesUneven) of.Mistake("difference", "how far zones may be apart is said beside 'zones: uneven'");
        return read is null ? null : read with { RoomFor = tasks ?? read.RoomFor, ZoneDifference = difference ?? read.ZoneDifference };
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
