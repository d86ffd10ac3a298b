using System.Collections.Immutable;
using Crowsnest.Core.Capacity;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;
using Crowsnest.Core.Rules.Expected;

namespace Crowsnest.Core.Rules;

/// <summary>A rule that looks at how things are, and not at what happens: what holds for long enough is an incident, until it holds no longer.</summary>
public sealed record ConditionRule
{
    /// <summary>Its name, which is the incident's <c>alertname</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What holds.</summary>
    public required ConditionKind Condition { get; init; }

    /// <summary>For how long it holds before anybody is told.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Of <see cref="ConditionKind.HookExpiring"/>: how long before its end.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Of <see cref="ConditionKind.Reservation"/>: how much of what may be reserved.</summary>
    public ReservationBound? Reservation { get; init; }

    /// <summary>Of <see cref="ConditionKind.NoRoom"/>: for how many more tasks of the service there must be room.</summary>
    public int RoomFor { get; init; } = 1;

    /// <summary>Of <see cref="ConditionKind.ZonesUneven"/>: how many tasks more may be in the service's busiest zone than in its emptiest.</summary>
    public int ZoneDifference { get; init; } = 2;

    /// <summary>For how long it must not hold before its incident is over (Prometheus' <c>keep_firing_for</c>); <see langword="null"/> is what fits the condition.</summary>
    public TimeSpan? KeepFiringFor { get; init; }

    /// <summary>Of <see cref="ConditionKind.ScheduleMissed"/>: what is to be started; <see cref="For"/> is its grace.</summary>
    public ScheduledTask? Scheduled { get; init; }

    /// <summary>Which resources it looks at: an event pattern over the <c>crowsnest</c> object; <see langword="null"/>: all.</summary>
    public EventPattern? Where { get; init; }

    /// <summary>The severity of its incidents.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>Labels that its incidents have besides those of every incident.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>The labels that make the incident; the default is one for each service, family or instance.</summary>
    public ImmutableArray<string> GroupBy { get; init; }

    /// <summary>It looks at what a cluster has and what of it is reserved.</summary>
    internal bool IsOfCapacity => Condition is ConditionKind.Reservation or ConditionKind.NoRoom or ConditionKind.InstanceIdle or ConditionKind.ZonesUneven;

    // What remains changes with each task that comes and goes, and so dances around any bound.
    internal TimeSpan KeptFiring => KeepFiringFor ?? (IsOfCapacity ? TimeSpan.FromMinutes(5) : TimeSpan.Zero);

    // What is looked at less often may be seen so much later than it was due.
    internal TimeSpan LookedAtLate => IsOfCapacity ? CapacityLooks.Every : TimeSpan.Zero;
}

/// <summary>How much may be reserved of what a cluster's or a capacity provider's instances have.</summary>
/// <param name="Resource">CPU, memory or GPUs.</param>
/// <param name="Percent">The bound, in per cent of what is registered, as CloudWatch's CPUReservation and MemoryReservation count it.</param>
/// <param name="IsAbove">It holds when more is reserved; otherwise when less is.</param>
/// <param name="OfProviders">Each capacity provider is looked at, and not the cluster.</param>
public sealed record ReservationBound(TaskResource Resource, int Percent, bool IsAbove, bool OfProviders);

/// <summary>How something may be that somebody wants to hear of.</summary>
public enum ConditionKind
{
    /// <summary>A service's tasks that run are fewer than it wants; judged where resync asks ECS how many it wants.</summary>
    RunningBelowDesired,

    /// <summary>A service wants tasks, and none runs; judged as <see cref="RunningBelowDesired"/>.</summary>
    NoneRunning,

    /// <summary>A service's newest deployment goes on.</summary>
    DeploymentInProgress,

    /// <summary>A hook of a service's deployment waits for somebody to go on.</summary>
    HookWaiting,

    /// <summary>A hook of a service's deployment waits, and not for long any more (<see cref="ConditionRule.Within"/>): then ECS goes on or rolls back by itself.</summary>
    HookExpiring,

    /// <summary>The agent of a container instance is not connected.</summary>
    AgentDisconnected,

    /// <summary>A container instance is being emptied.</summary>
    Draining,

    /// <summary>ECS calls a container instance impaired.</summary>
    Impaired,

    /// <summary>A task is on its way up: PROVISIONING, PENDING or ACTIVATING.</summary>
    TaskPending,

    /// <summary>A task that a schedule starts was not started (<see cref="ConditionRule.Scheduled"/>).</summary>
    ScheduleMissed,

    /// <summary>The events of an account and region come no more: its heartbeats are missing, which the templates send on the same way.</summary>
    StreamSilent,

    /// <summary>More or less of a resource is reserved than its bound (<see cref="ConditionRule.Reservation"/>).</summary>
    Reservation,

    /// <summary>There is no room for as many more tasks of a service as there should be (<see cref="ConditionRule.RoomFor"/>).</summary>
    NoRoom,

    /// <summary>A container instance takes new tasks, and has none but daemons'.</summary>
    InstanceIdle,

    /// <summary>A service's tasks are unevenly spread over the zones where it has capacity (<see cref="ConditionRule.ZoneDifference"/>).</summary>
    ZonesUneven,
}
