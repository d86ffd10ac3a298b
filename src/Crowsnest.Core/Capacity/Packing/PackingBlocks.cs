using System.Globalization;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Says what was found, and what keeps the rest, by name.</summary>
internal sealed class PackingBlocks
{
    // The least loaded ones are what somebody asks about; the others have the same reasons.
    private const int InstancesMax = 20;
    private const int NamesMax = 3;

    private readonly PackingModel _model;
    private readonly List<PackingBlock> _blocks = [];

    private PackingBlocks(PackingModel model) => _model = model;

    public static PackingResult Result(PackingModel model, LowerBounds bounds, PackingSolution? best, IReadOnlyList<(string Name, int Kept)> roomCosts)
    {
        var blocks = new PackingBlocks(model);
        var isPossible = best is { Missing: 0 };
        if (best is null) blocks.AddLoss();
        else if (!isPossible) blocks.AddMissing(best);
        else blocks.AddKept(best, bounds, roomCosts);

        best ??= Unchanged(model);
        var all = Enumerable.Range(0, model.InstanceCount);
        return new PackingResult
        {
            Problem = model.Problem, Kept = isPossible ? [.. all.Where(i => best.IsKept[i])] : [.. all], Emptied = isPossible ? [.. all.Where(i => !best.IsKept[i])] : [],
            Places = [.. Enumerable.Range(0, model.RoomFrom).Select(t => model.IsFixed[t] ? model.Start[t] : best.Place[t])],
            Reserved = [.. Enumerable.Range(model.RoomFrom, model.TaskCount - model.RoomFrom).Where(t => best.Place[t] >= 0).Select(t => new ReservedPlace(model.Deployed, best.Place[t]))],
            LowerBound = isPossible ? bounds.Least : model.InstanceCount, Moves = best.Moves, IsPossible = isPossible, Blocks = blocks._blocks,
        };
    }

    private static PackingSolution Unchanged(PackingModel model)
    {
        var place = new int[model.TaskCount];
        model.Start.CopyTo(place, 0);
        return new PackingSolution(place, [], 0, model.InstanceCount, 0);
    }

    private void AddKept(PackingSolution best, LowerBounds bounds, IReadOnlyList<(string Name, int Kept)> roomCosts)
    {
        var before = best.Kept;
        foreach (var (name, kept) in roomCosts)
        {
            if (kept < before) _blocks.Add(new PackingBlock(BlockKind.Room, name, best.Kept, Text($"{name} takes {before - kept}")));
            before = Math.Min(before, kept);
        }

        _blocks.AddRange(bounds.All.Where(b => b.Needs == best.Kept));
        AddPinned();
        var state = Restore(best);
        var search = new PlacementSearch(_model, state);
        var kepts = Enumerable.Range(0, _model.InstanceCount).Where(i => state.IsOpen(i) && !_model.MustStay[i]).OrderByDescending(i => state.Slack[i]).ThenBy(i => i);
        foreach (var i in kepts.Take(InstancesMax)) _blocks.Add(new PackingBlock(BlockKind.NoPlace, _model.Problem.Instances[i].Id, best.Kept, WhyKept(state, search, i)));
    }

    private string WhyKept(PackingState state, PlacementSearch search, int instance)
    {
        var (mark, text) = (search.Journal.Mark, "room for a loss");
        var tasks = search.TasksOf(instance);
        state.Close(instance);
        foreach (var task in tasks) search.Journal.Move(task, PackingTask.Nowhere);
        foreach (var task in tasks)
        {
            if (search.TryPlace(task, mayEject: false)) continue;
            text = Text($"{(task < _model.RoomFrom ? "service" : "room for a deployment of service")} {_model.Name(_model.Workload[task])} finds no other place: {Why(state, _model.Workload[task])}");
            break;
        }

        search.Journal.Undo(mark);
        state.Open(instance);
        return Text($"instance {_model.Problem.Instances[instance].Id}: {text}");
    }

