namespace Crowsnest.Core.Cluster;

/// <summary>What an event was to the state of its resource.</summary>
public enum Observation
{
    /// <summary>The event is not about a resource that we keep, or its source is not trusted.</summary>
    None,

    /// <summary>It is the newest that we know.</summary>
    Changed,

    /// <summary>It repeats the version that we know.</summary>
    Duplicate,

    /// <summary>A newer one is known. What it says of the task's stop is still taken in.</summary>
    Stale,
}
