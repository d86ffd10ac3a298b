using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Something of a stream that went to quarantine.</summary>
/// <param name="Index">Which one of the stream, from 0.</param>
/// <param name="Reason">A stable code.</param>
/// <param name="Message">In words.</param>
internal sealed record QuarantinedItem(long Index, string Reason, string Message);

/// <summary>Brings one request's stream through the pipeline and knows at every moment what of it was committed, also when the store gets stuck half-way.</summary>
/// <param name="pipeline">Where it goes.</param>
/// <param name="patience">How long a store that cannot write is waited for: whoever sent the events should know soon that a full disk keeps them out.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestIngest(IngestPipeline pipeline, TimeSpan patience, TimeProvider time)
{
    /// <summary>So many of what went to quarantine are named in an answer.</summary>
    public const int FirstMax = 100;

    private const int OnTheirWayMax = 4;

    private readonly Queue<Sent> _sent = new();
    private readonly List<QuarantinedItem> _first = [];

    /// <summary>What is committed so far.</summary>
    public Accounting Committed { get; private set; }

    /// <summary>The first of what went to quarantine.</summary>
    public IReadOnlyList<QuarantinedItem> First => _first;

    /// <summary>Reads to the end and returns when all of it is committed; the stream stays the caller's.</summary>
    /// <exception cref="StoreException">The store cannot write; <see cref="Committed"/> is what it has.</exception>
    public async Task RunAsync(Stream stream, string source, EventStreamOptions options, Action<Accounting>? progress, CancellationToken cancellationToken)
    {
        var reader = new EventStreamReader(time, options);
        var index = 0L;
        try
        {
            await foreach (var batch in reader.ReadAsync(stream, source, cancellationToken))
            {
                await SendAsync(batch, index, cancellationToken);
                index += batch.Items.Count;
                if (_sent.Count >= OnTheirWayMax) await FinishAsync(progress);
            }

            while (_sent.Count > 0) await FinishAsync(progress);
        }
        finally
        {
            // After a failure or a cancellation: what is on its way is counted if it arrives, and its buffers are in use until then.
            await CountWhatArrivesAsync(progress);
        }
    }

    private async Task SendAsync(DecodedBatch batch, long index, CancellationToken cancellationToken)
    {
        try
        {
            _sent.Enqueue(new Sent(await pipeline.EnqueueAsync(IngestBatch.From(batch), cancellationToken), batch, index));
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private async Task FinishAsync(Action<Accounting>? progress)
    {
        var sent = _sent.Dequeue();
        try
        {
            await WaitAsync(sent.Receipt);
            Count(sent, progress);
        }
        finally
        {
            GiveBack(sent);
        }
    }

    private async Task CountWhatArrivesAsync(Action<Accounting>? progress)
    {
        while (_sent.TryDequeue(out var sent))
        {
            await ((Task)sent.Receipt.WaitAsync(patience, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sent.Receipt.IsCompletedSuccessfully) Count(sent, progress);
            GiveBack(sent);
        }
    }

    private void Count(Sent sent, Action<Accounting>? progress)
    {
        var receipt = sent.Receipt.Result;
        Committed += receipt.Accounting;
        Note(sent);
        progress?.Invoke(receipt.Accounting);
    }

    private static void GiveBack(Sent sent)
    {
        if (sent.Receipt.IsCompleted) sent.Batch.Dispose();
        else _ = sent.Receipt.ContinueWith(_ => sent.Batch.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task WaitAsync(Task receipt)
    {
        while (true)
        {
            try
            {
                await receipt.WaitAsync(patience, time);
                return;
            }
            catch (TimeoutException)
            {
                // A long commit is waited for; one that failed and is tried again may take until somebody makes room.
                if (pipeline.Health is { IsReady: false } stuck) throw new StoreException(stuck.Reason, "", isTransient: true);
            }
        }
    }

    private void Note(Sent sent)
    {
        if (_first.Count >= FirstMax) return;
        for (var i = 0; i < sent.Batch.Items.Count && _first.Count < FirstMax; i++)
        {
            if (sent.Batch.Items[i] is Decoded.Failed { Fault: var fault }) _first.Add(new QuarantinedItem(sent.Index + i, QuarantineItem.ReasonName(fault.Reason), fault.Message));
        }
    }

    private sealed record Sent(Task<BatchReceipt> Receipt, DecodedBatch Batch, long Index);
}
