namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Where every task is while the search goes on, and what that leaves.</summary>
/// <remarks>One search owns it. <see cref="Put"/> and <see cref="Take"/> check nothing: they undo each other.</remarks>
internal sealed class PackingState
{
    private readonly PackingModel _model;
    private readonly int[] _first;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _open;
    private readonly int[] _openAt;
    private readonly int[][] _byZone;
    private int _openCount;

    public PackingState(PackingModel model)
    {
        _model = model;
        Free = [.. model.Capacity];
        Slack = new long[Free.Length];
        Place = new int[model.TaskCount];
        Place.AsSpan().Fill(PackingTask.Nowhere);
        Weights = [.. model.Weights];
        (_first, TasksOn) = (new int[Free.Length], new int[Free.Length]);
        _first.AsSpan().Fill(-1);
        (_next, _previous) = (new int[model.TaskCount], new int[model.TaskCount]);
        (_open, _openAt) = (new int[Free.Length], new int[Free.Length]);
        _openAt.AsSpan().Fill(-1);
        _byZone = [.. model.SpreadZones.Select(z => new int[z.Length])];
        for (var i = 0; i < Free.Length; i++)
        {
            if (model.IsOpen[i]) Open(i);
        }

        Weigh(model.Weights);
    }

    /// <summary>What is free on each instance.</summary>
    public Amounts[] Free { get; }

    /// <summary>The weight of it.</summary>
    public long[] Slack { get; }

    /// <summary>Where each task is.</summary>
    public int[] Place { get; }

    /// <summary>How many tasks are on each.</summary>
    public int[] TasksOn { get; }

    public long[] Weights { get; private set; }

    /// <summary>Times that an instance, or a task on it, was looked at: the search's measure of its own work, the same on every machine.</summary>
    public long Work { get; private set; }

    /// <summary>The instances that may be given tasks, in no order.</summary>
    public ReadOnlySpan<int> OpenOnes => _open.AsSpan(0, _openCount);

    public bool IsOpen(int instance) => _openAt[instance] >= 0;

    public int FirstOn(int instance) => _first[instance];

    public int NextOf(int task) => _next[task];

    public void Open(int instance)
    {
        if (_openAt[instance] >= 0) return;
        _openAt[instance] = _openCount;
        _open[_openCount++] = instance;
    }

    public void Close(int instance)
    {
        var at = _openAt[instance];
        if (at < 0) return;
        var last = _open[--_openCount];
        (_open[at], _openAt[last], _openAt[instance]) = (last, at, -1);
    }

    /// <summary>Other weights: the next best fit is by them.</summary>
    public void Weigh(long[] weights)
    {
        Weights = weights;
        for (var i = 0; i < Free.Length; i++) Slack[i] = PackingModel.WeightOf(Free[i], weights);
    }

    public void Put(int task, int instance)
    {
        var workload = _model.Workload[task];
        Free[instance] -= _model.Size[workload];
        Slack[instance] = PackingModel.WeightOf(Free[instance], Weights);
        Place[task] = instance;
        TasksOn[instance]++;
        (_next[task], _previous[task]) = (_first[instance], -1);
        if (_first[instance] >= 0) _previous[_first[instance]] = task;
        _first[instance] = task;
        if (_byZone[workload].Length > 0) _byZone[workload][_model.Zone[instance]]++;
    }

    public void Take(int task)
    {
        var (workload, instance) = (_model.Workload[task], Place[task]);
        Free[instance] += _model.Size[workload];
        Slack[instance] = PackingModel.WeightOf(Free[instance], Weights);
        Place[task] = PackingTask.Nowhere;
        TasksOn[instance]--;
        if (_previous[task] >= 0) _next[_previous[task]] = _next[task];
        else _first[instance] = _next[task];
        if (_next[task] >= 0) _previous[_next[task]] = _previous[task];
        if (_byZone[workload].Length > 0) _byZone[workload][_model.Zone[instance]]--;
    }

    /// <summary>There is room for it, and nothing else is in the way but perhaps the zones.</summary>
    public bool Fits(int workload, int instance) => _model.Size[workload].FitsIn(Free[instance]) && IsWelcome(workload, instance);

    /// <summary>Nothing is in the way but perhaps amounts and zones.</summary>
    public bool IsWelcome(int workload, int instance)
    {
        if (_model.Allowed[workload] is { } allowed && !allowed[instance]) return false;
        var (distinct, ports) = (_model.DistinctOf[workload], _model.Ports[workload]);
        if (distinct < 0 && ports.Length == 0) return true;
        for (var task = _first[instance]; task >= 0; task = _next[task])
        {
            if (Meets(workload, _model.Workload[task])) return false;
        }

        return true;
    }

    /// <summary>Tasks of the two cannot be on one instance.</summary>
    public bool Meets(int workload, int other)
    {
        var (distinct, ports) = (_model.DistinctOf[workload], _model.Ports[workload]);
        return (distinct >= 0 && _model.DistinctOf[other] == distinct) || (ports.Length > 0 && _model.Ports[other].Length > 0 && Array.Exists(ports, _model.Ports[other].Contains));
    }

    /// <summary>One more task there leaves its workload as spread as it must be, or is a step towards it.</summary>
    /// <remarks>
    /// Into the emptiest zone always: whatever was taken off can be put back that way, and no order of such steps ends with zones further apart than they were.
    /// </remarks>
    public bool KeepsSpread(int workload, int instance)
    {
        var max = _model.SkewMax[workload];
        if (max < 0) return true;
        var (zones, byZone, zone) = (_model.SpreadZones[workload], _byZone[workload], _model.Zone[instance]);
        var (most, fewest) = (byZone[zone] + 1, byZone[zone] + 1);
        var isFewest = true;
        for (var z = 0; z < zones.Length; z++)
        {
            if (!zones[z] || z == zone) continue;
            (most, fewest) = (Math.Max(most, byZone[z]), Math.Min(fewest, byZone[z]));
            isFewest &= byZone[zone] <= byZone[z];
        }

        return isFewest || most - fewest <= max;
    }

    /// <summary>So many instances or tasks were looked at elsewhere.</summary>
    public void AddWork(int looks) => Work += looks;

    /// <summary>The open instance that a task of the workload leaves the least free on, or -1; of several the first.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="asksSpread">Zones must stay as even as they must be.</param>
    /// <param name="isRoomiest">The instance with the most free instead.</param>
    public int Find(int workload, bool asksSpread = true, bool isRoomiest = false)
    {
        var (best, bestSlack, size) = (-1, long.MaxValue, _model.Size[workload]);
        Work += _openCount;
        foreach (var i in _open.AsSpan(0, _openCount))
        {
            var slack = isRoomiest ? -Slack[i] : Slack[i];
            if (slack > bestSlack || (slack == bestSlack && i > best)) continue;
            if (!size.FitsIn(Free[i]) || !IsWelcome(workload, i) || (asksSpread && !KeepsSpread(workload, i))) continue;
            (best, bestSlack) = (i, slack);
        }

        return best;
    }
}
