using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>The states of the resources last written, so that the store is asked once for each. The pipeline is their only writer.</summary>
/// <remarks>
/// Used by the pipeline's loop alone, which folds a group while the one before is still being written: what was folded counts at once, and a failed commit
/// means <see cref="Clear"/>. When full it forgets everything: what is needed again is loaded again, and the bound is kept without a list of uses.
/// </remarks>
internal sealed class StateCache(IStore store, int capacity, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, IResourceState> _states = new(StringComparer.Ordinal);
    private readonly StateDocuments _documents = new();
    private readonly TagCache _tags = new(store, time);

    /// <summary>Whether so many more events might not find room; then what was folded must reach the store, and all be forgotten.</summary>
    public bool IsFull(int events) => _states.Count > 0 && _states.Count + events > capacity;

    /// <summary>Forgets everything, so that the store is asked again.</summary>
    public void Clear()
    {
        _states.Clear();
        _tags.Clear();
    }

    /// <summary>
    /// Folds the events in, synthetic ones and those of untrusted sources aside; answers what changed, as it is now and as the rows to write, and by event what
    /// is now known of its task's stop. The events have the tags that are known with all of this.
    /// </summary>
    public async ValueTask<FoldedStates> FoldAsync(IReadOnlyList<EcsEvent> events, TrustedSources trusted, CancellationToken cancellationToken)
    {
        var names = new ResourceName[events.Count * ResourceFold.ResourcesMax];
        var counts = new int[events.Count];
        var isBelieved = new bool[events.Count];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < counts.Length; i++)
        {
            if (events[i].IsSynthetic || !trusted.Includes(events[i])) continue;
            isBelieved[i] = true;
            var of = names.AsSpan(i * ResourceFold.ResourcesMax, ResourceFold.ResourcesMax);
            counts[i] = ResourceFold.NamesOf(events[i], of);
            foreach (var name in of[..counts[i]])
            {
                if (!_states.ContainsKey(name.Key)) wanted.Add(name.Key);
            }
        }

        IReadOnlyDictionary<string, ResourceState> stored = wanted.Count == 0
            ? new Dictionary<string, ResourceState>()
            : await store.LoadStatesAsync(wanted, cancellationToken).ConfigureAwait(false);

        var changed = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        var stops = new StopEvidence?[events.Count];
        for (var i = 0; i < counts.Length; i++)
        {
            for (var n = 0; n < counts[i]; n++)
            {
                var name = names[(i * ResourceFold.ResourcesMax) + n];
                var known = changed.GetValueOrDefault(name.Key) ?? _states.GetValueOrDefault(name.Key) ?? (stored.GetValueOrDefault(name.Key) is { } row ? StateDocument.Read(row) : null);
                var next = ResourceFold.Observe(name, known, events[i]);
                if (next is TaskState task) stops[i] = task.Stop;
                if (!ReferenceEquals(next, known)) changed[name.Key] = next;
            }
        }

        // Before anything counts as folded: the store is asked once more, and what fails is folded again.
        if (changed.Values.Any(state => state is TagsState)) _tags.Clear();
        await _tags.GiveAsync(events, isBelieved, key => changed.GetValueOrDefault(key) ?? _states.GetValueOrDefault(key), cancellationToken).ConfigureAwait(false);
        foreach (var (key, state) in changed) _states[key] = state;
        return new FoldedStates([.. changed.Values], _documents.Write(changed.Values), stops);
    }

    /// <inheritdoc/>
    public void Dispose() => _documents.Dispose();
}

/// <summary>What folding changed.</summary>
/// <param name="Changed">The states.</param>
/// <param name="Rows">The same, as the store keeps them.</param>
/// <param name="Stops">By event: what is now known of its task's stop, or <see langword="null"/>.</param>
internal sealed record FoldedStates(IReadOnlyList<IResourceState> Changed, List<ResourceState> Rows, StopEvidence?[] Stops);
