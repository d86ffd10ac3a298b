using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>What is left when somebody presses Ctrl-C, or a process manager has enough.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task An_interrupted_ingest_exits_130_and_what_it_counted_is_stored()
    {
        // More than one batch, and no end: it waits for more when it is interrupted.
        using var process = Process.Start(_crowsnest.Start(["ingest", "-"]))!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(Events("a", 2_500), TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        await UntilSomeAreStoredAsync();

        Signal(process, "INT");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        var summary = JsonElement.Parse(await output);
        var stored = summary.GetProperty("stored").GetInt32();
        Assert.InRange(stored, 1_000, 2_500);
        Assert.Equal(stored, await StoredAsync());
    }

    [Fact]
    public async Task An_ingest_through_a_server_that_is_interrupted_exits_130_and_the_server_goes_on()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var process = Process.Start(_crowsnest.Start(["ingest", "-"]))!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(Events("a", 2_500), TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        await UntilSomeAreStoredAsync();

        Signal(process, "INT");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("what the server has committed stays", await error, StringComparison.Ordinal);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", "-"], Events("b", 10))).ExitCode);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_server_that_is_told_to_stop_answers_the_request_it_is_busy_with(string signal)
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);

        // The body is asked for only when the server has begun to read it.
        up.Client.DefaultRequestHeaders.ExpectContinue = true;
#pragma warning disable CA2000, CA2025 // The message that it is sent in disposes it, and is waited for below.
        var body = new HeldBody(Events("a", 10));
        var answer = up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
#pragma warning restore CA2000, CA2025
        await body.Begun.WaitAsync(TestContext.Current.CancellationToken);

        var stopping = up.StopAsync(signal);
        body.Finish();

        using var answered = await answer;
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answered.StatusCode);
        Assert.Equal(0, (await stopping).ExitCode);
        Assert.Equal(10, await StoredAsync());
    }

    // Goal: a sender whose stream has no end hears what of it is on disk when the server is told to stop, and the folder has just that.
    // Method: a socket, since a client of the library looks for the answer only when all is sent.
    [Fact]
    public async Task A_server_that_is_told_to_stop_breaks_off_a_stream_and_says_what_it_committed()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var connection = new TcpClient();
        await connection.ConnectAsync(up.Client.BaseAddress!.Host, up.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var head = $"POST /api/v1/events HTTP/1.1\r\nHost: {up.Client.BaseAddress.Authority}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 10000000000\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var heard = new CancellationTokenSource();
#pragma warning disable CA2025 // It is awaited below, once the answer is there.
        var sending = SendAsync(stream, heard.Token);
#pragma warning restore CA2025
        await UntilSomeAreStoredAsync();

        var stopping = up.StopAsync("TERM");
        var answer = await AnswerAsync(stream);
        await heard.CancelAsync();
        await sending;

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        var problem = JsonElement.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)]);
        Assert.Contains("is on disk", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await stopping).ExitCode);
        var committed = problem.GetProperty("committed").GetProperty("stored").GetInt32();
        Assert.True(committed > 0);
        Assert.Equal(committed, await StoredAsync());

        static async Task SendAsync(NetworkStream stream, CancellationToken heard)
        {
            for (var i = 0; !heard.IsCancellationRequested; i++)
            {
                try
                {
                    await stream.WriteAsync(Events($"s{i}", 500), heard);
                }
                catch (Exception ended) when (ended is IOException or OperationCanceledException)
                {
                    return;
                }
            }
        }

        static async Task<string> AnswerAsync(NetworkStream stream)
        {
            var (answer, part) = (new StringBuilder(), new byte[4096]);
            while (!answer.ToString().EndsWith("}\r\n0\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(part, TestContext.Current.CancellationToken) is > 0 and var count)
                answer.Append(Encoding.UTF8.GetString(part, 0, count));
            return answer.ToString();
        }
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
    }

    private static byte[] Events(string name, int count) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $$"""{"detail-type":"x","id":"{{name}}-{{i}}"}""" + "\n")));

    // Each look is a process of its own, so this counts to its end only when nothing is ever stored.
    private async Task UntilSomeAreStoredAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            if (await StoredAsync() > 0) return;
        }

        Assert.Fail("nothing was stored");
    }

    private async Task<int> StoredAsync()
    {
        var counts = await _crowsnest.RunAsync(["search", "*", "--by", "detailType"]);
        return counts.ExitCode != 0 ? 0 : JsonElement.Parse(counts.Out).EnumerateArray().Sum(v => v.GetProperty("count").GetInt32());
    }

    /// <summary>A body whose end waits until it is told.</summary>
    private sealed class HeldBody : HttpContent
    {
        private readonly byte[] _bytes;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldBody(byte[] bytes)
        {
            _bytes = bytes;
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson");
        }

        public Task Begun => _begun.Task;

        public void Finish() => _finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, _bytes.Length / 2));
            await stream.FlushAsync();
            _begun.SetResult();
            await _finish.Task;
            await stream.WriteAsync(_bytes.AsMemory(_bytes.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
