using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>
/// Goal: what was acknowledged survives the process, whatever moment it dies at, and running again makes everything whole.
/// Method: the real program is fed from outside and killed (SIGKILL) at a place that chance chooses: before the first byte, part of the way in, or with all
/// sent and the answer awaited, up to some milliseconds later. The place of each kill is printed. <c>CROWSNEST_SEED</c> decides all.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int PipeBytes = 1 << 16;
    private readonly CrowsnestProcess _crowsnest = new();
    private int _afterFirstByte;
    private int _kills;

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public Task A_server_that_is_killed_keeps_what_it_acknowledged() => KillServerAsync(1, 5);

    [Fact]
    [Trait("Category", "slow")]
    [Trait("Category", "soak")]
    public Task A_server_that_is_killed_at_many_moments_keeps_what_it_acknowledged() => KillServerAsync(Seed(), 24);

    [Fact]
    public Task An_ingest_that_is_killed_is_made_whole_by_running_it_again() => KillIngestAsync(1, 3);

    [Fact]
    [Trait("Category", "slow")]
    [Trait("Category", "soak")]
    public Task An_ingest_that_is_killed_at_many_moments_is_made_whole_by_running_it_again() => KillIngestAsync(Seed(), 16);

    [Fact]
    public async Task A_kill_between_sending_and_recording_repeats_the_message_with_its_id()
    {
        var killed = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var target = await WebhookTarget.StartAsync(async first =>
        {
            // The message is here, and its sender dies before it hears so.
            if (!first) return;
            var process = await killed.Task;
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        });
        _crowsnest.Write("crowsnest.yaml", $"{{route: {{receiver: ops}}, receivers: [{{name: ops, webhook_configs: [{{url: \"{target.Url}\"}}]}}]}}");
        var file = _crowsnest.Write("now.json", TellingCommandTests.MovedToNow("t1"));
        using (var process = Process.Start(_crowsnest.Start(["ingest", file]))!)
        {
            killed.SetResult(process);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", file])).ExitCode);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", file])).ExitCode);

        var (one, two) = (await target.NextAsync(), await target.NextAsync());
        Assert.Equal(one.GetProperty("notificationId").GetString(), two.GetProperty("notificationId").GetString());
        Assert.Equal(2, target.Count);
    }

    private async Task KillServerAsync(int seed, int kills)
    {
        var random = new Random(seed);
        output.WriteLine($"CROWSNEST_SEED={seed}");
        var folder = Path.Combine(_crowsnest.Folder, "crowsnest-data");
        var (acknowledged, next) = (new List<int>(), 0);
        var messages = new StoredMessages();
        await using var target = await WebhookTarget.StartAsync();
        TellOnly(target);
        for (var kill = 0; kill < kills; kill++)
        {
            await using (var up = await RunningUp.StartAsync(_crowsnest))
            {
                for (var before = random.Next(3); before > 0; before--)
                {
                    var (first, size) = (next, random.Next(20, 150));
                    next += size;
                    await PostAsync(up, StoredEvents.Lines(first, size));
                    acknowledged.AddRange(Enumerable.Range(first, size));
                }

                next += await KillWhileTakingAsync(up, random, next, kill);
            }

            var wrong = await StoredEvents.WrongAsync(folder, acknowledged, TestContext.Current.CancellationToken);
            if (wrong.Length == 0) wrong = messages.Add(StoredMessages.Of(target.Taken()));
            Assert.True(wrong.Length == 0, $"CROWSNEST_SEED={seed}, kill {kill}: {wrong}");
        }

        var failed = Enumerable.Range(0, next).Where(StoredEvents.IsFailure).Select(StoredEvents.Service).ToHashSet();
        output.WriteLine($"{messages.Services.Count} of {failed.Count} failures were told before the last kill");
        await using (var up = await RunningUp.StartAsync(_crowsnest))
        {
            // Whoever was not answered sends again, and some send twice.
            await PostAsync(up, StoredEvents.Lines(0, next));
            var last = new List<JsonElement>();
            while (!failed.IsSubsetOf([.. messages.Services, .. StoredMessages.Of(last).Select(m => m.Service)])) last.Add(await target.NextAsync());
            await up.StopAsync();
            Assert.Equal("", messages.Add(StoredMessages.Of([.. last, .. target.Taken()])));
        }

        Assert.Equal(failed.Order(), messages.Services.Order());

        Assert.Equal("", await StoredEvents.WrongAsync(folder, Enumerable.Range(0, next), TestContext.Current.CancellationToken));
        Assert.Equal(next, await StoredEvents.CountAsync(folder, TestContext.Current.CancellationToken));
        Assert.True(_afterFirstByte * 2 >= _kills, $"{_afterFirstByte} of {_kills} kills were between the first byte and the answer.");
    }

    // One request is on its way when the process dies; how many events it had.
    private async Task<int> KillWhileTakingAsync(RunningUp up, Random random, int first, int kill)
    {
        var size = random.Next(50, 600);
        var lines = StoredEvents.Lines(first, size);
        var stop = random.Next(4) == 0 ? random.Next(lines.Length) : lines.Length;
        var wait = TimeSpan.FromMicroseconds(random.Next(40_000));
        using var body = new FedContent(lines, stop);
#pragma warning disable CA2025 // It is awaited below, whatever becomes of it.
        var answer = PostAsync(up, body);
#pragma warning restore CA2025
        await body.Fed;
        Spin(stop == lines.Length ? wait : TimeSpan.Zero);
        var isAnswered = answer.IsCompletedSuccessfully;
        up.Kill();
        body.End();
        await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _kills++;
        if (!isAnswered && stop > 0) _afterFirstByte++;
        output.WriteLine($"kill {kill}: {stop} of {lines.Length} bytes sent{(stop == lines.Length ? $", {wait.TotalMilliseconds:0.0} ms after the last" : "")}{(isAnswered ? ", answered already" : "")}");
        return size;
    }

    private async Task KillIngestAsync(int seed, int kills)
    {
        var random = new Random(seed);
        output.WriteLine($"CROWSNEST_SEED={seed}");
        const int Events = 2_500;
        var lines = StoredEvents.Lines(0, Events);
        var failed = Enumerable.Range(0, Events).Where(StoredEvents.IsFailure).Select(StoredEvents.Service).ToList();
        var inTheMiddle = 0;
        await using var target = await WebhookTarget.StartAsync();
        TellOnly(target);
        for (var kill = 0; kill < kills; kill++)
        {
            var messages = new StoredMessages();
            var data = Path.Combine(_crowsnest.Folder, $"data{kill}");
            using (var process = Process.Start(_crowsnest.Start(["ingest", "-", "--data", data]))!)
            {
                // Most are killed while they wait for the rest, having read something: more was taken from us than a pipe holds. The others are at their end.
                var stop = kill % 4 == 3 ? lines.Length : random.Next(PipeBytes + 1, lines.Length);
                var wait = TimeSpan.FromMicroseconds(random.Next(300_000));
                try
                {
                    await process.StandardInput.BaseStream.WriteAsync(lines.AsMemory(0, stop), TestContext.Current.CancellationToken);
                    await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
                    if (stop == lines.Length) process.StandardInput.Close();
                }
                catch (IOException)
                {
                    // It may have ended before it was asked to.
                }

                Spin(wait);
                var isDone = process.HasExited;
                if (!isDone) process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                if (!isDone) inTheMiddle++;
                output.WriteLine($"kill {kill}: {stop} of {lines.Length} bytes read, {wait.TotalMilliseconds:0} ms later{(isDone ? ", done already" : "")}");
            }

            var wrong = await StoredEvents.WrongAsync(data, [], TestContext.Current.CancellationToken);
            if (wrong.Length == 0) wrong = messages.Add(StoredMessages.Of(target.Taken()));
            Assert.True(wrong.Length == 0, $"CROWSNEST_SEED={seed}, kill {kill}: {wrong}");

            var again = await _crowsnest.RunAsync(["ingest", "-", "--data", data], lines);
            Assert.Equal(0, again.ExitCode);
            wrong = await StoredEvents.WrongAsync(data, Enumerable.Range(0, Events), TestContext.Current.CancellationToken);
            Assert.True(wrong.Length == 0, $"CROWSNEST_SEED={seed}, kill {kill}, run again: {wrong}");
            Assert.Equal(Events, await StoredEvents.CountAsync(data, TestContext.Current.CancellationToken));
            Assert.Equal("", messages.Add(StoredMessages.Of(target.Taken())));
            Assert.Equal(failed.Order(), messages.Services.Order());
            Directory.Delete(data, recursive: true);
        }

        Assert.True(inTheMiddle * 2 >= kills, $"{inTheMiddle} of {kills} kills were between the first byte read and the end.");
    }

    private void TellOnly(WebhookTarget target) => _crowsnest.Write(
        "crowsnest.yaml", $"{{route: {{receiver: ops, group_wait: 0s, group_interval: 1s}}, receivers: [{{name: ops, webhook_configs: [{{url: \"{target.Url}\"}}]}}]}}");

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 20261124;

    // A moment of chance within the work of another process: there is no signal from it to wait for, so the clock is watched for some milliseconds.
    private static void Spin(TimeSpan wait)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < wait;) Thread.SpinWait(50);
    }

    private static async Task PostAsync(RunningUp up, byte[] lines)
    {
        using var body = new ByteArrayContent(lines);
        await PostAsync(up, body);
    }

    private static async Task PostAsync(RunningUp up, HttpContent body)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A body that is sent up to a point, and then stays unfinished until it is ended.</summary>
    private sealed class FedContent(byte[] bytes, int stop) : HttpContent
    {
        private readonly TaskCompletionSource _fed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Fed => _fed.Task;

        public void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            try
            {
                await stream.WriteAsync(bytes.AsMemory(0, stop));
                await stream.FlushAsync();
            }
            finally
            {
                _fed.TrySetResult();
            }

            if (stop < bytes.Length) await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            _fed.TrySetResult();
            _end.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
