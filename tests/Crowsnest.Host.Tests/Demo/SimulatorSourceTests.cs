using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Demo;
using Crowsnest.Host.Tests.Server;
using Crowsnest.Simulator;

namespace Crowsnest.Host.Tests.Demo;

/// <summary>The simulated fleet as a source: all that it says comes in, once, whatever the store does meanwhile.</summary>
public sealed class SimulatorSourceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_store_did_not_take_comes_in_when_it_is_well_again(bool isTransient)
    {
        var time = new HurriedTime(hurry: 50);
        var start = time.GetUtcNow();
        var options = new SimulatorOptions { Seed = 3, Start = start.AddHours(-1), PaceFrom = start, Pace = 20 };
        await using var store = new HeldStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, time);
        using var fleet = new FleetSimulator(options);
        var source = new SimulatorSource(fleet, pipeline, new MaskingOptions(), time);
        var (events, failures) = await source.BacklogAsync(start, TestContext.Current.CancellationToken);
        Assert.Equal(events, store.CommittedIds.Count);
        Assert.InRange(failures, 5, events / 4);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        store.WriteFailure = new StoreException("The disk is full.", "Make room.", isTransient);
        var live = source.LiveAsync(ending.Token);
        await UntilAsync(() => !pipeline.Health.IsReady);
        // Longer than the source's patience, so that it gives up once and tries again.
        await Task.Delay(TimeSpan.FromSeconds(15), time, TestContext.Current.CancellationToken);
        Assert.Equal(events, Count(store));
        store.WriteFailure = null;
        await UntilAsync(() => Count(store) > events + 100);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => live);

        string[] stored;
        lock (store.CommittedIds) stored = [.. store.CommittedIds.Distinct()];
        using var again = new FleetSimulator(options);
        Assert.Equal(stored.Select(_ => again.Next().Truth.Id), stored);
    }

    private static int Count(HeldStore store)
    {
        lock (store.CommittedIds) return store.CommittedIds.Count;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 10_000_000 && !isSo(); i++) await Task.Yield();
        Assert.True(isSo(), "it never came");
    }

    /// <summary>A clock that goes so many times faster, its timers too.</summary>
    private sealed class HurriedTime(int hurry) : TimeProvider
    {
        private readonly DateTimeOffset _start = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _start + (System.GetUtcNow() - _start) * hurry;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / hurry : dueTime, period > TimeSpan.Zero ? period / hurry : period);
    }
}
