using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Pipeline;

/// <summary>Follows the states of a store that several processes write.</summary>
public interface IStateFollower
{
    /// <summary>
    /// The states that were written since this was asked before, each as it is now: none is passed over, one may come again. What was written in the last moment
    /// may come with the next answer.
    /// </summary>
    IAsyncEnumerable<ResourceState> ReadAsync(CancellationToken cancellationToken);
}
