using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Something in quarantine, in a list.</summary>
internal sealed record QuarantineItem(string Id, DateTime ReceivedAt, string Source, string Reason, string Message, long Length, string Hash)
{
    /// <summary>As the API shows it.</summary>
    public static QuarantineItem Of(QuarantineEntry entry) => new(
        entry.Id.ToString(CultureInfo.InvariantCulture), entry.ReceivedAt.UtcDateTime, entry.Source, ReasonName(entry.Fault.Reason),
        entry.Fault.Message, entry.Fault.Length, entry.Fault.Hash);

    /// <summary>A reason's public name.</summary>
    public static string ReasonName(QuarantineReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());
}

/// <summary>One in quarantine with its bytes: in base64, so that hostile ones are never run or displayed by accident.</summary>
internal sealed record QuarantineDetail(
    string Id, DateTime ReceivedAt, string Source, string Reason, string Message, long Length, string Hash, bool IsWhole, ReadOnlyMemory<byte> BytesBase64);

/// <summary>The quarantine: for operators only, since nothing in it is masked.</summary>
internal static class QuarantineEndpoints
{
    /// <summary>Maps <c>/quarantine</c>.</summary>
    public static void MapQuarantine(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.Map(
            new Operation(
                "GET", "/api/v1/quarantine", Access.Operator, "What could not be read, newest first.",
                new Parameter("limit", "integer", "How many, 1 to 1000; 100 unless told."),
                new Parameter("cursor", "string", "Where to go on: next of the page before.")) { Answer = "QuarantinePage" },
            http => ListAsync(http, parts.Store.Quarantine));
        routes.Map(
            new Operation("GET", "/api/v1/quarantine/{id}", Access.Operator, "One, with its bytes in base64.") { Answer = "QuarantineDetail" },
            async http => TypedResults.Json(Detail(await FindAsync(http, parts.Store.Quarantine)), ApiJson.Default.QuarantineDetail));
        routes.Map(
            new Operation("GET", "/api/v1/quarantine/{id}/bytes", Access.Operator, "Its bytes, untouched, as a file to save.") { Produces = "application/octet-stream" },
            async http =>
            {
                var entry = await FindAsync(http, parts.Store.Quarantine);
                return TypedResults.Bytes(entry.Fault.Bytes, "application/octet-stream", $"quarantine-{entry.Id}.bin");
            });
        routes.Map(
            new Operation("POST", "/api/v1/quarantine/{id}/replay", Access.Operator, "Reads one again; when it can be read now, its events are stored and it leaves the quarantine.") { Answer = "Accounting" },
            http => ReplayAsync(http, parts));
        routes.Map(
            new Operation("DELETE", "/api/v1/quarantine/{id}", Access.Operator, "Removes one for good.") { Success = StatusCodes.Status204NoContent },
            async http =>
            {
                if (!await parts.Store.Quarantine.RemoveAsync(Id(http), http.RequestAborted)) throw Missing();
                return TypedResults.NoContent();
            });
    }

    private static async Task<IResult> ReplayAsync(HttpContext http, ServerParts parts)
    {
        var result = await QuarantineReplay.RunAsync(Id(http), parts.Store, parts.Pipeline, parts.Masking, parts.Time, http.RequestAborted) ?? throw Missing();
        if (result.Refusal is { } refusal) throw new ProblemException(StatusCodes.Status409Conflict, "Not replayed", refusal);
        return TypedResults.Json(AccountingBody.Of(result.Accounting), ApiJson.Default.AccountingBody);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IQuarantine quarantine)
    {
        var limit = http.QueryInt("limit", 100, 1, 1_000);
        long? before = null;
        if (http.Query("cursor") is { } cursor)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) throw ProblemException.BadRequest("The cursor is not one of ours; take it from 'next' of a page.");
            before = id;
        }

        var entries = await quarantine.ListAsync(before, limit, http.RequestAborted);
        var next = entries.Count == limit ? entries[^1].Id.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Json(new Page<QuarantineItem>([.. entries.Select(QuarantineItem.Of)], next), ApiJson.Default.PageQuarantineItem);
    }

    private static QuarantineDetail Detail(QuarantineEntry entry)
    {
        var item = QuarantineItem.Of(entry);
        return new QuarantineDetail(
            item.Id, item.ReceivedAt, item.Source, item.Reason, item.Message, item.Length, item.Hash, entry.Fault.Bytes.Length == entry.Fault.Length, entry.Fault.Bytes);
    }

    private static async Task<QuarantineEntry> FindAsync(HttpContext http, IQuarantine quarantine) =>
        await quarantine.GetAsync(Id(http), http.RequestAborted) ?? throw Missing();

    private static long Id(HttpContext http) =>
        long.TryParse((string?)http.GetRouteValue("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Missing();

    private static ProblemException Missing() => ProblemException.NotFound("Nothing in quarantine has this id; it may have been replayed, dropped, or be past its retention.");
}
