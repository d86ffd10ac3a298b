using System.Runtime.ExceptionServices;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>A stream's batches through the pipeline, several on their way at once, so that reading and writing overlap.</summary>
public static class StreamIngest
{
    // About four make a group: one group is written, one is prepared, and the reader works on the next. A batch holds a buffer of 2 MiB.
    private const int InFlightMax = 9;

    /// <summary>Hands over every batch and waits for all of them; each is disposed when its receipt is there.</summary>
    /// <param name="pipeline">Where they go.</param>
    /// <param name="batches">What is read. When it is cancelled, what was handed over before is still waited for.</param>
    /// <param name="onReceipt">Told of each batch that is on disk, in order.</param>
    /// <returns>The sum of all receipts.</returns>
    public static async Task<Accounting> RunAsync(IngestPipeline pipeline, IAsyncEnumerable<DecodedBatch> batches, Action<BatchReceipt> onReceipt)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(onReceipt);
        var inFlight = new Queue<(Task<BatchReceipt> Receipt, DecodedBatch Batch)>();
        var total = default(Accounting);
        Exception? failure = null;
        try
        {
            await foreach (var batch in batches.ConfigureAwait(false))
            {
                // Not cancelled half-way: a batch that was handed over counts when it is on disk, and its buffer is in use until then.
                inFlight.Enqueue((pipeline.SubmitAsync(IngestBatch.From(batch), CancellationToken.None), batch));
                if (inFlight.Count == InFlightMax) await FinishAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // It goes on below, when nothing uses the buffers any more.
        catch (Exception exception)
        {
            failure = exception;
        }
#pragma warning restore CA1031

        while (inFlight.Count > 0)
        {
            try
            {
                await FinishAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The first failure is the one to tell; those after it follow from it.
            catch (Exception exception)
            {
                failure ??= exception;
            }
#pragma warning restore CA1031
        }

        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return total;

        async Task FinishAsync()
        {
            var (receipt, batch) = inFlight.Dequeue();
            using (batch)
            {
                var done = await receipt.ConfigureAwait(false);
                total += done.Accounting;
                onReceipt(done);
            }
        }
    }
}
