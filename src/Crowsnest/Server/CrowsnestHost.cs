using Crowsnest.Aws.Sqs;
using Crowsnest.Commands;
using Crowsnest.Configuration;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;
using Crowsnest.Sqlite;
using Crowsnest.Usage;

namespace Crowsnest.Server;

/// <summary>The whole system in one object: the data folder's lock, the store, the pipeline and the server, started and stopped in order.</summary>
internal sealed class CrowsnestHost : IAsyncDisposable
{
    // What a process manager usually allows is ten seconds; the store needs the last of them.
    private static readonly TimeSpan RequestsBudget = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PipelineBudget = TimeSpan.FromSeconds(4);

    // For so long a worker may hold a batch that a shared store does not take, or searches may not see what it took.
    private static readonly TimeSpan WritersApart = TimeSpan.FromMinutes(2);

    private readonly DataFolderLock _lock;
    private readonly OpenedStore _store;
    private readonly IngestPipeline _pipeline;
    private readonly CrowsnestServer _server;
    private readonly LiveConfig _live;
    private readonly Func<CancellationToken, Task>? _reload;
    private readonly Teller _teller;
    private readonly Retainer _retainer;
    private readonly IReadOnlyList<SqsSource> _queues;
    private readonly SnsInbox? _sns;
    private readonly ClusterLoading _loading;
    private readonly HistoryKeeping _history;
    private readonly Resyncing? _resync;
    private readonly IDisposable? _usage;

    private CrowsnestHost(DataFolderLock held, OpenedStore store, CrowsnestServer server, LiveConfig live, ServerParts parts, ClusterLoading loading, HistoryKeeping history) =>
        (_lock, _store, _pipeline, _server, _live, _reload, _teller, _retainer, _queues, _sns, _loading, _history, _resync, _usage) =
            (held, store, parts.Pipeline, server, live, parts.Reload, parts.Teller!, parts.Retainer!, parts.Queues, parts.Sns, loading, history, parts.Resync, parts.Usage as IDisposable);

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>Where it listens for commands on the same folder.</summary>
    public string SocketPath => _lock.SocketPath;

    /// <summary>The way in for sources inside this process.</summary>
    public IngestPipeline Pipeline => _pipeline;

    /// <summary>What it reads by itself, and the topics that are let in.</summary>
    public IReadOnlyList<string> Sources => [.. _queues.Select(q => q.Name), .. _sns?.Sources ?? []];

    /// <summary>Every caller is let in, since no token was ever made.</summary>
    public bool IsOpen => !_server.Tokens.IsClosed;

    /// <summary>One line for a person: who is let in.</summary>
    public string AuthenticationInWords => _server.AuthenticationInWords;

    /// <summary>Ends only when a part of it broke, and says how.</summary>
    public Task Broken => Task.WhenAny(
        [_pipeline.Completion, _teller.Completion, _retainer.Completion, _loading.Completion, _history.Completion, .. _queues.Select(q => q.Completion), .. _resync is null ? [] : new[] { _resync.Completion }]).Unwrap();

    /// <summary>Reads the configuration again and takes it; answers what became of that, in words.</summary>
    public async Task<string> ReloadAsync(CancellationToken cancellationToken)
    {
        if (_reload is null) return "this server reads no configuration";
        try
        {
            await _reload(cancellationToken);
            return ReloadEndpoint.Taken;
        }
        catch (ConfigException mistakes)
        {
            return $"the configuration was not taken, and the one before stays: {mistakes.Message}";
        }
    }

