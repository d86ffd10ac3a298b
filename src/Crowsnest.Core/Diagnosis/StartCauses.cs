using static Crowsnest.Core.Diagnosis.CauseKinds;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Rows for errors that have a name of their own: memory, images, resources, placement, network, containers.</summary>
internal static class StartCauses
{
    private const string Pull = "CannotPull";
    private const string Init = "ResourceInitializationError";
    private const string PullWords = "[The image of container {container}|The image] could not be pulled: ";

    public static IReadOnlyList<StopCause> Rows { get; } =
    [
        new() { Kind = OutOfMemory, Rank = 60, ErrorPrefixes = ["OutOfMemoryError", "OutOfMemory:"],
            Words = "[The container {container}|A container] was killed at its memory limit[ (the task has {memory} MiB)][ after {ran}].",
            NextStep = "Raise the container's memory in the task definition, or find out what it needs the memory for; see its memory metric before the stop.",
            Example = ["EssentialContainerExited", "Essential container in task exited", "137|OutOfMemoryError: Container killed due to memory usage"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull], ErrorContains = ["toomanyrequests", "429", "rate limit"],
            Words = PullWords + "the registry's rate limit is reached.", NextStep = "Pull through an ECR pull-through cache, or sign in to the registry.",
            Example = ["TaskFailedToStart", "CannotPullContainerError: 429 Too Many Requests - toomanyrequests"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull], ErrorContains = ["no space left"],
            Words = PullWords + "the disk is full.", NextStep = "Give the host or task more storage, or let the agent clean up images sooner.",
            Example = ["TaskFailedToStart", "Task failed to start", "-|CannotPullContainerError: write /var/lib: no space left on device"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull], ErrorContains = ["AccessDenied", "denied", "unauthorized", "no basic auth", "403"],
            Words = PullWords + "the registry refused it.", NextStep = "Check the execution role's ECR permissions, the repository policy and the registry credentials.",
            Example = ["TaskFailedToStart", "CannotPullContainerError: pull access denied for x, repository does not exist"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull], ErrorContains = ["not found", "manifest unknown", "does not exist"],
            Words = PullWords + "the registry does not have it.", NextStep = "Check that the image and tag (and platform) in the task definition were pushed.",
            Example = ["TaskFailedToStart", "Task failed to start", "-|CannotPullContainerError: manifest for x:v1 not found: manifest unknown"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull], ErrorContains = ["timeout", "dial tcp", "no such host", "refused", "deadline exceeded"],
            Words = PullWords + "the registry cannot be reached.", NextStep = "Check the subnet's route to the registry: public IP, NAT, or VPC endpoints for ECR and S3.",
            Example = ["TaskFailedToStart", "CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout"] },
        new() { Kind = ImagePull, Rank = 60, ErrorPrefixes = [Pull],
            Words = "[The image of container {container}|The image] could not be pulled.", NextStep = "Read the error text; check image name, registry access and network.",
            Example = ["TaskFailedToStart", "CannotPullContainerError: inspect image has been retried 1 time(s)"] },
        new() { Kind = ResourceInitialization, Rank = 60, ErrorPrefixes = [Init], ErrorContains = ["AccessDenied", "not authorized"],
            Words = "A resource that the task needs was refused.", NextStep = "Give the execution role the permission that the error names (secret, parameter, KMS key, log group).",
            Example = ["TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException"] },
        new() { Kind = ResourceInitialization, Rank = 60, ErrorPrefixes = [Init], ErrorContains = ["logger", "log stream", "log group"],
            Words = "The container's log driver could not be set up.", NextStep = "Check that the log group exists, its region, and the route to CloudWatch Logs.",
            Example = ["TaskFailedToStart", "ResourceInitializationError: failed to validate logger args"] },
        new() { Kind = ResourceInitialization, Rank = 60, ErrorPrefixes = [Init], ErrorContains = ["EFS", "volume", "mount"],
            Words = "A volume could not be mounted.", NextStep = "Check the file system's mount targets, security groups (NFS 2049) and access point.",
            Example = ["TaskFailedToStart", "ResourceInitializationError: failed to invoke EFS utils commands"] },
        new() { Kind = ResourceInitialization, Rank = 60, ErrorPrefixes = [Init, "ResourceNotFoundException"],
            Words = "What the task needs before it can start could not be set up.", NextStep = "Check the secrets and parameters it names, and the subnet's route to them.",
            Example = ["TaskFailedToStart", "ResourceNotFoundException: Secrets Manager can't find the specified secret"] },
        new() { Kind = ResourceInitialization, Rank = 60, ErrorPrefixes = ["Task provisioning failed"],
            Words = "ECS could not provision the task.", NextStep = "Try again; if it repeats, check the subnets and security groups of the service.",
            Example = ["TaskFailedToStart", "Task provisioning failed."] },
        new() { Kind = NetworkInterface, Rank = 60,
            ErrorPrefixes = ["Unexpected EC2 error while attempting to", "Unable to attach network interface", "Timeout waiting for network interface"],
            Words = "The task's network interface could not be made or attached.",
            NextStep = "Check free addresses in the subnet, the limit of network interfaces and the ECS service-linked role.",
            Example = ["TaskFailedToStart", "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet"] },
        new() { Kind = Placement, Rank = 60, StopCodes = ["TaskFailedToStart"], ErrorPrefixes = ["RESOURCE:", "Capacity is unavailable", "ATTRIBUTE", "MemberOf"],
            Words = "No place had room for the task[: {reason}].", NextStep = "Add capacity, or make the task smaller or its placement constraints wider.",
            Example = ["TaskFailedToStart", "Capacity is unavailable at this time. Please try again later"] },
        new() { Kind = AgentDisconnected, Rank = 60, GroupsByInstance = true, StopCodes = ["TaskFailedToStart"], ReasonPrefixes = ["AGENT"],
            Words = "The ECS agent of the chosen instance was not connected.", NextStep = "Check the agent on that instance, and its route to ECS.",
            Example = ["TaskFailedToStart", "AGENT"] },
        new() { Kind = ContainerStart, Rank = 60,
            ErrorPrefixes = ["CannotStart", "CannotCreate", "CannotInspect", "CannotStop", "ContainerRuntime", "InternalError", "DockerTimeoutError", "DockerStateError"],
            Words = "[The container {container}|A container] could not be started.",
            NextStep = "Read the error: a missing command or file, a name or device in use, or a runtime out of disk.",
            Example = ["TaskFailedToStart", "Task failed to start", "-|CannotStartContainerError: exec: \"/app/x\": no such file or directory"] },
        new() { Kind = Unknown, Rank = 20, StopCodes = ["TaskFailedToStart"],
            Words = "The task never started[: {reason}].", NextStep = "Run the task again and ask ECS for its containers' reasons (describe-tasks) within the hour.",
            Example = ["", "Task failed to start", "-|"] },
    ];
}
