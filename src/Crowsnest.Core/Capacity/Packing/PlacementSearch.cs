namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Finds places for tasks: by best fit, and where nothing fits by sending one task of another instance elsewhere first.</summary>
internal sealed class PlacementSearch
{
    // Of a full cluster nearly every instance is a candidate; trying them all for each task would be most of the time, and what the first hundreds do not
    // give the rest seldom does.
    private const int CandidatesMax = 400;

    private readonly PackingModel _model;
    private readonly Comparison<int> _largestFirst;
    private readonly List<int> _candidates = [];

    public PlacementSearch(PackingModel model, PackingState state)
    {
        (_model, State, Journal) = (model, state, new Journal(state));
        _largestFirst = (a, b) =>
        {
            var order = Order(b).CompareTo(Order(a));
            return order != 0 ? order : _model.Workload[a] != _model.Workload[b] ? _model.Workload[a].CompareTo(_model.Workload[b]) : a.CompareTo(b);
        };
    }

    public PackingState State { get; }

    public Journal Journal { get; }

    /// <summary>By how much each workload's weight is changed for the order of placing; <see langword="null"/> for not at all.</summary>
    public double[]? Noise { get; set; }

    /// <summary>Take the roomiest instance instead of the fullest.</summary>
    public bool IsRoomiest { get; set; }

    /// <summary>The tasks of an instance, those that are hardest to place first.</summary>
    public List<int> TasksOf(int instance)
    {
        var tasks = new List<int>(State.TasksOn[instance]);
        for (var task = State.FirstOn(instance); task >= 0; task = State.NextOf(task)) tasks.Add(task);
        tasks.Sort(_largestFirst);
        return tasks;
    }

    /// <summary>Those that are hardest to place first.</summary>
    public void Sort(List<int> tasks) => tasks.Sort(_largestFirst);

    /// <summary>Places a task that is nowhere; what was done for it stands in the journal.</summary>
    public bool TryPlace(int task, bool mayEject)
    {
        var found = State.Find(_model.Workload[task], isRoomiest: IsRoomiest);
        if (found < 0) return mayEject && TryEject(task);
        Journal.Move(task, found);
        return true;
    }

    /// <summary>Places all of the tasks, hardest first, or none.</summary>
    public bool TryPlaceAll(List<int> tasks, bool mayEject)
    {
        var mark = Journal.Mark;
        foreach (var task in tasks) Journal.Move(task, PackingTask.Nowhere);
        foreach (var task in tasks)
        {
            if (TryPlace(task, mayEject)) continue;
            Journal.Undo(mark);
            return false;
        }

        return true;
    }

    // One task u of another instance leaves for a third, and the task takes its place: the shortest chain of ejections.
    private bool TryEject(int task)
    {
        var (workload, tried) = (_model.Workload[task], 0);
        var size = _model.Size[workload];
        for (var i = 0; i < _model.InstanceCount; i++)
        {
            if (!State.IsOpen(i)) continue;
            State.AddWork(1 + State.TasksOn[i]);
            if (_model.Allowed[workload] is { } allowed && !allowed[i]) continue;
            if (!State.KeepsSpread(workload, i)) continue;
            var lacking = size - State.Free[i];
            _candidates.Clear();
            for (var other = State.FirstOn(i); other >= 0; other = State.NextOf(other))
            {
                // Nothing larger goes for something smaller: that would be the same trouble under another name.
                var leaving = _model.Workload[other];
                if (!_model.IsPinned[other] && leaving != workload && lacking.FitsIn(_model.Size[leaving]) && _model.Weight[leaving] <= _model.Weight[workload]) _candidates.Add(other);
            }

            foreach (var other in _candidates)
            {
                if (++tried > CandidatesMax) return false;
                if (TryReplace(other, task, i)) return true;
            }
        }

        return false;
    }

    private bool TryReplace(int other, int task, int instance)
    {
        var mark = Journal.Mark;
        Journal.Move(other, PackingTask.Nowhere);
        if (State.Fits(_model.Workload[task], instance) && State.KeepsSpread(_model.Workload[task], instance))
        {
            Journal.Move(task, instance);
            if (State.Find(_model.Workload[other]) is >= 0 and var third)
            {
                Journal.Move(other, third);
                return true;
            }
        }

        Journal.Undo(mark);
        return false;
    }

    private double Order(int task)
    {
        // What may run in few places comes before what may run anywhere.
        var workload = _model.Workload[task];
        var weight = (double)_model.Weight[workload] * (Noise?[workload] ?? 1);
        return _model.Allowed[workload] is null ? weight : weight + (1L << 40);
    }
}