    /// <summary>Says whenever it stops or begins again to get on, and what was not told, until it is cancelled.</summary>
    public async Task WatchAsync(Func<string, Task> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var told = PipelineHealth.Ready;
        var (untold, undelivered) = (new UntoldWatch(), new UntoldWatch());
        var problems = _queues.Select(_ => "").ToArray();
        var unread = "";
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await pace.WaitForNextTickAsync(cancellationToken))
        {
            var now = _pipeline.Health;
            if (now.IsReady != told.IsReady) await say(now.IsReady ? "ready again" : $"not ready: {now.Reason}");
            told = now;
            for (var i = 0; i < problems.Length; i++)
            {
                if (_queues[i].Problem is var problem && problem == problems[i]) continue;
                await say(problem.Length > 0 ? problem : $"{_queues[i].Name} is read again");
                problems[i] = problem;
            }

            if (_resync is { Problem: var ofResync } && ofResync != unread)
            {
                await say(ofResync.Length > 0 ? ofResync : "resync: all accounts and regions are read again");
                unread = ofResync;
            }

            foreach (var notice in _sns?.Hear() ?? []) await say(notice);
            if (untold.Look(_teller.TooOld) is > 0 and var count) await say(UntoldBody.Of(count, _live.Telling.MaxAge).InWords);
            if (undelivered.Look(_teller.Undelivered) is > 0 and var lost) await say($"{lost} {(lost == 1 ? "message" : "messages")} could not be delivered, and no fallback is told: /api/v1/notifications has why");
        }
    }

    /// <summary>Opens the data folder, which is made when it is not there, and listens; on return it answers.</summary>
    /// <exception cref="StoreException">The folder is in use or cannot be opened.</exception>
    /// <exception cref="ServerRefusedException">It would be unsafe, or the address is in use.</exception>
    public static async Task<CrowsnestHost> StartAsync(string folder, CrowsnestConfig config, ServerOptions options, string? runtimeFolder, TextWriter console, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = new Stack<IAsyncDisposable>();
#pragma warning disable CA2000 // The stack owns each part until all are there, and then the host does.
        try
        {
            var held = DataFolderLock.Acquire(folder, options.Version, runtimeFolder);
            started.Push(new Release(held));
            var opened = config.Store.IsShared
                ? await OpenedStore.OnServerAsync(config.Store, config.Retention, readOnly: false, time, cancellationToken)
                : OpenedStore.InFolder(new SqliteStoreOptions { Folder = folder, SyncEachCommit = true }, time);
            started.Push(opened);
            var store = opened.Store;
            var diagnoser = Composition.Diagnoser(config);
            var live = new LiveConfig(config, from => new Telling(from, console, options.ExternalUrl, time), time);
            started.Push(new Release(live));
            var pipeline = new IngestPipeline(store, diagnoser, live, time);
            started.Push(pipeline);
            var clusters = new ClusterModel(diagnoser, time);
            var changes = new ClusterChanges(time);
            void Tell(IReadOnlyCollection<IResourceState> states)
            {
                // The views first: who hears of a change may look at once.
                clusters.Apply(states);
                changes.Publish([.. states.Where(state => state is not TagsState)]);
            }

            pipeline.StatesWritten = Tell;
            var loading = new ClusterLoading(clusters, store, Tell, time);
            started.Push(loading);
            var queues = Listening.Queues(config, pipeline, time);
            foreach (var queue in queues) started.Push(queue);
            FleetView? Known() => clusters.Loaded.IsCompletedSuccessfully ? clusters.View : null;
            IncidentTick Tick() => live.Telling.Tick(new ClusterFacts(Known), new ConditionWatch(live.Conditions, Known, store.KeepsEvents ? store.Events : null));
            Resyncing? resync = null;
            var words = new LastWords(() => resync?.Logs, clusters, diagnoser);
            OutboxSender Sender() => live.Telling.Sender(store.Incidents, time, words.AddAsync);
            var teller = new Teller(store.Incidents, Tick(), Sender(), time, () => SqsSource.WatermarkOf(queues, pipeline));
            started.Push(teller);
            pipeline.FiringsWritten = teller.Wake;
            var retainer = new Retainer(store, config.Retention, time);
            started.Push(retainer);
            var past = new HistoryOptions { Slack = opened.Embedded is null ? WritersApart : TimeSpan.FromSeconds(10) };
            var history = new HistoryKeeping(store.KeepsEvents ? new CheckpointMaker(store, diagnoser, () => pipeline.Watermark, past) : null, store, time);
            started.Push(history);
            var sns = Listening.Sns(config, time);
            if (sns is not null) started.Push(new Release(sns));
            var usage = KeptUsage.Of(config, time);
            if (usage is not null) started.Push(new Release(usage));
            resync = Listening.Resync(config, new ResyncParts(clusters, store, pipeline, Composition.Masking(config), () => SqsSource.WatermarkOf(queues, pipeline), time));
            if (resync is not null) started.Push(resync);
            async Task ReloadAsync(Func<CancellationToken, Task<CrowsnestConfig>> read, CancellationToken stop)
            {
                try
                {
                    live.Take(await read(stop));
                }
                catch (ConfigException)
                {
                    live.Refuse();
                    throw;
                }

                teller.Replace(Tick(), Sender());
            }

            var parts = new ServerParts(store, opened.Tokens, pipeline, diagnoser, Composition.Masking(config), time)
            {
                Clusters = clusters,
                Changes = changes,
                History = new ClusterHistory(store, diagnoser, time, past),
                Teller = teller,
                Live = live,
                Reload = options.ReadConfig is { } read ? stop => ReloadAsync(read, stop) : null,
                Retainer = retainer,
                Queues = queues,
                Sns = sns,
                Resync = resync,
                Advice = config.Sizing.Options,
                Usage = usage,
                Backup = opened.Embedded is { } embedded ? (target, onStep, stop) => DataBackup.WriteAsync(embedded, target, options.Version, time, onStep, stop) : null,
            };
            var server = await CrowsnestServer.CreateAsync(options with { SocketPath = held.SocketPath }, parts, cancellationToken);
            started.Push(server);
            await server.StartAsync(cancellationToken);
            resync?.Start();
            started.Clear();
            return new CrowsnestHost(held, opened, server, live, parts, loading, history);
        }
        finally
        {
            // Only what a failure left half-started.
            while (started.TryPop(out var part)) await part.DisposeAsync();
        }
#pragma warning restore CA2000
    }

    /// <summary>Takes no more, commits what was taken, and closes; what then was not answered was not acknowledged, and its sender tries again.</summary>
    public async ValueTask DisposeAsync()
    {
        // The queues first: what they brought is committed, and then deleted there.
        await Task.WhenAll(_queues.Select(q => q.DisposeAsync().AsTask()));
        if (_resync is not null) await _resync.DisposeAsync();
        await _server.StopAsync(RequestsBudget);
        await _server.DisposeAsync();
        await _pipeline.StopAsync(PipelineBudget);
        await _pipeline.DisposeAsync();
        await _teller.DisposeAsync();
        await _history.DisposeAsync();
        await _loading.DisposeAsync();
        await _retainer.DisposeAsync();
        _live.Dispose();
        _sns?.Dispose();
        _usage?.Dispose();
        await _store.DisposeAsync();
        _lock.Dispose();
    }

    private sealed class Release(IDisposable held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return default;
        }
    }
}
