using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>The states of the resources last written, so that the store is asked once for each. The pipeline is their only writer.</summary>
/// <remarks>Used by the writer loop alone. When full it forgets everything: what is needed again is loaded again, and the bound is kept without a list of uses.</remarks>
internal sealed class StateCache(IStore store, int capacity)
{
    private readonly Dictionary<string, object> _states = new(StringComparer.Ordinal);
    private Dictionary<string, object> _pending = [];

    /// <summary>Folds the events in; answers the rows to write, and by event what is now known of its task's stop.</summary>
    public async ValueTask<(List<ResourceState> Changed, StopEvidence?[] Stops)> FoldAsync(
        IReadOnlyList<EcsEvent> events, TrustedSources trusted, CancellationToken cancellationToken)
    {
        var keys = new string?[events.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = trusted.Includes(events[i].Source) ? KeyOf(events[i]) : null;
        if (_states.Count + events.Count > capacity) _states.Clear();
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

        _pending = changed;
        return ([.. changed.Values.Select(s => s is TaskState task ? StateDocument.Write(task) : StateDocument.Write((InstanceState)s))], stops);
    }

    /// <summary>What was folded last is on disk, and known from now on.</summary>
    public void Committed()
    {
        foreach (var (key, state) in _pending) _states[key] = state;
        _pending = [];
    }

    private static string? KeyOf(EcsEvent e) => e.Detail switch
    {
        TaskDetail when e.TaskId.Length > 0 => ResourceName.OfTask(e).Key,
        ContainerInstanceDetail when e.Instance.Length > 0 => ResourceName.OfInstance(e).Key,
        _ => null,
    };

    private static object? Read(ResourceState? row) => row is null ? null : row.Type == "task" ? StateDocument.ReadTask(row) : StateDocument.ReadInstance(row);
}
