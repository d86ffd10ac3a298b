namespace Crowsnest.Core.Events;

/// <summary>Which kind an event is, from its source and detail-type.</summary>
internal static class EventKinds
{
    public static EventKind Of(ReadOnlySpan<byte> source, ReadOnlySpan<byte> detailType)
    {
        if (detailType.SequenceEqual("AWS API Call via CloudTrail"u8)) return EventKind.CloudTrail;

        // Copies trimmed by their authors lack the source, and what our own process states comes as crowsnest.*; whether it is trusted is not decided here.
        if (source.StartsWith("crowsnest."u8) && Own(detailType) is var own and not EventKind.Unknown) return own;
        if (source.SequenceEqual("aws.ecs"u8) || source.IsEmpty || source.StartsWith("crowsnest."u8)) return Ecs(detailType);
        if (source.SequenceEqual("aws.health"u8)) return detailType.SequenceEqual("AWS Health Event"u8) ? EventKind.Health : EventKind.Unknown;
        if (source.SequenceEqual("aws.ec2"u8)) return Ec2(detailType);
        return source.SequenceEqual("aws.autoscaling"u8) && detailType.StartsWith("EC2 "u8) ? EventKind.AutoScaling : EventKind.Unknown;
    }

    // What ECS has no event for, besides heartbeats: Resync.ResyncEvent writes these.
    private static EventKind Own(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("Crowsnest Task Not Seen Again"u8)) return EventKind.Task;
        if (type.SequenceEqual("Crowsnest Container Instance Not Seen Again"u8)) return EventKind.ContainerInstance;
        if (type.SequenceEqual("Crowsnest Tags Described"u8)) return EventKind.Tags;
        if (type.SequenceEqual("Crowsnest Heartbeat"u8)) return EventKind.Heartbeat;
        return type.SequenceEqual("Crowsnest Service Described"u8) || type.SequenceEqual("Crowsnest Service Not Seen Again"u8) ? EventKind.ServiceAction : EventKind.Unknown;
    }

    private static EventKind Ecs(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("ECS Task State Change"u8)) return EventKind.Task;
        if (type.SequenceEqual("ECS Container Instance State Change"u8)) return EventKind.ContainerInstance;
        if (type.SequenceEqual("ECS Service Action"u8)) return EventKind.ServiceAction;
        if (type.SequenceEqual("ECS Deployment State Change"u8)) return EventKind.Deployment;
        if (type.SequenceEqual("ECS Hook State Change"u8)) return EventKind.Hook;
        if (type.SequenceEqual("ECS Container Instance Health Change"u8)) return EventKind.ContainerInstanceHealth;
        if (type.SequenceEqual("ECS Daemon Service Action"u8)) return EventKind.DaemonAction;
        return type.SequenceEqual("ECS Daemon Deployment State Change"u8) ? EventKind.DaemonDeployment : EventKind.Unknown;
    }

    private static EventKind Ec2(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("EC2 Spot Instance Interruption Warning"u8)) return EventKind.SpotInterruption;
        return type.SequenceEqual("EC2 Instance State-change Notification"u8) || type.SequenceEqual("EC2 Instance Rebalance Recommendation"u8)
            ? EventKind.Ec2Instance
            : EventKind.Unknown;
    }
}
