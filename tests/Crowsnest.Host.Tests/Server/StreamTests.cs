using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Live tail over HTTP.</summary>
public class StreamTests
{
    [Fact]
    public async Task Events_come_in_the_order_of_commits_as_the_objects_that_a_search_finds()
    {
        await using var host = await RunningHost.StartAsync();
        await using var tail = await Tail.OpenAsync(host);

        await host.PostAsync("/api/v1/events", Event("b", 2) + Event("a", 1), HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", Event("c", 0), HttpStatusCode.Accepted);

        var messages = await tail.TakeAsync(3);
        Assert.Equal(["b", "a", "c"], messages.Select(m => m.Data.GetProperty("id").GetString()));
        foreach (var (id, _, data) in messages)
        {
            Assert.Equal(data.GetProperty("key").GetString(), id);
            Assert.True(JsonElement.DeepEquals(await host.GetAsync($"/api/v1/events/{id}"), data));
        }
    }

    [Fact]
    public async Task A_query_lets_through_what_it_finds()
    {
        await using var host = await RunningHost.StartAsync();
        await using var tail = await Tail.OpenAsync(host, "q=" + Uri.EscapeDataString("detail.n:(2 OR 3) AND receivedAt:>now-1m"));

        await host.PostAsync("/api/v1/events", Event("one", 1) + Event("two", 2) + Event("three", 3), HttpStatusCode.Accepted);

        Assert.Equal(["two", "three"], (await tail.TakeAsync(2)).Select(m => m.Data.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_repeated_event_is_not_told_again()
    {
        await using var host = await RunningHost.StartAsync();
        await using var tail = await Tail.OpenAsync(host);

        await host.PostAsync("/api/v1/events", Event("a", 1), HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", Event("a", 1) + "broken\n" + Event("b", 1), HttpStatusCode.Accepted);

        Assert.Equal(["a", "b"], (await tail.TakeAsync(2)).Select(m => m.Data.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Who_comes_back_goes_on_after_the_last_event_it_had()
    {
        await using var host = await RunningHost.StartAsync();
        string last;
        await using (var first = await Tail.OpenAsync(host))
        {
            await host.PostAsync("/api/v1/events", Event("a", 1), HttpStatusCode.Accepted);
            last = Assert.Single(await first.TakeAsync(1)).Id;
        }

        await host.PostAsync("/api/v1/events", Event("b", 1), HttpStatusCode.Accepted);
        await using var again = await Tail.OpenAsync(host, lastEvent: last);

        Assert.Equal("b", Assert.Single(await again.TakeAsync(1)).Data.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Who_comes_back_too_late_hears_of_a_gap_of_unknown_size_and_what_comes_from_then_on()
    {
        await using var host = await RunningHost.StartAsync();
        await using var tail = await Tail.OpenAsync(host, lastEvent: "1767225600000-0123456789abcdef0123456789abcdef");
        await host.PostAsync("/api/v1/events", Event("a", 1), HttpStatusCode.Accepted);

        var messages = await tail.TakeAsync(2);

        Assert.Equal(("gap", """{"missed":null}"""), (messages[0].Type, messages[0].Data.GetRawText()));
        Assert.Equal("a", messages[1].Data.GetProperty("id").GetString());
    }

    // Method: more bytes than the socket's buffers and the ring hold together, before the first is read.
    [Fact]
    public async Task Who_is_too_slow_hears_how_many_went_by_and_holds_nobody_up()
    {
        const int count = 120;
        await using var host = await RunningHost.StartAsync();
        await using var tail = await Tail.OpenAsync(host);

        var filler = new string('x', 500_000);
        for (var i = 0; i < count; i++) await host.PostAsync("/api/v1/events", Event($"e{i}", i, filler), HttpStatusCode.Accepted);

        long seen = 0, missed = 0;
        while (seen + missed < count)
        {
            var message = Assert.Single(await tail.TakeAsync(1));
            if (message.Type == "gap") missed += message.Data.GetProperty("missed").GetInt64();
            else Assert.Equal($"e{seen++ + missed}", message.Data.GetProperty("id").GetString());
        }

        Assert.True(missed > 0 && seen > LiveEvents.BytesMax / 600_000, $"{seen} seen, {missed} missed");
    }

    [Fact]
    public async Task No_more_than_so_many_listen_and_who_leaves_makes_room()
    {
        await using var host = await RunningHost.StartAsync();
        using (var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero })
        using (var listeners = new HttpClient(handler) { BaseAddress = host.Client.BaseAddress })
        {
            var tails = new List<Tail>();
            for (var i = 0; i < LiveEvents.ListenersMax; i++) tails.Add(await Tail.OpenAsync(listeners));

            var problem = await host.GetAsync("/api/v1/stream", HttpStatusCode.TooManyRequests);

            Assert.Contains($"{LiveEvents.ListenersMax} listen already", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            foreach (var tail in tails) await tail.DisposeAsync();
        }

        // The server hears of it in its own time; each try is a request, and the last must be let in.
        for (var i = 0; ; i++)
        {
            using var answer = await host.Client.GetAsync(new Uri("/api/v1/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (answer.IsSuccessStatusCode) break;
            Assert.True(i < 10_000, "nobody was let in again");
        }
    }

    [Fact]
    public async Task A_server_that_stops_ends_the_stream_in_order()
    {
        Tail tail;
        await using (var host = await RunningHost.StartAsync())
        {
            tail = await Tail.OpenAsync(host);
            await host.PostAsync("/api/v1/events", Event("a", 1), HttpStatusCode.Accepted);
        }

        await using var rest = tail;
        Assert.Equal("a", Assert.Single(await tail.TakeAsync(1)).Data.GetProperty("id").GetString());
        Assert.Empty(await tail.TakeAsync(1));
    }

    [Theory]
    [InlineData("/api/v1/stream?q=kidn:x", null, "did you mean")]
    [InlineData("/api/v1/stream?since=now", null, "It takes: q")]
    [InlineData("/api/v1/stream", "nokey", "Last-Event-ID")]
    public async Task A_wrong_question_is_answered_with_what_would_be_right(string path, string? lastEvent, string words)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEvent is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
    }

    // Method: the clock's timers fire when they are told to, so nothing waits.
    [Fact]
    public async Task A_silent_stream_says_that_it_is_there_and_how_far_it_has_looked()
    {
        await using var store = new HeldStore();
        var (pipeline, parts) = RunningServer.Parts(store);
        await using var writer = pipeline;
        var time = new HeldTimers(TimeSpan.FromSeconds(15));
        await using var server = await CrowsnestServer.CreateAsync(
            new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, parts with { Time = time }, TestContext.Current.CancellationToken);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        await using var stream = await client.GetStreamAsync(new Uri("/api/v1/stream?q=id:another", UriKind.Relative), TestContext.Current.CancellationToken);
        using var lines = new StreamReader(stream);
        Assert.Equal([": crowsnest", "retry: 2000", ""], await LinesAsync(lines, 3));

        (await time.NextAsync())();
        Assert.Equal([": keep-alive", ""], await LinesAsync(lines, 2));

        var quiet = await time.NextAsync();
        using var body = new StringContent(Event("a", 1), System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        // The event ended that wait; of the next one the timer is at hand only when the event was looked at.
        var next = await time.NextAsync();
        quiet();
        next();
        var said = await LinesAsync(lines, 3);
        Assert.Equal((": keep-alive", ""), (said[0], said[2]));
        Assert.Matches("^id: [0-9]+-[0-9a-f]{32}$", said[1]);
        await server.StopAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<List<string?>> LinesAsync(StreamReader reader, int count)
    {
        var lines = new List<string?>();
        while (lines.Count < count) lines.Add(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        return lines;
    }

    // Spread over lines, as a hand-written event is.
    private static string Event(string id, int n, string filler = "") =>
        $"{{\"detail-type\":\"Something New\",\"source\":\"my.app\",\"id\":\"{id}\",\"time\":\"2026-03-02T12:00:00Z\",\n \"detail\":{{\"n\":{n},\"filler\":\"{filler}\"}}}}\n";

    /// <summary>An open stream.</summary>
    /// <summary>A clock whose timers of one length are handed to the test, which fires them; all others are the system's.</summary>
    private sealed class HeldTimers(TimeSpan due) : TimeProvider
    {
        private readonly Channel<Action> _made = Channel.CreateUnbounded<Action>();

        public async Task<Action> NextAsync() => await _made.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != due) return base.CreateTimer(callback, state, dueTime, period);
            var timer = new Held(() => callback(state));
            _made.Writer.TryWrite(timer.Fire);
            return timer;
        }

        private sealed class Held(Action fire) : ITimer
        {
            private bool _isDisposed;

            public void Fire()
            {
                if (!_isDisposed) fire();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => _isDisposed = true;

            public ValueTask DisposeAsync()
            {
                _isDisposed = true;
                return default;
            }
        }
    }
}
