using System.Buffers;
using System.Threading.Channels;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Crowsnest.Server;

/// <summary>What became of the events of a request, all of it on disk.</summary>
internal sealed record IngestAnswer(long Received, long Stored, long Duplicates, QuarantinedAnswer Quarantined, long IdReused, long UnknownKinds, UntoldBody Untold)
{
    /// <summary>Nothing is committed.</summary>
    public static IngestAnswer Nothing { get; } = new(0, 0, 0, new QuarantinedAnswer(0, []), 0, 0, new UntoldBody(0, null));

    /// <summary>What is committed of a stream.</summary>
    public static IngestAnswer Of(StreamIngest ingest)
    {
        var sum = ingest.Committed;
        return new IngestAnswer(
            sum.Received, sum.Stored, sum.Duplicates, new QuarantinedAnswer(sum.Quarantined, [.. ingest.First.Select(NotEvent.Of)]), sum.IdReused, sum.UnknownKinds,
            UntoldBody.Of(ingest.TooOld, ingest.MaxAge));
    }
}

/// <summary>How many went to quarantine, and the first of them.</summary>
internal sealed record QuarantinedAnswer(long Count, IReadOnlyList<NotEvent> First);

/// <summary>Something of a stream that is no event.</summary>
internal sealed record NotEvent(long Index, string Reason, string Message)
{
    /// <summary>As the API shows it.</summary>
    public static NotEvent Of(QuarantinedItem item) => new(item.Index, QuarantineItem.ReasonName(item.Reason), item.Message);
}

/// <summary>Takes events in: <c>POST /events</c>.</summary>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class IngestEndpoint(ServerParts parts, TimeSpan patience, CancellationToken stopping)
#pragma warning restore CA1001
{
    /// <summary>What accounting calls events that come this way.</summary>
    public const string Source = "http";

    // Each holds a few buffers while it is read. More wait their turn, and the connections that may wait are bounded by the server.
    private const int AtOnceMax = 16;
    private const int OnTheirWayMax = 4;

    // The server has four seconds for all requests when it stops, and who sends must hear within them what is on disk:
    //   1.5 s for what ends by itself + 1.5 s for commits under way + 0.75 s to let the answer be found.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(1.5);

    // An answer is lost when the connection is closed on what was sent meanwhile, so that is read and thrown away for so long.
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(0.75);

    private const int BufferMin = 64 << 10;
    private const int BufferMax = 1 << 20;

    // A stream is read piece by piece, so its length costs no memory; this only ends what never ends.
    private const long BodyMax = 64L << 30;

    /// <summary>What events come as. A form's types are not among them, so that no page elsewhere can send them without being asked for its origin.</summary>
    public static readonly string[] Types = ["application/json", "application/x-ndjson", "application/ndjson", "application/gzip", "application/octet-stream"];

    private static readonly Operation Take = new(
        "POST", "/api/v1/events", Access.Ingest, "Takes events in, in any form that 'ingest' reads, and answers when all are on disk.",
        new Parameter("notify", "boolean", "false: nobody is told of them, now or later."))
    {
        Success = StatusCodes.Status202Accepted,
        Accepts = Types,
        Answer = "IngestAnswer",
        SignedBy = SnsEndpoint.Header,
    };

    private readonly SemaphoreSlim _atOnce = new(AtOnceMax, AtOnceMax);

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var sns = new SnsEndpoint(parts, (http, body, source, success) => CommitAsync(http, body, source, isTold: true, success));
        routes.Map(Take, http => SnsEndpoint.IsDelivery(http) ? sns.TakeAsync(http) : TakeAsync(http));
    }

    /// <summary>Gzip is known by its first bytes, so the header only has to name nothing else.</summary>
    public static void RefuseOtherEncodings(HttpContext http)
    {
        if (http.Request.Headers.ContentEncoding is not { Count: > 0 } encoding || encoding == "gzip" || encoding == "identity") return;
        throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send the body as it is, or with Content-Encoding: gzip.");
    }

    /// <summary>A buffer that holds a small body whole and a large one in pieces.</summary>
    public static int BufferFor(HttpContext http) => (int)Math.Clamp((http.Request.ContentLength ?? BufferMax) + 1, BufferMin, BufferMax);

    private async Task<IResult> TakeAsync(HttpContext http)
    {
        RefuseOtherEncodings(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = BodyMax;

        // The owner may pipe in what comes slowly ('tail -f'); others must send or go.
        if (http.Features.Get<OwnerConnection>() is not null && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        return await CommitAsync(http, http.Request.Body, Source, IsTold(http), StatusCodes.Status202Accepted);
    }

    // Answers when all of it is on disk, or says what is.
    private async Task<IResult> CommitAsync(HttpContext http, Stream body, string source, bool isTold, int success)
    {
        RefuseWhileStuck();
        var ingest = new StreamIngest(parts.Pipeline, parts.Time)
        {
            OnTheirWayMax = OnTheirWayMax, Patience = patience, LastPatience = patience < LastPatience ? patience : LastPatience, IsTold = isTold, MaxAge = parts.MaxAge,
        };

        // The reading ends soon after the server is told to stop; the request goes on until its answer is sent.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        await using var onStop = stopping.Register(() => reading.CancelAfter(StopGrace));
        var hasTurn = false;
        try
        {
            await _atOnce.WaitAsync(reading.Token);
            hasTurn = true;
            var options = new EventStreamOptions
            {
                Masking = parts.Masking,
                BatchBytesMax = BufferFor(http),
            };
            var reader = new EventStreamReader(parts.Time, options);
            await ingest.RunAsync(reader.ReadAsync(body, source, reading.Token), null, reading.Token);
            return TypedResults.Json(IngestAnswer.Of(ingest), ApiJson.Default.IngestAnswer, statusCode: success);
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
            await BreakOffAsync(http, Unavailable("The server stopped before all of this was committed.", ingest));
            return TypedResults.Empty;
        }
        finally
        {
            if (hasTurn) _atOnce.Release();
        }
    }

    // Answers while the caller may still be sending, and lets it find the answer.
    private async Task BreakOffAsync(HttpContext http, ProblemException problem)
    {
        http.Response.Headers.Connection = "close";
        await Problem.WriteAsync(http, problem);
        await http.Response.CompleteAsync();
        using var limit = new CancellationTokenSource(FarewellTime, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        var rest = ArrayPool<byte>.Shared.Rent(BufferMin);
        try
        {
            while (await http.Request.Body.ReadAsync(rest, either.Token) > 0)
            {
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The caller has gone, or does not listen.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }
    }

    private static bool IsTold(HttpContext http) => http.Query("notify") switch
    {
        null or "true" => true,
        "false" => false,
        _ => throw ProblemException.BadRequest("The parameter 'notify' must be true or false."),
    };

    // What waits for a store that is stuck is enough; the rest is better kept by who sends it.
    private void RefuseWhileStuck()
    {
        if (parts.Pipeline is { Health: { IsReady: false } stuck, QueueDepth: > 0 }) throw Unavailable(stuck.Reason, null);
    }

    private static ProblemException Unavailable(string reason, StreamIngest? ingest) => new(
        StatusCodes.Status503ServiceUnavailable, "Not stored", $"{reason} What 'committed' counts is on disk; send all of it again later: what is stored already is a duplicate.")
    {
        Committed = ingest is null ? IngestAnswer.Nothing : IngestAnswer.Of(ingest),
    };
}
