namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Finds how few of the instances would hold the same tasks.</summary>
/// <remarks>
/// Best-fit decreasing, by two ways: from where everything is now, emptying the least loaded instance as long as its tasks find other places, and from nothing;
/// then a local search that makes room by moving one task of another instance, and on small clusters many further ways by chance. The better one wins, and of
/// equally good ones the one that moves less. A function of the problem alone: chance is seeded by it, and no clock decides when to stop.
/// </remarks>
public static class Packer
{
    // A look takes one to three nanoseconds, so this much takes less than half a second.
    private const long EjectWorkMax = 100_000_000;

    /// <summary>Packs.</summary>
    public static PackingResult Pack(PackingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var (model, bounds, best) = Search(problem);
        return PackingBlocks.Result(model, bounds, best, RoomCosts(problem, best));
    }

    // What each kind of room costs: how many fewer would be kept without it and what comes after it. On a large cluster the bounds must do.
    private static List<(string Name, int Kept)> RoomCosts(PackingProblem problem, PackingSolution? best)
    {
        var costs = new List<(string, int)>();
        if (best is null || (long)problem.Instances.Count * problem.Tasks.Count > 1_000_000) return costs;
        var (room, without) = (problem.Room, problem.Room);
        if (room.ForZoneLoss) Cost("room for the loss of one zone", without with { ForZoneLoss = false });
        if (room.ForInstanceLoss) Cost("room for the loss of one instance", without with { ForInstanceLoss = false });
        if (room.ForDeployment) Cost("room for a rolling deployment", without with { ForDeployment = false });
        return costs;

        void Cost(string name, PackingRoom less)
        {
            without = less;
            if (Search(problem with { Room = less }).Best is { Missing: 0 } found) costs.Add((name, found.Kept));
        }
    }

    private static (PackingModel Model, LowerBounds Bounds, PackingSolution? Best) Search(PackingProblem problem)
    {
        var model = PackingModel.Of(problem);
        var bounds = LowerBounds.Of(model);
        var scale = new PackingSearchScale(model.InstanceCount, model.TaskCount);
        var random = new Random(Seed(problem));
        PackingSolution? best = null;
        Keep(FromPresent(model, scale, bounds, random, isByChance: false));
        if (!IsDone()) Keep(Concentrated(model, scale, bounds, random, isByChance: false));
        if (best is null) Keep(AsItIs(model, scale));
        for (var n = 0; n < scale.Attempts && !IsDone(); n++)
        {
            Keep((n % 3) switch
            {
                0 => FromPresent(model, scale, bounds, random, isByChance: true),
                1 => Concentrated(model, scale, bounds, random, isByChance: true),
                _ => Fewer(model, scale, best, random),
            });
        }

        return (model, bounds, best);

        bool IsDone() => best is { Missing: 0 } && best.Kept <= bounds.Least;

        void Keep(PackingSolution? found)
        {
            if (found is not null && found.IsBetterThan(best)) best = found;
        }
    }

    // Nothing is emptied: what is left when nothing better can be had.
    private static PackingSolution? AsItIs(PackingModel model, PackingSearchScale scale)
    {
        var attempt = new PackingAttempt(model, scale);
        var missing = attempt.PlaceMissing(attempt.Begin());
        return missing > 0 || attempt.CoverLosses() ? attempt.Solution(missing) : null;
    }

    private static PackingSolution? FromPresent(PackingModel model, PackingSearchScale scale, LowerBounds bounds, Random random, bool isByChance)
    {
        var attempt = new PackingAttempt(model, scale);
        if (isByChance) Perturb(model, attempt, random);
        var missing = attempt.PlaceMissing(attempt.Begin());
        return missing > 0 ? null : Emptied(model, scale, attempt, bounds, random, isByChance);
    }

    private static PackingSolution? Concentrated(PackingModel model, PackingSearchScale scale, LowerBounds bounds, Random random, bool isByChance)
    {
        var attempt = new PackingAttempt(model, scale);
        if (isByChance) Perturb(model, attempt, random);
        if (attempt.PlaceMissing(attempt.Begin()) > 0) return null;
        attempt.Concentrate(PackingOrders.ToFill(model, Noise(random, isByChance)));
        return Emptied(model, scale, attempt, bounds, random, isByChance);
    }

    // One instance fewer than the best so far, those that stay by chance.
    private static PackingSolution? Fewer(PackingModel model, PackingSearchScale scale, PackingSolution? best, Random random)
    {
        var attempt = new PackingAttempt(model, scale);
        Perturb(model, attempt, random);
        attempt.Search.IsRoomiest = random.Next(2) == 0;
        var order = PackingOrders.ToFill(model, _ => 0.25 + random.NextDouble());
        order = [.. order.Where(i => model.MustStay[i] || model.IsOpen[i]), .. order.Where(i => !model.MustStay[i] && !model.IsOpen[i])];
        var open = order.Count(i => model.MustStay[i] || model.IsOpen[i]);
        var count = Math.Min(open, Math.Max(model.MustStay.Count(m => m), (best?.Kept ?? open + 1) - 1));
        return attempt.BeginWithin(order.AsSpan(0, count)) && attempt.CoverLosses() ? attempt.Solution(0) : null;
    }

    private static PackingSolution? Emptied(PackingModel model, PackingSearchScale scale, PackingAttempt attempt, LowerBounds bounds, Random random, bool isByChance)
    {
        var ledger = new CapacityLedger(model, attempt.State);
        attempt.EmptyAll(PackingOrders.ToEmpty(model, attempt.State, Noise(random, isByChance)), ledger, mayEject: false);
        if (attempt.State.OpenOnes.Length > bounds.Least)
            attempt.EmptyAll(PackingOrders.ToEmpty(model, attempt.State, Noise(random, isByChance)), ledger, mayEject: true, EjectWorkMax);
        return attempt.CoverLosses() ? attempt.Solution(0) : null;
    }

    private static void Perturb(PackingModel model, PackingAttempt attempt, Random random)
    {
        attempt.State.Weigh([.. model.Weights.Select(w => (long)(w * (0.25 + (2 * random.NextDouble()))))]);
        attempt.Search.Noise = [.. model.Size.Select(_ => 0.5 + random.NextDouble())];
    }

    private static Func<int, double> Noise(Random random, bool isByChance) => isByChance ? _ => 0.5 + random.NextDouble() : _ => 1;

    // FNV-1a over what decides the result. http://www.isthe.com/chongo/tech/comp/fnv/
    private static int Seed(PackingProblem problem)
    {
        var hash = 2166136261u;
        foreach (var i in problem.Instances) Mix(i.Shape.Cpu, i.Shape.Memory);
        foreach (var w in problem.Workloads) Mix(w.Size.Cpu, w.Size.Memory);
        foreach (var t in problem.Tasks) Mix(t.Workload, t.Instance);
        return (int)(hash & int.MaxValue);

        void Mix(int a, int b)
        {
            hash = (hash ^ (uint)a) * 16777619u;
            hash = (hash ^ (uint)b) * 16777619u;
        }
    }
}
