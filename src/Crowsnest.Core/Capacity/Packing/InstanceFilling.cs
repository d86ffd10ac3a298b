using System.Runtime.InteropServices;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Fills instances one by one with tasks from those that come later, each time of the workload that goes best with what is still free.</summary>
/// <remarks>
/// The greatest dot product of what a task takes and what is free: large before small, and of two kinds of amounts more of the one that there is more of, so that
/// neither runs out while the other is left over. Panigrahy et al., Heuristics for Vector Bin Packing, 2011. Alike tasks make it a choice among workloads. What
/// runs on an instance when its turn comes stays there.
/// </remarks>
internal sealed class InstanceFilling
{
    // What may run in few places is served where it may.
    private const double ConstrainedBonus = 4;

    private readonly PackingModel _model;
    private readonly PackingState _state;
    private readonly double[] _squares;
    private readonly double[] _factors;
    private readonly int[] _turn;
    private readonly Stack<int>[] _tasks;
    private readonly List<int> _candidates = [];

    /// <param name="model">The problem.</param>
    /// <param name="state">Everything has a place in it.</param>
    /// <param name="noise">By how much each workload's score is changed.</param>
    /// <param name="order">The instances in the order to fill them.</param>
    public InstanceFilling(PackingModel model, PackingState state, double[]? noise, int[] order)
    {
        (_model, _state) = (model, state);
        _squares = [.. model.Weights.Select(w => (double)w * w)];
        _factors = [.. Enumerable.Range(0, model.WorkloadCount).Select(w => (noise?[w] ?? 1) * (model.Allowed[w] is null ? 1 : ConstrainedBonus))];
        _turn = new int[model.InstanceCount];
        for (var n = 0; n < order.Length; n++) _turn[order[n]] = model.IsOpen[order[n]] ? n : order.Length;
        _tasks = [.. Enumerable.Range(0, model.WorkloadCount).Select(_ => new Stack<int>())];

        // The last instances give first, so that they are empty when their turn comes.
        foreach (var task in Enumerable.Range(0, model.TaskCount).Where(t => state.Place[t] >= 0 && !model.IsPinned[t]).OrderBy(t => _turn[state.Place[t]])) _tasks[model.Workload[task]].Push(task);
    }

    /// <summary>Fills the instance, when it is its turn.</summary>
    public void Fill(int instance)
    {
        _candidates.Clear();
        for (var w = 0; w < _tasks.Length; w++)
        {
            if (IsLeft(w, instance) && _state.IsWelcome(w, instance)) _candidates.Add(w);
        }

        while (Best(_state.Free[instance]) is >= 0 and var workload)
        {
            var task = _tasks[workload].Peek();
            var from = _state.Place[task];
            _state.Take(task);
            if (!_state.KeepsSpread(workload, instance))
            {
                _state.Put(task, from);
                _candidates.Remove(workload);
                continue;
            }

            _tasks[workload].Pop();
            _state.Put(task, instance);
            if (!IsLeft(workload, instance)) _candidates.Remove(workload);
            if (_model.DistinctOf[workload] >= 0 || _model.Ports[workload].Length > 0) _candidates.RemoveAll(w => _state.Meets(w, workload));
        }
    }

    private bool IsLeft(int workload, int instance) => _tasks[workload].TryPeek(out var task) && _turn[_state.Place[task]] > _turn[instance];

    // What does not fit now does not later: only what still does stays a candidate.
    private int Best(Amounts free)
    {
        var (best, bestScore, kept) = (-1, double.NegativeInfinity, 0);
        var (cpu, memory, gpus) = ((double)free.Cpu * _squares[0], (double)free.Memory * _squares[1], (double)free.Gpus * _squares[2]);
        var candidates = CollectionsMarshal.AsSpan(_candidates);
        foreach (var w in candidates)
        {
            ref readonly var size = ref _model.Size[w];
            if (!size.FitsIn(free)) continue;
            candidates[kept++] = w;
            var score = ((size.Cpu * cpu) + (size.Memory * memory) + (size.Gpus * gpus)) * _factors[w];
            if (score > bestScore) (best, bestScore) = (w, score);
        }

        _candidates.RemoveRange(kept, _candidates.Count - kept);
        return best;
    }
}
