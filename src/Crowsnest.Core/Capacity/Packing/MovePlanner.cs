namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Orders moves: each as soon as its target has room; a circle of moves that wait for each other is broken by a detour, or by a stop before a start.</summary>
internal sealed class MovePlanner
{
    // More than that at a time is a cluster that stands still.
    private const int ParkedMax = 32;

    private readonly PackingModel _model;
    private readonly PackingState _state;
    private readonly Journal _journal;
    private readonly IReadOnlyList<int> _target;
    private readonly bool[] _isEmptied;
    private readonly int[] _running;
    private readonly int[] _counts;
    private readonly List<int>[] _waiting;
    private readonly Queue<int> _ready = new();
    private readonly bool[] _isReady;
    private readonly bool _releasesLate;
    private readonly HashSet<int> _detoured = [];
    private readonly HashSet<int> _parkedInVain = [];
    private readonly List<MoveStep> _steps = [];
    private bool _isAtEnd;
    private readonly List<(int Task, int Change)> _changes = [];

    public MovePlanner(PackingResult result, bool releasesLate)
    {
        // The room is no task: it does not move.
        _releasesLate = releasesLate;
        _model = PackingModel.Of(result.Problem with { Room = new PackingRoom() });
        _state = new PackingState(_model);
        _journal = new Journal(_state);
        _target = result.Places;
        _isEmptied = new bool[_model.InstanceCount];
        foreach (var i in result.Emptied) _isEmptied[i] = true;
        (_running, _counts, _isReady) = (new int[_model.WorkloadCount], new int[_model.WorkloadCount], new bool[_model.InstanceCount]);
        _waiting = [.. Enumerable.Range(0, _model.InstanceCount).Select(_ => new List<int>())];
        for (var i = 0; i < _isEmptied.Length; i++)
        {
            if (_isEmptied[i] && !(releasesLate && !result.Problem.Instances[i].IsPlanned)) _state.Close(i);
            if (!_isEmptied[i] && result.Problem.Instances[i].IsPlanned) _steps.Add(new MoveStep(MoveKind.Add, -1, i));
        }

        for (var task = 0; task < _model.TaskCount; task++)
        {
            var workload = _model.Workload[task];
            _counts[workload]++;
            if (_model.Start[task] >= 0) _running[workload]++;
            if (_model.IsFixed[task]) continue;
            if (_model.Start[task] >= 0) _state.Put(task, _model.Start[task]);
            if (_target[task] >= 0 && _target[task] != _model.Start[task]) _waiting[_target[task]].Add(task);
        }
    }

    public MovePlan Plan()
    {
        foreach (var tasks in _waiting) tasks.Sort((a, b) => _model.Weight[_model.Workload[b]].CompareTo(_model.Weight[_model.Workload[a]]) is not 0 and var order ? order : a.CompareTo(b));
        for (var i = 0; i < _isEmptied.Length; i++)
        {
            if (!_releasesLate) Release(i);
            Ready(i);
        }

        Settle();
        while (TryDetour() || TryPark()) Settle();
        for (var i = 0; i < _isEmptied.Length && _releasesLate; i++) Release(i);
        int[] unordered = [.. _waiting.SelectMany(w => w).Order()];
        return new MovePlan
        {
            Steps = _steps, Unordered = unordered,
            NotReleased = [.. Enumerable.Range(0, _isEmptied.Length).Where(i => _isEmptied[i] && _state.TasksOn[i] > 0)],
            Blocks = [.. unordered.GroupBy(t => _model.Workload[t]).Select(Why)],
        };
    }

    private string Why(IGrouping<int, int> tasks)
    {
        var workload = _model.Problem.Workloads[tasks.Key];
        var mayStop = workload.MinimumOf(_counts[tasks.Key]) < _counts[tasks.Key];
        return $"service {workload.Name}: {tasks.Count()} moves wait for room that other moves would make" + (mayStop ? "" : ", and none of its tasks may stop first");
    }

    private void Settle()
    {
        while (_ready.TryDequeue(out var target))
        {
            _isReady[target] = false;
            for (var n = 0; n < _waiting[target].Count; n++)
            {
                var task = _waiting[target][n];
                if (!_state.Fits(_model.Workload[task], target) || !TryMove(task, target)) continue;
                _waiting[target].RemoveAt(n--);
            }
        }
    }

