namespace Crowsnest.Core.Capacity.Packing;

/// <summary>A loss that the open instances do not make up for.</summary>
/// <param name="Instance">The instance that was lost, or -1.</param>
/// <param name="Zone">The zone that was lost, or -1.</param>
/// <param name="Workload">The first workload that lacked a place.</param>
/// <param name="Lacking">What all tasks that lacked a place take.</param>
internal readonly record struct UncoveredLoss(int Instance, int Zone, int Workload, Amounts Lacking);

/// <summary>Whether the tasks of any one instance, or of any one zone, would find places on the rest.</summary>
/// <remarks>The state is changed and put back. Room for a deployment is free for this: the two are not asked to come together.</remarks>
internal sealed class LossCheck(PackingModel model, PackingSearchScale scale, PackingState state)
{
    private const int StepsMax = 2_000;

    // Of a whole zone of a large cluster best fit says as much as one can know.
    private const int SecondLookMax = 1_000;

    private readonly PlacementSearch _search = new(model, state);
    private Amounts _lacking;
    private int _steps;
    private int _spare = -1;

    /// <summary>The first loss from there on that is not made up for, or <see langword="null"/>. Losses are numbered: instances, then zones.</summary>
    /// <param name="from">Where to begin: what held with fewer open instances holds with more. Afterwards, where it stopped.</param>
    public UncoveredLoss? First(ref int from)
    {
        var room = model.Problem.Room;
        if (!room.ForInstanceLoss && !room.ForZoneLoss) return null;
        var places = TakeRoom();
        _spare = -1;
        UncoveredLoss? found = null;
        for (; from < model.InstanceCount + model.Zones.Length; from++)
        {
            var isInstance = from < model.InstanceCount;
            if (isInstance ? !room.ForInstanceLoss || state.TasksOn[from] == 0 : !room.ForZoneLoss) continue;
            var lacking = Lose(isInstance ? [from] : InZone(from - model.InstanceCount));
            if (lacking < 0) continue;
            found = new UncoveredLoss(isInstance ? from : -1, isInstance ? -1 : from - model.InstanceCount, lacking, _lacking);
            break;
        }

        foreach (var (task, place) in places) state.Put(task, place);
        return found;
    }

    private List<(int Task, int Place)> TakeRoom()
    {
        var places = new List<(int, int)>();
        for (var task = model.RoomFrom; task < model.TaskCount; task++)
        {
            if (state.Place[task] < 0) continue;
            places.Add((task, state.Place[task]));
            state.Take(task);
        }

        return places;
    }

    private List<int> InZone(int zone)
    {
        var lost = new List<int>();
        for (var i = 0; i < model.InstanceCount; i++)
        {
            if (model.Zone[i] == zone && (state.IsOpen(i) || state.TasksOn[i] > 0)) lost.Add(i);
        }

        return lost;
    }

    // -1 when everything finds a place, else a workload that does not.
    private int Lose(List<int> lost)
    {
        var (tasks, opened) = (new List<int>(), new List<int>());
        foreach (var i in lost)
        {
            tasks.AddRange(_search.TasksOf(i));
            if (state.IsOpen(i)) opened.Add(i);
            state.Close(i);
        }

        _search.Sort(tasks);
        var places = tasks.ConvertAll(t => state.Place[t]);
        foreach (var task in tasks) state.Take(task);
        var lacking = FitsInSpare(tasks) ? -1 : Fill(tasks, isRoomiest: false);
        if (lacking >= 0 && tasks.Count <= SecondLookMax && Fill(tasks, isRoomiest: true) < 0) lacking = -1;
        if (lacking >= 0 && scale.IsSmall)
        {
            _steps = 0;
            if (Descend(tasks, 0)) lacking = -1;
        }

        for (var t = 0; t < tasks.Count; t++) state.Put(tasks[t], places[t]);
        foreach (var i in opened) state.Open(i);
        return lacking;
    }

    // All in the one with most free: after a spare instance was opened that is the answer for nearly every other one.
    private bool FitsInSpare(List<int> tasks)
    {
        if (_spare < 0 || !state.IsOpen(_spare)) _spare = Roomiest();
        if (_spare < 0) return false;
        var placed = 0;
        for (; placed < tasks.Count && state.Fits(model.Workload[tasks[placed]], _spare); placed++) state.Put(tasks[placed], _spare);
        for (var t = placed - 1; t >= 0; t--) state.Take(tasks[t]);
        return placed == tasks.Count;
    }

    private int Roomiest()
    {
        var best = -1;
        foreach (var i in state.OpenOnes)
        {
            if (best < 0 || (state.Slack[i], -i).CompareTo((state.Slack[best], -best)) > 0) best = i;
        }

        return best;
    }

    private int Fill(List<int> tasks, bool isRoomiest)
    {
        var (placed, first, last, place) = (new List<int>(tasks.Count), -1, -1, -1);
        _lacking = default;
        foreach (var task in tasks)
        {
            // The instance that was the best fit for a task is so for the next one like it, as long as it fits.
            var workload = model.Workload[task];
            if (isRoomiest || workload != last || place < 0 || !state.Fits(workload, place)) place = state.Find(workload, asksSpread: false, isRoomiest);
            last = workload;
            if (place >= 0)
            {
                state.Put(task, place);
                placed.Add(task);
                continue;
            }

            if (first < 0) first = workload;
            _lacking += model.Size[workload];
        }

        foreach (var task in placed) state.Take(task);
        return first;
    }

    // All ways, as far as a bound allows: where best fit says no on a small cluster it is often wrong.
    private bool Descend(List<int> tasks, int next)
    {
        if (next == tasks.Count) return true;
        var workload = model.Workload[tasks[next]];
        foreach (var place in state.OpenOnes)
        {
            if (++_steps > StepsMax) return false;
            if (!state.Fits(workload, place)) continue;
            state.Put(tasks[next], place);
            var isDone = Descend(tasks, next + 1);
            state.Take(tasks[next]);
            if (isDone) return true;
        }

        return false;
    }
}

/// <summary>How large a problem is, and so how much may be tried.</summary>
/// <param name="Instances">How many instances.</param>
/// <param name="Tasks">How many tasks.</param>
internal readonly record struct PackingSearchScale(int Instances, int Tasks)
{
    /// <summary>Small enough to try all ways of a loss, and to check all losses over and over.</summary>
    public bool IsSmall => Instances <= 64 && Tasks <= 400;

    /// <summary>How many further ways to pack are tried, each by chance: as many as take some tenths of a second.</summary>
    public int Attempts => (int)Math.Clamp(200_000L / Math.Max(1, (long)Instances * Tasks), 0, 300);
}
