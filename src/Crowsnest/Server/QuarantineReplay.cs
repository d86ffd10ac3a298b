using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>What became of a replay: a sentence when it cannot be done, otherwise what the bytes were this time.</summary>
internal sealed record ReplayResult(string? Refusal, Accounting Accounting);

/// <summary>Reads what is in quarantine again, for instance by a newer version, and takes it out when it could be read.</summary>
internal static class QuarantineReplay
{
    /// <summary>What accounting calls events that come this way.</summary>
    public const string Source = "replay";

    /// <summary>Replays one; <see langword="null"/> when it is not there. Until its events are committed it stays, so that a crash loses nothing.</summary>
    public static async Task<ReplayResult?> RunAsync(
        long id, IStore store, IngestPipeline pipeline, MaskingOptions masking, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.Quarantine.GetAsync(id, cancellationToken) is not { Fault: var fault }) return null;
        if (fault.Bytes.Length != fault.Length)
            return new ReplayResult($"Only the first {fault.Bytes.Length} of its {fault.Length} bytes were kept, so it cannot be read again. Send the whole again from where it came from.", default);

        var reader = new EventStreamReader(time, new EventStreamOptions { Masking = masking });
        using var bytes = new MemoryStream(fault.Bytes.ToArray());
        var batches = new List<DecodedBatch>();
        try
        {
            await foreach (var batch in reader.ReadAsync(bytes, Source, cancellationToken)) batches.Add(batch);
            if (!batches.SelectMany(b => b.Items).Any(i => i is Decoded.Ok))
            {
                var still = batches.SelectMany(b => b.Items).OfType<Decoded.Failed>().FirstOrDefault()?.Fault.Message ?? fault.Message;
                return new ReplayResult($"It still cannot be read: {still}", default);
            }

            // Waited for without the caller's patience: the batches point into buffers that the pipeline reads until then.
            var sum = default(Accounting);
            foreach (var batch in batches) sum += (await pipeline.SubmitAsync(IngestBatch.From(batch), CancellationToken.None)).Accounting;
            await store.Quarantine.RemoveAsync(id, CancellationToken.None);
            return new ReplayResult(null, sum);
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }
}
