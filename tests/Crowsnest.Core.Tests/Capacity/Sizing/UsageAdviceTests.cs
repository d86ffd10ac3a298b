using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

public class UsageAdviceTests
{
    [Fact]
    public void What_is_reserved_and_never_used_is_lowered_to_the_peak_and_what_the_formula_adds()
    {
        var advice = SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(1_024, 2_048), Both(200, 600)), 30);

        Assert.Equal(["LowerMemory web /2048 > /704 task 1024/704 saves 0/13440", "LowerCpu web 1024/ > 224/ task 224/2048 saves 8000/0"], advice.Select(SomeHistory.Line).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal("greatest use 600 MiB + 15 % = 690 MiB, rounded up to steps of 64 MiB: 704 MiB", advice.Single(a => a.Kind == AdviceKind.LowerMemory).Formula);
        Assert.Equal("95 % of the points are at most 200 CPU units, rounded up to steps of 32 CPU units: 224 CPU units", advice.Single(a => a.Kind == AdviceKind.LowerCpu).Formula);
        Assert.All(advice, a => Assert.Equal((false, "168 points over 13.9 days"), (a.RestsOnReservationsOnly, a.Usage)));
    }

    [Fact]
    public void On_Fargate_both_amounts_are_one_size_that_Fargate_has()
    {
        string Line(double cpu, double memory, long ofCpu, long ofMemory) => SomeHistory.Line(Assert.Single(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnFargate(ofCpu, ofMemory), Both(cpu, memory)), 30)));

        Assert.Equal("ResizeTask  1024/8192 > 256/1024 task 256/1024 saves 7680/71680", Line(200, 600, 1_024, 8_192));
        Assert.Equal("LowerMemory  1024/8192 > 1024/2048 task 1024/2048 saves 0/61440", Line(900, 600, 1_024, 8_192));
        Assert.Equal("LowerCpu  1024/2048 > 512/2048 task 512/2048 saves 5120/0", Line(400, 1_700, 1_024, 2_048));
        Assert.Equal("RaiseCpu  256/1024 > 512/1024 task 512/1024 saves -2560/0", Line(250, 800, 256, 1_024));
        Assert.Equal("RaiseMemory  256/2048 > 512/3072 task 512/3072 saves -2560/-10240", Line(150, 2_000, 256, 2_048));
    }

    [Fact]
    public void What_is_near_to_its_limit_is_raised_and_what_lies_between_is_left_alone()
    {
        Assert.Equal("RaiseMemory web /1024 > /1152 task 512/1152 saves 0/-1280", SomeHistory.Line(Assert.Single(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(512, 1_024), Both(480, 980)), 30))));
        Assert.Equal("RaiseCpu web 512/ > 640/ task 640/1024 saves -1280/0", SomeHistory.Line(Assert.Single(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(512, 1_024), Both(600, 900)), 30))));
        foreach (var (cpu, memory) in ((double, double)[])[(460, 820), (512, 960), (560, 900)]) Assert.Empty(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(512, 1_024), Both(cpu, memory)), 30));
    }

    [Theory]
    [InlineData(21, 29, 108, true)]
    [InlineData(22, 29, 96, false)]
    [InlineData(28, 29, 300, false)]
    public void Too_few_points_or_days_are_no_evidence_and_it_is_said_why(int first, int last, int points, bool isEnough)
    {
        var all = SomeHistory.Usage(UsageKind.Memory, first, last, _ => 100).Points;
        UsageSeries few = new("api", "", UsageKind.Memory, points <= all.Count ? [.. all.Take(points)] : [.. Enumerable.Range(0, points).Select(n => new UsagePoint(SomeHistory.Day(last).AddMinutes(-10 * n), 100))]);
        var advice = Advisor.Of(SomeHistory.View(), SomeHistory.Used(SomeHistory.OnInstances(256, 2_048), [few]), SomeHistory.Day(30), new AdviceOptions());

        Assert.Equal(isEnough, advice.Items.Any(a => a.Kind == AdviceKind.LowerMemory));
        Assert.Equal(!isEnough, advice.Notes.Any(n => n.StartsWith($"api: {points} points over", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_is_said_below_the_least_saving()
    {
        var history = SomeHistory.Used(SomeHistory.OnInstances(0, 1_024), [SomeHistory.Usage(UsageKind.Memory, 10, 30, _ => 700)]);

        Assert.Single(SomeHistory.Advise(history, 30, tasks: 3));
        Assert.Empty(SomeHistory.Advise(history, 30, tasks: 2));
        Assert.Single(SomeHistory.Advise(history, 30, tasks: 2, new AdviceOptions { SavedMemoryMin = 256 }));
    }

    // A service that scales by the hour has its advice at any hour.
    [Fact]
    public void The_least_saving_is_of_as_many_tasks_as_there_were_on_average()
    {
        var memory = SomeHistory.Usage(UsageKind.Memory, 10, 30, _ => 700);
        UsageSeries Counted(int tasks) => SomeHistory.Usage(UsageKind.Tasks, 10, 30, day => day % 2 == 0 ? 1 : (2 * tasks) - 1);

        foreach (var now in (int[])[1, 9]) Assert.Single(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(0, 1_024), [memory, Counted(3)]), 30, tasks: now));
        foreach (var now in (int[])[1, 9]) Assert.Empty(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(0, 1_024), [memory, Counted(2)]), 30, tasks: now));
    }

    [Fact]
    public void Less_than_a_limit_at_which_it_was_killed_is_not_advised_for_months()
    {
        var usage = Both(200, 300, 0, 120);
        string Line(int day) => SomeHistory.Line(SomeHistory.Advise(SomeHistory.Used(SomeHistory.OnInstances(0, 1_024), usage, SomeHistory.Kill(20, 512)), day).Single());

        Assert.Equal("LowerMemory web /1024 > /640 task 0/640 saves 0/3840", Line(20));
        Assert.Equal("LowerMemory web /1024 > /640 task 0/640 saves 0/3840", Line(109));
        Assert.Equal("LowerMemory web /1024 > /384 task 0/384 saves 0/6400", Line(110));
    }

    [Fact]
    public void Of_several_containers_each_is_sized_by_what_it_uses_itself()
    {
        var sizes = SomeHistory.OnInstances(512, 2_048, new ContainerSize("web", 256, 1_024, null), new ContainerSize("log", 256, 1_024, null));
        string[] Lines(IReadOnlyList<UsageSeries> usage) => [.. SomeHistory.Advise(SomeHistory.Used(sizes, usage), 30).Select(SomeHistory.Line)];

        Assert.Equal(["LowerMemory log /1024 > /128 task 512/1152 saves 0/8960"], Lines([SomeHistory.Usage(UsageKind.Memory, 0, 30, _ => 100, "log"), SomeHistory.Usage(UsageKind.Memory, 0, 30, _ => 900, "web")]));
        Assert.Equal(["LowerMemory  /2048 > /1152 task 512/1152 saves 0/8960"], Lines([SomeHistory.Usage(UsageKind.Memory, 0, 30, _ => 1_000)]));
    }

    private static UsageSeries[] Both(double cpu, double memory, int first = 0, int last = 30) => [SomeHistory.Usage(UsageKind.Cpu, first, last, _ => cpu), SomeHistory.Usage(UsageKind.Memory, first, last, _ => memory)];
}
