using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Cluster;

/// <summary>What is known of one resource: of a task, a container instance, a service or a deployment.</summary>
/// <remarks>Immutable, and a function of the set of events that were seen of it: any order, and repeats, fold to the same state.</remarks>
public interface IResourceState
{
    /// <summary>Which resource it is.</summary>
    ResourceName Name { get; }

    /// <summary>Where the newest event stands.</summary>
    EventOrder Order { get; }

    /// <summary>It is over, and leaves in time: a task STOPPED, an instance INACTIVE, a deployment completed or failed. Of a service only resync says so.</summary>
    bool IsStopped { get; }
}
