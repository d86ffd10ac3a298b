using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.Sqs;

/// <summary>Brings in what a queue holds: a message is deleted once all that is in it is on disk, as events or in quarantine.</summary>
/// <remarks>
/// Several pollers receive while others wait; what was received is kept invisible for as long as its commit takes. While the pipeline cannot write nothing more is
/// received: the queue keeps it better than this process. What went wrong is said (<see cref="Problem"/>) and tried again, ever more slowly, and never in a spin.
/// </remarks>
public sealed class SqsSource : IAsyncDisposable
{
    /// <summary>Calls that wait for messages at once.</summary>
    public const int Pollers = 4;

    // Receives that are not committed yet, of ten messages each: enough to fill group commits, few enough that a crash delivers little twice.
    private const int OnTheirWayMax = 32;

    // What is judged by the watermark is judged so much later. Seventeen thousand calls a day, a process.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan VisibilityUnlessTold = TimeSpan.FromSeconds(30);

    private readonly SqsQueueClient _queue;
    private readonly IngestPipeline _pipeline;
    private readonly SqsCommitter _committer;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room = new(OnTheirWayMax, OnTheirWayMax);
    private readonly CancellationTokenSource _receiving = new();
    private readonly CancellationTokenSource _giveUp;
    private readonly Task _running;
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly QueueWatermark _watermark = new();
    private volatile string _problem = "";
    private long _depth = -1;

    /// <summary>Begins to receive. Dispose ends that, and waits a little for what is on its way; the queue is disposed with it.</summary>
    public SqsSource(SqsQueueClient queue, IngestPipeline pipeline, MaskingOptions masking, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(queue);
        (_queue, _pipeline, _time) = (queue, pipeline, time);
        _giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _committer = new SqsCommitter(queue.Name, pipeline, masking, time);
        _running = Task.WhenAll(Enumerable.Range(0, Pollers).Select(_ => Task.Run(PollAsync)).Append(Task.Run(AskAsync)));
    }

    /// <summary>What accounting calls it: <c>sqs:QUEUE</c>.</summary>
    public string Name => _committer.Source;

    /// <summary>Why nothing can be received or deleted for now, and what to do; empty while all is well.</summary>
    public string Problem => _problem;

    /// <summary>Up to when everything that was put into the queue is on disk, as far as is known; a few seconds ago while it is empty. Never after now.</summary>
    public DateTimeOffset Watermark => _watermark.Read(_time.GetUtcNow());

    /// <summary>How many messages the queue held when it was asked last, a few seconds ago; <see langword="null"/> before the first answer.</summary>
    public long? Depth => Interlocked.Read(ref _depth) is var depth and >= 0 ? depth : null;

    /// <summary>Ends only when the source broke, which is fatal to the process.</summary>
    public Task Completion => Task.WhenAny(_running, _broken.Task).Unwrap();

    /// <summary>What was committed before it is over is deleted from the queue; the rest is delivered again.</summary>
    public TimeSpan EndingTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Up to when everything that was put into any of these queues, or came in otherwise, is on disk.</summary>
    public static DateTimeOffset WatermarkOf(IReadOnlyList<SqsSource> queues, IngestPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);

