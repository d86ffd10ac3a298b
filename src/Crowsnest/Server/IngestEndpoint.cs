using System.Threading.Channels;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Crowsnest.Server;

/// <summary>What became of the events of a request, all of it on disk.</summary>
internal sealed record IngestAnswer(long Received, long Stored, long Duplicates, QuarantinedAnswer Quarantined, long IdReused, long UnknownKinds)
{
    /// <summary>What is committed of a stream.</summary>
    public static IngestAnswer Of(RequestIngest ingest)
    {
        var sum = ingest.Committed;
        return new IngestAnswer(sum.Received, sum.Stored, sum.Duplicates, new QuarantinedAnswer(sum.Quarantined, ingest.First), sum.IdReused, sum.UnknownKinds);
    }
}

/// <summary>How many went to quarantine, and the first of them.</summary>
internal sealed record QuarantinedAnswer(long Count, IReadOnlyList<QuarantinedItem> First);

/// <summary>Takes events in: <c>POST /events</c>.</summary>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class IngestEndpoint(ServerParts parts)
#pragma warning restore CA1001
{
    /// <summary>What accounting calls events that come this way.</summary>
    public const string Source = "http";

    // Each holds a few buffers while it is read. More wait their turn, and the connections that may wait are bounded by the server.
    private const int AtOnceMax = 16;

    private const int BufferMin = 64 << 10;
    private const int BufferMax = 1 << 20;

    // A stream is read piece by piece, so its length costs no memory; this only ends what never ends.
    private const long BodyMax = 64L << 30;

    private static readonly string[] Types = ["application/json", "application/x-ndjson", "application/ndjson", "application/gzip", "application/octet-stream"];

    private readonly SemaphoreSlim _atOnce = new(AtOnceMax, AtOnceMax);

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation("POST", "/api/v1/events", Access.Ingest, "Takes events in, in any form that 'ingest' reads, and answers when all are on disk.")
        {
            Success = StatusCodes.Status202Accepted,
            Accepts = Types,
        },
        TakeAsync);

    private async Task<IResult> TakeAsync(HttpContext http)
    {
        // Gzip is known by its first bytes, so the header only has to name nothing else.
        if (http.Request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase) && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send the body as it is, or with Content-Encoding: gzip.");

        RefuseWhileStuck();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = BodyMax;

        // The owner may pipe in what comes slowly ('tail -f'); others must send or go.
        if (http.Features.Get<OwnerConnection>() is not null && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;

        await _atOnce.WaitAsync(http.RequestAborted);
        var ingest = new RequestIngest(parts.Pipeline, parts.Time);
        try
        {
            var options = new EventStreamOptions
            {
                Masking = parts.Masking,
                BatchBytesMax = (int)Math.Clamp((http.Request.ContentLength ?? BufferMax) + 1, BufferMin, BufferMax),
            };
            await ingest.RunAsync(http.Request.Body, Source, options, null, http.RequestAborted);
            return TypedResults.Json(IngestAnswer.Of(ingest), ApiJson.Default.IngestAnswer, statusCode: StatusCodes.Status202Accepted);
        }
        catch (StoreException stuck)
        {
            throw Unavailable($"{stuck.Message} {stuck.Hint}".TrimEnd(), ingest);
        }
        catch (ChannelClosedException)
        {
            throw Unavailable("The server is stopping.", ingest);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw Unavailable("The server stopped before all of this was committed.", ingest);
        }
        finally
        {
            _atOnce.Release();
        }
    }

    // What waits for a store that is stuck is enough; the rest is better kept by who sends it.
    private void RefuseWhileStuck()
    {
        if (parts.Pipeline is { Health: { IsReady: false } stuck, QueueDepth: > 0 }) throw Unavailable(stuck.Reason, null);
    }

    private static ProblemException Unavailable(string reason, RequestIngest? ingest) => new(
        StatusCodes.Status503ServiceUnavailable, "Not stored", $"{reason} What 'committed' counts is on disk; send all of it again later: what is stored already is a duplicate.")
    {
        Committed = ingest is null ? new IngestAnswer(0, 0, 0, new QuarantinedAnswer(0, []), 0, 0) : IngestAnswer.Of(ingest),
    };
}
