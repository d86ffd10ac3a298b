using Crowsnest.Aws;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Lambda;

/// <summary>What an environment keeps between invocations: the connection to the store, the pipeline over it, and who is told.</summary>
internal sealed class FunctionParts : IAsyncDisposable
{
    private readonly Telling _telling;
    private readonly Dictionary<string, WatchedQueue> _queues;

    private FunctionParts(CrowsnestConfig config, SharedStore shared, TimeProvider time)
    {
        Shared = shared;
        Masking = Composition.Masking(config);
        Pipeline = new IngestPipeline(Store, Composition.Diagnoser(config), Composition.Rules(config), time);
        _telling = new Telling(config, Console.Out, config.Server.ExternalUrl, time);
        var conditions = Composition.Conditions(config);
        Clusters = conditions.IsEmpty ? null : new FunctionClusters(Store, Composition.Diagnoser(config), time);
        Tick = _telling.Tick(new ClusterFacts(() => Clusters?.View), new ConditionWatch(conditions, () => Clusters?.View, Store.KeepsEvents ? Store.Events : null));
        Sender = _telling.Sender(Store.Incidents, time);
        _queues = config.Sources.Sqs.Select(queue => new WatchedQueue(queue, time)).DistinctBy(queue => queue.Name, StringComparer.Ordinal).ToDictionary(queue => queue.Name, StringComparer.Ordinal);
    }

    /// <summary>The shared store, as it was opened.</summary>
    public SharedStore Shared { get; }

    /// <summary>The store.</summary>
    public IStore Store => Shared.Store;

    /// <summary>The way in.</summary>
    public IngestPipeline Pipeline { get; }

    /// <summary>What is masked.</summary>
    public MaskingOptions Masking { get; }

    /// <summary>The clusters as they are; <see langword="null"/> when no rule looks at them.</summary>
    public FunctionClusters? Clusters { get; }

    /// <summary>What looks at what waits.</summary>
    public IncidentTick Tick { get; }

    /// <summary>What sends.</summary>
    public OutboxSender Sender { get; }

    /// <summary>The queues that the configuration names: what waits in them holds back what is judged by silence.</summary>
    public IReadOnlyCollection<WatchedQueue> Queues => _queues.Values;

    /// <summary>Connects.</summary>
    /// <exception cref="StoreException">The store cannot be reached; the hint says what to do.</exception>
    public static async Task<FunctionParts> OpenAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var shared = await SharedStore.OpenAsync(config.Store, config.Retention, readOnly: false, time, cancellationToken);
        return new FunctionParts(config, shared, time);
    }

    /// <summary>Up to when everything that was sent is on disk, as far as this environment knows.</summary>
    public DateTimeOffset Watermark(DateTimeOffset now) => _queues.Values.Select(queue => queue.Watermark.Read(now)).Append(Pipeline.Watermark).Min();

    /// <summary>The queue of this name, when the configuration names it.</summary>
    public WatchedQueue? Queue(string name) => _queues.GetValueOrDefault(name);

    /// <summary>Begins nothing more and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await Pipeline.StopAsync(TimeSpan.Zero);
        await Pipeline.DisposeAsync();
        foreach (var queue in _queues.Values) queue.Dispose();
        _telling.Dispose();
        await Shared.DisposeAsync();
    }
}

/// <summary>A queue that is looked at and not read: the service does that.</summary>
/// <param name="config">Where it is.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedQueue(SqsConfig config, TimeProvider time) : IDisposable
{
    private SqsQueueClient? _client;

    /// <summary>Its name.</summary>
    public string Name { get; } = config.QueueUrl.Segments[^1];

    /// <summary>Up to when it is on disk.</summary>
    public QueueWatermark Watermark { get; } = new();

    /// <summary>Asks what it holds.</summary>
    /// <returns>How many messages wait or are being handed over.</returns>
    /// <exception cref="AwsException">It could not be asked; the watermark stays where it is.</exception>
    public async Task<long> AskAsync(CancellationToken cancellationToken)
    {
        _client ??= Composition.Queue(config, time);
        var at = time.GetUtcNow();
        var holds = await _client.AttributesAsync(cancellationToken);
        Watermark.Asked(at, holds is { Waiting: 0, InFlight: 0 });
        return holds.Waiting + holds.InFlight;
    }

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();
}
