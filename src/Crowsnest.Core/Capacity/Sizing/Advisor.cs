using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Says what services need: more after an OOM kill, less where what they reserve is never approached, and what no size helps.</summary>
/// <remarks>
/// A function of the cluster, of its history and of the day. Nothing is remembered: the same history gives the same advice, and a day more of it changes an amount
/// only when a need rose, or when what asked for it is out of all windows of the last days (<see cref="AdviceDays"/>).
/// </remarks>
public static class Advisor
{
    private const int NamesMax = 10;

    /// <summary>All advice for a cluster at a moment; what a saving is in instances and in money is not counted yet (<see cref="AdviceCosts"/>).</summary>
    public static ClusterAdvice Of(ClusterView cluster, AdviceHistory history, DateTimeOffset now, AdviceOptions options)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(options);
        var days = new AdviceDays(now, options);
        var desired = cluster.Services.Where(s => s.State is not { IsStopped: true }).ToDictionary(s => s.Name, s => s.Desired.Value, StringComparer.Ordinal);
        var stops = history.Stops.ToLookup(s => s.Workload, StringComparer.Ordinal);
        var usage = history.Usage.ToLookup(s => s.Service, StringComparer.Ordinal);
        var (items, notes) = (new List<Advice>(), new List<string>(history.Notes));
        foreach (var (workload, sizes) in history.Sizes.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            // A service that was deleted needs nothing.
            if (sizes.Service.Length > 0 && !desired.ContainsKey(sizes.Service)) continue;
            var tasks = sizes.Service.Length > 0 ? desired[sizes.Service] : cluster.Tasks.Count(t => !t.IsStopped && t.Service.Length == 0 && t.Family == sizes.Family);
            var advisor = new WorkloadAdvisor(sizes, tasks, [.. stops[workload]], sizes.Service.Length > 0 ? [.. usage[sizes.Service]] : [], days, options);
            items.AddRange(advisor.Advise());
            if (advisor.Lacks.Length > 0) notes.Add(advisor.Lacks);
        }

        if (!history.HasUsage)
            notes.Add("Nobody said where usage can be read, so this rests on reservations and on how tasks stopped: what is reserved and never used is not seen.");
        else if (history.UsageFailure.Length > 0) notes.Add($"Usage could not be read, so this rests on reservations and on how tasks stopped: {history.UsageFailure}");
        else if (MeasuredService.Of(cluster).Select(m => m.Service).Where(service => !usage.Contains(service)).ToList() is { Count: > 0 } without)
            notes.Add($"Of {string.Join(", ", without.Take(NamesMax))}{(without.Count > NamesMax ? $" and {without.Count - NamesMax} more" : "")} no usage was found.");
        return new ClusterAdvice(InOrder(items), notes);
    }

    /// <summary>What is killed first, then what is short, then what saves most, and last what no size helps.</summary>
    internal static IReadOnlyList<Advice> InOrder(IEnumerable<Advice> items) =>
    [
        .. items.OrderBy(Rank).ThenByDescending(a => a.EvidenceTotal).ThenByDescending(a => a.Saving.Cpu + (a.Saving.Memory / 8)).ThenBy(a => a.Workload, StringComparer.Ordinal)
            .ThenBy(a => a.Container, StringComparer.Ordinal).ThenBy(a => a.Kind),
    ];

    private static int Rank(Advice advice) => advice.Kind switch
    {
        AdviceKind.RaiseMemory => 0,
        AdviceKind.RaiseCpu => 1,
        AdviceKind.Restarts => 3,
        _ => 2,
    };
}