    private void AddMissing(PackingSolution best)
    {
        var state = Restore(best);
        var missing = Enumerable.Range(0, _model.TaskCount).Where(t => !_model.IsFixed[t] && !_model.IsPinned[t] && (best.Place[t] < 0 || !_model.IsOpen[best.Place[t]]));
        foreach (var same in missing.GroupBy(t => _model.Workload[t]))
        {
            var (name, isTask) = (_model.Name(same.Key), same.First() < _model.RoomFrom);
            var who = isTask ? $"service {name}" : $"room for a rolling deployment of service {name} is not there";
            _blocks.Add(new PackingBlock(
                isTask ? BlockKind.NoPlace : BlockKind.Room, name, _model.InstanceCount, Text($"{who}: {same.Count()} tasks find no place: {Why(state, same.Key)}")));
        }
    }

    private void AddLoss()
    {
        var scale = new PackingSearchScale(_model.InstanceCount, _model.TaskCount);
        var attempt = new PackingAttempt(_model, scale);
        attempt.PlaceMissing(attempt.Begin());
        var from = 0;
        if (new LossCheck(_model, scale, attempt.State).First(ref from) is not { } loss) return;
        var what = loss.Instance >= 0 ? "instance " + _model.Problem.Instances[loss.Instance].Id : "zone " + _model.Zones[loss.Zone];
        _blocks.Add(new PackingBlock(
            BlockKind.Room, what, _model.InstanceCount,
            Text($"room for the loss of {(loss.Instance >= 0 ? "one instance" : "one zone")} is not there: without {what} service {_model.Name(loss.Workload)} finds no place")));
    }

    private void AddPinned()
    {
        var by = Enumerable.Range(0, _model.RoomFrom).Where(t => _model.IsFixed[t] || _model.IsPinned[t]).GroupBy(t => _model.Workload[t]);
        foreach (var same in by)
        {
            var (instances, isFixed) = (same.Select(t => _model.Start[t]).Distinct().Count(), _model.IsFixed[same.First()]);
            var why = isFixed ? "nobody starts its tasks anew" : "it may run neither one task more nor one fewer";
            _blocks.Add(new PackingBlock(BlockKind.Pinned, _model.Name(same.Key), instances, Text($"{_model.Name(same.Key)} holds {instances}: {why}")));
        }

        List<string> unknown = [.. _model.Problem.Instances.Where(i => i.HasUnknown).Select(i => i.Id)];
        if (unknown.Count == 0) return;
        var names = string.Join(", ", unknown.Take(NamesMax)) + (unknown.Count > NamesMax ? Text($" and {unknown.Count - NamesMax} more") : "");
        _blocks.Add(new PackingBlock(BlockKind.Pinned, names, unknown.Count, Text($"tasks that no event has told of hold {unknown.Count}: {names}")));
    }

    // Of all open instances, what is most often in the way.
    private string Why(PackingState state, int workload)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var i in state.OpenOnes)
        {
            var reason = Reason(state, workload, i);
            counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        return counts.Count == 0 ? "no instance is there" : counts.MaxBy(c => c.Value).Key;
    }

    private string Reason(PackingState state, int workload, int instance)
    {
        if (_model.Allowed[workload] is { } allowed && !allowed[instance]) return "placement constraint";
        var lacking = _model.Size[workload] - state.Free[instance];
        for (var k = 0; k < Amounts.Kinds; k++)
        {
            if (lacking.Of(k) > 0) return Amounts.Names[k];
        }

        if (!state.IsWelcome(workload, instance)) return _model.DistinctOf[workload] >= 0 ? "distinct instances" : "host ports";
        return state.KeepsSpread(workload, instance) ? "nothing" : "spread by zone";
    }

    private PackingState Restore(PackingSolution best)
    {
        var state = new PackingState(_model);
        for (var task = 0; task < _model.TaskCount; task++)
        {
            if (best.Place[task] >= 0) state.Put(task, best.Place[task]);
        }

        for (var i = 0; i < _model.InstanceCount; i++)
        {
            if (!best.IsKept[i]) state.Close(i);
        }

        return state;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
