namespace Crowsnest.Core.Capacity.Packing;

/// <summary>In which order instances are emptied, and in which they are filled.</summary>
internal static class PackingOrders
{
    /// <summary>The least loaded first, and of empty ones those that are not there yet.</summary>
    public static int[] ToEmpty(PackingModel model, PackingState state, Func<int, double> noise)
    {
        var load = new double[model.InstanceCount];
        for (var i = 0; i < load.Length; i++) load[i] = (Weight(model, i) - PackingModel.WeightOf(state.Free[i], model.Weights)) * noise(i);
        int[] order = [.. Enumerable.Range(0, load.Length).OrderBy(i => load[i]).ThenBy(i => model.Problem.Instances[i].IsPlanned ? 0 : 1).ThenBy(i => Weight(model, i))];
        return model.Problem.Room.ForZoneLoss ? InTurn(model, order, fromLargest: true) : order;
    }

    /// <summary>Those that must stay, then the largest, and of equal ones those that are there, the most loaded first: little moves then.</summary>
    public static int[] ToFill(PackingModel model, Func<int, double> noise)
    {
        var load = new long[model.InstanceCount];
        for (var task = 0; task < model.RoomFrom; task++)
        {
            if (!model.IsFixed[task] && model.Start[task] >= 0) load[model.Start[task]] += model.Weight[model.Workload[task]];
        }

        int[] order =
        [
            .. Enumerable.Range(0, load.Length).OrderBy(i => model.MustStay[i] ? 0 : 1).ThenByDescending(i => Weight(model, i) * noise(i))
                .ThenBy(i => model.Problem.Instances[i].IsPlanned ? 1 : 0).ThenByDescending(i => load[i]),
        ];
        return model.Problem.Room.ForZoneLoss ? InTurn(model, order, fromLargest: false) : order;
    }

    // A zone may be lost when the others hold everything, so that the fewest instances are needed when zones are alike: each step is taken where it makes
    // them so, in the order given within a zone.
    private static int[] InTurn(PackingModel model, int[] order, bool fromLargest)
    {
        var queues = model.Zones.Select((_, z) => new Queue<int>(order.Where(i => model.Zone[i] == z))).ToArray();
        var sums = queues.Select(q => fromLargest ? q.Where(i => model.IsOpen[i]).Sum(i => Weight(model, i)) : 0).ToArray();
        var result = new int[order.Length];
        for (var n = 0; n < result.Length; n++)
        {
            var zone = -1;
            for (var z = 0; z < queues.Length; z++)
            {
                if (queues[z].Count > 0 && (zone < 0 || (fromLargest ? sums[z] > sums[zone] : sums[z] < sums[zone]))) zone = z;
            }

            result[n] = queues[zone].Dequeue();
            if (model.IsOpen[result[n]]) sums[zone] += (fromLargest ? -1 : 1) * Weight(model, result[n]);
        }

        return result;
    }

    private static long Weight(PackingModel model, int instance) => PackingModel.WeightOf(model.Capacity[instance], model.Weights);
}
