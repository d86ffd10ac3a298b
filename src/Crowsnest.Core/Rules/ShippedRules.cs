using System.Collections.Immutable;
using Crowsnest.Core.Capacity;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Rules;

/// <summary>The rules that come with the program, each with a name by which a configuration takes or leaves it, and a page of its own in <c>docs/runbooks</c>.</summary>
/// <remarks>
/// What looks at events is code and no pattern, since every event passes here. <c>blog</c> has the rule of the AWS Compute Blog's "Monitor Cluster State with
/// Amazon ECS Event Stream": it also tells batch tasks that exit 0, and misses every failure that is not an essential container's.
/// </remarks>
public sealed class ShippedRules : IEventRules
{
    /// <summary>The set that is on without a configuration.</summary>
    public const string DefaultSet = "default";

    /// <summary>Failures of severity error and above.</summary>
    public const string TaskFailed = "task-failed";

    /// <summary>Three failures of a service or family within ten minutes.</summary>
    public const string CrashLoop = "crash-loop";

    /// <summary>Tasks that Spot took back.</summary>
    public const string SpotInterruption = "spot-interruption";

    /// <summary>Stopped tasks whose reason is "Essential container in task exited".</summary>
    public const string StoppedEssential = "essential-container-exited";

    /// <summary>A notice that a deployment began.</summary>
    public const string DeploymentStarted = "deployment-started";

    /// <summary>A notice that a deployment is complete.</summary>
    public const string DeploymentCompleted = "deployment-completed";

    /// <summary>A notice that a deployment is being rolled back.</summary>
    public const string DeploymentRolledBack = "deployment-rolled-back";

    private const string EssentialReason = "Essential container in task exited";

    private static readonly EventRule s_crashLoop = new()
    {
        Name = CrashLoop, Severity = Severity.Critical, GroupBy = ["account", "region", "cluster", "service", "family"], Count = new CountWindow(3, TimeSpan.FromMinutes(10)),
    };

    private static readonly EventRule s_spot = new() { Name = SpotInterruption, GroupBy = ["account", "region", "cluster"] };
    private static readonly EventRule s_started = new() { Name = DeploymentStarted, IsNotice = true, Severity = Severity.Info };
    private static readonly EventRule s_completed = new() { Name = DeploymentCompleted, IsNotice = true, Severity = Severity.Info };
    private static readonly EventRule s_rolledBack = new() { Name = DeploymentRolledBack, IsNotice = true, Severity = Severity.Warning };

    private readonly HashSet<string> _on;

