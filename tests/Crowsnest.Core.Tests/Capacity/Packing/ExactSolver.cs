using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>The fewest instances, by trying all sets of instances and all ways to place alike tasks on each: branch and bound, for small clusters.</summary>
public sealed class ExactSolver
{
    private readonly PackingProblem _problem;
    private readonly int[] _counts;
    private readonly List<int> _items = [];
    private readonly List<int>[] _on;
    private readonly Amounts[] _free;
    private readonly int[] _places;
    private readonly int _roomFrom;
    private readonly bool[] _mustStay;
    private readonly long _stepsMax;
    private bool[] _isIn;
    private long _steps;

    private ExactSolver(PackingProblem problem, long stepsMax)
    {
        (_problem, _counts, _stepsMax) = (problem, NaiveChecker.Counts(problem), stepsMax);
        _mustStay = new bool[problem.Instances.Count];
        _isIn = new bool[problem.Instances.Count];
        _on = [.. problem.Instances.Select(_ => new List<int>())];
        _free = [.. problem.Instances.Select(i => i.Shape - i.Taken)];
        for (var i = 0; i < _free.Length; i++)
        {
            for (var w = 0; w < problem.Workloads.Count; w++)
            {
                if (problem.Workloads[w].IsDaemon && problem.Workloads[w].Constraints.All(c => c.Allows(problem.Instances[i]))) Put(w, i);
            }
        }

        foreach (var task in problem.Tasks)
        {
            if (!NaiveChecker.IsStuck(problem.Workloads[task.Workload], _counts[task.Workload]))
            {
                _items.Add(task.Workload);
                continue;
            }

            Put(task.Workload, task.Instance);
            _mustStay[task.Instance] = true;
        }

        _items.Sort((a, b) => (problem.Workloads[b].Size.Cpu + problem.Workloads[b].Size.Memory, a).CompareTo((problem.Workloads[a].Size.Cpu + problem.Workloads[a].Size.Memory, b)));
        _roomFrom = _items.Count;
        if (problem.Room.ForDeployment && NaiveChecker.Deployment(problem) is { Workload: >= 0 } deployment) _items.AddRange(Enumerable.Repeat(deployment.Workload, deployment.Tasks));
        _places = new int[_items.Count];
    }

    /// <summary>The fewest; <see langword="null"/> when there is no way at all. The second is false when it gave up.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="found">So many are known to do; <see langword="null"/> when no way is known. One instance more never hurts, so that a number is the fewest when one fewer is not enough.</param>
    /// <param name="stepsMax">When to give up.</param>
    public static (int? Fewest, bool IsSure) Solve(PackingProblem problem, int? found, long stepsMax = 500_000)
    {
        var solver = new ExactSolver(problem, stepsMax);
        int[] free = [.. Enumerable.Range(0, problem.Instances.Count).Where(i => !solver._mustStay[i] && !problem.Instances[i].IsDraining)];
        var stay = solver._mustStay.Count(m => m);
        var fewest = found;
        if (fewest is null)
        {
            if (!solver.IsEnough(free, free.Length)) return (null, solver._steps <= stepsMax);
            fewest = stay + free.Length;
        }

        while (fewest > stay && solver.IsEnough(free, fewest.Value - stay - 1)) fewest--;
        return (fewest, solver._steps <= stepsMax);
    }

    /// <summary>Whether the losses that there must be room for are made up for, with these instances kept and everything where it is.</summary>
    public static bool CoversLosses(PackingProblem problem, IReadOnlyList<int> kept, IReadOnlyList<int> places)
    {
        var solver = new ExactSolver(problem with { Room = problem.Room with { ForDeployment = false } }, long.MaxValue) { _isIn = new bool[problem.Instances.Count] };
        foreach (var i in kept) solver._isIn[i] = !problem.Instances[i].IsDraining;
        for (var t = 0; t < places.Count; t++)
        {
            var workload = problem.Tasks[t].Workload;
            if (!NaiveChecker.IsStuck(problem.Workloads[workload], solver._counts[workload])) solver.Put(workload, places[t]);
        }

        return solver.CoversLosses();
    }

    private bool IsEnough(int[] free, int count)
    {
        foreach (var chosen in Enumerable.Range(0, 1 << free.Length).Where(s => System.Numerics.BitOperations.PopCount((uint)s) == count))
        {
            _isIn = [.. Enumerable.Range(0, _free.Length).Select(i => (_mustStay[i] && !_problem.Instances[i].IsDraining) || (Array.IndexOf(free, i) is >= 0 and var at && ((chosen >> at) & 1) == 1))];
            if (Descend(0)) return true;
        }

        return false;
    }

