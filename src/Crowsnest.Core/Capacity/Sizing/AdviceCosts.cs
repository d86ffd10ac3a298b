using Crowsnest.Core.Capacity.Packing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Counts what advice saves in instances and in money.</summary>
/// <remarks>
/// An instance is saved when a re-packing with the other size keeps fewer than one with the present size does, each with room for a rolling deployment and for the loss
/// of an instance: what re-packing alone would free is no merit of the advice. It takes a processor for up to seconds.
/// </remarks>
public static class AdviceCosts
{
    // Packing takes time that grows with both; of a larger cluster the amounts must do.
    private const long PackedMax = 200_000;

    private const int PiecesMax = 20;

    private static readonly PackingRoom Room = new() { ForDeployment = true, ForInstanceLoss = true };

    /// <summary>The same advice, with what can be counted of it.</summary>
    public static ClusterAdvice Count(ClusterView cluster, ClusterAdvice advice, PriceTable? prices)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(advice);
        var counted = advice.Items.ToList();
        var packed = new List<int>();
        for (var i = 0; i < counted.Count; i++)
        {
            var item = counted[i];
            if (item.TaskTo is null) continue;
            if (!item.IsFargate) packed.Add(i);
            else counted[i] = item with { Saving = item.Saving with { AMonth = prices?.FargateMonth(item.Saving.Cpu, item.Saving.Memory) } };
        }

        var notes = advice.Notes.ToList();
        if (packed.Count > 0) Pack(cluster, prices, counted, packed, notes);
        return new ClusterAdvice(counted, notes);
    }

    private static void Pack(ClusterView cluster, PriceTable? prices, List<Advice> counted, List<int> packed, List<string> notes)
    {
        var problem = ClusterPacking.ProblemOf(cluster, room: Room);
        if ((long)problem.Instances.Count * problem.Tasks.Count > PackedMax)
        {
            notes.Add("The cluster is too large to say in instances what each advice saves; amounts of CPU and memory are told.");
            return;
        }

        var before = Packer.Pack(problem);
        if (!before.IsPossible)
        {
            notes.Add("Without room for a deployment or for the loss of an instance nothing can be said of instances that advice would free.");
            return;
        }

        foreach (var i in packed.Take(PiecesMax))
        {
            var item = counted[i];
            if (item.TaskTo is not { } to || problem.Workloads.FirstOrDefault(w => w.Name == item.Service) is not { } workload) continue;
            var size = workload.Size with { Cpu = (int)(to.Cpu ?? workload.Size.Cpu), Memory = (int)(to.Memory ?? workload.Size.Memory) };
            var after = Packer.Pack(new WhatIf { Change = [new ChangedWorkload(workload.Name, size)] }.Apply(problem).Problem);
            if (!after.IsPossible) continue;
            counted[i] = item with { Saving = item.Saving with { Instances = before.Kept.Count - after.Kept.Count, AMonth = Month(after, prices) - Month(before, prices) } };
        }

        if (packed.Count > PiecesMax) notes.Add($"What is saved in instances was counted for the first {PiecesMax} pieces of advice on tasks that run on instances.");
    }

    // What the emptied instances cost.
    private static decimal? Month(PackingResult result, PriceTable? prices) => prices is null ? null : result.Emptied
        .Select(at => prices.InstanceHour.TryGetValue(result.Problem.Instances[at].Type, out var hour) ? hour * PriceTable.HoursAMonth : (decimal?)null).Aggregate((decimal?)0, (sum, one) => sum + one);
}
