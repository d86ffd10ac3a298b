using System.IO.Hashing;
using System.Runtime.InteropServices;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>Brings one stream through the pipeline, several batches on their way at once so that reading and writing overlap, and knows at every moment what of
/// it is committed, also when the store gets stuck half-way.</summary>
/// <param name="pipeline">Where it goes.</param>
/// <param name="time">The clock.</param>
public sealed class StreamIngest(IngestPipeline pipeline, TimeProvider time)
{
    /// <summary>So many of what went to quarantine are remembered.</summary>
    public const int FirstMax = 100;

    private readonly Queue<Sent> _sent = new();
    private readonly List<QuarantinedItem> _first = [];

    // Hashes of their ids: the two to four events of one stop give one failure, in whichever batches they are.
    private readonly HashSet<ulong> _tooOld = [];
    private bool _isStuck;

    /// <summary>Batches on their way at once, each with its buffer. Four make a group: one group is written, one is prepared, and the reader works on the next.</summary>
    public int OnTheirWayMax { get; init; } = 8;

    /// <summary>How long a store that cannot write is waited for: whoever sends the events should know soon that a full disk keeps them out.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether rules look at it (<see cref="IngestBatch.IsTold"/>).</summary>
    public bool IsTold { get; init; } = true;

    /// <summary>How long what is on its way is waited for when the reading ended early; as <see cref="Patience"/> unless told.</summary>
    public TimeSpan? LastPatience { get; init; }

    /// <summary>What happened longer ago is not told (<see cref="Incidents.TellingOptions.MaxAge"/>); with it, <see cref="TooOld"/> counts.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Failures in what is committed that are recorded and not told, since they happened longer ago than <see cref="MaxAge"/>; each once.</summary>
    public long TooOld => _tooOld.Count;

    /// <summary>What is committed so far.</summary>
    public Accounting Committed { get; private set; }

    /// <summary>The first of what went to quarantine.</summary>
    public IReadOnlyList<QuarantinedItem> First => _first;

    /// <summary>Reads to the end and returns when all of it is committed.</summary>
    /// <param name="batches">What is read; each batch is disposed when its receipt is there.</param>
    /// <param name="onReceipt">Told of each batch that is on disk, in order.</param>
    /// <param name="cancellationToken">Ends the reading; what was handed over before is still waited for.</param>
    /// <exception cref="StoreException">The store cannot write; <see cref="Committed"/> is what it has.</exception>
    public async Task RunAsync(IAsyncEnumerable<DecodedBatch> batches, Action<BatchReceipt>? onReceipt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var index = 0L;
        try
        {
            await foreach (var batch in batches.ConfigureAwait(false))
            {
                await SendAsync(batch, index, cancellationToken).ConfigureAwait(false);
                index += batch.Items.Count;
                if (_sent.Count >= OnTheirWayMax) await FinishAsync(onReceipt).ConfigureAwait(false);
            }

            while (_sent.Count > 0) await FinishAsync(onReceipt).ConfigureAwait(false);
        }
        finally
        {
            // After a failure or a cancellation: what is on its way is counted if it arrives, and its buffers are in use until then.
            await CountWhatArrivesAsync(onReceipt).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(DecodedBatch batch, long index, CancellationToken cancellationToken)
    {
        try
        {
            var ingest = IngestBatch.From(batch) with { IsTold = IsTold };
            while (true)
            {
                using var limit = new CancellationTokenSource(Patience, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                try
                {
                    _sent.Enqueue(new Sent(await pipeline.EnqueueAsync(ingest, both.Token).ConfigureAwait(false), batch, index));
                    return;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    ThrowIfStuck();
                }
            }
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private async Task FinishAsync(Action<BatchReceipt>? onReceipt)
    {
        var sent = _sent.Dequeue();
        try
        {
            await WaitAsync(sent.Receipt).ConfigureAwait(false);
            Count(sent, onReceipt);
        }
        finally
        {
            GiveBack(sent);
        }
    }

    private async Task CountWhatArrivesAsync(Action<BatchReceipt>? onReceipt)
    {
        while (_sent.TryDequeue(out var sent))
        {
            // Batches arrive in order: when one does not, the ones behind it do not either.
            if (!_isStuck) await ((Task)sent.Receipt.WaitAsync(LastPatience ?? Patience, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _isStuck |= !sent.Receipt.IsCompleted;
            if (sent.Receipt.IsCompletedSuccessfully) Count(sent, onReceipt);
            GiveBack(sent);
        }
    }

    private async Task WaitAsync(Task receipt)
    {
        while (true)
        {
            try
            {
                await receipt.WaitAsync(Patience, time).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                ThrowIfStuck();
            }
        }
    }

    // A long commit is waited for; one that failed and is tried again may take until somebody makes room.
    private void ThrowIfStuck()
    {
        if (pipeline.Health is not { IsReady: false } stuck) return;
        _isStuck = true;
        throw new StoreException(stuck.Reason, "", isTransient: true);
    }

    private void Count(Sent sent, Action<BatchReceipt>? onReceipt)
    {
        var receipt = sent.Receipt.Result;
        Committed += receipt.Accounting;
        foreach (var firing in receipt.Firings)
        {
            if (time.GetUtcNow() - firing.OccurredAt > MaxAge) _tooOld.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(firing.Id.AsSpan())));
        }

        for (var i = 0; receipt.Accounting.Quarantined > 0 && i < sent.Batch.Items.Count && _first.Count < FirstMax; i++)
        {
            if (sent.Batch.Items[i] is Decoded.Failed failed) _first.Add(new QuarantinedItem(sent.Index + i, failed.Fault.Reason, failed.Fault.Message));
        }

        onReceipt?.Invoke(receipt);
    }

    private static void GiveBack(Sent sent)
    {
        if (sent.Receipt.IsCompleted) sent.Batch.Dispose();
        else _ = sent.Receipt.ContinueWith(_ => sent.Batch.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private sealed record Sent(Task<BatchReceipt> Receipt, DecodedBatch Batch, long Index);
}

/// <summary>Something of a stream that went to quarantine.</summary>
/// <param name="Index">Which one of the stream, from 0.</param>
/// <param name="Reason">A stable code.</param>
/// <param name="Message">In words.</param>
public sealed record QuarantinedItem(long Index, QuarantineReason Reason, string Message);