    private bool Descend(int next)
    {
        if (++_steps > _stepsMax) return false;
        if (next == _items.Count) return IsDone();
        var workload = _items[next];

        // Alike tasks in the order of their instances: all other orders are the same.
        var from = next > 0 && _items[next - 1] == workload && next != _roomFrom ? _places[next - 1] : 0;
        for (var i = from; i < _free.Length; i++)
        {
            if (!_isIn[i] || !Fits(workload, i)) continue;
            Put(workload, i);
            _places[next] = i;
            var isDone = Descend(next + 1);
            Take(workload, i);
            if (isDone) return true;
        }

        return false;
    }

    private bool IsDone()
    {
        var spread = Enumerable.Range(0, _problem.Workloads.Count).Where(w => _problem.Workloads[w].IsSpread).ToList();
        if (spread.Count > 0)
        {
            var left = new Queue<int>[_problem.Workloads.Count];
            for (var w = 0; w < left.Length; w++) left[w] = new Queue<int>(Enumerable.Range(0, _roomFrom).Where(n => _items[n] == w).Select(n => _places[n]));
            int[] places = [.. _problem.Tasks.Select(t => left[t.Workload].TryDequeue(out var place) ? place : t.Instance)];
            if (!spread.TrueForAll(w => NaiveChecker.IsEven(_problem, w, places))) return false;
        }

        if (!_problem.Room.ForInstanceLoss && !_problem.Room.ForZoneLoss) return true;
        for (var n = _roomFrom; n < _items.Count; n++) Take(_items[n], _places[n]);
        var isCovered = CoversLosses();
        for (var n = _roomFrom; n < _items.Count; n++) Put(_items[n], _places[n]);
        return isCovered;
    }

    private bool CoversLosses()
    {
        var all = Enumerable.Range(0, _free.Length).ToList();
        return (!_problem.Room.ForInstanceLoss || all.TrueForAll(i => Covers([i])))
            && (!_problem.Room.ForZoneLoss || _problem.Instances.Select(i => i.Zone).Distinct().ToList().TrueForAll(z => Covers(all.FindAll(i => _problem.Instances[i].Zone == z))));
    }

    private bool Covers(List<int> lost)
    {
        var restarted = lost.SelectMany(i => _on[i]).Where(w => !_problem.Workloads[w].IsDaemon && _problem.Workloads[w].IsMovable).OrderByDescending(w => _problem.Workloads[w].Size.Memory).ToList();
        var wereIn = lost.FindAll(i => _isIn[i]);
        foreach (var i in wereIn) _isIn[i] = false;
        var isCovered = Restart(restarted, 0);
        foreach (var i in wereIn) _isIn[i] = true;
        return isCovered;
    }

    private bool Restart(List<int> workloads, int next)
    {
        if (next == workloads.Count) return true;
        _steps++;
        for (var i = 0; i < _free.Length; i++)
        {
            if (!_isIn[i] || !Fits(workloads[next], i)) continue;
            Put(workloads[next], i);
            var isDone = Restart(workloads, next + 1);
            Take(workloads[next], i);
            if (isDone) return true;
        }

        return false;
    }

    private bool Fits(int workload, int instance)
    {
        var (of, size, free) = (_problem.Workloads[workload], _problem.Workloads[workload].Size, _free[instance]);
        return size.Cpu <= free.Cpu && size.Memory <= free.Memory && size.Gpus <= free.Gpus && size.Interfaces <= free.Interfaces
            && of.Constraints.All(c => c.Allows(_problem.Instances[instance])) && !(of.IsDistinct && _on[instance].Contains(workload))
            && !of.HostPorts.Any(p => _problem.Instances[instance].ReservedPorts.Contains(p) || _on[instance].Exists(w => _problem.Workloads[w].HostPorts.Contains(p)));
    }

    private void Put(int workload, int instance)
    {
        _free[instance] -= _problem.Workloads[workload].Size;
        _on[instance].Add(workload);
    }

    private void Take(int workload, int instance)
    {
        _free[instance] += _problem.Workloads[workload].Size;
        _on[instance].RemoveAt(_on[instance].LastIndexOf(workload));
    }
}
