using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>The packer beside an exact solver on small clusters, and by its promises on larger ones.</summary>
public sealed class PackerTests(ITestOutputHelper output)
{
    private const int SmallOnes = 300;

    // Goal: what the packer says can be had, and is as few as can be: within 3 % of the proven optimum over all small clusters together.
    // Method: clusters by chance with mixed constraints and room; each result checked by the naive checker, its losses tried in all ways, its number compared.
    [Fact]
    public void Small_clusters_are_packed_as_well_as_can_be()
    {
        var random = Seeds.Random(output, out _);
        var (packed, fewest, compared, impossible, better, missed) = (0, 0, 0, 0, 0, 0);
        for (var n = 0; n < SmallOnes; n++)
        {
            var problem = RandomProblems.Draw(random, 6, 14);
            var result = Packer.Pack(problem);
            Assert.True(!NaiveChecker.Faults(result).Any(), $"cluster {n}: {string.Join("; ", NaiveChecker.Faults(result))}");
            if (result.IsPossible) Assert.True(ExactSolver.CoversLosses(problem, result.Kept, result.Places), $"cluster {n}: a loss is not made up for");

            var (exact, isSure) = ExactSolver.Solve(problem, result.IsPossible ? result.Kept.Count : null);
            if (!isSure) continue;
            if (exact is not { } of)
            {
                Assert.False(result.IsPossible, $"cluster {n}: possible, though there is no way");
                impossible++;
                continue;
            }

            Assert.True(result.LowerBound <= of || !result.IsPossible, $"cluster {n}: the bound {result.LowerBound} is above the optimum {of}");
            Assert.True(result.Kept.Count >= of, $"cluster {n}: {result.Kept.Count} kept, and {of} is the optimum");
            (packed, fewest, compared, better) = (packed + result.Kept.Count, fewest + of, compared + 1, better + (of < problem.Instances.Count ? 1 : 0));
            if (result.Kept.Count > of) missed++;
        }

        output.WriteLine($"{compared} of {SmallOnes} compared, {impossible} impossible, {better} can lose instances: {packed} kept, {fewest} at the optimum, {missed} clusters missed");
        Assert.True(compared > SmallOnes / 2 && better > SmallOnes / 5, "the test compares too little");
        Assert.True(packed <= fewest * 1.03, $"{packed} instances, and {fewest} would do");
    }

    // Goal: the promises hold on larger clusters, and every plan can be carried out.
    [Fact]
    public void Larger_clusters_keep_every_promise_and_their_moves_can_be_made()
    {
        var random = Seeds.Random(output, out _);
        var (moves, unordered, emptied, bound, kept) = (0, 0, 0, 0, 0);
        for (var n = 0; n < 60; n++)
        {
            var problem = RandomProblems.Draw(random, 40, 160);
            var result = Packer.Pack(problem);
            Assert.True(!NaiveChecker.Faults(result).Any(), $"cluster {n}: {string.Join("; ", NaiveChecker.Faults(result))}");
            var plan = MovePlan.To(result);
            var faults = MoveSimulator.Faults(result, plan).Take(5).ToList();
            Assert.True(faults.Count == 0, $"cluster {n}: {string.Join("; ", faults)}");
            (moves, unordered, emptied) = (moves + result.Moves, unordered + plan.Unordered.Count, emptied + result.Emptied.Count);
            if (result.IsPossible) (bound, kept) = (bound + result.LowerBound, kept + result.Kept.Count);
        }

        output.WriteLine($"{moves} moves, {unordered} without an order; {emptied} instances emptied, {kept} kept where {bound} is the bound");
        Assert.True(moves > 300 && emptied > 60, "the test moves too little");
        Assert.True(unordered <= moves / 50, $"{unordered} of {moves} moves have no order");
    }

    [Fact]
    public void What_is_packed_already_is_left_alone()
    {
        var random = Seeds.Random(output, out _);
        for (var n = 0; n < 60; n++)
        {
            var first = Packer.Pack(RandomProblems.Draw(random, 8, 30));
            if (!first.IsPossible || first.Kept.Count > first.LowerBound) continue;
            int[] kept = [.. first.Kept];
            var again = Packer.Pack(first.Problem with
            {
                Instances = [.. kept.Select(i => first.Problem.Instances[i])],
                Tasks = [.. first.Problem.Tasks.Select((t, i) => t with { Instance = Array.IndexOf(kept, first.Places[i]) })],
            });
            Assert.Equal((0, 0), (again.Moves, again.Emptied.Count));
            Assert.DoesNotContain(MovePlan.To(again).Steps, s => s.Kind != MoveKind.Release);
        }
    }

    [Fact]
    public void The_same_problem_has_the_same_answer()
    {
        var random = Seeds.Random(output, out _);
        for (var n = 0; n < 30; n++)
        {
            var problem = RandomProblems.Draw(random, 20, 80);
            var (one, other) = (Packer.Pack(problem), Packer.Pack(problem with { Tasks = [.. problem.Tasks], Instances = [.. problem.Instances] }));
            Assert.Equal(one.Kept, other.Kept);
            Assert.Equal(one.Places, other.Places);
            Assert.Equal(one.Blocks, other.Blocks);
            Assert.Equal(MovePlan.To(one).Steps, MovePlan.To(other).Steps);
        }
    }
}
