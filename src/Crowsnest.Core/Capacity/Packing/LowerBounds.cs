using System.Globalization;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>How many instances each single thing needs at least; no way to pack keeps fewer than the greatest of them.</summary>
/// <remarks>
/// By amounts it is the linear relaxation of one kind: tasks may be cut, and fill the largest instances first. Room for the loss of an instance leaves out the
/// largest that is kept; room for the loss of a zone needs Z/(Z-1) of what is needed, over Z zones, even where they are alike.
/// </remarks>
internal sealed class LowerBounds
{
    private readonly PackingModel _model;
    private readonly int[] _counts;
    private readonly int[] _placedCounts;
    private readonly List<PackingBlock> _blocks = [];
    private readonly int _zones;

    private LowerBounds(PackingModel model)
    {
        _model = model;
        (_counts, _placedCounts) = (new int[model.WorkloadCount], new int[model.WorkloadCount]);
        for (var task = 0; task < model.TaskCount; task++)
        {
            // What is stuck on an instance that drains needs no other.
            if (model.IsFixed[task] || (model.IsPinned[task] && !model.IsOpen[model.Start[task]])) continue;
            _counts[model.Workload[task]]++;
            if (task < model.RoomFrom) _placedCounts[model.Workload[task]]++;
        }

        _zones = Enumerable.Range(0, model.InstanceCount).Where(i => model.IsOpen[i]).Select(i => model.Zone[i]).Distinct().Count();
    }

    /// <summary>The greatest.</summary>
    public int Least { get; private set; }

    /// <summary>All of them, each with its name.</summary>
    public IReadOnlyList<PackingBlock> All => _blocks;

    public static LowerBounds Of(PackingModel model)
    {
        var bounds = new LowerBounds(model);
        var stay = model.MustStay.Count(m => m);
        if (stay > 0) bounds._blocks.Add(new PackingBlock(BlockKind.Pinned, "", stay, Text($"tasks that cannot be moved need {stay}")));
        bounds.AddAmounts();
        bounds.AddConstrained();
        bounds.AddDistinct();
        bounds.AddPorts();
        bounds.AddZones();
        bounds.Least = bounds._blocks.Count == 0 ? 0 : bounds._blocks.Max(b => b.Needs);
        return bounds;
    }

    private void AddAmounts()
    {
        for (var k = 0; k < Amounts.Kinds; k++)
        {
            var needs = Needed(null, k, w => true);
            if (needs > 0) _blocks.Add(new PackingBlock(BlockKind.Resource, Amounts.Names[k], needs, Text($"{Amounts.Names[k]} needs {needs}")));
        }
    }

    private void AddConstrained()
    {
        foreach (var same in Enumerable.Range(0, _model.WorkloadCount).Where(w => _model.Allowed[w] is not null && _counts[w] > 0).GroupBy(w => _model.Allowed[w]!).Take(64))
        {
            var workloads = same.ToHashSet();
            var needs = Enumerable.Range(0, Amounts.Kinds).Max(k => Needed(same.Key, k, workloads.Contains));
            if (needs == 0) continue;
            var names = same.Select(_model.Name).Distinct(StringComparer.Ordinal).Take(3);
            _blocks.Add(new PackingBlock(BlockKind.Resource, string.Join(", ", names), needs, Text($"where {string.Join(", ", names)} may run, {needs} are needed")));
        }
    }

    private void AddDistinct()
    {
        for (var w = 0; w < _model.Problem.Workloads.Count; w++)
        {
            if (_model.DistinctOf[w] != w || _placedCounts[w] == 0) continue;
            var needs = Apart(_model.Allowed[w], _placedCounts[w], _model.Deployed == w ? _counts[^1] : 0);
            _blocks.Add(new PackingBlock(BlockKind.Distinct, _model.Name(w), needs, Text($"service {_model.Name(w)}: distinct instances needs {needs}")));
        }
    }

