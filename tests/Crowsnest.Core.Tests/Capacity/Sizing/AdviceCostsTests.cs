using System.Collections.Immutable;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

public class AdviceCostsTests
{
    private static readonly PriceTable Prices = new() { FargateCpuHour = 0.04m, FargateMemoryHour = 0.004m, InstanceHour = ImmutableSortedDictionary<string, decimal>.Empty.Add("m6i.large", 0.1m) };

    // Eight tasks of 2 GiB on four instances of 8 GiB: half of it each. With 512 MiB two instances hold them all with room to spare.
    [Fact]
    public void What_a_smaller_size_frees_is_counted_in_instances_and_money()
    {
        var view = Cluster(2_048);
        var advice = Counted(view, 2_048, 512, Prices);

        Assert.True(advice.Saving.Instances is > 0, $"{advice.Saving}");
        Assert.Equal(advice.Saving.Instances * 73.0m, advice.Saving.AMonth);
    }

    [Fact]
    public void What_a_larger_size_needs_is_counted_below_zero()
    {
        var advice = Counted(Cluster(512), 512, 1_536, Prices);

        Assert.True(advice.Saving.Instances is < 0, $"{advice.Saving}");
        Assert.Equal(advice.Saving.Instances * 73.0m, advice.Saving.AMonth);
    }

    [Fact]
    public void Without_a_price_of_a_type_there_is_no_money() => Assert.Null(Counted(Cluster(2_048), 2_048, 512, new PriceTable()).Saving.AMonth);

    [Fact]
    public void On_Fargate_money_is_by_vCPU_and_GiB_of_all_tasks()
    {
        Assert.Equal(730 * ((2 * 0.04m) + (4 * 0.004m)), Prices.FargateMonth(2_048, 4_096));
        Assert.Equal(-730 * 0.004m, Prices.FargateMonth(0, -1_024));
        Assert.Null((Prices with { FargateCpuHour = null }).FargateMonth(1, 1));
        var advice = Counted(SomeFleet.View([.. Enumerable.Range(0, 2).Select(i => SomeFleet.Task($"t{i}", launchType: "FARGATE"))]), 2_048, 1_024, Prices, isFargate: true);

        Assert.Equal((null, 730 * 2 * 0.004m), (advice.Saving.Instances, advice.Saving.AMonth));
    }

    private static Advice Counted(ClusterView view, long from, long to, PriceTable prices, bool isFargate = false)
    {
        var advice = new Advice
        {
            Kind = AdviceKind.LowerMemory, Service = "api", Family = "api", Container = "", IsFargate = isFargate, Text = "", Formula = "", Risk = "", WhyNotMore = "", TaskFrom = new AdvisedSize(256, from), TaskTo = new AdvisedSize(256, to),
            Saving = new AdviceSaving(0, 2 * (from - to)),
        };
        return Assert.Single(AdviceCosts.Count(view, new ClusterAdvice([advice], []), prices).Items);
    }

    private static ClusterView Cluster(int memory)
    {
        List<IResourceState> states = [.. Enumerable.Range(0, 4).Select(i => SomeFleet.Instance($"i{i}", 2_048, 8_192, 1_536, 8_192 - (2 * memory), type: "m6i.large"))];
        states.AddRange(Enumerable.Range(0, 8).Select(t => SomeFleet.Task($"t{t}", "api", $"i{t / 2}", 256, memory)));
        return SomeFleet.View([.. states]);
    }
}
