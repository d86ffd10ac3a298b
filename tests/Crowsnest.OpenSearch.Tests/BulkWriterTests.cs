using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>What becomes of documents that a server refuses, for now or for ever, in part or as a whole: a real server does so only when it is in trouble.</summary>
public sealed class BulkWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_refused_for_now_is_sent_again_alone_and_what_is_refused_for_ever_says_why()
    {
        await using var server = new ScriptedServer(
            lines => Answer(lines, (document, asked) => document switch
            {
                "busy" when asked < 3 => "429,es_rejected_execution_exception",
                "down" when asked < 2 => "503,unavailable_shards_exception",
                "bad" => "400,mapper_parsing_exception",
                "there" => "409,version_conflict_engine_exception",
                _ => "201,",
            }));

        var results = await WriteAsync(server, ["good", "busy", "bad", "down", "there"]);

        Assert.Equal([201, 201, 400, 201, 409], results.Select(result => result.Status));
        Assert.Equal("mapper_parsing_exception: because of bad", results[2].Words);
        Assert.Equal(["good busy bad down there", "busy down", "busy"], server.Requests);
    }

    // Goal: an event is never put aside for what is wrong with the server: it waits, and whoever looks at readiness learns why.
    [Theory]
    [InlineData("403,security_exception")]
    [InlineData("403,cluster_block_exception")]
    [InlineData("404,index_not_found_exception")]
    [InlineData("400,validation_exception")]
    public async Task What_is_wrong_with_the_server_and_not_with_the_document_is_said_and_tried_again_later(string outcome)
    {
        await using var server = new ScriptedServer(lines => Answer(lines, (_, _) => outcome));

        var failure = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(server, ["good"]));

        Assert.True(failure.IsTransient);
        Assert.Contains(outcome.Split(',')[1], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_halved_until_one_document_is_too_large_by_itself()
    {
        await using var server = new ScriptedServer(lines => lines.Count > 2 || lines.Contains("huge") ? (413, "") : Answer(lines, (_, _) => "201,"));

        var results = await WriteAsync(server, ["a", "b", "c", "huge", "e"]);

        Assert.Equal([201, 201, 201, 413, 201], results.Select(result => result.Status));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_request_that_is_refused_as_a_whole_is_sent_again(int status)
    {
        var asked = 0;
        await using var server = new ScriptedServer(lines => ++asked < 3 ? (status, "{}") : Answer(lines, (_, _) => "201,"));

        Assert.All(await WriteAsync(server, ["a", "b"]), result => Assert.True(result.IsDone));
        Assert.Equal(["a b", "a b", "a b"], server.Requests);
    }

    // Goal: a success without a whole body is no answer. It ended a process when a server behind a proxy was killed in the middle of its answer.
    [Theory]
    [InlineData("")]
    [InlineData("{\"items\":[{\"create\":{\"sta")]
    public async Task A_request_whose_answer_is_cut_short_is_sent_again(string cut)
    {
        var asked = 0;
        await using var server = new ScriptedServer(lines => ++asked < 3 ? (200, cut) : Answer(lines, (_, _) => "201,"));

        Assert.All(await WriteAsync(server, ["a", "b"]), result => Assert.True(result.IsDone));
        Assert.Equal(["a b", "a b", "a b"], server.Requests);
    }

    [Fact]
    public async Task A_request_that_may_not_be_made_is_not_made_again()
    {
        await using var server = new ScriptedServer(_ => (401, """{"error":{"type":"security_exception","reason":"who are you"}}"""));

        var failure = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(server, ["a"]));

        Assert.True(failure.IsTransient);
        Assert.Contains("who are you", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up_on()
    {
        using var hanging = new CancellationTokenSource();
        await using var server = new ScriptedServer(_ =>
        {
            hanging.Token.WaitHandle.WaitOne();
            return (200, "{}");
        });

        var failure = await Assert.ThrowsAsync<StoreException>(() => WriteAsync(server, ["a"]));
        await hanging.CancelAsync();

        Assert.True(failure.IsTransient);
        Assert.Contains("took longer than", failure.Message, StringComparison.Ordinal);
    }

    // Goal: documents that several threads make arrive once each, and what becomes of each is said of that one. Method: a thousand in requests of a few, some refused by name.
    [Fact]
    public async Task Of_many_documents_each_arrives_once_and_has_its_own_outcome()
    {
        await using var server = new ScriptedServer(lines => Answer(lines, (document, asked) => document.EndsWith('7') ? "400,mapper_parsing_exception" : document.EndsWith('3') && asked < 2 ? "429,busy" : "201,"));
        var options = new OpenSearchOptions { Url = server.Address, BulkBytes = 300 };
        using var client = new OpenSearchClient(options, TimeProvider.System);
        var writer = new BulkWriter(client, options, TimeProvider.System);

        var results = await writer.WriteAsync(1_000, (text, i) => text.Append("{\"create\":{}}\n"u8).Append(i).Append("\n"u8), Cancel);

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => i % 10 == 7 ? 400 : 201), results.Select(result => result.Status));
        Assert.All(Enumerable.Range(0, 1_000), i => Assert.Equal(i % 10 == 3 ? 2 : 1, _asked[i.ToString(CultureInfo.InvariantCulture)]));
        Assert.True(server.Requests.Max(request => request.Length) < 300, "a request is larger than it may be");
    }

    // Goal: a commit that cannot be written is given up on soon. Method: the server refuses one document's request for good; the requests after it are not begun.
    [Fact]
    public async Task Once_a_request_has_failed_no_more_are_begun()
    {
        await using var server = new ScriptedServer(lines => lines.Contains("0") ? (401, "{}") : Answer(lines, (_, _) => "201,"));
        var options = new OpenSearchOptions { Url = server.Address, BulkBytes = 100, BulkRequests = 1 };
        using var client = new OpenSearchClient(options, TimeProvider.System);

        await Assert.ThrowsAsync<StoreException>(() => new BulkWriter(client, options, TimeProvider.System)
            .WriteAsync(10_000, (text, i) => text.Append("{\"create\":{}}\n"u8).Append(i).Append("\n"u8), Cancel));

        Assert.True(server.Requests.Count < 500, $"{server.Requests.Count} requests were made of about 2,000");
    }

    [Fact]
    public async Task As_many_requests_are_under_way_as_the_server_bears()
    {
        var gate = new RequestGate(2, 3);
        Task[] turns = [.. Enumerable.Range(0, 6).Select(_ => gate.EnterAsync())];
        Assert.Equal(2, Done());
        gate.AllowMore();
        gate.AllowMore();
        Assert.Equal((3, 3), (gate.Allowed, Done()));
        gate.AllowLess();
        gate.Leave();
        gate.Leave();
        Assert.Equal((1, 3), (gate.Allowed, Done()));
        gate.Leave();
        await turns[3];
        Assert.Equal(4, Done());

        int Done() => turns.Count(turn => turn.IsCompleted);
    }

    private static async Task<BulkResult[]> WriteAsync(ScriptedServer server, string[] documents)
    {
        var options = new OpenSearchOptions { Url = server.Address, RequestTime = TimeSpan.FromSeconds(1), RetryTime = TimeSpan.FromSeconds(1) };
        using var client = new OpenSearchClient(options, TimeProvider.System);
        var body = new BulkBody();
        foreach (var document in documents)
        {
            body.Begin();
            body.Text.Append("{\"create\":{}}\n"u8).Append(Encoding.UTF8.GetBytes(document)).Append("\n"u8);
        }

        return await new BulkWriter(client, options, TimeProvider.System).WriteAsync(body, Cancel);
    }

    private readonly ConcurrentDictionary<string, int> _asked = [];

    // An item a document, as the server writes them.
    private (int Status, string Body) Answer(IReadOnlyList<string> documents, Func<string, int, string> outcome) => (200, "{\"items\":[" + string.Join(',', documents.Select(document =>
    {
        _asked.AddOrUpdate(document, 1, static (_, asked) => asked + 1);
        var parts = outcome(document, _asked[document]).Split(',');
        var error = parts[1].Length == 0 ? "" : $",\"error\":{{\"type\":\"{parts[1]}\",\"reason\":\"because of {document}\"}}";
        return $"{{\"create\":{{\"status\":{parts[0]}{error}}}}}";
    })) + "]}");

    /// <summary>Answers each request as a test says; the documents of each are kept.</summary>
    private sealed class ScriptedServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public ScriptedServer(Func<IReadOnlyList<string>, (int Status, string Body)> answer)
        {
            Address = new Uri($"http://127.0.0.1:{Peers.FreePort()}/");
            _listener.Prefixes.Add(Address.AbsoluteUri);
            _listener.Start();
            _serving = ServeAsync(answer);
        }

        public Uri Address { get; }

        public List<string> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _listener.Close();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync(Func<IReadOnlyList<string>, (int Status, string Body)> answer)
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                string[] documents = [.. (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('{'))];
                Requests.Add(string.Join(' ', documents));
                var (status, body) = await Task.Run(() => answer(documents));
                context.Response.StatusCode = status;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }
    }
}
