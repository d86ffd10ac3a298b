using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.OpenSearch;

/// <summary>Follows the states that any process writes, by the order of writes of their index.</summary>
/// <remarks>
/// Searches may see a write before one that has a smaller number and is made at the same moment. So a number counts as read only when it was seen
/// <see cref="Lag"/> ago, and what came since is read once more.
/// </remarks>
internal sealed class StateFollower(OpenSearchStates states, long from, TimeProvider time) : IStateFollower
{
    // Far longer than two writes at the same moment are apart, and than the index's refresh interval.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    // What was seen and when, the oldest first; the first is the number from which on is read.
    private readonly Queue<(long Number, long SeenAt)> _seen = new([(from, long.MinValue)]);

    public async IAsyncEnumerable<ResourceState> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (last, now) = (_seen.Last().Number, time.GetTimestamp());
        await foreach (var (state, number) in states.AfterAsync(_seen.Peek().Number, cancellationToken).ConfigureAwait(false))
        {
            last = Math.Max(last, number);
            yield return state;
        }

        _seen.Enqueue((last, now));
        while (_seen.Count > 1 && time.GetElapsedTime(_seen.ElementAt(1).SeenAt, now) >= Lag) _seen.Dequeue();
    }
}
