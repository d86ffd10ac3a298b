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

/// <summary>A task that failed and has left memory, as far as it is counted.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Service">Its service.</param>
/// <param name="Deployment">The deployment that started it (<c>ecs-svc/N</c>), or empty.</param>
/// <param name="StoppedAt">When it stopped, as far as is known.</param>
/// <param name="HeardAt">What its newest event spoke of.</param>
/// <param name="CreatedAt">When it was made, if that was said.</param>
/// <param name="TaskDefinitionArn">Its definition, or <see langword="null"/>.</param>
internal sealed record FailedTask(
    ClusterName Cluster, string Service, string Deployment, EventTime StoppedAt, long HeardAt, EventTime CreatedAt, string? TaskDefinitionArn)
{
    public static FailedTask Of(TaskState task, TaskFailure failure) => new(
        ClusterName.Of(task.Name), failure.Service, failure.Deployment, failure.At, task.Order.At, task.Detail.CreatedAt, task.Detail.TaskDefinitionArn);
}