    private void AddPorts()
    {
        foreach (var port in _model.Ports.SelectMany(p => p).Distinct().Order())
        {
            var workloads = Enumerable.Range(0, _model.WorkloadCount).Where(w => _model.Ports[w].Contains(port)).ToArray();
            var placed = workloads.Sum(w => _placedCounts[w]);
            if (placed == 0) continue;
            var needs = Apart(null, placed, workloads.Sum(w => _counts[w]) - placed);
            var names = string.Join(", ", workloads.Where(w => _placedCounts[w] > 0).Select(_model.Name).Take(3));
            _blocks.Add(new PackingBlock(BlockKind.Port, port.ToString(CultureInfo.InvariantCulture), needs, Text($"host port {port} ({names}) needs {needs}")));
        }
    }

    private void AddZones()
    {
        var least = new int[_model.Zones.Length];
        for (var w = 0; w < _model.SkewMax.Length; w++)
        {
            var zones = _model.SpreadZones[w].Count(z => z);
            if (_model.SkewMax[w] < 0 || zones == 0) continue;

            // With m in the emptiest zone the others hold at most m + skew: m·Z + (Z-1)·skew must reach the count.
            var fewest = Math.Max(0, (_placedCounts[w] - ((zones - 1) * _model.SkewMax[w]) + zones - 1) / zones);
            var needs = _model.DistinctOf[w] >= 0 || _model.Ports[w].Length > 0 ? fewest : Math.Min(fewest, 1);
            for (var z = 0; z < least.Length; z++)
            {
                if (_model.SpreadZones[w][z]) least[z] = Math.Max(least[z], needs);
            }
        }

        var sum = least.Sum();
        for (var z = 0; z < least.Length; z++)
        {
            if (least[z] > 0) _blocks.Add(new PackingBlock(BlockKind.Zone, _model.Zones[z], sum, Text($"zone {_model.Zones[z]} must keep {least[z]}, all zones {sum}")));
        }
    }

    // So many tasks of which no two may be on one instance.
    private int Apart(bool[]? allowed, int count, int extra)
    {
        var needs = count + extra;
        if (_model.Problem.Room.ForInstanceLoss) needs = Math.Max(needs, count + 1);
        if (_model.Problem.Room.ForZoneLoss && _zones > 1) needs = Math.Max(needs, Share(count));
        return needs + Elsewhere(allowed);
    }

    private int Needed(bool[]? allowed, int kind, Func<int, bool> counts)
    {
        var (all, placed) = (0L, 0L);
        for (var w = 0; w < _model.WorkloadCount; w++)
        {
            if (!counts(w)) continue;
            all += (long)_counts[w] * _model.Size[w].Of(kind);
            placed += (long)_placedCounts[w] * _model.Size[w].Of(kind);
        }

        if (all == 0) return 0;
        var room = _model.Problem.Room;
        if (room.ForZoneLoss && _zones > 1) all = Math.Max(all, ((placed * _zones) + _zones - 2) / (_zones - 1));
        var ordered = Enumerable.Range(0, _model.InstanceCount).Where(i => _model.IsOpen[i] && (allowed is null || allowed[i])).OrderBy(i => _model.MustStay[i] ? 0 : 1)
            .ThenByDescending(i => _model.Capacity[i].Of(kind));
        var (sum, largest, count) = (0L, 0L, 0);
        foreach (var i in ordered)
        {
            // Those that stay are counted whether they are needed for this or not.
            if (!_model.MustStay[i] && sum >= all && (!room.ForInstanceLoss || sum - largest >= placed)) break;
            count++;
            var capacity = Math.Max(0, _model.Capacity[i].Of(kind));
            (sum, largest) = (sum + capacity, Math.Max(largest, capacity));
        }

        return count + Elsewhere(allowed);
    }

    // Those that stay anyway, and are none of these.
    private int Elsewhere(bool[]? allowed)
    {
        var count = 0;
        for (var i = 0; i < _model.InstanceCount; i++)
        {
            if (_model.MustStay[i] && (!_model.IsOpen[i] || (allowed is not null && !allowed[i]))) count++;
        }

        return count;
    }

    private int Share(int count) => ((count * _zones) + _zones - 2) / (_zones - 1);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
