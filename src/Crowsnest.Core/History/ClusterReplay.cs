using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.History;

/// <summary>One pass over a cluster's stored events, from the states at a first moment, that stands still at each of some moments: there it is as <see cref="ClusterHistory.ViewAsync"/> says.</summary>
/// <remarks>
/// What it holds is the cluster, and the events of a window: windows are as long as a bounded number of events, and after each what is over leaves. Events are folded by the times that
/// they speak of, as they are stored now.
/// </remarks>
internal sealed class ClusterReplay(IStore store, EventDiagnoser diagnoser, ClusterHistory history)
{
    private const int WindowMax = 8_000;
    private const long ShortestWindow = 1_000;
    private const long LongestWindow = 21_600_000;

    /// <summary>Hears of each state as it is at the first moment, and of each that is another afterwards.</summary>
    public required Action<IResourceState> Changed { private get; init; }

    /// <summary>Hears of each event that speaks of a time after the first moment, in the order of these times.</summary>
    public Action<EcsEvent> Said { private get; init; } = static _ => { };

    /// <summary>How many events were read.</summary>
    public long Events { get; private set; }

    /// <summary>Goes from moment to moment, which rise, and gives each when all up to it is folded.</summary>
    /// <exception cref="StoreException">As of <see cref="ClusterHistory.ViewAsync"/>.</exception>
    public async IAsyncEnumerable<DateTimeOffset> RunAsync(ClusterName cluster, IReadOnlyList<DateTimeOffset> moments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = EventsByTime.Of(store, cluster);
        var at = moments[0].ToUnixTimeMilliseconds();
        var states = await history.StatesAsync(events, at, cancellationToken).ConfigureAwait(false);
        foreach (var (key, state) in states.States)
        {
            if (ClusterName.Of(state.Name) == cluster) Changed(state);
            else states.States.Remove(key);
        }

        states.Failed.Clear();
        states.Changed.Clear();
        states.Prune(at);
        yield return moments[0];

        var (next, window) = (1, 600_000L);
        while (next < moments.Count)
        {
            var until = Math.Min(at + window, moments[^1].ToUnixTimeMilliseconds());
            if (await ReadAsync(events, at, until, window > ShortestWindow ? WindowMax : int.MaxValue, cancellationToken).ConfigureAwait(false) is not { } said)
            {
                window = Math.Max(ShortestWindow, window / 4);
                continue;
            }

            var folded = 0;
            for (; next < moments.Count && moments[next].ToUnixTimeMilliseconds() is var moment && moment <= until; next++)
            {
                folded = Fold(states, said, folded, at, moment);
                await ToldAsync(states, events, at, moment, cancellationToken).ConfigureAwait(false);
                yield return moments[next];
            }

            Fold(states, said, folded, at, until);
            await ToldAsync(states, events, at, until, cancellationToken).ConfigureAwait(false);
            states.Prune(until);
            states.Failed.Clear();
            at = until;
            if (said.Count < WindowMax / 4) window = Math.Min(LongestWindow, window * 2);
        }
    }

    // Null when there are more than that.
    private async Task<List<EcsEvent>?> ReadAsync(EventsByTime events, long after, long until, int max, CancellationToken cancellationToken)
    {
        var said = new List<EcsEvent>();
        await foreach (var e in events.SpokenOfAsync(after, until, cancellationToken).ConfigureAwait(false))
        {
            if (said.Count == max) return null;
            said.Add(e);
        }

        Events += said.Count;
        return [.. said.OrderBy(EventsByTime.TimeOf)];
    }

    private int Fold(PastStates states, List<EcsEvent> said, int from, long after, long until)
    {
        for (; from < said.Count && EventsByTime.TimeOf(said[from]) is var time && time <= until; from++)
        {
            states.Fold(said[from], after);

            // What speaks of an earlier time was folded there, and comes again by its own.
            if (time > after && !said[from].IsSynthetic && diagnoser.Trusted.Includes(said[from])) Said(said[from]);
        }

        return from;
    }

    private async Task ToldAsync(PastStates states, EventsByTime events, long after, long until, CancellationToken cancellationToken)
    {
        await states.CompleteSpokenOfAsync(events, after, until, cancellationToken).ConfigureAwait(false);
        foreach (var state in states.Changed.Values) Changed(state);
        states.Changed.Clear();
    }
}
