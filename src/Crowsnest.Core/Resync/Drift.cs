namespace Crowsnest.Core.Resync;

/// <summary>What the events had missed, by kind. The names are public: metrics, the API and the events themselves have them.</summary>
public static class Drift
{
    /// <summary>A task that no event told of, and that is not over.</summary>
    public const string TaskMissedStart = "task-missed-start";

    /// <summary>A task that is over, and no event said so.</summary>
    public const string TaskMissedStop = "task-missed-stop";

    /// <summary>A task of which ECS has a newer version.</summary>
    public const string TaskChanged = "task-changed";

    /// <summary>A task that ECS no longer knows, and no event told of its end.</summary>
    public const string TaskGone = "task-gone";

    /// <summary>A task that was taken for gone, and is there.</summary>
    public const string TaskSeenAgain = "task-seen-again";

    /// <summary>A container instance that no event told of.</summary>
    public const string InstanceMissedStart = "instance-missed-start";

    /// <summary>A container instance of which ECS has a newer version.</summary>
    public const string InstanceChanged = "instance-changed";

    /// <summary>A container instance that ECS no longer has.</summary>
    public const string InstanceGone = "instance-gone";

    /// <summary>A service that no event told of.</summary>
    public const string ServiceMissed = "service-missed";

    /// <summary>A service that wants another number of tasks than was known.</summary>
    public const string ServiceDesired = "service-desired";

    /// <summary>A service that was deleted: no event of ECS's says that.</summary>
    public const string ServiceGone = "service-gone";

    /// <summary>Other tags than were known. No event of ECS's tells of tags, so that none was missed, and it is not counted.</summary>
    public const string Tags = "tags";

    /// <summary>A deployment that goes on, and no event told of it.</summary>
    public const string DeploymentMissedStart = "deployment-missed-start";

    /// <summary>A deployment that is over, and no event said so.</summary>
    public const string DeploymentMissedEnd = "deployment-missed-end";
}
