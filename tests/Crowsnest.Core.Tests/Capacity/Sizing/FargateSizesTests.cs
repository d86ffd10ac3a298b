using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

public class FargateSizesTests
{
    // Goal: the table is AWS's. Method: its own words, "2 GB to 8 GB in increments of 1 GB", put into numbers another way than the code does.
    [Fact]
    public void The_sizes_are_those_that_Amazon_lists()
    {
        List<FargateSize> listed = [.. Of(256, 0.5, 1, 2), .. Of(512, 1, 2, 3, 4), .. Of(1_024, 2, 3, 4, 5, 6, 7, 8)];
        for (var gb = 4; gb <= 16; gb++) listed.Add(new FargateSize(2_048, gb * 1_024));
        for (var gb = 8; gb <= 30; gb++) listed.Add(new FargateSize(4_096, gb * 1_024));
        for (var gb = 16; gb <= 60; gb += 4) listed.Add(new FargateSize(8_192, gb * 1_024));
        for (var gb = 32; gb <= 120; gb += 8) listed.Add(new FargateSize(16_384, gb * 1_024));

        Assert.Equal(listed, FargateSizes.All);
        static IEnumerable<FargateSize> Of(long cpu, params double[] gb) => gb.Select(each => new FargateSize(cpu, (long)(each * 1_024)));
    }

    [Theory]
    [InlineData(256, 640, 256, 1_024)]
    [InlineData(257, 640, 512, 1_024)]
    [InlineData(256, 2_049, 512, 3_072)]
    [InlineData(4_096, 30_721, 8_192, 32_768)]
    [InlineData(1, 1, 256, 512)]
    public void The_least_that_has_it_is_taken(double cpu, double memory, long ofCpu, long ofMemory) => Assert.Equal(new FargateSize(ofCpu, ofMemory), FargateSizes.AtLeast(cpu, memory));

    [Fact]
    public void Above_the_largest_there_is_none() => Assert.Null(FargateSizes.AtLeast(16_384, 122_881));

    // Goal: steps never go down as amounts go up, and cost at most an eighth. Method: all amounts up to some GiB.
    [Fact]
    public void Steps_go_up_only_and_add_an_eighth_at_most()
    {
        var last = 0L;
        for (var amount = 64; amount < 20_000; amount++)
        {
            var up = SizeSteps.Up(amount, SizeSteps.MemoryLeast);
            Assert.True(up >= last && up >= amount && up - amount < Math.Max(64, amount / 8.0), $"{amount} > {up}");
            last = up;
        }
    }
}
