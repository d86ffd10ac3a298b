using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>The states of the resources last written, so that the store is asked once for each. The pipeline is their only writer.</summary>
/// <remarks>
/// Used by the pipeline's loop alone, which folds a group while the one before is still being written: what was folded counts at once, and a failed commit
/// means <see cref="Clear"/>. When full it forgets everything: what is needed again is loaded again, and the bound is kept without a list of uses.
/// </remarks>
internal sealed class StateCache(IStore store, int capacity) : IDisposable
{
    private readonly Dictionary<string, object> _states = new(StringComparer.Ordinal);
    private readonly StateDocuments _documents = new();

    /// <summary>Whether so many more events might not find room; then what was folded must reach the store, and all be forgotten.</summary>
    public bool IsFull(int events) => _states.Count > 0 && _states.Count + events > capacity;

    /// <summary>Forgets everything, so that the store is asked again.</summary>
    public void Clear() => _states.Clear();

    /// <summary>Folds the events in, synthetic ones and those of untrusted sources aside; answers the rows to write, and by event what is now known of its task's stop.</summary>
    public async ValueTask<(List<ResourceState> Changed, StopEvidence?[] Stops)> FoldAsync(
        IReadOnlyList<EcsEvent> events, TrustedSources trusted, CancellationToken cancellationToken)
    {
        var keys = new string?[events.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = !events[i].IsSynthetic && trusted.Includes(events[i].Source) ? KeyOf(events[i]) : null;
        var wanted = keys.OfType<string>().Where(k => !_states.ContainsKey(k)).ToHashSet(StringComparer.Ordinal);
        IReadOnlyDictionary<string, ResourceState> stored = wanted.Count == 0
            ? new Dictionary<string, ResourceState>()
            : await store.LoadStatesAsync(wanted, cancellationToken).ConfigureAwait(false);

        var changed = new Dictionary<string, object>(StringComparer.Ordinal);
        var stops = new StopEvidence?[events.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not { } key) continue;

            var known = changed.GetValueOrDefault(key) ?? _states.GetValueOrDefault(key) ?? Read(stored.GetValueOrDefault(key));
            object next = events[i].Detail is TaskDetail
                ? TaskState.Observe((TaskState?)known, events[i]).Next
                : InstanceState.Observe((InstanceState?)known, events[i]).Next;
            stops[i] = (next as TaskState)?.Stop;
            if (!ReferenceEquals(next, known)) changed[key] = next;
        }

        foreach (var (key, state) in changed) _states[key] = state;
        return (_documents.Write(changed.Values), stops);
    }

    /// <inheritdoc/>
    public void Dispose() => _documents.Dispose();

    private static string? KeyOf(EcsEvent e) => e.Detail switch
    {
        TaskDetail when e.TaskId.Length > 0 => ResourceName.OfTask(e).Key,
        ContainerInstanceDetail when e.Instance.Length > 0 => ResourceName.OfInstance(e).Key,
        _ => null,
    };

    private static object? Read(ResourceState? row) => row is null ? null : row.Type == "task" ? StateDocument.ReadTask(row) : StateDocument.ReadInstance(row);
}
