using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>The states of all resources at a moment of the past, while they are put together out of a checkpoint and the events after it.</summary>
/// <remarks>
/// Folding a set of events onto the states of another set gives those of both, in any order and with any repeats. Only what has left a checkpoint is another
/// matter: a resource that was over long before. When an event speaks of one that began before the checkpoint and is not in it, all events of it are needed.
/// </remarks>
internal sealed class PastStates(EventDiagnoser diagnoser)
{
    private static readonly ClusterModelOptions Kept = new();

    private readonly Dictionary<string, ResourceName> _incomplete = new(StringComparer.Ordinal);

    private readonly Dictionary<string, (IResourceState State, long At)> _leaving = new(StringComparer.Ordinal);

    /// <summary>By <see cref="ResourceName.Key"/>.</summary>
    public Dictionary<string, IResourceState> States { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>What changed since this was last emptied, by key.</summary>
    public Dictionary<string, IResourceState> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the states of a chain of checkpoints (<see cref="ICheckpointStore.ReadAsync"/>): of each resource the newest alone.</summary>
    /// <exception cref="InvalidDataException">They are not as they were written.</exception>
    public static PastStates Read(IReadOnlyList<Checkpoint> chain, EventDiagnoser diagnoser)
    {
        try
        {
            return ReadAll(chain, diagnoser);
        }
        catch (Exception e) when (e is ArgumentException or AggregateException)
        {
            throw new InvalidDataException("A checkpoint cannot be read.", e);
        }
    }

    private static PastStates ReadAll(IReadOnlyList<Checkpoint> chain, EventDiagnoser diagnoser)
    {
        using var rows = new CheckpointRows();
        foreach (var checkpoint in chain.Reverse())
        {
            foreach (var part in checkpoint.Parts) rows.Add(part);
        }

        var newest = rows.Newest.ToArray();
        var read = new IResourceState?[newest.Length];
        Parallel.For(0, newest.Length, static () => new TextPool(), (i, _, pool) =>
        {
            read[i] = CheckpointPart.ReadRow(newest[i].Key, newest[i].Value, pool);
            return pool;
        }, static _ => { });

        var states = new PastStates(diagnoser) { States = new Dictionary<string, IResourceState>(newest.Length, StringComparer.Ordinal) };
        foreach (var state in read)
        {
            if (state is not null) states.States[state.Name.Key] = state;
        }

        return states;
    }

    /// <summary>Takes an event in, synthetic ones and those of untrusted sources aside.</summary>
    /// <param name="ecsEvent">The event.</param>
    /// <param name="checkpointAt">The moment of the checkpoint; <see langword="null"/> when all events are folded.</param>
    public void Fold(EcsEvent ecsEvent, long? checkpointAt)
    {
        if (ecsEvent.IsSynthetic || !diagnoser.Trusted.Includes(ecsEvent)) return;
        var names = new ResourceName[ResourceFold.ResourcesMax];
        foreach (var name in names.AsSpan(0, ResourceFold.NamesOf(ecsEvent, names)))
        {
            States.TryGetValue(name.Key, out var known);
            // The newest word on tags is all of it, whatever came before.
            if (known is null && name.Type != ResourceName.Tags && checkpointAt is { } at && BeganBy(ecsEvent, at)) _incomplete[name.Key] = name;
            Put(name, known, ecsEvent);
        }
    }

    /// <summary>Reads all events, up to a moment, of what an event spoke of and the checkpoint lacks, where there were any before it.</summary>
    public async Task CompleteAsync(EventsByTime events, long? checkpointAt, long at, CancellationToken cancellationToken)
    {
        if (_incomplete.Count == 0 || checkpointAt is not { } before) return;
        var spokenOf = await events.SpokenOfByAsync([.. _incomplete.Values], before, cancellationToken).ConfigureAwait(false);
        _incomplete.Clear();
        foreach (var name in spokenOf) _incomplete[name.Key] = name;
        var names = new ResourceName[ResourceFold.ResourcesMax];
        await foreach (var ecsEvent in events.OfAsync(spokenOf, at, cancellationToken).ConfigureAwait(false))
        {
            if (ecsEvent.IsSynthetic || !diagnoser.Trusted.Includes(ecsEvent)) continue;
            for (var i = ResourceFold.NamesOf(ecsEvent, names) - 1; i >= 0; i--)
            {
                if (_incomplete.ContainsKey(names[i].Key)) Put(names[i], States.GetValueOrDefault(names[i].Key), ecsEvent);
            }
        }

        _incomplete.Clear();
    }

    /// <summary>
    /// Takes out what nobody asks for any more at this moment: what is over for so long that views lack it. The last failure of each service stays, and in
    /// each cluster what was heard of last.
    /// </summary>
    public void Prune(long at)
    {
        if (States.Count == 0) return;
        var now = Math.Min(at, States.Values.Max(state => state.Order.At));
        var failures = new Dictionary<(ClusterName, string), (TaskFailure Failure, string Key)>();
        var heard = new Dictionary<ClusterName, IResourceState>();
        var leaving = new List<string>();
        foreach (var (key, state) in States)
        {
            var cluster = ClusterName.Of(state.Name);
            if (!heard.TryGetValue(cluster, out var last) || last.Order.At < state.Order.At) heard[cluster] = state;
            if (LeavesAt(key, state) > now) continue;
            leaving.Add(key);
            if (state is not TaskState task || TaskFailure.Of(task, diagnoser) is not { Service.Length: > 0 } failure || failure.At.UnixMilliseconds < now - (long)Kept.KeepSilentServices.TotalMilliseconds) continue;
            var service = (cluster, failure.Service);
            if (!failures.TryGetValue(service, out var before) || ReferenceEquals(TaskFailure.Later(before.Failure, failure), failure)) failures[service] = (failure, key);
        }

        HashSet<string> staying = [.. failures.Values.Select(f => f.Key), .. heard.Values.Select(state => state.Name.Key)];
        foreach (var key in leaving)
        {
            if (staying.Contains(key)) continue;
            States.Remove(key);
            _leaving.Remove(key);
        }
    }

    // What a stop means is asked once for each state, and not at each checkpoint.
    private long LeavesAt(string key, IResourceState state)
    {
        if (!state.IsStopped && state is TaskState) return long.MaxValue;
        if (_leaving.TryGetValue(key, out var known) && ReferenceEquals(known.State, state)) return known.At;
        var at = Kept.LeavesAt(state, diagnoser);
        _leaving[key] = (state, at);
        return at;
    }

    private void Put(ResourceName name, IResourceState? known, EcsEvent ecsEvent)
    {
        var next = ResourceFold.Observe(name, known, ecsEvent);
        if (ReferenceEquals(next, known)) return;
        States[name.Key] = next;
        Changed[name.Key] = next;
    }

    // Whether earlier events may have spoken of it. What does not say when it began may be old.
    private static bool BeganBy(EcsEvent ecsEvent, long at)
    {
        var began = ecsEvent.Detail switch
        {
            TaskDetail task => task.CreatedAt,
            ContainerInstanceDetail => InstanceFields.Machine(ecsEvent).RegisteredAt,
            _ => default,
        };
        return !began.HasValue || began.UnixMilliseconds <= at;
    }
}
