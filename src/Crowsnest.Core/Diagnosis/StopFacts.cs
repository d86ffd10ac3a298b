using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>A stop as the table of causes reads it, out of one event or out of the merged evidence, without copying either.</summary>
internal readonly ref struct StopFacts
{
    public StopFacts(EcsEvent ecsEvent, TaskDetail task)
    {
        StopCode = task.StopCode ?? "";
        Reason = task.StoppedReason ?? "";
        StartedBy = task.StartedBy ?? "";
        Service = ecsEvent.Service;
        Instance = ecsEvent.Instance;
        Memory = task.Memory;
        IsStopped = StopEvidence.IsStoppedStatus(task.LastStatus);
        Containers = task.Containers;
        StartedAt = task.StartedAt;
        EndedAt = task.StoppingAt.HasValue ? task.StoppingAt : task.StoppedAt;
        IsOfService = Service.Length > 0 || StartedBy.StartsWith("ecs-svc/", StringComparison.Ordinal);
    }

    public StopFacts(StopEvidence evidence)
    {
        StopCode = evidence.StopCode ?? "";
        Reason = evidence.StoppedReason ?? "";
        StartedBy = evidence.StartedBy ?? "";
        Service = evidence.Service ?? "";
        Instance = evidence.Instance ?? "";
        Memory = evidence.Memory;
        IsStopped = evidence.IsStopped;
        Containers = evidence.ContainerArray;
        StartedAt = evidence.StartedAt;
        EndedAt = evidence.StoppingAt.HasValue ? evidence.StoppingAt : evidence.StoppedAt;
        IsOfService = Service.Length > 0 || StartedBy.StartsWith("ecs-svc/", StringComparison.Ordinal);
    }

    public string StopCode { get; }

    public string Reason { get; }

    public string StartedBy { get; }

    public string Service { get; }

    public string Instance { get; }

    public string? Memory { get; }

    public bool IsStopped { get; }

    public bool IsOfService { get; }

    public ReadOnlySpan<TaskContainer> Containers { get; }

    public EventTime StartedAt { get; }

    public EventTime EndedAt { get; }

    /// <summary>The stop code, or what the reason's beginning says it would have been: there was none before 2018.</summary>
    public string EffectiveCode
    {
        get
        {
            if (StopCode.Length > 0) return StopCode;
            if (Reason.StartsWith("Essential container in task exited", StringComparison.OrdinalIgnoreCase)) return "EssentialContainerExited";
            return Reason.StartsWith("Task failed to start", StringComparison.OrdinalIgnoreCase) ? "TaskFailedToStart" : "";
        }
    }

    /// <summary>Whether the containers' own reasons tell why the task stopped, and not merely how they ended when it was stopped.</summary>
    public bool ContainersDecide =>
        StopCode is not ("UserInitiated" or "ServiceSchedulerInitiated" or "SpotInterruption" or "TerminationNotice" or "InfrastructureHealth");

    public static StopFacts Of(object subject) => subject switch
    {
        StopEvidence evidence => new StopFacts(evidence),
        EcsEvent { Detail: TaskDetail task } e => new StopFacts(e, task),
        _ => throw new System.Diagnostics.UnreachableException("A stop's diagnosis is about a stop."),
    };

    /// <summary>What the exit codes say of an essential container's exit, though no event says which container is essential.</summary>
    /// <remarks>
    /// ECS stops the other containers with SIGTERM and SIGKILL. So a container that exited with 0 beside others that exited with 0, 137 or 143 was the
    /// essential one; any other code, or a reason, is a failure whichever container it is.
    /// </remarks>
    public ExitReading ReadExits()
    {
        bool zero = false, signal = false, other = false, missing = false, reason = false;
        foreach (ref readonly var c in Containers)
        {
            reason |= !string.IsNullOrEmpty(c.Reason);
            switch (c.ExitCode)
            {
                case null: missing |= !IsInjected(c); break;
                case 0: zero = true; break;
                case { } code when ExitCodes.IsStopSignal(code): signal = true; break;
                default: other = true; break;
            }
        }

        if (other) return ExitReading.Crashed;
        if (reason) return ExitReading.Reasoned;
        if (missing || !(zero || signal)) return !IsStopped ? ExitReading.NotYet : ExitReading.Silent;
        return zero ? ExitReading.Completed : ExitReading.Signalled;
    }

    /// <summary>The container that a sentence about this stop names.</summary>
    public TaskContainer? Culprit(string containerReason)
    {
        TaskContainer? best = null;
        var bestScore = -1;
        foreach (var c in Containers)
        {
            var reasoned = !string.IsNullOrEmpty(c.Reason);
            var score = reasoned && containerReason.Length > 0 && c.Reason!.StartsWith(containerReason, StringComparison.OrdinalIgnoreCase) ? 5
                : c.ExitCode is { } code && code != 0 && !ExitCodes.IsStopSignal(code) ? 4
                : reasoned ? 3
                : c.ExitCode == 0 ? 2
                : c.ExitCode is not null ? 1
                : IsInjected(c) ? -1 : 0;
            if (score <= bestScore) continue;
            (best, bestScore) = (c, score);
        }

        return best;
    }

    // GuardDuty adds its agent to Fargate tasks; it is never essential, and its exit code may never come.
    private static bool IsInjected(in TaskContainer c) => c.Name?.StartsWith("aws-guardduty-agent", StringComparison.Ordinal) == true;
}

/// <summary>What the exit codes of a stop say together.</summary>
internal enum ExitReading
{
    /// <summary>Not all are known, and the task is not STOPPED: they may still come.</summary>
    NotYet,

    /// <summary>The task is STOPPED, and an exit code is missing for good.</summary>
    Silent,

    /// <summary>One exited with 0, and the others did or were stopped.</summary>
    Completed,

    /// <summary>All were killed or terminated by a signal.</summary>
    Signalled,

    /// <summary>One exited with another code.</summary>
    Crashed,

    /// <summary>No code says so, but a container has a reason.</summary>
    Reasoned,
}
