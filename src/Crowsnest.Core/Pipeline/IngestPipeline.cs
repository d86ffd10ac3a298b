using System.Threading.Channels;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Pipeline;

/// <summary>The one writer: takes batches, folds, diagnoses, asks the rules, commits, and only then answers.</summary>
/// <remarks>
/// A receipt means that the batch is on disk. What waits is committed together (group commit), one commit for each source. While one group is written, the
/// next is looked up, folded and diagnosed, as if the first were on disk already; when the first fails for good, the next is prepared anew. Where other
/// processes write the same states, a group whose states they were first with is prepared anew too, and for a while one group is on disk before the next is
/// begun. While the store cannot write for now, the batch is kept and tried again, submitters wait, and <see cref="Health"/> says why; a store that refuses for good gives its
/// exception to the submitters.
/// </remarks>
public sealed class IngestPipeline : IAsyncDisposable
{
    private const int QueueMax = 256;
    private const int GroupMax = 3_000;
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(10);

    // How long after a conflict the states are taken to be written by others too.
    private static readonly TimeSpan SharedFor = TimeSpan.FromMinutes(1);

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly CancellationTokenSource _abort = new();
    private readonly IStore _store;
    private readonly TimeProvider _time;

    // All of these are touched by the loop alone.
    private readonly GroupPreparer _preparer;
    private Writing _writing = new([], Task.FromResult(Written.Yes));
    private long? _movedAt;

    // When each batch was received that is not on disk yet, in the order in which they came. Held by whoever touches it.
    private readonly LinkedList<DateTimeOffset> _uncommitted = new();
    private readonly Lock _uncommittedGate = new();

    private volatile PipelineHealth _health = PipelineHealth.Ready;
    private volatile string _refusedSource = "";
    private long _newestMilliseconds;

