using Crowsnest.Core.Capacity;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Conditions of capacity over any store: numbers that dance around a bound, restarts, and backlogs.</summary>
public abstract class CapacityRulesContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly ConditionRule Reserved = new()
    {
        Name = "cpu-reserved", Condition = ConditionKind.Reservation, Reservation = new ReservationBound(TaskResource.Cpu, 85, IsAbove: true, OfProviders: false), For = TimeSpan.FromMinutes(5),
        KeepFiringFor = TimeSpan.FromMinutes(6), Severity = Severity.Warning,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_dances_around_its_bound_tells_nobody_and_what_stays_beyond_is_told_with_numbers_once_and_when_it_is_over()
    {
        await using var telling = await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await telling.SubmitAsync(Free(1 + (2 * i), i * 360, 500));
            await telling.PassAsync(TimeSpan.FromMinutes(4));
            await telling.SubmitAsync(Free(2 + (2 * i), (i * 360) + 240, 700));
            await telling.PassAsync(TimeSpan.FromMinutes(2));
        }

        Assert.Equal((0, 0), (telling.Told.Count, (await telling.Incidents.IncidentsAsync(10, Cancel)).Count));
        await telling.SubmitAsync(Free(20, 1_440, 400));
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("cpu-reserved", "prod", "warning", false), (told.Labels["alertname"], told.Labels["cluster"], told.Labels["severity"], told.IsResolved));
        Assert.Contains("90.2 % is reserved (3,696 of 4,096 units, 400 remain)", told.Summary, StringComparison.Ordinal);

        // It is within its bound for less than six minutes, twice, with a restart between: it goes on, and nobody hears of it.
        await telling.SubmitAsync(Free(21, 1_920, 700));
        await telling.PassAsync(TimeSpan.FromMinutes(4));
        Assert.NotNull((await telling.OnlyIncidentAsync()).PausedAt);
        await telling.RestartAsync();
        await telling.SubmitAsync(Free(22, 2_160, 300));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Null((await telling.OnlyIncidentAsync()).PausedAt);
        await telling.SubmitAsync(Free(23, 2_220, 700));
        await telling.PassAsync(TimeSpan.FromMinutes(4));
        await telling.RestartAsync();
        Assert.Equal((1, 1L), (telling.Told.Count, (await telling.Incidents.CountsAsync(Cancel)).Firing));
        await telling.PassAsync(TimeSpan.FromMinutes(9));
        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
        var incident = await telling.OnlyIncidentAsync();
        Assert.Equal((IncidentState.Resolved, "What is reserved is within its bound again."), (incident.State, incident.Resolution));
    }

    [Fact]
    public async Task A_backlog_tells_of_nothing_that_is_over_and_of_what_still_holds_when_it_is_read()
    {
        await using var telling = await StartAsync();
        telling.Time.Advance(TimeSpan.FromHours(5));
        await telling.SubmitAsync(Free(1, 0, 100));
        await telling.TickAsync(behind: TimeSpan.FromHours(5));
        telling.Time.Advance(CapacityLooks.Every);
        await telling.SubmitAsync(Free(2, 600, 3_000));
        await telling.TickAsync(behind: TimeSpan.FromHours(4.5));
        await telling.SendAsync();
        Assert.Empty(await telling.Incidents.IncidentsAsync(10, Cancel));

        await telling.SubmitAsync(Free(3, 18_000, 50));
        await telling.PassAsync(TimeSpan.FromMinutes(8));
        Assert.Contains("50 remain", Assert.Single(Assert.Single(telling.Told).Incidents).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_within_the_time_that_it_has_to_hold_loses_nothing_of_it()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Free(1, 0, 100));
        await telling.PassAsync(TimeSpan.FromMinutes(4));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.InRange(told.FirstAt, Some.Noon, Some.Noon + telling.Step + CapacityLooks.Every);
    }

    private static Task<TellingHarness> StartAsync() => TellingHarness.StartAsync(new TPlace(), null, null, conditions: Reserved);

    private static EcsEvent Free(long version, int seconds, long cpuLeft) => SomeCluster.Instance(version, true, seconds, cpu: 4_096, cpuLeft: cpuLeft);
}
