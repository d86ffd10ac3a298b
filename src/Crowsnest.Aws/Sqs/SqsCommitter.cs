using System.Text;
using System.Threading.Channels;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.Sqs;

/// <summary>What became of messages.</summary>
/// <param name="Messages">Those all of which is on disk, as events or in quarantine: they may be deleted.</param>
/// <param name="Accounting">What became of what was in them.</param>
/// <param name="HasFirings">Rules made something of it.</param>
public sealed record SqsCommitted(IReadOnlyList<SqsMessage> Messages, Accounting Accounting, bool HasFirings);

/// <summary>Puts what a queue delivered onto disk, whoever received it.</summary>
public sealed class SqsCommitter
{
    // A usual event; the buffer grows for a larger one.
    private const int BufferBytes = 16 * 1024;

    private readonly IngestPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly EventStreamOptions _reading;

    /// <summary>For the messages of one queue.</summary>
    public SqsCommitter(string queue, IngestPipeline pipeline, MaskingOptions masking, TimeProvider time)
    {
        (_pipeline, _time) = (pipeline, time);
        _reading = new EventStreamOptions { Masking = masking, BatchBytesMax = BufferBytes };
        Source = $"sqs:{queue}";
    }

    /// <summary>What accounting calls it: <c>sqs:QUEUE</c>.</summary>
    public string Source { get; }

    /// <summary>Commits them, each for itself; from any number of threads at once. One that the store refuses is not among the answer: the queue's own policy decides when it has failed often enough.</summary>
    /// <param name="messages">What was delivered together.</param>
    /// <param name="giveUp">What is not on disk then is not waited for.</param>
    public async Task<SqsCommitted> CommitAsync(IReadOnlyList<SqsMessage> messages, CancellationToken giveUp)
    {
        ArgumentNullException.ThrowIfNull(messages);

        // A reader reads one stream at a time, and pollers commit side by side.
        var reader = new EventStreamReader(_time, _reading);
        var sent = new List<(SqsMessage Message, DecodedBatch Batch, Task<BatchReceipt> Receipt)>();
        var refused = new HashSet<SqsMessage>();
        foreach (var message in messages)
        {
            using var body = new MemoryStream(Encoding.UTF8.GetBytes(message.Body));
            await foreach (var batch in reader.ReadAsync(body, Source, CancellationToken.None).ConfigureAwait(false))
            {
                try
                {
                    sent.Add((message, batch, await _pipeline.EnqueueAsync(IngestBatch.From(batch), giveUp).ConfigureAwait(false)));
                }
                catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
                {
                    batch.Dispose();
                    refused.Add(message);
                }
            }
        }

        var (sums, hasFirings) = (default(Accounting), false);
        foreach (var (message, batch, receipt) in sent)
        {
            try
            {
                var done = await receipt.WaitAsync(giveUp).ConfigureAwait(false);
                sums += done.Accounting;
                hasFirings |= done.Firings.Count > 0;
                batch.Dispose();
            }
            catch (Exception e) when (e is StoreException or OperationCanceledException)
            {
                // Its buffer may be in use until its commit has ended.
                _ = receipt.ContinueWith(_ => batch.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                refused.Add(message);
            }
        }

        return new SqsCommitted([.. messages.Where(message => !refused.Contains(message))], sums, hasFirings);
    }
}
