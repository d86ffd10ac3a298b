namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What is left of the instances when everything is taken off that no search moves, and who may run where.</summary>
internal sealed class ModelParts
{
    private readonly PackingProblem _problem;
    private readonly HashSet<int>[] _ports;
    private readonly Dictionary<string, bool[]?> _allowed = new(StringComparer.Ordinal);

    public ModelParts(PackingProblem problem)
    {
        _problem = problem;
        var instances = problem.Instances;
        Zones = [.. instances.Select(i => i.Zone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Zone = [.. instances.Select(i => Array.BinarySearch(Zones, i.Zone, StringComparer.Ordinal))];
        MustStay = [.. instances.Select(i => i.HasUnknown)];
        Capacity = [.. instances.Select(i => i.Shape - i.Taken)];
        _ports = [.. instances.Select(i => new HashSet<int>(i.ReservedPorts))];
        foreach (var daemon in problem.Workloads.Where(w => w.IsDaemon))
        {
            for (var i = 0; i < instances.Count; i++)
            {
                if (Allows(daemon, instances[i])) Take(i, daemon);
            }
        }
    }

    public Amounts[] Capacity { get; }

    public bool[] MustStay { get; }

    public int[] Zone { get; }

    public string[] Zones { get; }

    /// <summary>The task is a part of its instance from now on.</summary>
    public void Fix(PackingTask task)
    {
        Take(task.Instance, _problem.Workloads[task.Workload]);
        MustStay[task.Instance] = true;
    }

    /// <summary>The instances where it may run, as far as constraints and reserved ports go; <see langword="null"/> for all. All fixed tasks must be there.</summary>
    public bool[]? Allowed(PackingWorkload workload)
    {
        var key = string.Join('\n', workload.Constraints) + "\n" + string.Join(' ', workload.HostPorts);
        if (_allowed.TryGetValue(key, out var known)) return known;
        var allowed = _problem.Instances.Select((instance, i) => Allows(workload, instance) && !workload.HostPorts.Any(_ports[i].Contains)).ToArray();
        return _allowed[key] = Array.TrueForAll(allowed, a => a) ? null : allowed;
    }

    /// <summary>The zones with an instance that it may run on.</summary>
    public bool[] ZonesOf(bool[]? allowed)
    {
        var zones = new bool[Zones.Length];
        for (var i = 0; i < Zone.Length; i++)
        {
            if (!_problem.Instances[i].IsDraining && (allowed is null || allowed[i])) zones[Zone[i]] = true;
        }

        return zones;
    }

    internal static bool Allows(PackingWorkload workload, PackingInstance instance) => workload.Constraints.All(c => c.Allows(instance));

    private void Take(int instance, PackingWorkload workload)
    {
        Capacity[instance] -= workload.Size;
        _ports[instance].UnionWith(workload.HostPorts);
    }
}
