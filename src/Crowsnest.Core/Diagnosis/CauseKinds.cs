namespace Crowsnest.Core.Diagnosis;

/// <summary>The kinds that we know: public, stable names. Users' own causes may add others.</summary>
public static class CauseKinds
{
    /// <summary>A container was killed at its memory limit.</summary>
    public const string OutOfMemory = nameof(OutOfMemory);

    /// <summary>An image could not be pulled.</summary>
    public const string ImagePull = nameof(ImagePull);

    /// <summary>Secrets, registry credentials, log driver or volumes could not be set up.</summary>
    public const string ResourceInitialization = nameof(ResourceInitialization);

    /// <summary>The image was there, and the container could not be made or started.</summary>
    public const string ContainerStart = nameof(ContainerStart);

    /// <summary>An essential container exited, and the task with it.</summary>
    public const string EssentialContainerExited = nameof(EssentialContainerExited);

    /// <summary>The container's own health check failed.</summary>
    public const string ContainerHealthCheck = nameof(ContainerHealthCheck);

    /// <summary>The load balancer's health check failed.</summary>
    public const string LoadBalancerHealthCheck = nameof(LoadBalancerHealthCheck);

    /// <summary>No place had room for a task.</summary>
    public const string Placement = nameof(Placement);

    /// <summary>The task's network interface could not be made or attached.</summary>
    public const string NetworkInterface = nameof(NetworkInterface);

    /// <summary>Spot capacity was reclaimed.</summary>
    public const string SpotInterruption = nameof(SpotInterruption);

    /// <summary>The instance under the task is gone.</summary>
    public const string HostTerminated = nameof(HostTerminated);

    /// <summary>The instance or the infrastructure under the task is ill.</summary>
    public const string InfrastructureHealth = nameof(InfrastructureHealth);

    /// <summary>The ECS agent of an instance has been away for too long.</summary>
    public const string AgentDisconnected = nameof(AgentDisconnected);

    /// <summary>A deployment failed.</summary>
    public const string DeploymentFailed = nameof(DeploymentFailed);

    /// <summary>A deployment is being rolled back.</summary>
    public const string DeploymentRolledBack = nameof(DeploymentRolledBack);

    /// <summary>Tasks fail to start, again and again.</summary>
    public const string TaskStartImpaired = nameof(TaskStartImpaired);

    /// <summary>ECS says that a service is not well.</summary>
    public const string ServiceImpaired = nameof(ServiceImpaired);

    /// <summary>Stopped by the scheduler: scale-in or replaced.</summary>
    public const string ScaleIn = nameof(ScaleIn);

    /// <summary>Stopped by another deployment than the task's own.</summary>
    public const string DeploymentReplaced = nameof(DeploymentReplaced);

    /// <summary>Someone stopped it.</summary>
    public const string UserStopped = nameof(UserStopped);

    /// <summary>Its work is done: it exited with 0.</summary>
    public const string Completed = nameof(Completed);

    /// <summary>AWS works on the infrastructure underneath.</summary>
    public const string Maintenance = nameof(Maintenance);

    /// <summary>The evidence does not say.</summary>
    public const string Unknown = nameof(Unknown);
}
