using System.Globalization;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Events to take away: <c>GET /export</c>.</summary>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class ExportEndpoint(ServerParts parts, QueryTurns turns)
#pragma warning restore CA1001
{
    // Each holds a page in memory for as long as its caller takes.
    private const int AtOnceMax = 8;

    private readonly SemaphoreSlim _atOnce = new(AtOnceMax, AtOnceMax);

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation(
            "GET", "/api/v1/export", Access.Viewer,
            "Everything that a query finds, oldest first, as a file: ndjson is the events' own bytes and can be read in again; csv is for spreadsheets, nothing in it "
            + "is run as a formula. A connection that breaks off means that it is not whole.",
            QueryParameters.Q, QueryParameters.From, QueryParameters.To, new Parameter("format", "string", "ndjson (unless told) or csv."),
            new Parameter("columns", "string", $"CSV's columns with commas between: fields, paths, summary, nextStep, event; {ExportColumn.Usual} unless told."))
        {
            IsStream = true, Produces = "application/x-ndjson",
        },
        async http =>
        {
            var isCsv = http.Query("format") switch
            {
                null or "ndjson" => false,
                "csv" => true,
                _ => throw ProblemException.BadRequest("The parameter 'format' must be ndjson or csv."),
            };
            if (!isCsv && http.Query("columns") is not null) throw ProblemException.BadRequest("The parameter 'columns' goes with format=csv; ndjson is whole events.");
            var request = new SearchRequest(http.ReadQuery(parts.Time), http.ReadMoment("from", parts.Time), http.ReadMoment("to", parts.Time), 1);
            var export = new EventExport(parts.Store.Events, parts.Diagnoser, request, isCsv ? ExportColumn.Parse(http.Query("columns")) : null);
            if (!await _atOnce.WaitAsync(TimeSpan.Zero, http.RequestAborted))
            {
                throw new ProblemException(
                    StatusCodes.Status429TooManyRequests, "Too many exports", $"{AtOnceMax} exports run already, and no more may at once. Try again when one has ended.");
            }

            try
            {
                await export.BeginAsync(search => turns.TakeAsync(search, http.RequestAborted));
            }
            catch
            {
                _atOnce.Release();
                throw;
            }

            return new Answer(export, isCsv, parts.Time.GetUtcNow(), turns, _atOnce);
        });

    private sealed class Answer(EventExport export, bool isCsv, DateTimeOffset now, QueryTurns turns, SemaphoreSlim turn) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            try
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"crowsnest-{now.UtcDateTime:yyyyMMdd-HHmmss}.{(isCsv ? "csv" : "ndjson")}");
                http.Response.ContentType = isCsv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
                await export.WriteAsync(http.Response.Body, search => turns.TakeAsync(search, http.RequestAborted), null, http.RequestAborted);
            }
            catch when (http.Response.HasStarted)
            {
                // Half a file must not look like a whole one; whoever reads it sees the connection break.
                http.Abort();
                throw;
            }
            finally
            {
                turn.Release();
            }
        }
    }
}
