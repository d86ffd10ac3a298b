namespace Crowsnest.Core.Capacity;

/// <summary>Which services are daemons, by what shows: no event says it.</summary>
internal static class DaemonServices
{
    // On fewer instances one task on each is no sign of a daemon.
    private const int InstancesMin = 3;

    /// <summary>Those that have exactly one task on each instance that takes tasks; of ten or more instances a tenth may still wait for theirs.</summary>
    public static HashSet<string> Of(ClusterCapacity capacity)
    {
        var taking = capacity.Instances.Where(i => i.Takes == TakesTasks.Yes).ToList();
        if (taking.Count < InstancesMin) return [];
        var on = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (service, _) in taking.SelectMany(i => i.TasksByService).Where(of => of is { Service.Length: > 0, Tasks: 1 })) on[service] = on.GetValueOrDefault(service) + 1;
        var daemons = on.Where(of => of.Value * 10 >= taking.Count * 9).Select(of => of.Key).ToHashSet(StringComparer.Ordinal);
        if (daemons.Count > 0) daemons.ExceptWith(capacity.Instances.SelectMany(i => i.TasksByService).Where(of => of.Tasks > 1).Select(of => of.Service));
        return daemons;
    }
}