    /// <summary>The rules with these names.</summary>
    /// <exception cref="ArgumentException">A name that no shipped rule has.</exception>
    public ShippedRules(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(n => !Names.Contains(n)) is { } unknown) throw new ArgumentException($"There is no shipped rule '{unknown}'.", nameof(names));
        _on = [.. names];
        Conditions = [.. AllConditions.Concat(OfCapacity).Where(rule => _on.Contains(rule.Name))];
    }

    /// <summary>Those of them that look at events, with what they say besides what they look at.</summary>
    public IEnumerable<EventRule> Events => ((EventRule[])
        [new() { Name = TaskFailed }, s_spot with { Severity = Severity.Warning }, s_crashLoop, new() { Name = StoppedEssential }, s_started, s_completed, s_rolledBack]).Where(rule => _on.Contains(rule.Name));

    /// <summary>Those of them that look at how things are.</summary>
    public ImmutableArray<ConditionRule> Conditions { get; }

    /// <summary>The rules of each set.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<string>> Sets { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [DefaultSet] = [TaskFailed, SpotInterruption, .. AllConditions.Select(rule => rule.Name)],
        ["blog"] = [StoppedEssential],
        ["deployments"] = [DeploymentStarted, DeploymentCompleted, DeploymentRolledBack],
        ["capacity"] = [.. OfCapacity.Select(rule => rule.Name)],
    };

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Sets.Values.SelectMany(names => names), CrashLoop];

    private static ImmutableArray<ConditionRule> AllConditions =>
    [
        new() { Name = "agent-disconnected", Condition = ConditionKind.AgentDisconnected, For = TimeSpan.FromMinutes(5), Severity = Severity.Error },
        new() { Name = "not-enough-running", Condition = ConditionKind.RunningBelowDesired, For = TimeSpan.FromMinutes(10), Severity = Severity.Error },
        new() { Name = "none-running", Condition = ConditionKind.NoneRunning, For = TimeSpan.FromMinutes(5), Severity = Severity.Critical },
        new() { Name = "task-pending", Condition = ConditionKind.TaskPending, For = TimeSpan.FromMinutes(10), Severity = Severity.Warning },
        new() { Name = "deployment-stuck", Condition = ConditionKind.DeploymentInProgress, For = TimeSpan.FromMinutes(30), Severity = Severity.Warning },
        new() { Name = "hook-expiring", Condition = ConditionKind.HookExpiring, Severity = Severity.Warning },
        new() { Name = "instance-draining", Condition = ConditionKind.Draining, For = TimeSpan.FromHours(1), Severity = Severity.Warning },
        new() { Name = "stream-silent", Condition = ConditionKind.StreamSilent, For = TimeSpan.FromMinutes(15), Severity = Severity.Critical },
    ];

    // A fleet that is packed full on purpose, has a spare or was never even is well: what of it is news only its people know.
    private static ImmutableArray<ConditionRule> OfCapacity =>
    [
        new() { Name = "cpu-reserved", Condition = ConditionKind.Reservation, Reservation = new(TaskResource.Cpu, 90, IsAbove: true, OfProviders: false), For = TimeSpan.FromMinutes(15), Severity = Severity.Warning },
        new() { Name = "memory-reserved", Condition = ConditionKind.Reservation, Reservation = new(TaskResource.Memory, 90, IsAbove: true, OfProviders: false), For = TimeSpan.FromMinutes(15), Severity = Severity.Warning },
        new() { Name = "no-room", Condition = ConditionKind.NoRoom, For = TimeSpan.FromMinutes(10), Severity = Severity.Warning },
        new() { Name = "instance-idle", Condition = ConditionKind.InstanceIdle, For = TimeSpan.FromMinutes(30), Severity = Severity.Info },
        new() { Name = "zones-uneven", Condition = ConditionKind.ZonesUneven, For = TimeSpan.FromMinutes(30), Severity = Severity.Warning },
    ];

    /// <summary>The names that a set has, or the rule of this name alone.</summary>
    public static ImmutableArray<string> Of(string use) => Sets.TryGetValue(use, out var names) ? names : [use];

    /// <inheritdoc/>
    public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(firings);
        if (diagnosis.Outcome == EventOutcome.Failure)
        {
            if (diagnosis.Severity >= Severity.Error && _on.Contains(TaskFailed)) firings.Add(FiringMaker.Fire(TaskFailed, ecsEvent, diagnosis));
            if (ecsEvent.Detail is TaskDetail && diagnosis.Severity >= Severity.Error && _on.Contains(CrashLoop)) firings.Add(FiringMaker.Fire(s_crashLoop, ecsEvent, diagnosis));
            if (diagnosis.Kind == CauseKinds.SpotInterruption && _on.Contains(SpotInterruption)) firings.Add(FiringMaker.Fire(s_spot, ecsEvent, diagnosis));
        }

        if (ecsEvent.Detail is TaskDetail { LastStatus: "STOPPED", StoppedReason: EssentialReason } && _on.Contains(StoppedEssential))
            firings.Add(FiringMaker.Fire(StoppedEssential, ecsEvent, diagnosis));
        if (Notice(ecsEvent, diagnosis) is { } notice && _on.Contains(notice.Name)) firings.Add(FiringMaker.Fire(notice, ecsEvent, diagnosis));
        if (Recoveries.Of(ecsEvent, diagnosis) is { } recovery) firings.Add(recovery);
    }

    // Such an event of ECS says that a deployment goes on, also when it is the one that another is rolled back to.
    private static EventRule? Notice(EcsEvent ecsEvent, EventDiagnosis diagnosis) => ecsEvent.Detail switch
    {
        ActionDetail when diagnosis.Kind == CauseKinds.DeploymentRolledBack => s_rolledBack,
        ActionDetail { EventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" } => s_started,
        ActionDetail { EventName: "SERVICE_DEPLOYMENT_COMPLETED" } => s_completed,
        _ => null,
    };
}
