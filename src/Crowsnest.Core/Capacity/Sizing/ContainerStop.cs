using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>One end of a container that advice may rest on: it was killed for its memory, or its exit ended the task.</summary>
/// <param name="Workload">Whose it was (<see cref="WorkloadName"/>).</param>
/// <param name="Container">Its name.</param>
/// <param name="TaskId">Its task.</param>
/// <param name="At">When it was.</param>
/// <param name="ExitCode">Its exit code, which may be missing.</param>
/// <param name="IsOutOfMemory">It was killed for its memory.</param>
/// <param name="Limit">The memory that it had, in MiB: its own limit, else the task's.</param>
/// <param name="HasOwnLimit">The limit was its own.</param>
public sealed record ContainerStop(string Workload, string Container, string TaskId, DateTimeOffset At, int? ExitCode, bool IsOutOfMemory, long? Limit, bool HasOwnLimit)
{
    private const string OutOfMemory = "OutOfMemory";

    /// <summary>What an event of a stop says of the containers that matter: those killed for their memory, else the one whose exit ended the task.</summary>
    public static IReadOnlyList<ContainerStop> Of(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Detail is not TaskDetail task || ecsEvent.IsSynthetic) return [];
        var killed = Array.FindAll(task.Containers, c => c.Reason?.StartsWith(OutOfMemory, StringComparison.OrdinalIgnoreCase) == true);
        if (killed.Length == 0)
            return StopEvidence.IsStoppedStatus(task.LastStatus) && new StopFacts(ecsEvent, task) is { EffectiveCode: "EssentialContainerExited" } facts && facts.Culprit(OutOfMemory) is { } culprit ? [Of(culprit, false)] : [];
        return Array.ConvertAll(killed, c => Of(c, true));

        ContainerStop Of(TaskContainer container, bool isOutOfMemory)
        {
            var own = ContainerSize.AllOf(ecsEvent).FirstOrDefault(s => s.Name == container.Name).Memory;
            return new ContainerStop(
                WorkloadName.Of(ecsEvent.Service, ecsEvent.Family), container.Name ?? "", ecsEvent.TaskId, ecsEvent.OccurredAt, container.ExitCode, isOutOfMemory, own ?? TaskNeed.Number(task.Memory), own is not null);
        }
    }
}

/// <summary>Names of what has a size: a service, or the family of tasks that are no service's.</summary>
internal static class WorkloadName
{
    private const string FamilyPrefix = "family:";

    public static string Of(string service, string family) => service.Length > 0 ? service : FamilyPrefix + family;
}
