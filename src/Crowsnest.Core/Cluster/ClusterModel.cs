using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Cluster;

/// <summary>What is kept in memory of the clusters, and for how long.</summary>
public sealed record ClusterModelOptions
{
    /// <summary>
    /// What is over stays so long after its end, until the newest event says that as much time has passed (and the clock too): a stream of last month is seen
    /// as it was at its own end. The several events of one stop come within this time.
    /// </summary>
    public TimeSpan KeepStopped { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A task that failed is counted so long after it stopped, by its service and deployment: ECS itself forgets a stopped task after about an hour.</summary>
    public TimeSpan CountFailed { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A service of which nothing is heard stays so long: no event says that one was deleted, and a steady one is heard of every six hours. Tags too, which are said again each half day.</summary>
    public TimeSpan KeepSilentServices { get; init; } = TimeSpan.FromDays(30);

    /// <summary>When a state leaves, milliseconds since 1970 UTC; <see cref="long.MaxValue"/> while it lives.</summary>
    internal long LeavesAt(IResourceState state) =>
        state is ServiceState { IsStopped: false } or TagsState ? state.Order.At + (long)KeepSilentServices.TotalMilliseconds
        : state.IsStopped ? state.Order.At + (long)KeepStopped.TotalMilliseconds
        : long.MaxValue;

    /// <summary>Until when a task that failed is counted, milliseconds since 1970 UTC.</summary>
    internal long CountedUntil(FailedTask failed) => failed.StoppedAt.UnixMilliseconds + (long)CountFailed.TotalMilliseconds;

    /// <summary>Whether the service of a failure may still be shown at this moment, milliseconds since 1970 UTC, and with it what failed last.</summary>
    internal bool IsRemembered(TaskFailure failure, long now) =>
        failure.Service.Length > 0 && failure.At.UnixMilliseconds >= now - (long)KeepSilentServices.TotalMilliseconds;
}

/// <summary>The clusters as they are: holds the newest states of all that lives, and gives views of them.</summary>
/// <remarks>
/// Whoever writes takes the gate; who reads takes the view that is there, at once, and may keep it. States are never changed, and of a cluster only what a
/// change touches is made anew, so that a view for each commit costs little. What is counted over a cluster is counted when somebody asks for it. What is
/// over leaves memory in time, and stays in the store.
/// </remarks>
public sealed class ClusterModel(EventDiagnoser diagnoser, TimeProvider time, ClusterModelOptions? options = null)
{
    private const long SweepEvery = 3_600_000;

    private readonly ClusterModelOptions _options = options ?? new ClusterModelOptions();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // All below is touched under the gate. Where each resource is: a task whose first event had a short ARN may learn its cluster later.
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _leaving = new();
    private readonly PriorityQueue<string, long> _uncounted = new();
    private readonly Dictionary<ClusterName, ClusterView.Builder> _touched = [];
    private readonly Dictionary<string, TagsState?> _touchedTags = new(StringComparer.Ordinal);
    private long _newestAt = long.MinValue;
    private long _sweptAt = long.MinValue;

    // Written under the gate, read by anyone.
    private volatile FleetView _view = FleetView.Empty;

    /// <summary>The clusters as they are now.</summary>
    public FleetView View => _view;

    /// <summary>Completes when all that was stored is in (<see cref="LoadAsync"/>).</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>These states were committed.</summary>
    public void Apply(IReadOnlyCollection<IResourceState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        lock (_gate)
        {
            PutAllLocked(states, isNews: true);
        }
    }

    /// <summary>These are all the states of a moment, and what had failed before it and is only counted. For a model that is new.</summary>
    internal void Begin(IReadOnlyCollection<IResourceState> states, IReadOnlyDictionary<string, FailedTask> failed)
    {
        lock (_gate)
        {
            foreach (var (key, task) in failed) CountLocked(key, task, TouchLocked(task.Cluster));
            PutAllLocked(states, isNews: true);
        }
    }

    /// <summary>Takes what is stored in, while commits go on: what they brought is newer. When it failed half-way it may be begun anew.</summary>
    /// <param name="read">Reads all that is not over, and what ended since a moment: <see cref="Pipeline.IStore.ReadStatesAsync"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LoadAsync(Func<DateTimeOffset?, IAsyncEnumerable<ResourceState>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        var pool = new TextPool();
        await ReadInAsync(read(null), pool, cancellationToken).ConfigureAwait(false);

        // Only what lives says up to when the stream goes, and with that how far back what is over still belongs to it.
        await ReadInAsync(read(StoppedSince()), pool, cancellationToken).ConfigureAwait(false);
        _loaded.TrySetResult();
    }

    private DateTimeOffset StoppedSince()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var newest = _newestAt > 0 && _newestAt < now.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(_newestAt) : now;
            return newest - (_options.CountFailed > _options.KeepStopped ? _options.CountFailed : _options.KeepStopped);
        }
    }

    private async Task ReadInAsync(IAsyncEnumerable<ResourceState> stored, TextPool pool, CancellationToken cancellationToken)
    {
        const int AtOnce = 1_000;
        var states = new List<IResourceState>(AtOnce);
        await foreach (var row in stored.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            bool isKnown;
            lock (_gate) isKnown = _places.ContainsKey(row.Key);
            if (!isKnown && StateDocument.Read(row, pool) is { } state) states.Add(state);
            if (states.Count < AtOnce) continue;
            Load(states);
            states.Clear();
        }

        Load(states);
    }

    private void Load(List<IResourceState> states)
    {
        lock (_gate)
        {
            PutAllLocked(states, isNews: false);
        }
    }

    // Callers hold _gate.
    private void PutAllLocked(IReadOnlyCollection<IResourceState> states, bool isNews)
    {
        foreach (var state in states) _newestAt = Math.Max(_newestAt, state.Order.At);
        var now = Math.Min(_newestAt, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var state in states) PutLocked(state, now, isNews);
        LeaveLocked(now);
        PublishLocked(isNews);
    }

    // Callers hold _gate.
    private void PutLocked(IResourceState state, long now, bool isNews)
    {
        if (state is TagsState tags)
        {
            PutLocked(tags, now);
            return;
        }

        var (key, cluster) = (state.Name.Key, ClusterName.Of(state.Name));
        var isKnown = _places.TryGetValue(key, out var place);
        if (isKnown && !isNews) return;
        if (isKnown && place.Cluster != cluster) TakeOut(state.Name.Type, key, TouchLocked(place.Cluster));
        var leavesAt = _options.LeavesAt(state);
        var into = TouchLocked(cluster);
        if (leavesAt <= now)
        {
            // Over for so long already when we hear of it: an old stream is read, and its tasks need not pass through memory.
            TakeOut(state.Name.Type, key, into);
            if (state is TaskState past && TaskFailure.Of(past, diagnoser) is { } failure) RememberLocked(past, failure, now, into);
            into.EarlierWord = Math.Max(into.EarlierWord, state.Order.At);
            if (place.IsLeaving || into.Failed.ContainsKey(key)) _places[key] = new Place(cluster, place.IsLeaving);
            else _places.Remove(key);
            return;
        }

        PutIn(state, key, into);
        if (leavesAt < long.MaxValue && !place.IsLeaving) _leaving.Enqueue(key, leavesAt);
        _places[key] = new Place(cluster, place.IsLeaving || leavesAt < long.MaxValue);
    }

    // Callers hold _gate. What is loaded may be older than what a commit brought meanwhile.
    private void PutLocked(TagsState tags, long now)
    {
        var known = _touchedTags.GetValueOrDefault(tags.Name.Key) ?? _view.TagsByKey.GetValueOrDefault(tags.Name.Key);
        if (_options.LeavesAt(tags) > now && (known is null || tags.Order.CompareTo(known.Order) > 0)) _touchedTags[tags.Name.Key] = tags;
    }

    private void PutIn(IResourceState state, string key, ClusterView.Builder into)
    {
        switch (state)
        {
            case TaskState task:
                into.Tasks[key] = task;
                if (TaskFailure.Of(task, diagnoser) is { } failure) into.Failures[key] = failure;
                else into.Failures.Remove(key);
                into.Failed.Remove(key);
                break;
            case InstanceState instance:
                into.Instances[key] = instance;
                break;
            case ServiceState service:
                into.Services[key] = service;
                break;
            case DeploymentState deployment:
                into.Deployments[key] = deployment;
                break;
        }
    }

    private static void TakeOut(string type, string key, ClusterView.Builder from)
    {
        switch (type)
        {
            case ResourceName.Task:
                from.Tasks.Remove(key);
                from.Failures.Remove(key);
                from.Failed.Remove(key);
                break;
            case ResourceName.Instance:
                from.Instances.Remove(key);
                break;
            case ResourceName.Service:
                from.Services.Remove(key);
                break;
            case ResourceName.Deployment:
                from.Deployments.Remove(key);
                break;
        }
    }

    // Of what failed and leaves: it is counted for a while, and a service's last failure is asked for longer than its tasks are. Callers hold _gate.
    private void RememberLocked(TaskState task, TaskFailure failure, long now, ClusterView.Builder into)
    {
        if (!_options.IsRemembered(failure, now)) return;
        into.Earlier[failure.Service] = TaskFailure.Later(into.Earlier.GetValueOrDefault(failure.Service), failure);
        var failed = FailedTask.Of(task, failure);
        if (_options.CountedUntil(failed) > now) CountLocked(task.Name.Key, failed, into);
    }

    // Callers hold _gate.
    private void CountLocked(string key, FailedTask failed, ClusterView.Builder into)
    {
        into.Failed[key] = failed;
        _uncounted.Enqueue(key, _options.CountedUntil(failed));
        _places.TryAdd(key, new Place(failed.Cluster, IsLeaving: false));
    }

    // Callers hold _gate.
    private void LeaveLocked(long now)
    {
        while (_leaving.TryPeek(out var key, out var at) && at <= now)
        {
            _leaving.Dequeue();
            if (!_places.TryGetValue(key, out var place)) continue;
            var from = TouchLocked(place.Cluster);
            if (Find(key, from) is not { } state)
            {
                _places.Remove(key);
                continue;
            }

            // Heard of again since it was lined up.
            if (_options.LeavesAt(state) is var leavesAt && leavesAt > now)
            {
                if (leavesAt < long.MaxValue) _leaving.Enqueue(key, leavesAt);
                _places[key] = place with { IsLeaving = leavesAt < long.MaxValue };
                continue;
            }

            from.Failures.TryGetValue(key, out var failure);
            from.EarlierWord = Math.Max(from.EarlierWord, state.Order.At);
            TakeOut(state.Name.Type, key, from);
            if (failure is not null) RememberLocked((TaskState)state, failure, now, from);
            if (from.Failed.ContainsKey(key)) _places[key] = place with { IsLeaving = false };
            else _places.Remove(key);
        }

        while (_uncounted.TryPeek(out var key, out var at) && at <= now)
        {
            _uncounted.Dequeue();
            if (!_places.TryGetValue(key, out var place) || !TouchLocked(place.Cluster).Failed.TryGetValue(key, out var failed) || _options.CountedUntil(failed) > now) continue;
            TouchLocked(place.Cluster).Failed.Remove(key);
            if (!place.IsLeaving) _places.Remove(key);
        }

        if (_sweptAt != long.MinValue && now - _sweptAt < SweepEvery) return;
        _sweptAt = now;
        var before = now - (long)_options.KeepSilentServices.TotalMilliseconds;
        foreach (var (key, tags) in _view.TagsByKey)
        {
            if (_options.LeavesAt(tags) <= now) _touchedTags.TryAdd(key, null);
        }

        foreach (var cluster in _view.ByName.Values)
        {
            foreach (var (service, failure) in cluster.EarlierFailures)
            {
                if (failure.At.UnixMilliseconds < before) TouchLocked(cluster.Name).Earlier.Remove(service);
            }
        }
    }

    private static IResourceState? Find(string key, ClusterView.Builder cluster) => key[..key.IndexOf('/', StringComparison.Ordinal)] switch
    {
        ResourceName.Task => cluster.Tasks.GetValueOrDefault(key),
        ResourceName.Instance => cluster.Instances.GetValueOrDefault(key),
        ResourceName.Service => cluster.Services.GetValueOrDefault(key),
        _ => cluster.Deployments.GetValueOrDefault(key),
    };

    // Callers hold _gate.
    private ClusterView.Builder TouchLocked(ClusterName name)
    {
        if (!_touched.TryGetValue(name, out var builder))
            _touched[name] = builder = new ClusterView.Builder(_view.Find(name) ?? new ClusterView(name));
        return builder;
    }

    // Callers hold _gate.
    private void PublishLocked(bool isNews)
    {
        if (_touched.Count + _touchedTags.Count == 0) return;
        var clusters = _view.ByName.ToBuilder();
        foreach (var (name, builder) in _touched)
        {
            var view = builder.ToView(isNews ? time.GetUtcNow() : null);
            if (view.IsEmpty) clusters.Remove(name);
            else clusters[name] = view;
        }

        var tags = _view.TagsByKey.ToBuilder();
        foreach (var (key, state) in _touchedTags)
        {
            if (state is null) tags.Remove(key);
            else tags[key] = state;
        }

        _touched.Clear();
        _touchedTags.Clear();
        _view = new FleetView(clusters.ToImmutable(), tags.ToImmutable());
    }

    private readonly record struct Place(ClusterName Cluster, bool IsLeaving);
}
