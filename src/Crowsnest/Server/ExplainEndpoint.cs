using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>What the events of a body mean; nothing is stored.</summary>
internal static class ExplainEndpoint
{
    // The body is at most a few megabytes; packed, it must not grow to more than a few times that.
    private const long UnpackedMax = 16 << 20;

    /// <summary>Maps <c>/explain</c>.</summary>
    public static void MapExplain(this IEndpointRouteBuilder routes, ServerParts parts) => routes.Map(
        new Operation("POST", "/api/v1/explain", Access.Viewer, "What the events of the body mean, in their order; at most 4 MiB. Nothing is stored.") { Accepts = IngestEndpoint.Types, Answer = "ExplanationList" },
        http => ExplainAsync(http, parts));

    private static async Task<IResult> ExplainAsync(HttpContext http, ServerParts parts)
    {
        IngestEndpoint.RefuseOtherEncodings(http);
        var reader = new EventStreamReader(
            parts.Time, new EventStreamOptions { Masking = parts.Masking, BatchBytesMax = IngestEndpoint.BufferFor(http), DecompressedBytesMax = UnpackedMax });
        var batches = new List<DecodedBatch>();
        try
        {
            await foreach (var batch in reader.ReadAsync(http.Request.Body, IngestEndpoint.Source, http.RequestAborted)) batches.Add(batch);
            return EventJson.Answer(json => Write(json, batches, parts));
        }
        finally
        {
            foreach (var batch in batches) batch.Dispose();
        }
    }

    private static void Write(Utf8JsonWriter json, List<DecodedBatch> batches, ServerParts parts)
    {
        var faults = new List<NotEvent>();
        var index = 0L;
        json.WriteStartArray("items");
        foreach (var item in batches.SelectMany(b => b.Items))
        {
            if (item is Decoded.Ok { Event: var ecsEvent }) EventJson.WriteExplanation(json, ecsEvent, parts.Diagnoser.Diagnose(ecsEvent));
            else if (item is Decoded.Failed { Fault: var fault }) faults.Add(new NotEvent(index, QuarantineItem.ReasonName(fault.Reason), fault.Message));
            index++;
        }

        json.WriteEndArray();
        json.WriteNull("next");
        json.WriteStartArray("notEvents");
        foreach (var fault in faults.Take(StreamIngest.FirstMax)) JsonSerializer.Serialize(json, fault, ApiJson.Default.NotEvent);
        json.WriteEndArray();
    }
}
