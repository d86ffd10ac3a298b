namespace Crowsnest.Core.Capacity;

/// <summary>Why ECS could not place a task, out of the reason of SERVICE_TASK_PLACEMENT_FAILURE.</summary>
/// <param name="Code">ECS's own text, e.g. <c>RESOURCE:MEMORY</c>.</param>
/// <param name="Text">In words.</param>
/// <param name="Resource">The resource that was missing, where it is one that instances tell of.</param>
/// <param name="NextStep">What helps.</param>
/// <remarks>Codes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html.</remarks>
public sealed record PlacementReason(string Code, string Text, TaskResource? Resource, string NextStep)
{
    private static readonly PlacementReason[] Known =
    [
        new("RESOURCE:CPU", "No container instance has the CPU units left that the task needs.", TaskResource.Cpu, "Add an instance, or let the task have less CPU."),
        new("RESOURCE:MEMORY", "No container instance has the memory left that the task needs.", TaskResource.Memory, "Add an instance, or let the task have less memory."),
        new("RESOURCE:GPU", "No container instance has the GPUs left that the task needs.", TaskResource.Gpu, "Add an instance with GPUs."),
        new("RESOURCE:PORTS", "The host port that the task names is taken on every container instance.", TaskResource.Ports,
            "Add an instance, or name host port 0 and let Docker choose: with a load balancer nobody needs to know it."),
        new("RESOURCE:ENI", "No container instance may have another network interface, and the task needs one of its own.", null,
            "Add an instance, or turn the account setting awsvpcTrunking on, which gives instances registered afterwards many more interfaces."),
        new("RESOURCE:FARGATE", "Fargate had no capacity of this kind where the task may run.", null,
            "ECS tries again by itself; more subnets in other zones help, and FARGATE beside FARGATE_SPOT."),
        new("AGENT", "No container instance with a connected agent is left to take the task.", null, "Look at the agents: an instance whose agent is not connected takes no task."),
        new("ATTRIBUTE", "No container instance has an attribute that the task needs, or every one has too old an agent for it.", null,
            "Compare 'requiresAttributes' of the task definition with the attributes of the instances; events do not show the first."),
        new("LOCATION", "The container instance is in a zone or subnet that is none of the service's.", null, "Compare the service's subnets with the zones of the instances."),
        new("INACTIVE", "The container instance is registered no more.", null, "Look at which instances are ACTIVE."),
        new("MEMBEROF", "No container instance meets a placement constraint of the task (memberOf).", null, "Compare the constraint's expression with the attributes of the instances."),
        new("DISTINCTINSTANCE", "Every container instance has a task of the service already, and its constraint wants each on another (distinctInstance).", null, "Add an instance."),
    ];

    /// <summary>What the reason means. One that is not known is shown as it is; of several the first that is known speaks.</summary>
    public static PlacementReason Of(string? reason)
    {
        var code = reason?.Trim() ?? "";
        var known = Array.Find(Known, k => code.Contains(k.Code, StringComparison.OrdinalIgnoreCase));
        return known is not null ? known with { Code = code }
            : code.Length > 0 ? new PlacementReason(code, $"ECS found no place for a task: {code}.", null, "")
            : new PlacementReason("", "ECS found no place for a task, and gave no reason.", null, "");
    }
}
