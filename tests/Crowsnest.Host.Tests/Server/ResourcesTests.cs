using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;
using Microsoft.AspNetCore.Routing;

namespace Crowsnest.Host.Tests.Server;

public class ResourcesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_quarantine_pages_newest_first_and_its_bytes_stay_bytes()
    {
        await using var server = await RunningServer.StartAsync();
        var hostile = "<script>alert(1)</script>"u8.ToArray();
        for (var id = 1; id <= 3; id++)
            server.Store.Entries.Add(new QuarantineEntry(id, Noon, "http", new Fault(QuarantineReason.NotJson, "Not JSON at byte 0.", hostile, hostile.Length, "ab")));

        var (_, first) = await server.SendAsync("GET", "/api/v1/quarantine?limit=2");
        Assert.Equal(
            """{"items":[{"id":"3","receivedAt":"2026-11-24T12:00:00Z","source":"http","reason":"notJson","message":"Not JSON at byte 0.","length":25,"hash":"ab"},"""
            + """{"id":"2","receivedAt":"2026-11-24T12:00:00Z","source":"http","reason":"notJson","message":"Not JSON at byte 0.","length":25,"hash":"ab"}],"next":"2"}""",
            first);
        var (_, rest) = await server.SendAsync("GET", "/api/v1/quarantine?limit=2&cursor=2");
        Assert.EndsWith("\"next\":null}", rest, StringComparison.Ordinal);

        using var one = JsonDocument.Parse((await server.SendAsync("GET", "/api/v1/quarantine/3")).Body);
        Assert.Equal(hostile, one.RootElement.GetProperty("bytesBase64").GetBytesFromBase64());
        using var bytes = await server.RespondAsync("GET", "/api/v1/quarantine/3/bytes");
        Assert.Equal("attachment", bytes.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("application/octet-stream", bytes.Content.Headers.ContentType!.MediaType);

        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync("DELETE", "/api/v1/quarantine/3")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync("GET", "/api/v1/quarantine/3")).Status);
    }

    [Fact]
    public async Task The_accounting_is_shown_by_source_and_in_all()
    {
        await using var server = await RunningServer.StartAsync();
        server.Store.Sums["http"] = new Accounting(10, 7, 2, 1, 1, 1);
        server.Store.Sums["file"] = new Accounting(5, 5, 0, 0, 0, 0);
        Assert.Equal(
            """{"ready":true,"reason":"","queueDepth":0,"newestEventAt":null,"total":{"received":15,"stored":12,"duplicates":2,"quarantined":1,"idReused":1,"unknownKinds":1},"sources":{"""
            + "\"file\":" + """{"received":5,"stored":5,"duplicates":0,"quarantined":0,"idReused":0,"unknownKinds":0},"""
            + "\"http\":" + """{"received":10,"stored":7,"duplicates":2,"quarantined":1,"idReused":1,"unknownKinds":1}},"nextTimerDue":null,"tellingProblem":"","untold":{"tooOld":0,"maxAge":null},"retention":null}""",
            Regex.Replace((await server.SendAsync("GET", "/api/v1/pipeline")).Body, "\"watermark\":\"[0-9T:.-]+Z\",", ""));
        var (_, metrics) = await server.SendAsync("GET", "/metrics");
        Assert.Contains("crowsnest_events_received_total{source=\"http\"} 10\n", metrics, StringComparison.Ordinal);
        Assert.Contains("crowsnest_build_info{version=\"1.2.3\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/pipeline", "GET, HEAD")]
    [InlineData("GET", "/api/v1/explain", "POST")]
    public async Task A_method_that_an_address_does_not_have_is_answered_in_words(string method, string path, string allowed)
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.RespondAsync(method, path);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"takes {allowed}, and not {method}", Problem(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Whoever_asks_for_the_head_gets_it_where_the_answer_has_an_end()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var path in new[] { "/-/healthy", "/-/ready", "/metrics", "/api/v1/pipeline" })
            Assert.Equal((HttpStatusCode.OK, ""), await server.SendAsync("HEAD", path));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await server.SendAsync("HEAD", "/api/v1/stream")).Status);
        server.Store.Failure = new StoreException("The disk is full.", "", isTransient: true);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.SendAsync("HEAD", "/-/ready")).Status);
    }

    // Goal: the metrics are there by the names and labels that are promised, and Prometheus' own checker has nothing to say of the page.
    [Fact]
    public async Task The_metrics_have_the_names_and_labels_that_are_promised()
    {
        await using var server = await RunningServer.StartAsync();
        server.Store.Sums["http"] = new Accounting(3, 2, 0, 1, 0, 0);
        server.Store.Entries.Add(new QuarantineEntry(1, Noon, "http", new Fault(QuarantineReason.NotJson, "Not JSON.", new byte[1], 1, "")));
        await server.SendAsync("POST", "/api/v1/events", """{"detail-type":"x"}""", "application/json");
        var (_, metrics) = await server.SendAsync("GET", "/metrics");
        Assert.All(
            [
                "crowsnest_events_quarantined_total{reason=\"notJson\"} 1", "crowsnest_queue_depth{stage=\"commit\"} 0", "crowsnest_config_last_reload_successful 1",
                "crowsnest_commit_duration_seconds_bucket{le=\"+Inf\"} 1", "crowsnest_commit_duration_seconds_count 1", "crowsnest_failures_untold_total{reason=\"tooOld\"} 0",
            ],
            line => Assert.Contains(line + "\n", metrics, StringComparison.Ordinal));

        if (Path.Exists("/usr/bin/promtool") is false) Assert.Skip("skipped: Prometheus' promtool is not installed, which checks the page");
        using var check = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await check.StandardInput.WriteAsync(metrics);
        check.StandardInput.Close();
        var said = await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) + await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(check.ExitCode == 0, said);
    }

    [Fact]
    public async Task A_store_that_fails_turns_ready_and_reads_503_with_its_reason()
    {
        await using var server = await RunningServer.StartAsync();
        server.Store.Failure = new StoreException("The disk is full.", "Make room; it goes on by itself.", isTransient: true);
        var (status, body) = await server.SendAsync("GET", "/-/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("The disk is full. Make room; it goes on by itself.", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/-/healthy")).Status);
        server.Store.Failure = null;
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/-/ready")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_cannot_write_turns_posts_and_ready_into_503_reads_go_on_and_it_recovers_by_itself(bool isTransient)
    {
        await using var server = await RunningServer.StartAsync(o => o with { StorePatience = TimeSpan.FromMilliseconds(50) });
        server.Store.WriteFailure = new StoreException("The disk is full.", "Make room.", isTransient);

        var (status, body) = await server.SendAsync("POST", "/api/v1/events", """{"detail-type":"x"}""", "application/json");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("The disk is full. Make room. ", Problem(body), StringComparison.Ordinal);
        Assert.Contains("\"committed\":{\"received\":0,", body, StringComparison.Ordinal);
        Assert.Contains("The disk is full. Make room.", Problem((await server.SendAsync("GET", "/-/ready")).Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/api/v1/pipeline")).Status);

        server.Store.WriteFailure = null;
        if (isTransient)
        {
            // What was refused a moment ago is still being tried; each answer takes its time, so this ends long before it has counted to the end.
            for (var i = 0; i < 10_000 && (await server.SendAsync("GET", "/-/ready")).Status != HttpStatusCode.OK; i++)
            {
            }
        }

        Assert.Equal(HttpStatusCode.Accepted, (await server.SendAsync("POST", "/api/v1/events", """{"detail-type":"y"}""", "application/json")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/-/ready")).Status);
    }

    [Fact]
    public async Task An_unknown_parameter_is_refused_with_the_nearest_right_one()
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.RespondAsync("GET", "/api/v1/quarantine?limt=5");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Did you mean 'limit'?", Problem(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/quarantine?limit=0", "from 1 to 1000")]
    [InlineData("/api/v1/quarantine?limit=1&limit=2", "2 times")]
    [InlineData("/api/v1/quarantine?cursor=x", "'next' of a page")]
    public async Task A_parameter_out_of_bounds_is_explained(string path, string words)
    {
        await using var server = await RunningServer.StartAsync();
        var (status, body) = await server.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, Problem(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_and_the_endpoints_are_the_same()
    {
        await using var server = await RunningServer.StartAsync();
        using var description = JsonDocument.Parse((await server.SendAsync("GET", "/openapi/v1.json")).Body);
        var described = description.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal);
        var mapped = server.Server.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(m => m != "HEAD").Select(m => $"{m} {e.RoutePattern.RawText}")).Order(StringComparer.Ordinal);
        Assert.Equal(mapped, described);
        Assert.Contains("GET /api/v1/quarantine/{id}", described);
    }

    [Fact]
    public void Labels_are_escaped_as_the_format_asks()
    {
        var page = new PrometheusText().Metric("m", "gauge", "a\\b\nc").Sample("m", double.PositiveInfinity, ("l", "a\"b\\c\nd"));
        Assert.Equal("# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l=\"a\\\"b\\\\c\\nd\"} +Inf\n", page.ToString());
    }

    private static string Problem(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("detail").GetString()!;
    }
}
