namespace Crowsnest.Core.Capacity.Packing;

/// <summary>One way to pack: which instances stay, and where everything is then.</summary>
/// <param name="Place">Where each task is.</param>
/// <param name="IsKept">Which instances stay.</param>
/// <param name="Missing">Tasks without a place.</param>
/// <param name="Kept">How many instances stay.</param>
/// <param name="Moves">How many tasks would move.</param>
internal sealed record PackingSolution(int[] Place, bool[] IsKept, int Missing, int Kept, int Moves)
{
    /// <summary>It leaves nothing without a place that the other has one for, or else keeps fewer instances, or else moves fewer tasks.</summary>
    public bool IsBetterThan(PackingSolution? other) =>
        other is null || (Missing, Kept, Moves).CompareTo((other.Missing, other.Kept, other.Moves)) < 0;
}

/// <summary>Packs once: everything finds a place, instances are emptied as long as one can be, and what a loss lacks is opened again.</summary>
internal sealed class PackingAttempt
{
    private readonly PackingModel _model;
    private readonly PackingSearchScale _scale;
    private readonly PackingState _state;
    private readonly PlacementSearch _search;

    public PackingAttempt(PackingModel model, PackingSearchScale scale)
    {
        (_model, _scale, _state) = (model, scale, new PackingState(model));
        _search = new PlacementSearch(model, _state);
    }

    public PackingState State => _state;

    public PlacementSearch Search => _search;

    /// <summary>Every task where it is now. Those that are nowhere, on an instance that drains, or on one that has not the room, are returned.</summary>
    public List<int> Begin()
    {
        var missing = new List<int>();
        for (var task = 0; task < _model.TaskCount; task++)
        {
            if (_model.IsFixed[task]) continue;
            var (workload, start) = (_model.Workload[task], _model.Start[task]);
            if (start >= 0 && (_model.IsPinned[task] || (_model.IsOpen[start] && _state.Fits(workload, start)))) _state.Put(task, start);
            else missing.Add(task);
        }

        _search.Sort(missing);
        return missing;
    }

    /// <summary>One instance after the other is filled from those that come later; those that are empty then are closed.</summary>
    /// <param name="order">The instances in the order to fill them.</param>
    public void Concentrate(int[] order)
    {
        var filling = new InstanceFilling(_model, _state, _search.Noise, order);
        foreach (var i in order)
        {
            // An instance from which everything was taken is not needed, and nor are those that come after it but for what could not leave them.
            if (_model.IsOpen[i] && (_state.TasksOn[i] > 0 || _model.MustStay[i])) filling.Fill(i);
        }

        for (var i = 0; i < _model.InstanceCount; i++) if (_state.TasksOn[i] == 0 && !_model.MustStay[i]) _state.Close(i);
    }

    /// <summary>From nothing, on these instances alone, the tasks that are hardest to place first. False when something finds no place.</summary>
    public bool BeginWithin(ReadOnlySpan<int> instances)
    {
        var tasks = TakeAll();
        for (var i = 0; i < _model.InstanceCount; i++) if (!_model.MustStay[i] && !instances.Contains(i)) _state.Close(i);
        return PlaceRest(tasks);
    }

    private bool PlaceRest(List<int> tasks)
    {
        _search.Sort(tasks);
        var isDone = tasks.TrueForAll(t => _search.TryPlace(t, mayEject: true));
        _search.Journal.Forget();
        return isDone;
    }

    // Pinned ones are where they are; all others are returned.
    private List<int> TakeAll()
    {
        var tasks = new List<int>();
        for (var task = 0; task < _model.TaskCount; task++)
        {
            if (_model.IsFixed[task]) continue;
            if (_model.IsPinned[task]) _state.Put(task, _model.Start[task]);
            else tasks.Add(task);
        }

        return tasks;
    }

    /// <summary>Gives places to tasks that have none. Those that find none go back to where they were, if that is somewhere, and are counted.</summary>
    public int PlaceMissing(List<int> missing)
    {
        var lacking = 0;
        foreach (var task in missing)
        {
            if (_search.TryPlace(task, mayEject: true)) continue;
            lacking++;

            // It still runs there, whatever should be: an instance that cannot be drained is not empty.
            if (_model.Start[task] is >= 0 and var start && !_model.IsOpen[start]) _state.Put(task, start);
        }

        _search.Journal.Forget();
        return lacking;
    }

    /// <summary>Empties instances as long as one can be.</summary>
    /// <param name="order">The instances in the order to try them.</param>
    /// <param name="ledger">What must stay open for the losses that there must be room for.</param>
    /// <param name="mayEject">Other tasks may move to make room.</param>
    /// <param name="workMax">When to stop, in instances looked at.</param>
    public void EmptyAll(int[] order, CapacityLedger ledger, bool mayEject, long workMax = long.MaxValue)
    {
        var end = workMax == long.MaxValue ? workMax : _state.Work + workMax;
        foreach (var i in order)
        {
            if (_state.Work > end) return;
            if (!_state.IsOpen(i) || _model.MustStay[i] || !ledger.CanSpare(_state, i)) continue;
            _state.Close(i);
            if (_state.TasksOn[i] == 0 || _search.TryPlaceAll(_search.TasksOf(i), mayEject)) ledger.Spare(i);
            else _state.Open(i);
            _search.Journal.Forget();
        }
    }

    /// <summary>Opens instances again, empty ones, until every loss is made up for; false when that cannot be.</summary>
    public bool CoverLosses()
    {
        var (check, from) = (new LossCheck(_model, _scale, _state), 0);
        while (check.First(ref from) is { } loss)
        {
            if (!OpenFor(loss)) return false;
        }

        if (!_scale.IsSmall) return true;

        // Of those that were opened one after the other not all may be needed.
        for (var i = 0; i < _model.InstanceCount; i++)
        {
            if (!_state.IsOpen(i) || _state.TasksOn[i] > 0 || _model.MustStay[i]) continue;
            _state.Close(i);
            from = 0;
            if (check.First(ref from) is not null) _state.Open(i);
        }

        return true;
    }

    /// <summary>What has become of it.</summary>
    public PackingSolution Solution(int missing)
    {
        var kept = new bool[_model.InstanceCount];
        for (var i = 0; i < kept.Length; i++) kept[i] = _state.IsOpen(i) || _state.TasksOn[i] > 0 || _model.MustStay[i];
        var moves = 0;
        for (var task = 0; task < _model.RoomFrom; task++)
        {
            if (!_model.IsFixed[task] && _model.Start[task] >= 0 && _state.Place[task] != _model.Start[task]) moves++;
        }

        return new PackingSolution([.. _state.Place], kept, missing, kept.Count(k => k), moves);
    }

    // As many as have together what is lacking: one by one would be hundreds of checks when a zone is lost.
    private bool OpenFor(UncoveredLoss loss)
    {
        var (lacking, size) = (loss.Lacking, _model.Size[loss.Workload]);
        var closed = Enumerable.Range(0, _model.InstanceCount)
            .Where(i => _model.IsOpen[i] && !_state.IsOpen(i) && _model.Zone[i] != loss.Zone && size.FitsIn(_state.Free[i]) && _state.IsWelcome(loss.Workload, i))
            .OrderBy(i => _model.Problem.Instances[i].IsPlanned ? 1 : 0).ThenByDescending(i => _state.Slack[i]).ToList();
        foreach (var i in closed)
        {
            _state.Open(i);
            lacking -= _state.Free[i];
            if (lacking.FitsIn(default)) break;
        }

        return closed.Count > 0;
    }
}
