using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Host.Tests.Usage;

/// <summary>
/// A server on this machine that answers range queries as Prometheus publishes it (https://prometheus.io/docs/prometheus/latest/querying/api/): its parameters, at most
/// 11,000 points a series, numbers as text, and errors as JSON.
/// </summary>
internal sealed class OwnPrometheus : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OwnPrometheus(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>What was asked: the queries, and how many points each would have.</summary>
    public List<(string Query, long Points)> Asked { get; } = [];

    /// <summary>The only token that is let in; everybody when <see langword="null"/>.</summary>
    public string? Token { get; init; }

    /// <summary>The series of a query: its labels, and a value at each moment (seconds since 1970) or none.</summary>
    public Func<string, IEnumerable<(Dictionary<string, string> Labels, Func<long, double?> At)>> Series { get; set; } = _ => [];

    /// <summary>What is answered instead; nothing when <see langword="null"/>.</summary>
    public Func<IResult>? Instead { get; set; }

    public static async Task<OwnPrometheus> StartAsync(string? token = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new OwnPrometheus(builder.Build()) { Token = token };
        server._app.MapPost("/api/v1/query_range", async (HttpContext http) => await server.Answer(http, await http.Request.ReadFormAsync(http.RequestAborted)).ExecuteAsync(http));
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpContext http, IFormCollection form)
    {
        if (Token is { } token && http.Request.Headers.Authorization != $"Bearer {token}") return Results.Text($"Unauthorized: {http.Request.Headers.Authorization}", statusCode: 401);
        if (Instead is { } instead) return instead();
        var (query, start, end, step) = (form["query"].ToString(), long.Parse(form["start"]!, CultureInfo.InvariantCulture), long.Parse(form["end"]!, CultureInfo.InvariantCulture), long.Parse(form["step"]!, CultureInfo.InvariantCulture));
        lock (Asked) Asked.Add((query, ((end - start) / step) + 1));
        if (query.Length == 0) return Error("invalid parameter \"query\": unknown position: parse error: no expression found in input");
        if (end < start) return Error("end timestamp must not be before start time");
        if ((end - start) / step > 11_000) return Error("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status", "success");
            json.WriteStartObject("data");
            json.WriteString("resultType", "matrix");
            json.WriteStartArray("result");
            foreach (var series in Series(query)) Write(json, series.Labels, [.. Moments(start, end, step).Select(at => (at, series.At(at))).Where(point => point.Item2 is not null)]);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("warnings");
            json.WriteStringValue("PromQL warning: nothing that matters");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Results.Bytes(body.ToArray(), "application/json");
    }

    private static void Write(Utf8JsonWriter json, Dictionary<string, string> labels, List<(long At, double? Value)> points)
    {
        if (points.Count == 0) return;
        json.WriteStartObject();
        json.WriteStartObject("metric");
        foreach (var (name, value) in labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartArray("values");
        foreach (var (at, value) in points)
        {
            json.WriteStartArray();
            json.WriteNumberValue(at);
            json.WriteStringValue(value!.Value.ToString("G17", CultureInfo.InvariantCulture)); // Those without are not here.
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<long> Moments(long start, long end, long step)
    {
        for (var at = start; at <= end; at += step) yield return at;
    }

    private static IResult Error(string why) => Results.Text($$"""{"status":"error","errorType":"bad_data","error":"{{JsonEncodedText.Encode(why)}}"}""", "application/json", statusCode: 400);
}