        // The queues first: what they hand over after that, the pipeline counts.
        var ofQueues = queues.Select(q => q.Watermark).ToList();
        return ofQueues.Append(pipeline.Watermark).Min();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _receiving.CancelAsync().ConfigureAwait(false);
        _giveUp.CancelAfter(EndingTime);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Every place is free again when nothing is on its way.
        for (var i = 0; i < OnTheirWayMax; i++) await _room.WaitAsync().ConfigureAwait(false);
        _queue.Dispose();
        _room.Dispose();
        _receiving.Dispose();
        _giveUp.Dispose();
    }

    private async Task PollAsync()
    {
        var (pause, visibility) = (PauseFirst, default(TimeSpan?));
        try
        {
            while (true)
            {
                while (!_pipeline.Health.IsReady) await Task.Delay(PauseFirst, _time, _receiving.Token).ConfigureAwait(false);
                await _room.WaitAsync(_receiving.Token).ConfigureAwait(false);
                IReadOnlyList<SqsMessage> messages = [];
                try
                {
                    visibility ??= (await _queue.AttributesAsync(_receiving.Token).ConfigureAwait(false)).VisibilityTimeout;
                    messages = await _queue.ReceiveAsync(SqsQueueClient.WaitSecondsMax, _receiving.Token).ConfigureAwait(false);
                    (pause, _problem) = (PauseFirst, "");
                }
                catch (AwsException e)
                {
                    _problem = $"The queue {_queue.Name} cannot be read. {e.InWords}";
                }
                finally
                {
                    if (messages.Count == 0) _room.Release();
                }

                if (messages.Count > 0)
                {
                    var received = _watermark.Received(_time.GetUtcNow(), SqsMessage.OldestSent(messages));
                    _ = Task.Run(() => TakeAsync(messages, visibility ?? VisibilityUnlessTold, received));
                }
                else if (_problem.Length > 0)
                {
                    await Task.Delay(Jitter.Of(pause), _time, _receiving.Token).ConfigureAwait(false);
                    pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
                }
            }
        }
        catch (OperationCanceledException) when (_receiving.IsCancellationRequested)
        {
            // What this poller received is taken care of by itself.
        }
    }

    // What cannot be asked is said by the pollers, which ask the same queue.
    private async Task AskAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    var at = _time.GetUtcNow();
                    var holds = await _queue.AttributesAsync(_receiving.Token).ConfigureAwait(false);
                    _watermark.Asked(at, holds is { Waiting: 0, InFlight: 0 });
                    Interlocked.Exchange(ref _depth, holds.Waiting + holds.InFlight);
                }
                catch (AwsException)
                {
                    // The watermark stays where it is.
                }

                await Task.Delay(AskEvery, _time, _receiving.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_receiving.IsCancellationRequested)
        {
            // Nothing more is judged.
        }
    }

    private async Task TakeAsync(IReadOnlyList<SqsMessage> messages, TimeSpan visibility, LinkedListNode<DateTimeOffset> received)
    {
        try
        {
            var committed = await CommitAsync(messages, visibility).ConfigureAwait(false);

            // One that could not be deleted is delivered again, and is a duplicate then.
            await _queue.DeleteAsync(committed, _giveUp.Token).ConfigureAwait(false);
        }
        catch (AwsException e)
        {
            _problem = $"Messages of the queue {_queue.Name} cannot be deleted; they come again and are duplicates. {e.InWords}";
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // Delivered again to whoever is there next.
        }
        catch (Exception broken)
        {
            // Nobody waits for this task, and what is wrong with this program must not pass for a message that takes long.
            _broken.TrySetException(broken);
            throw;
        }
        finally
        {
            _watermark.Settled(received);
            _room.Release();
        }
    }

    // Kept invisible for as long as that takes, whatever becomes of it.
    private async Task<IReadOnlyList<SqsMessage>> CommitAsync(IReadOnlyList<SqsMessage> messages, TimeSpan visibility)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token);
        var keeping = KeepAsync(messages, visibility, done.Token);
        try
        {
            return (await _committer.CommitAsync(messages, _giveUp.Token).ConfigureAwait(false)).Messages;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await keeping.ConfigureAwait(false);
        }
    }

    // Half of the time before it runs out, so that one failed call does not lose them.
    private async Task KeepAsync(IReadOnlyList<SqsMessage> messages, TimeSpan visibility, CancellationToken done)
    {
        if (visibility < TimeSpan.FromSeconds(2)) return;
        try
        {
            while (true)
            {
                await Task.Delay(visibility / 2, _time, done).ConfigureAwait(false);
                try
                {
                    await _queue.KeepAsync(messages, visibility, done).ConfigureAwait(false);
                }
                catch (AwsException e)
                {
                    _problem = $"Messages of the queue {_queue.Name} cannot be kept while they are written; they may come again and are duplicates then. {e.InWords}";
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // They are written, or it is over.
        }
    }
}
