using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>A task that ended against its owner's will.</summary>
/// <param name="TaskId">Which task.</param>
/// <param name="Service">Its service, or empty.</param>
/// <param name="Deployment">The deployment that started it (<c>ecs-svc/N</c>), or empty.</param>
/// <param name="At">When it stopped, as far as is known.</param>
/// <param name="Diagnosis">Why.</param>
public sealed record TaskFailure(string TaskId, string Service, string Deployment, EventTime At, EventDiagnosis Diagnosis)
{
    internal static TaskFailure? Of(TaskState task, EventDiagnoser diagnoser)
    {
        if (task.Stop is not { } stop) return null;
        var diagnosis = diagnoser.Diagnose(stop);
        if (diagnosis.Outcome != EventOutcome.Failure) return null;
        var at = stop.StoppedAt.HasValue ? stop.StoppedAt : stop.StoppingAt.HasValue ? stop.StoppingAt : new EventTime(task.Order.At);
        return new TaskFailure(task.Name.Id, task.Service, DeploymentOf(task), at, diagnosis);
    }

    /// <summary>The later of two; of equal times the one of the greater task, and of one task the second, which knows more.</summary>
    internal static TaskFailure Later(TaskFailure? left, TaskFailure right)
    {
        if (left is null) return right;
        var order = left.At.CompareTo(right.At);
        return (order != 0 ? order : string.CompareOrdinal(left.TaskId, right.TaskId)) > 0 ? left : right;
    }

    internal static string DeploymentOf(TaskState task) => task.Detail.StartedBy is { } by && by.StartsWith("ecs-svc/", StringComparison.Ordinal) ? by : "";
}
