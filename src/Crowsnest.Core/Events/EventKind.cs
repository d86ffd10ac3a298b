namespace Crowsnest.Core.Events;

/// <summary>The kinds of event whose detail we read; everything else is <see cref="Unknown"/>, kept and searchable.</summary>
public enum EventKind
{
    /// <summary>A source or detail-type that we have no reader for.</summary>
    Unknown,

    /// <summary>ECS Task State Change.</summary>
    Task,

    /// <summary>ECS Container Instance State Change.</summary>
    ContainerInstance,

    /// <summary>ECS Service Action.</summary>
    ServiceAction,

    /// <summary>ECS Deployment State Change.</summary>
    Deployment,

    /// <summary>ECS Hook State Change.</summary>
    Hook,

    /// <summary>ECS Container Instance Health Change.</summary>
    ContainerInstanceHealth,

    /// <summary>ECS Daemon Service Action.</summary>
    DaemonAction,

    /// <summary>ECS Daemon Deployment State Change.</summary>
    DaemonDeployment,

    /// <summary>Crowsnest Tags Described: the tags of a cluster, a service or a task definition, which this program asked ECS for.</summary>
    Tags,

    /// <summary>AWS API Call via CloudTrail, of any source.</summary>
    CloudTrail,

    /// <summary>AWS Health Event (aws.health).</summary>
    Health,

    /// <summary>EC2 Spot Instance Interruption Warning (aws.ec2).</summary>
    SpotInterruption,

    /// <summary>EC2 Instance State-change Notification and EC2 Instance Rebalance Recommendation (aws.ec2).</summary>
    Ec2Instance,

    /// <summary>EC2 Auto Scaling's launches, terminations and lifecycle actions (aws.autoscaling).</summary>
    AutoScaling,

    /// <summary>Crowsnest Heartbeat (crowsnest.heartbeat): the templates have EventBridge Scheduler send it, and it says that events find their way.</summary>
    Heartbeat,
}
