using System.Globalization;

namespace Crowsnest.Core.Cluster;

/// <summary>What a task waits for that is not running yet.</summary>
/// <remarks>Of the steps of a start (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html) the one that the task is at.</remarks>
public static class TaskWait
{
    /// <summary>The reason, or <see langword="null"/> when the task is not on its way up.</summary>
    /// <param name="task">The task.</param>
    /// <param name="instance">Its container instance, where that is known.</param>
    public static PendingReason? Of(TaskState task, InstanceState? instance)
    {
        ArgumentNullException.ThrowIfNull(task);
        var d = task.Detail;
        if (Array.Find(d.Containers, c => c.Reason is { Length: > 0 }) is { Reason: { } said } container && IsStarting(d.LastStatus))
            return new PendingReason("ContainerReason", $"Container {container.Name}: {said}", d.UpdatedAt);
        return d.LastStatus switch
        {
            "PROVISIONING" => task.Network is { Status: { } status } && status != "ATTACHED"
                ? new PendingReason("NetworkInterface", $"Its network interface is {status}.", d.CreatedAt)
                : new PendingReason("Provisioning", "What it needs before it starts, a network interface or an instance, is being made.", d.CreatedAt),
            "PENDING" when instance?.Agent?.Now is { IsConnected: false } away => new PendingReason(
                "AgentDisconnected", string.Create(CultureInfo.InvariantCulture, $"The agent of its instance {instance.Detail.Ec2InstanceId ?? instance.Name.Id} is not connected."), away.Since),
            "PENDING" when d.PullStoppedAt.HasValue => new PendingReason("ContainerStart", "Its images are pulled; its containers start.", d.PullStoppedAt),
            "PENDING" when d.PullStartedAt.HasValue => new PendingReason("ImagePull", "Its images are being pulled.", d.PullStartedAt),
            "PENDING" => new PendingReason("Agent", "The agent has it, and has not begun to pull its images.", d.UpdatedAt),
            "ACTIVATING" => new PendingReason("Activating", "Its containers run; it is being registered with load balancers and service discovery.", d.UpdatedAt),
            _ => null,
        };
    }

    internal static bool IsStarting(string? lastStatus) => lastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING";

    internal static bool IsStopping(string? lastStatus) => lastStatus is "DEACTIVATING" or "STOPPING" or "DEPROVISIONING";
}
