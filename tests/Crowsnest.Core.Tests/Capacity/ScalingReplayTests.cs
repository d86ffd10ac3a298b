using Crowsnest.Core.Capacity.Scaling;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Tests.Capacity;

/// <summary>CapacityProviderReservation as AWS publishes it, and what managed scaling does with it minute by minute.</summary>
public class ScalingReplayTests
{
    private static readonly ClusterName Prod = new("123456789012", "eu-west-1", "prod");

    // AWS's own examples: https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/.
    [Theory]
    [InlineData(0, 0, 0, 100)]
    [InlineData(0, 0, 2, 200)]
    [InlineData(4, 4, 0, 100)]
    [InlineData(4, 3, 0, 75)]
    [InlineData(4, 4, 2, 150)]
    public void The_reservation_is_what_is_needed_of_what_there_is(int instances, int busy, int more, double percent) =>
        Assert.Equal(percent, new ScalingSample(Some.Noon, instances, busy, 0, more, 0).Reservation);

    [Fact]
    public void Instances_with_daemons_alone_are_not_needed_and_waiting_tasks_need_as_many_as_the_most_of_one_size()
    {
        var tally = new ProviderTally(Prod, new HashSet<string> { "datadog" });
        IResourceState[] states =
        [
            SomeFleet.Instance("a", provider: "spot"), SomeFleet.Instance("b", provider: "spot"), SomeFleet.Instance("c", cpu: 8_192, provider: "other"), SomeFleet.Task("1", instance: "a", provider: "spot"),
            SomeFleet.Task("d", "datadog", "b", provider: "spot"), SomeFleet.Task("f", launchType: "FARGATE"),
            .. Enumerable.Range(0, 5).Select(i => SomeFleet.Task("w" + i, "big", cpu: 2_048, memory: 1_024, status: "PROVISIONING", provider: "spot")),
            .. Enumerable.Range(0, 3).Select(i => SomeFleet.Task("v" + i, "small", cpu: 256, memory: 512, status: "PROVISIONING", provider: "spot")),
            SomeFleet.Task("never", "huge", cpu: 9_000, memory: 512, status: "PROVISIONING", provider: "spot"),
        ];
        foreach (var state in states) tally.Put(state);

        // Five of 2,048 units need three instances of 4,096; all that is there and waits, 20,264 units, needs five.
        var samples = tally.Sample(Some.Noon).ToDictionary();
        Assert.Equal(new ScalingSample(Some.Noon, 2, 1, 9, 3, 5), samples["spot"]);
        Assert.Equal(new ScalingSample(Some.Noon, 1, 0, 0, 0, 0), samples["other"]);
        Assert.Equal(["other", "spot"], samples.Keys.Order());

        // Placed, and gone again.
        tally.Put(SomeFleet.Task("w0", "big", "b", cpu: 2_048, memory: 1_024, provider: "spot"));
        tally.Put(SomeFleet.Task("1", instance: "a", status: "STOPPED", provider: "spot"));
        Assert.Equal((1, 8, 2), tally.Sample(Some.Noon).ToDictionary()["spot"] is var spot ? (spot.Busy, spot.Waiting, spot.MoreForWaiting) : default);
    }

    [Fact]
    public void It_scales_out_after_a_minute_above_and_in_after_a_quarter_of_an_hour_below()
    {
        // Two needed for ten minutes, six for ten, two again for an hour; three minutes until an instance takes tasks.
        var samples = Minutes([.. Repeat(2, 10), .. Repeat(6, 10), .. Repeat(2, 60)], instances: 2);
        var outcome = ScalingReplay.Run(samples, new ManagedScaling { Target = 100 });

        // Asked for at 11 and there at 14, so short from 10 on for four minutes; four are idle from 20 until they are taken away at 35.
        Assert.Equal((4.0, 6, 1, 1), (outcome.MinutesShort, outcome.Most, outcome.Outs, outcome.Ins));
        Assert.Equal(((2 * 11) + (6 * 24) + (2 * 45)) / 60.0, outcome.InstanceHours, 9);
        Assert.Equal(4 * 15 / 60.0, outcome.IdleHours, 9);
    }

    [Fact]
    public void A_lower_target_keeps_some_free_and_steps_are_bounded()
    {
        var samples = Minutes([.. Repeat(8, 40)], instances: 8);
        Assert.Equal((10, 1), ScalingReplay.Run(samples, new ManagedScaling { Target = 80 }) is var spare ? (spare.Most, spare.Outs) : default);
        Assert.Equal((8, 0), ScalingReplay.Run(samples, new ManagedScaling { Target = 100 }) is var full ? (full.Most, full.Outs) : default);

        var growing = Minutes([.. Repeat(1, 2), .. Repeat(20, 30)], instances: 1);
        Assert.Equal(10, ScalingReplay.Run(growing, new ManagedScaling { Target = 100, MaxStep = 2 }).Outs);
        Assert.Equal(31, ScalingReplay.Run(growing, new ManagedScaling { Target = 100, MinStep = 30 }).Most);
        Assert.Equal(1, ScalingReplay.Run(Minutes([.. Repeat(1, 5)], instances: 0), new ManagedScaling { Target = 100 }).Most);
    }

    // Laws of any history: nobody does with less than what is needed, what is bought is idle, needed or lacking, and a lower target never has fewer instances at its most.
    [Fact]
    public void Whatever_the_history_the_sums_add_up()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        for (var round = 0; round < 500; round++)
        {
            var needed = new List<int>();
            while (needed.Count < 200) needed.AddRange(Repeat(random.Next(12), random.Next(1, 40)));
            var samples = Minutes(needed, random.Next(12));
            var least = ScalingReplay.Needed(samples);
            Assert.Equal((0.0, 0.0), (least.MinutesShort, least.IdleHours));
            var instant = new ManagedScaling { Target = 100, HighFor = TimeSpan.Zero, LowFor = TimeSpan.Zero, Launch = TimeSpan.Zero, WarmUp = TimeSpan.Zero };
            foreach (var target in (int[])[100, 80, 50])
            {
                var outcome = ScalingReplay.Run(samples, instant with { Target = target, Launch = TimeSpan.FromMinutes(random.Next(5)), HighFor = TimeSpan.FromMinutes(random.Next(3)), LowFor = TimeSpan.FromMinutes(random.Next(20)) });
                var lacking = Math.Max(0, outcome.MinutesShort / 60 * 12);
                Assert.True(outcome.InstanceHours - outcome.IdleHours >= least.InstanceHours - lacking - 1e-9, $"seed {seed} round {round} target {target}: {outcome} {least}");
                Assert.True(outcome.Most >= Math.Min(samples[0].Instances, 1) && outcome.MinutesShort <= 200);
            }

            var ideal = ScalingReplay.Run(samples, instant);
            Assert.True(ideal.MinutesShort <= 200 && ideal.InstanceHours >= least.InstanceHours - (ideal.MinutesShort / 60 * 12) - 1e-9);
        }
    }

    private static List<ScalingSample> Minutes(IReadOnlyList<int> needed, int instances) =>
        [.. needed.Append(needed[^1]).Select((need, minute) => new ScalingSample(Some.Noon.AddMinutes(minute), instances, Math.Min(need, instances), 0, 0, need))];

    private static IEnumerable<int> Repeat(int value, int times) => Enumerable.Repeat(value, times);
}
