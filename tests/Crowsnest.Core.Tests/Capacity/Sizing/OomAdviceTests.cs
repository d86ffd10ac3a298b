using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

public class OomAdviceTests
{
    [Fact]
    public void A_killed_container_gets_a_quarter_more_than_its_limit_in_steps()
    {
        var advice = Assert.Single(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnInstances(256, 500), SomeHistory.Kill(9, 500), SomeHistory.Kill(10, 500, task: "newer")), 10));

        Assert.Equal("RaiseMemory web /500 > /640 task 256/640 saves 0/-1400", SomeHistory.Line(advice));
        Assert.Equal("500 MiB, at which it was killed, + 25 % = 625 MiB, rounded up to steps of 64 MiB: 640 MiB", advice.Formula);
        Assert.Equal("Give container web of api 640 MiB instead of 500 MiB: it was killed for its memory 2 times in 14 days.", advice.Text);
        Assert.Equal([("newer", "web was killed for its memory at 500 MiB"), ("t9-500", "web was killed for its memory at 500 MiB")], advice.Evidence.Select(e => (e.TaskId, e.Text)));
        Assert.True(advice.RestsOnReservationsOnly);
        Assert.All((string[])[advice.Risk, advice.WhyNotMore], Assert.NotEmpty);
    }

    [Fact]
    public void On_Fargate_it_is_the_next_size_that_Fargate_has()
    {
        string Line(long cpu, long memory) => SomeHistory.Line(Assert.Single(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnFargate(cpu, memory), SomeHistory.Kill(10, memory, ownLimit: false)), 10)));

        Assert.Equal("RaiseMemory web 256/512 > 256/1024 task 256/1024 saves 0/-5120", Line(256, 512));
        Assert.Equal("RaiseMemory web 256/2048 > 512/3072 task 512/3072 saves -2560/-10240", Line(256, 2_048));
        Assert.Equal("RaiseMemory web 8192/61440 > 16384/81920 task 16384/81920 saves -81920/-204800", Line(8_192, 61_440));
    }

    [Fact]
    public void A_container_on_Fargate_with_a_limit_of_its_own_needs_a_larger_task_only_when_it_no_longer_fits()
    {
        string Line(long own) => SomeHistory.Line(Assert.Single(SomeHistory.Advise(
            SomeHistory.Of(SomeHistory.OnFargate(256, 512, new ContainerSize("web", 0, own, null), new ContainerSize("log", 0, 64, null)), SomeHistory.Kill(10, own)), 10)));

        Assert.Equal("RaiseMemory web /256 > /320 task 256/512 saves 0/0", Line(256));
        Assert.Equal("RaiseMemory web /448 > /576 task 256/1024 saves 0/-5120", Line(448));
    }

    [Fact]
    public void Who_has_been_given_more_since_is_left_alone()
    {
        Assert.Empty(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnInstances(256, 576), SomeHistory.Kill(10, 512)), 10));
        Assert.Equal("RaiseMemory web /576 > /768 task 256/768 saves 0/-1920", SomeHistory.Line(Assert.Single(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnInstances(256, 576), SomeHistory.Kill(9, 512), SomeHistory.Kill(10, 576)), 10))));
    }

    [Fact]
    public void It_stands_for_the_window_and_no_longer()
    {
        var history = SomeHistory.Of(SomeHistory.OnInstances(256, 512), SomeHistory.Kill(0, 512));

        Assert.Equal(14, Enumerable.Range(-1, 30).Count(day => SomeHistory.Advise(history, day).Count == 1));
        Assert.Single(SomeHistory.Advise(history, 13));
        Assert.Empty(SomeHistory.Advise(history, 14));
    }

    [Fact]
    public void Without_a_limit_in_any_event_it_is_said_without_a_size()
    {
        var advice = Assert.Single(SomeHistory.Advise(SomeHistory.Of(new TaskSizes { Service = "api", Family = "api", Containers = [new ContainerSize("web", null, null, null)] }, SomeHistory.Kill(10, null, ownLimit: false)), 10));

        Assert.Null(advice.To);
        Assert.EndsWith("no event says how much it has.", advice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_service_that_is_gone_nothing_is_said() =>
        Assert.Empty(Advisor.Of(SomeFleet.View(SomeFleet.Task("t1", "other")), SomeHistory.Of(SomeHistory.OnInstances(256, 512), SomeHistory.Kill(10, 512)), SomeHistory.Day(10), new AdviceOptions()).Items);

    [Fact]
    public void Restarts_are_told_by_exit_code_from_ten_on()
    {
        List<ContainerStop> ends = [.. Enumerable.Range(0, 9).Select(n => SomeHistory.End(10, 1, $"a{n}")), SomeHistory.End(9, 137, "b")];
        var advice = Assert.Single(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnInstances(256, 512), ends), 10));

        Assert.Equal((AdviceKind.Restarts, "web", 10, 10), (advice.Kind, advice.Container, advice.EvidenceTotal, advice.Evidence.Count));
        Assert.Equal("exit code 1 9 times, exit code 137 (killed, SIGKILL) once; from 10 on it is said", advice.Formula);
        Assert.Null(advice.To);
        Assert.Empty(SomeHistory.Advise(SomeHistory.Of(SomeHistory.OnInstances(256, 512), ends[1..]), 10));
    }
}
