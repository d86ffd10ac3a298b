using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Simulator.Tests.Telling;

/// <summary>One process on a store that it shares: a pipeline, a tick and a sender, all real, any step of which may be its last.</summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private static readonly TellingOptions Options = new() { Route = new Route { Receiver = "ops" } };

    private readonly IngestPipeline _pipeline;
    private readonly LeasedIncidents _incidents;
    private readonly IncidentTick _tick;
    private readonly OutboxSender _sender;
    private readonly ManualTime _time;

    public SimulatedProcess(string name, InMemoryStore store, MemoryLease lease, INotifier receiver, ManualTime time, Random random, Func<double> crashes)
    {
        void Step()
        {
            if (random.NextDouble() < crashes()) throw new SimulatedCrashException();
        }

        _time = time;
        _incidents = new LeasedIncidents(store.Incidents, new TellingLease(lease, name, time), Step);
#pragma warning disable CA2000 // Disposing it would be nothing: the store outlives its processes.
        _pipeline = new IngestPipeline(new FaultyStore(store, Step), new EventDiagnoser(), new ShippedRules([ShippedRules.TaskFailed]), time);
#pragma warning restore CA2000
        _tick = new IncidentTick(Options, new Dictionary<string, ImmutableArray<Medium>> { ["ops"] = [new Medium("simulated")] });
        _sender = new OutboxSender(_incidents, new Dictionary<string, ImmutableArray<INotifier>> { ["ops"] = [receiver] }, Options.MaxAge, time, random.NextDouble);
    }

    /// <summary>Takes a batch in; false when it is not acknowledged.</summary>
    public async Task TakeAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) =>
        await _pipeline.SubmitAsync(new IngestBatch("simulated", _time.GetUtcNow(), events, []), cancellationToken);

    /// <summary>Ticks and sends, when the lease is its own.</summary>
    public async Task TellAsync(DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _incidents.LeadAsync(cancellationToken)) return;
            if (await _incidents.NextDueAsync(cancellationToken) is not { } due || due > _time.GetUtcNow()) return;
            await _tick.RunAsync(_incidents, _time.GetUtcNow(), watermark, isLast: false, cancellationToken);
            await _sender.SendDueAsync(cancellationToken);
        }
        catch (StoreException lost) when (lost.IsTransient)
        {
            // Another process has the lease; this one looks again later.
        }
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();
}

/// <summary>A receiver that fails, and that takes a message and then says that it did not.</summary>
internal sealed class SimulatedReceiver(Random random, ManualTime time) : INotifier
{
    public string Kind => "simulated";

    /// <summary>How often it does not do what it should.</summary>
    public double Fails { get; set; }

    /// <summary>What arrived, and when.</summary>
    public List<(Notification Message, DateTimeOffset At)> Arrived { get; } = [];

    /// <summary>Messages that arrived without an answer that says so.</summary>
    public HashSet<string> Unanswered { get; } = new(StringComparer.Ordinal);

    /// <summary>What happens while a message is on its way.</summary>
    public Func<Notification, Task> WhileSending { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        await WhileSending(notification);
        if (random.NextDouble() < Fails)
        {
            // It hangs or breaks off: perhaps before it took the message, perhaps after.
            if (random.Next(2) == 0) return Delivery.NotNow("away");
            Unanswered.Add(notification.NotificationId);
            Arrived.Add((notification, time.GetUtcNow()));
            return Delivery.NotNow("no answer");
        }

        Arrived.Add((notification, time.GetUtcNow()));
        return Delivery.Sent;
    }
}
