using System.Diagnostics;
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
