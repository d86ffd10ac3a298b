using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The server as a process: what it says, takes, answers and leaves behind.</summary>
public sealed class UpTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task It_says_where_it_listens_who_is_let_in_and_ends_in_order()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        Assert.Contains("every caller on this machine is admin", up.Started, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_crowsnest.Folder, "crowsnest-data"), up.Started, StringComparison.Ordinal);
        Assert.Equal("ready\n", await up.Client.GetStringAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken));

        var (code, error) = await up.StopAsync();

        Assert.Equal((0, "crowsnest: stopping\n"), (code, error));
    }

    [Fact]
    public async Task It_names_the_topics_that_are_let_in_and_says_when_it_refused_a_delivery()
    {
        var config = _crowsnest.Write("crowsnest.yaml", "sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:ecs-events']}}");
        await using var up = await RunningUp.StartAsync(_crowsnest, "--config", config);
        Assert.Contains("  reads    sns:ecs-events\n", up.Started, StringComparison.Ordinal);

        using var body = new StringContent("""{"Type":"Notification","Message":"forged","Timestamp":"2026-03-02T12:00:00Z","Signature":"AA=="}""");
        body.Headers.Add("x-amz-sns-message-type", "Notification");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await up.SaysAsync("crowsnest: 1 delivery of SNS was refused and will not come again; of the last: This is no delivery of SNS: \"MessageId\" is missing, or is no text of one line.");
    }

    [Fact]
    public async Task What_is_posted_is_counted_in_the_answer_and_there_after_a_kill()
    {
        var events = Lines(Event("a"), Event("b"), "{\"no\":\"event\"}", Event("a"));
        await using (var up = await RunningUp.StartAsync(_crowsnest))
        {
            var (status, body) = await PostAsync(up, events);

            Assert.Equal(HttpStatusCode.Accepted, status);
            Assert.Equal(
                """{"received":4,"stored":2,"duplicates":1,"quarantined":{"count":1,"first":[{"index":2,"reason":"noDetailType","message":"This is a JSON object without a \u0022detail-type\u0022, and no wrapper that we know."}]},"idReused":0,"unknownKinds":2,"untold":{"tooOld":0,"maxAge":"2h"}}""",
                body);
            await up.StopAsync("KILL");
        }

        var found = await _crowsnest.RunAsync(["search", "*", "-o", "ndjson"]);
        Assert.Equal(2, found.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_compressed_body_is_read_and_another_encoding_is_refused()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Lines(Event("a")), TestContext.Current.CancellationToken);

        var (status, body) = await PostAsync(up, packed.ToArray(), "gzip");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.StartsWith("""{"received":1,"stored":1,""", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(up, packed.ToArray(), "br")).Status);
    }

    [Fact]
    public async Task A_second_server_on_the_folder_or_the_port_says_what_to_do_and_exits_4()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);

        var sameFolder = await _crowsnest.RunAsync(["up", "--listen", "127.0.0.1:0"]);
        var samePort = await _crowsnest.RunAsync(["up", "--listen", up.Client.BaseAddress!.Authority, "--data", "other"]);

        Assert.Equal((4, ""), (sameFolder.ExitCode, sameFolder.Out));
        Assert.Contains("is in use by another Crowsnest (process ", sameFolder.Error, StringComparison.Ordinal);
        Assert.Equal((4, ""), (samePort.ExitCode, samePort.Out));
        Assert.Contains("is in use. Stop what listens there, or choose another address with --listen.", samePort.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:0", "crowsnest token create")]
    [InlineData("here", "is not an address and a port")]
    [InlineData("127.0.0.1:70000", "is not an address and a port")]
    public async Task An_address_that_is_wrong_or_unsafe_exits_2(string listen, string words)
    {
        var answer = await _crowsnest.RunAsync(["up", "--listen", listen]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    private static string Event(string id) =>
        """{"detail-type":"Something New","source":"my.app","id":"ID","time":"2026-03-02T12:00:00Z","detail":{"n":"ID"}}""".Replace("ID", id, StringComparison.Ordinal);

    private static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(RunningUp up, byte[] events, string? encoding = null)
    {
        using var content = new ByteArrayContent(events);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
