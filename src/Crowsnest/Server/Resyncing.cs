using System.Collections.Concurrent;
using Crowsnest.Aws;
using Crowsnest.Aws.Ecs;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;

namespace Crowsnest.Server;

/// <summary>Compares with the ECS API, again and again or when it is asked to, one run at a time: all accounts and regions that the configuration names.</summary>
/// <remarks>Beside everything else: nothing waits for it, and what cannot be read is said and tried again by the next run.</remarks>
internal sealed class Resyncing : IAsyncDisposable
{
    private readonly ResyncConfig _config;
    private readonly ResyncParts _parts;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<EcsTarget> _targets;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<string, long> _drift = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;
    private int _waiting;
    private volatile Now? _now;
    private volatile ResyncRunBody? _last;

    /// <summary>For the accounts of the configuration; nothing is asked yet.</summary>
    public Resyncing(ResyncConfig config, ResyncParts parts)
    {
        (_config, _parts, _time) = (config, parts, parts.Time);
        _targets = EcsTarget.Of(config, parts.Time);
        Logs = config.LogLines ? new TaskLogs(_targets, parts.Time) : null;
    }

    /// <summary>The last lines of failed tasks; <see langword="null"/> when they are not read.</summary>
    public TaskLogs? Logs { get; }

    /// <summary>Ends only when a part of it broke.</summary>
    public Task Completion { get; private set; } = new TaskCompletionSource().Task;

    /// <summary>What the last run could not read, in one line; empty when all was well.</summary>
    public string Problem => _last?.Problems switch
    {
        [var only] => $"resync: {only}",
        [var first, ..] all => $"resync: {first} (and {all.Count - 1} more)",
        _ => "",
    };

    /// <summary>What events had missed since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> Drift => new SortedDictionary<string, long>(_drift, StringComparer.Ordinal);

    /// <summary>Calls since the start.</summary>
    public long Calls => _targets.Sum(target => target.Budget.Calls);

    /// <summary>Calls in the hour before now.</summary>
    public int CallsLastHour => _targets.Sum(target => target.Budget.CallsLastHour);

    /// <summary>Begins to compare by itself, once what is stored is in.</summary>
    public void Start()
    {
        if (_targets.Count > 0) Completion = _running = LoopAsync();
    }

    /// <summary>How it goes.</summary>
    public ResyncBody Body() => new(
        _targets.Count == 0 ? null : Units.Format(_config.Every), _parts.Clusters.Loaded.IsCompleted, _now?.Body(_targets.Count), _last, Drift, CallsLastHour);

    /// <summary>Compares now, after the run that goes on. It goes on to its end also when the caller gives up.</summary>
    /// <param name="cluster">The only cluster's name, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How it went; <see langword="null"/> when another waits already.</returns>
    public async Task<ResyncRunBody?> RunNowAsync(string? cluster, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 1) return null;
        try
        {
            await _one.WaitAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _waiting, 0);
        }

        return await HeldAsync(cluster).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (Logs is not null) await Logs.DisposeAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Whoever runs has it.
        await _one.WaitAsync();
        _one.Dispose();
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        await Task.Yield();
        while (true)
        {
            await _one.WaitAsync(_stopping.Token);
            await HeldAsync(null);
            await Task.Delay(_config.Every, _time, _stopping.Token);
        }
    }

    // Callers have waited for their turn, which ends with this.
    private async Task<ResyncRunBody> HeldAsync(string? cluster)
    {
        try
        {
            await _parts.Clusters.Loaded.WaitAsync(_stopping.Token);
            return _last = await RunAsync(cluster, _stopping.Token);
        }
        finally
        {
            _now = null;
            _one.Release();
        }
    }

    private async Task<ResyncRunBody> RunAsync(string? cluster, CancellationToken cancellationToken)
    {
        var (began, at) = (_time.GetTimestamp(), _time.GetUtcNow());
        var calls = Calls;
        var intake = new ResyncIntake(_parts);
        var problems = new List<string>();
        int regions = 0, clusters = 0, described = 0;
        try
        {
            foreach (var target in _targets)
            {
                var progress = new RegionProgress();
                _now = new Now(target, regions, progress, intake);
                var wrong = await ReadAsync(target, cluster, intake, progress, cancellationToken);
                problems.AddRange(wrong.Select(problem => $"{target}: {problem}"));
                regions++;
                clusters += progress.Done;
                described += progress.Described;
            }

            _now = new Now(null, regions, new RegionProgress(), intake);
            await intake.SettleAsync(cancellationToken);
        }
        catch (StoreException e)
        {
            problems.Add($"What was found cannot be written. {e.Message} {e.Hint}".TrimEnd());
        }

        foreach (var (kind, count) in intake.Drift) _drift.AddOrUpdate(kind, count, (_, before) => before + count);
        if (cluster is not null && clusters == 0 && problems.Count == 0) problems.Add($"No cluster is named '{cluster}' in any of these accounts and regions.");
        return new ResyncRunBody(
            at.UtcDateTime, Math.Round(_time.GetElapsedTime(began).TotalSeconds, 3), cluster, _config.Accounts.Length, regions, clusters, described,
            Calls - calls, intake.Drift, problems);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(EcsTarget target, string? cluster, ResyncIntake intake, RegionProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            using var ecs = await Composition.EcsAsync(target.RoleArn, target.Region, target.Budget, _time, cancellationToken);
            return await new RegionResync(ecs, _parts, intake, target.Definitions, progress).RunAsync(cluster, target.Region, target.Account, cancellationToken);
        }
        catch (AwsException e)
        {
            return [e.InWords];
        }
    }

    private sealed record Now(EcsTarget? Target, int Done, RegionProgress Progress, ResyncIntake Intake)
    {
        public ResyncProgressBody Body(int regions) => new(
            Target?.Region ?? "", Target?.RoleArn, Done, regions, Progress.Cluster, Progress.Done, Progress.Of, Progress.Described, Intake.Waiting);
    }
}
