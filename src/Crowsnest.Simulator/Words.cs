namespace Crowsnest.Simulator;

/// <summary>The reasons that ECS gives, as it words them.</summary>
internal static class Words
{
    public static (string Class, string Reason, bool IsOfContainer) Network(Chance chance, FleetTask task) => ("network", chance.Percent(60)
        ? $"Unexpected EC2 error while attempting to Create Network Interface in subnet '{task.Subnet}': InsufficientFreeAddressesInSubnet"
        : "Timeout waiting for network interface provisioning to complete.", false);

    public static (string Class, string Reason, bool IsOfContainer) ResourceInit(Chance chance, FleetTask task) => ("resource_init", chance.Whole(0, 2) switch
    {
        0 => "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: "
            + $"service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:{task.Workload.Cluster.Region}:{task.Workload.Cluster.Account}"
            + $":secret:{task.Workload.Name}/database from secrets manager: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue",
        1 => $"ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: "
            + $"ResourceNotFoundException: The specified log group does not exist. : exit status 1 (/ecs/{task.Workload.Name})",
        _ => "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-0a1b2c3d.efs."
            + $"{task.Workload.Cluster.Region}.amazonaws.com\" - check that your file system ID is correct : unsuccessful EFS utils command execution; code: 1",
    }, false);

    public static (string Class, string Reason, bool IsOfContainer) ImagePull(Chance chance, FleetTask task)
    {
        var image = task.Main.Spec.Image;
        return ("image_pull", chance.Whole(0, 3) switch
        {
            0 or 1 => $"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found",
            2 => $"CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {image}: failed to do request: Head \"https://{image}\": dial tcp 10.0.4.17:443: i/o timeout",
            _ => $"CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://{image}: "
                + "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.",
        }, true);
    }

    public static (string Class, string Reason, bool IsOfContainer) ContainerStart(Chance chance, FleetTask task) => ("start_error", !task.Workload.IsOnInstances || chance.Percent(70)
        ? $"CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: "
            + $"runc create failed: unable to start container process: exec: \"/app/{task.Workload.Name}\": stat /app/{task.Workload.Name}: no such file or directory: unknown"
        : "CannotCreateContainerError: Error response from daemon: devmapper: Thin Pool has 4350 free data blocks which is less than minimum required 4454 free data blocks.", true);
}
