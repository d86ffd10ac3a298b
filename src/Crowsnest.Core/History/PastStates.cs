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

    /// <summary>By <see cref="ResourceName.Key"/>.</summary>
    public Dictionary<string, IResourceState> States { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>What failed in the hour before and is only counted any more, by <see cref="ResourceName.Key"/>.</summary>
    public Dictionary<string, FailedTask> Failed { get; private init; } = new(StringComparer.Ordinal);

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
        catch (Exception e) when (e is ArgumentException or AggregateException or IndexOutOfRangeException)
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
        var read = new object?[newest.Length];
        Parallel.For(0, newest.Length, i => read[i] = CheckpointPart.ReadRow(newest[i].Key, newest[i].Value.Row, newest[i].Value.Words));

        var states = new PastStates(diagnoser) { States = new Dictionary<string, IResourceState>(newest.Length, StringComparer.Ordinal) };
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i] is IResourceState state) states.States[state.Name.Key] = state;
            else if (read[i] is FailedTask failed) states.Failed[newest[i].Key] = failed;
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

    /// <summary>
    /// Reads all events, up to a moment, of what an event spoke of and the checkpoint lacks, where there were any before it; and those of a service's last
    /// failure, where a late event has made one the last that is only counted any more.
    /// </summary>
    public async Task CompleteAsync(EventsByTime events, long? checkpointAt, long at, CancellationToken cancellationToken)
    {
        if (checkpointAt is not { } before) return;
        AddLastFailures();
        await CompleteSpokenOfAsync(events, before, at, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Of <see cref="CompleteAsync"/> the first half: for those whom past failures are nothing to.</summary>
    public async Task CompleteSpokenOfAsync(EventsByTime events, long before, long at, CancellationToken cancellationToken)
    {
        if (_incomplete.Count == 0) return;
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
    /// Takes out what nobody asks for any more at this moment: what is over for so long that views lack it, of which failures are counted for a while longer.
    /// The last failure of each service stays, and in each cluster what was heard of last.
    /// </summary>
    public void Prune(long at)
    {
        if (States.Count == 0) return;
        var now = Math.Min(at, States.Values.Max(state => state.Order.At));
        var last = new Dictionary<(ClusterName, string), TaskFailure>();
        var failures = new Dictionary<string, TaskFailure>(StringComparer.Ordinal);
        var heard = new Dictionary<ClusterName, IResourceState>();
        var leaving = new List<string>();
        foreach (var (key, state) in States)
        {
            var cluster = ClusterName.Of(state.Name);
            if (!heard.TryGetValue(cluster, out var newest) || newest.Order.At < state.Order.At) heard[cluster] = state;
            if (Kept.LeavesAt(state) > now) continue;
            leaving.Add(key);
            if (state is not TaskState task || TaskFailure.Of(task, diagnoser) is not { } failure || !Kept.IsRemembered(failure, now)) continue;
            failures[key] = failure;
            last[(cluster, failure.Service)] = TaskFailure.Later(last.GetValueOrDefault((cluster, failure.Service)), failure);
        }

        HashSet<string> staying = [.. heard.Values.Select(state => state.Name.Key)];
        foreach (var key in leaving)
        {
            if (staying.Contains(key)) continue;
            if (failures.TryGetValue(key, out var failure))
            {
                if (ReferenceEquals(failure, last[(ClusterName.Of(States[key].Name), failure.Service)])) continue;
                Failed[key] = FailedTask.Of((TaskState)States[key], failure);
            }

            States.Remove(key);
        }

        foreach (var (key, failed) in Failed)
        {
            if (Kept.CountedUntil(failed) <= now) Failed.Remove(key);
        }
    }

    private void AddLastFailures()
    {
        var counted = new Dictionary<(ClusterName Cluster, string Service), (EventTime At, string Key)>();
        foreach (var (key, failed) in Failed)
        {
            var service = (failed.Cluster, failed.Service);
            if (!counted.TryGetValue(service, out var other) || Order((failed.StoppedAt, key), other) > 0) counted[service] = (failed.StoppedAt, key);
        }

        foreach (var state in States.Values)
        {
            if (counted.Count == 0) return;
            if (state is not TaskState { Stop: not null } task || !counted.TryGetValue((ClusterName.Of(task.Name), task.Service), out var last)) continue;
            if (TaskFailure.Of(task, diagnoser) is { } failure && Order((failure.At, task.Name.Key), last) > 0) counted.Remove((ClusterName.Of(task.Name), task.Service));
        }

        foreach (var ((cluster, _), (_, key)) in counted)
        {
            _incomplete[key] = new ResourceName(ResourceName.Task, cluster.Account, cluster.Region, cluster.Name, key[(key.LastIndexOf('/') + 1)..]);
        }

        static int Order((EventTime At, string Key) left, (EventTime At, string Key) right)
        {
            var order = left.At.CompareTo(right.At);
            return order != 0 ? order : string.CompareOrdinal(left.Key, right.Key);
        }
    }

    private void Put(ResourceName name, IResourceState? known, EcsEvent ecsEvent)
    {
        var next = ResourceFold.Observe(name, known, ecsEvent);
        if (ReferenceEquals(next, known)) return;
        States[name.Key] = next;
        Changed[name.Key] = next;
        Failed.Remove(name.Key);
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
