using Crowsnest.Aws.Ecs;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>The budget by itself, on a clock that leaps over every wait.</summary>
public sealed class EcsBudgetTests
{
    private readonly LeapingTime _time = new(Some.Noon);

    [Fact]
    public async Task A_burst_is_free_and_then_it_is_as_fast_as_the_bucket_fills()
    {
        var budget = new EcsBudget(0.25, _time);
        for (var i = 0; i < 25; i++) await budget.TakeAsync("ListTasks", TestContext.Current.CancellationToken);
        Assert.Equal(Some.Noon, _time.GetUtcNow());

        for (var i = 0; i < 50; i++) await budget.TakeAsync("DescribeTasks", TestContext.Current.CancellationToken);
        Assert.Equal(10, (_time.GetUtcNow() - Some.Noon).TotalSeconds, 0.01);
        Assert.Equal(75, budget.CallsLastHour);

        // Another group has a bucket of its own.
        await budget.TakeAsync("ListServices", TestContext.Current.CancellationToken);
        Assert.Equal(10, (_time.GetUtcNow() - Some.Noon).TotalSeconds, 0.01);
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(0, budget.CallsLastHour);
    }

    [Fact]
    public async Task Who_is_throttled_waits_longer_each_time_and_not_for_ever()
    {
        var budget = new EcsBudget(0.25, _time);
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 9; i++)
        {
            budget.Throttled("ListTasks");
            var before = _time.GetUtcNow();
            await budget.TakeAsync("ListTasks", TestContext.Current.CancellationToken);
            waits.Add(_time.GetUtcNow() - before);
        }

        // Half of it to all of it, by chance, and what the call itself takes.
        for (var i = 0; i < 6; i++) Assert.InRange(waits[i].TotalSeconds, Math.Pow(2, i) / 2, Math.Pow(2, i) + 0.3);
        Assert.InRange(waits[8].TotalSeconds, 30, 60.3);
        budget.Answered("ListTasks");
        budget.Throttled("ListTasks");
        var at = _time.GetUtcNow();
        await budget.TakeAsync("ListTasks", TestContext.Current.CancellationToken);
        Assert.InRange((_time.GetUtcNow() - at).TotalSeconds, 0.5, 1.3);
    }
}
