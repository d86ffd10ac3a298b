using System.Text.Json;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Counts: over time, and of a field's values; and the fields there are.</summary>
internal sealed class FieldsEndpoints(ServerParts parts, QueryTurns turns)
{
    private const int UnlistedMax = 1_000;

    /// <summary>Maps <c>/histogram</c> and <c>/fields</c>.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(
            new Operation(
                "GET", "/api/v1/histogram", Access.Viewer, "Counts over time of what a query finds, broken down by a field.",
                QueryParameters.Q, QueryParameters.From, QueryParameters.To, new Parameter("by", "string", "The field to break down by; none unless given."),
                new Parameter("buckets", "integer", "How many, 1 to 2000; 60 unless told.")) { Answer = "Histogram" },
            HistogramAsync);
        routes.Map(new Operation("GET", "/api/v1/fields", Access.Viewer, "The fields that queries can name: the listed ones, then those that stored events have besides.") { Answer = "FieldList" }, ListAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/fields/{name}/values", Access.Viewer, "A field's values over what a query finds, most first.",
                QueryParameters.Q, QueryParameters.From, QueryParameters.To, new Parameter("limit", "integer", "How many, 1 to 1000; 10 unless told.")) { Answer = "ValueList" },
            ValuesAsync);
    }

    private async Task<IResult> HistogramAsync(HttpContext http)
    {
        var query = http.ReadQuery(parts.Time);
        var (from, to) = (http.ReadMoment("from", parts.Time), http.ReadMoment("to", parts.Time));
        var by = http.Query("by") is { } name ? QueryParameters.Field(name) : (FieldRef?)null;
        var request = new HistogramRequest(query, from, to, by, http.QueryInt("buckets", 60, 1, 2_000));
        var histogram = await turns.TakeAsync(() => parts.Store.Events.HistogramAsync(request, http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            json.WriteString("from", EventJson.Time(histogram.From));
            json.WriteNumber("bucketMilliseconds", histogram.BucketMilliseconds);
            json.WriteNumber("total", histogram.Total);
            Numbers(json, "counts", histogram.Counts);
            json.WriteStartArray("series");
            foreach (var series in histogram.Series)
            {
                json.WriteStartObject();
                json.WriteString("value", series.Value);
                json.WriteNumber("total", series.Total);
                Numbers(json, "counts", series.Counts);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("cut", histogram.Cut);
        });
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var unlisted = await turns.TakeAsync(() => parts.Store.Events.UnlistedFieldsAsync(UnlistedMax, http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            json.WriteStartArray("items");
            foreach (var field in SearchFields.All) Field(json, field.Name, field.Path, field.Type.ToString().ToLowerInvariant(), field.Description, isListed: true);
            foreach (var path in unlisted) Field(json, path, path, "keyword", "", isListed: false);
            json.WriteEndArray();
            json.WriteNull("next");
        });
    }

    private async Task<IResult> ValuesAsync(HttpContext http)
    {
        var query = http.ReadQuery(parts.Time);
        var (from, to) = (http.ReadMoment("from", parts.Time), http.ReadMoment("to", parts.Time));
        var field = QueryParameters.Field((string)http.GetRouteValue("name")!);
        var request = new ValuesRequest(query, from, to, field, http.QueryInt("limit", 10, 1, 1_000));
        var values = await turns.TakeAsync(() => parts.Store.Events.ValuesAsync(request, http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            json.WriteStartArray("items");
            foreach (var (value, count) in values.Values)
            {
                json.WriteStartObject();
                json.WriteString("value", value);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNull("next");
            json.WriteNumber("total", values.Total);
            json.WriteNumber("without", values.Without);
            json.WriteString("cut", values.Cut);
        });
    }

    private static void Field(Utf8JsonWriter json, string name, string path, string type, string description, bool isListed)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("path", path);
        json.WriteString("type", type);
        json.WriteString("description", description);
        json.WriteBoolean("listed", isListed);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