    // At its place, if its service's maximum or minimum allows it now.
    private bool TryMove(int task, int to)
    {
        var (workload, from) = (_model.Workload[task], _state.Place[task]);
        var of = _model.Problem.Workloads[workload];
        if (from < 0)
        {
            Step(MoveKind.Start, task, to, 1);
            _journal.Move(task, to);
            return true;
        }

        if (_running[workload] < of.MaximumOf(_counts[workload]))
        {
            Step(MoveKind.Start, task, to, 1);
            Step(MoveKind.Stop, task, from, -1);
        }
        else if (_running[workload] > of.MinimumOf(_counts[workload]))
        {
            Step(MoveKind.Stop, task, from, -1);
            Step(MoveKind.Start, task, to, 1);
        }
        else
        {
            return false;
        }

        _journal.Move(task, to);
        Left(from);
        return true;
    }

    // Over a third instance that stays: each task once, and only where somebody waits for its place.
    private bool TryDetour()
    {
        foreach (var task in Blocking())
        {
            if (_detoured.Contains(task)) continue;
            var (workload, from) = (_model.Workload[task], _state.Place[task]);
            var wasOpen = _state.IsOpen(from);
            _state.Close(from);
            var third = _state.Find(workload, asksSpread: false);
            if (wasOpen) _state.Open(from);
            if (third < 0 || !TryMove(task, third)) continue;
            _detoured.Add(task);
            return true;
        }

        return false;
    }

    // Stops tasks so that others can have their places; they start when their own are free, or all of it is undone. First one is tried, each in turn, then several.
    private bool TryPark()
    {
        foreach (var task in Blocking().ToList())
        {
            if (_parkedInVain.Contains(task) || !MayStop(task)) continue;
            if (TryPark([task], 1)) return true;
            _parkedInVain.Add(task);
        }

        if (_isAtEnd || TryPark(Blocking(), ParkedMax)) return !_isAtEnd;
        _isAtEnd = true;
        return false;
    }

    private bool TryPark(IEnumerable<int> tasks, int max)
    {
        var (mark, steps, changes, waiting) = (_journal.Mark, _steps.Count, _changes.Count, _waiting.Select(w => w.ToList()).ToArray());
        var parked = new List<int>();
        foreach (var task in tasks.ToList())
        {
            if (parked.Count == max) break;
            if (_state.Place[task] < 0 || _state.Place[task] == _target[task] || !MayStop(task)) continue;
            parked.Add(task);
            var from = _state.Place[task];
            Step(MoveKind.Stop, task, from, -1);
            _journal.Move(task, PackingTask.Nowhere);
            Left(from);
            Settle();
            if (parked.TrueForAll(t => _state.Place[t] >= 0)) return true;
        }

        _journal.Undo(mark);
        _steps.RemoveRange(steps, _steps.Count - steps);
        for (var c = _changes.Count - 1; c >= changes; c--) _running[_model.Workload[_changes[c].Task]] -= _changes[c].Change;
        _changes.RemoveRange(changes, _changes.Count - changes);
        waiting.CopyTo(_waiting, 0);
        return false;
    }

    private bool MayStop(int task) => _running[_model.Workload[task]] > _model.Problem.Workloads[_model.Workload[task]].MinimumOf(_counts[_model.Workload[task]]);

    private IEnumerable<int> Blocking() => _waiting.SelectMany(w => w).Where(t => _state.Place[t] >= 0 && _waiting[_state.Place[t]].Count > 0).Order();

    private void Step(MoveKind kind, int task, int instance, int change)
    {
        _steps.Add(new MoveStep(kind, task, instance));
        _running[_model.Workload[task]] += change;
        _changes.Add((task, change));
    }

    // More room there, and one more task of the service may be elsewhere.
    private void Left(int instance)
    {
        if (!_releasesLate) Release(instance);
        Ready(instance);
    }

    private void Release(int instance)
    {
        if (_isEmptied[instance] && _state.TasksOn[instance] == 0 && !_model.Problem.Instances[instance].IsPlanned) _steps.Add(new MoveStep(MoveKind.Release, -1, instance));
    }

    private void Ready(int instance)
    {
        if (_isReady[instance] || _waiting[instance].Count == 0) return;
        _isReady[instance] = true;
        _ready.Enqueue(instance);
    }
}