    /// <summary>Starts the writer loop.</summary>
    public IngestPipeline(IStore store, EventDiagnoser diagnoser, IEventRules? rules, TimeProvider time, int statesMax = 50_000)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(diagnoser);
        ArgumentNullException.ThrowIfNull(time);
        (_store, _time) = (store, time);
        _preparer = new GroupPreparer(store, diagnoser, rules, statesMax, time);
        Live = new LiveEvents(time);
        Completion = Task.Run(RunAsync);
    }

    /// <summary>Ends when the loop does; faulted when it broke, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <summary>Called after each commit that wrote firings, from the writer: must be quick and must not throw.</summary>
    public Action? FiringsWritten { get; set; }

    /// <summary>Called after each commit with the states that it changed, in the order of commits, from the writer: must be quick and must not throw.</summary>
    public Action<IReadOnlyCollection<IResourceState>>? StatesWritten { get; set; }

    /// <summary>What was committed lately, for those who listen.</summary>
    public LiveEvents Live { get; }

    /// <summary>How long commits took since the start.</summary>
    public DurationHistogram CommitTimes { get; } = new();

    /// <summary>Whether it gets on, for <c>/-/ready</c>.</summary>
    public PipelineHealth Health => _health;

    /// <summary>How many batches wait.</summary>
    public int QueueDepth => _queue.Reader.Count;

    /// <summary>
    /// Up to when everything that came in is on disk: when the oldest batch was received that is not, or now. What has to hold for a time, or to be silent
    /// for one, is judged by this and not by the clock, so that a backlog ends nothing that the events in it say goes on.
    /// </summary>
    public DateTimeOffset Watermark
    {
        get
        {
            lock (_uncommittedGate) return _uncommitted.First is { Value: var oldest } && oldest < _time.GetUtcNow() ? oldest : _time.GetUtcNow();
        }
    }

    /// <summary>The newest event time that was committed, for the lag; <see langword="null"/> before the first.</summary>
    public DateTimeOffset? NewestEventAt =>
        Interlocked.Read(ref _newestMilliseconds) is var ms and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Hands a batch over; completes when it is on disk.</summary>
    public async Task<BatchReceipt> SubmitAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var receipt = await EnqueueAsync(batch, cancellationToken).ConfigureAwait(false);
        return await receipt.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands a batch over; completes once the queue has it, with what completes when it is on disk. Until then the batch's buffer is in use.</summary>
    /// <exception cref="ChannelClosedException">The pipeline takes no more: it stops, or it broke.</exception>
    public async Task<Task<BatchReceipt>> EnqueueAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var waiting = new Waiting(batch, new TaskCompletionSource<BatchReceipt>(TaskCreationOptions.RunContinuationsAsynchronously));
        LinkedListNode<DateTimeOffset> place;
        lock (_uncommittedGate) place = _uncommitted.AddLast(batch.ReceivedAt);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_uncommittedGate) _uncommitted.Remove(place);
            throw;
        }

        return SettleAsync(waiting.Receipt.Task, place);
    }

    /// <summary>Takes no more, and commits what waits for as long as <paramref name="budget"/>; what then remains is not acknowledged and comes again.</summary>
    public async Task StopAsync(TimeSpan budget)
    {
        _queue.Writer.TryComplete();
        try
        {
            await Completion.WaitAsync(budget, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _abort.CancelAsync().ConfigureAwait(false);
            await Completion.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        _abort.Dispose();
        _preparer.Dispose();
    }

    private async Task<BatchReceipt> SettleAsync(Task<BatchReceipt> receipt, LinkedListNode<DateTimeOffset> place)
    {
        try
        {
            return await receipt.ConfigureAwait(false);
        }
        finally
        {
            lock (_uncommittedGate) _uncommitted.Remove(place);
        }
    }

    private async Task RunAsync()
    {
        var group = new List<Waiting>();
        try
        {
            while (await WaitForWorkAsync().ConfigureAwait(false))
            {
                var size = 0;
                while (size < GroupMax && _queue.Reader.TryRead(out var waiting))
                {
                    group.Add(waiting);
                    size += waiting.Batch.Events.Count + waiting.Batch.Faults.Count;
                }

                foreach (var bySource in group.GroupBy(w => w.Batch.Source, StringComparer.Ordinal)) await NextAsync([.. bySource]).ConfigureAwait(false);
                group.Clear();
            }

            await EndWritingAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            await ((Task)_writing.Done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Fail([.. group, .. _writing.Group], new OperationCanceledException("The pipeline was stopped before this batch was written."));
        }
        catch (Exception broken)
        {
            await ((Task)_writing.Done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Break(broken);
            Fail([.. group, .. _writing.Group], broken);
            throw;
        }
    }

    // True when something waits to be written; false when nothing comes any more.
    private async Task<bool> WaitForWorkAsync()
    {
        var work = _queue.Reader.WaitToReadAsync(_abort.Token).AsTask();
        var pause = RetryFirst;
        while (!work.IsCompleted)
        {
            if (!_writing.Done.IsCompleted)
            {
                await Task.WhenAny(work, _writing.Done).ConfigureAwait(false);
                continue;
            }

            await EndWritingAsync().ConfigureAwait(false);

            // A store that refused may be well again, and whoever heeds readiness sends nothing until it says so.
            if (_health.IsReady) break;
            using var done = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
            await Task.WhenAny(work, Task.Delay(pause, _time, done.Token)).ConfigureAwait(false);
            await done.CancelAsync().ConfigureAwait(false);
            pause = pause * 2 < RetryMax ? pause * 2 : RetryMax;
            if (!work.IsCompleted) await ProbeAsync().ConfigureAwait(false);
        }

        return await work.ConfigureAwait(false);
    }

    // Writes nothing, in the way that everything is written.
    private async Task ProbeAsync()
    {
        try
        {
            await _store.CommitAsync(
                new Commit { Source = _refusedSource, ReceivedAt = _time.GetUtcNow(), Accounting = default, Events = [], Quarantine = [], States = [], Firings = [] },
                _abort.Token).ConfigureAwait(false);
            _health = PipelineHealth.Ready;
        }
        catch (StoreException e)
        {
            _health = Stuck(e);
        }
    }

    // Prepares a group while the one before is written, and begins to write it.
    private async Task NextAsync(IReadOnlyList<Waiting> group)
    {
        // What is forgotten is read from the store again, so it must be there.
        var isShared = _movedAt is { } moved && _time.GetElapsedTime(moved) < SharedFor;
        if (isShared || _preparer.IsFull(group.Sum(w => w.Batch.Events.Count)))
        {
            await EndWritingAsync().ConfigureAwait(false);
            _preparer.Forget();
        }

        var prepared = await PrepareAsync(group).ConfigureAwait(false);

        // It counted on what was perhaps not written after all, or otherwise.
        if (!await EndWritingAsync().ConfigureAwait(false) && prepared is not null) prepared = await PrepareAsync(group).ConfigureAwait(false);
        if (prepared is null) return;
        _preparer.Begin(prepared);
        // A store may do all of a commit before it first yields (the embedded one does): on this thread, the next group would wait for it.
        _writing = new Writing(group, Task.Run(() => WriteAsync(group, prepared)));
    }

    // Waits until the group that is being written is, anew where others were first with its states; false when it is not there as it was prepared.
    private async Task<bool> EndWritingAsync()
    {
        var (group, done) = _writing;
        var written = await done.ConfigureAwait(false);
        if (written == Written.Yes) return true;
        while (written == Written.Moved)
        {
            _movedAt = _time.GetTimestamp();
            _preparer.Forget();
            written = await PrepareAsync(group).ConfigureAwait(false) is { } prepared ? await WriteAsync(group, prepared).ConfigureAwait(false) : Written.No;
        }

        _preparer.Forget();
        _writing = new Writing([], Task.FromResult(Written.Yes));
        return false;
    }

    private Task<PreparedGroup?> PrepareAsync(IReadOnlyList<Waiting> group) => RetryAsync(() => _preparer.PrepareAsync([.. group.Select(w => w.Batch)], _abort.Token), group);

    // Unless states have moved, the group's submitters know when it returns.
    private async Task<Written> WriteAsync(IReadOnlyList<Waiting> group, PreparedGroup prepared)
    {
        try
        {
            var outcome = await RetryAsync(
                async () =>
                {
                    var began = _time.GetTimestamp();
                    var done = await _store.CommitAsync(prepared.Commit, _abort.Token).ConfigureAwait(false);
                    CommitTimes.Add(_time.GetElapsedTime(began));
                    return done;
                },
                group).ConfigureAwait(false);
            if (outcome is null) return Written.No;
            var stored = prepared.Stored(outcome);
            foreach (var e in stored.Where(e => !e.Event.IsSynthetic))
            {
                Interlocked.Exchange(ref _newestMilliseconds, Math.Max(_newestMilliseconds, e.Event.OccurredAt.ToUnixTimeMilliseconds()));
            }

            _health = PipelineHealth.Ready;
            // Before the receipts: with them the events' bytes are given back.
            Live.Publish(stored);
            if (prepared.Changed.Count > 0) StatesWritten?.Invoke(prepared.Changed);
            if (prepared.Commit.Firings.Count > 0) FiringsWritten?.Invoke();
            var receipts = prepared.Receipts(outcome);
            for (var i = 0; i < group.Count; i++) group[i].Receipt.TrySetResult(receipts[i]);
            return Written.Yes;
        }
        catch (StatesMovedException)
        {
            // The loop prepares it anew; nobody is told of anything yet.
            return Written.Moved;
        }
        catch (Exception broken)
        {
            // The loop may be waiting for the next batch, and must hear of it.
            if (!_abort.IsCancellationRequested) Break(broken);
            foreach (var waiting in group) waiting.Receipt.TrySetException(broken);
            throw;
        }
    }

    // Tries until it works; null when the store refuses for good, which the submitters then know.
    private async Task<T?> RetryAsync<T>(Func<Task<T>> attempt, IReadOnlyList<Waiting> group) where T : class
    {
        for (var wait = RetryFirst; ; wait = wait * 2 < RetryMax ? wait * 2 : RetryMax)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (StoreException e) when (e.IsTransient)
            {
                _health = Stuck(e);
                await Task.Delay(wait, _time, _abort.Token).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                _health = Stuck(e);
                _refusedSource = group[0].Batch.Source;
                foreach (var waiting in group) waiting.Receipt.TrySetException(e);
                return null;
            }
        }
    }

    private static PipelineHealth Stuck(StoreException e) => new(false, e.Hint.Length > 0 ? e.Message + " " + e.Hint : e.Message);

    // A half-alive writer is worse than a dead one: nobody may wait for it, and the host stops on Completion.
    private void Break(Exception broken)
    {
        _health = new PipelineHealth(false, "The pipeline broke: " + broken.Message);
        _queue.Writer.TryComplete(broken);
    }

    private void Fail(List<Waiting> group, Exception why)
    {
        _queue.Writer.TryComplete(why);
        foreach (var waiting in group) waiting.Receipt.TrySetException(why);
        while (_queue.Reader.TryRead(out var waiting)) waiting.Receipt.TrySetException(why);
    }

    private sealed record Waiting(IngestBatch Batch, TaskCompletionSource<BatchReceipt> Receipt);

    private sealed record Writing(IReadOnlyList<Waiting> Group, Task<Written> Done);

    private enum Written
    {
        /// <summary>It is on disk.</summary>
        Yes,

        /// <summary>The store refused it for good.</summary>
        No,

        /// <summary>It must be prepared anew: its states are not as they were loaded.</summary>
        Moved,
    }
}
