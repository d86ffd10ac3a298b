using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Notifiers.Tests;

/// <summary>The two methods of Slack's Web API that a bot uses, with the limits that Slack publishes of them (https://docs.slack.dev/apis/web-api/rate-limits) and the answers of its reference.</summary>
internal sealed class SlackServer : IAsyncDisposable
{
    public const string Channel = "C024BE91L";

    private const int UpdatesAMinute = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _posts = new(StringComparer.Ordinal);
    private readonly List<DateTimeOffset> _updates = [];
    private Target _target = null!;

    private SlackServer()
    {
    }

    /// <summary>The server's clock; it stands until the test moves it.</summary>
    public DateTimeOffset Now { get; set; } = SomeMessage.Noon;

    /// <summary>A word that every <c>chat.update</c> is refused with; <see langword="null"/>: none is.</summary>
    public string? NoUpdate { get; set; }

    /// <summary>A word that every reply is refused with; <see langword="null"/>: none is.</summary>
    public string? NoReply { get; set; }

    /// <summary>What stands in the channel, by <c>ts</c>, in order: the first block's text, and the replies in its thread.</summary>
    public SortedDictionary<string, (string Text, List<string> Replies)> Messages { get; } = new(StringComparer.Ordinal);

    public Uri ApiUrl => new(_target.Url, "/api/");

    public static async Task<SlackServer> StartAsync()
    {
        var server = new SlackServer();
        server._target = await Target.StartAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _target.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        using var body = JsonDocument.Parse((byte[])http.Items["body"]!);
        string answer;
        lock (_gate)
        {
            answer = http.Request.Path.Value switch
            {
                "/api/chat.postMessage" => Post(body.RootElement),
                "/api/chat.update" => Update(body.RootElement),
                _ => """{"ok":false,"error":"unknown_method"}""",
            };
        }

        if (answer.Length > 0) return http.Response.WriteAsync(answer);
        http.Response.StatusCode = 429;
        http.Response.Headers.RetryAfter = "1";
        return http.Response.WriteAsync("""{"ok":false,"error":"ratelimited"}""");
    }

    // One message a second and channel.
    private string Post(JsonElement body)
    {
        var channel = body.GetProperty("channel").GetString()!;
        if (channel is not ("#ops" or Channel)) return Refused("channel_not_found");
        if (_posts.TryGetValue(Channel, out var last) && Now - last < TimeSpan.FromSeconds(1)) return "";
        var thread = body.TryGetProperty("thread_ts", out var ts) ? ts.GetString() : null;
        if (thread is not null && NoReply is { } no) return Refused(no);
        if (thread is not null && !Messages.ContainsKey(thread)) return Refused("thread_not_found");
        _posts[Channel] = Now;
        var made = string.Create(CultureInfo.InvariantCulture, $"{Now.ToUnixTimeSeconds()}.{_posts.Count + Messages.Count:000000}");
        if (thread is null) Messages.Add(made, (TextOf(body), []));
        else Messages[thread].Replies.Add(TextOf(body));
        return $$"""{"ok":true,"channel":"{{Channel}}","ts":"{{made}}","message":{"type":"message","text":{{body.GetProperty("text").GetRawText()}},"blocks":{{body.GetProperty("blocks").GetRawText()}}} }""";
    }

    // Tier 3. The channel by its id alone.
    private string Update(JsonElement body)
    {
        _updates.RemoveAll(at => Now - at >= TimeSpan.FromMinutes(1));
        if (_updates.Count == UpdatesAMinute) return "";
        _updates.Add(Now);
        if (NoUpdate is { } no) return Refused(no);
        if (body.GetProperty("channel").GetString() != Channel) return Refused("channel_not_found");
        var ts = body.GetProperty("ts").GetString()!;
        if (!Messages.TryGetValue(ts, out var message)) return Refused("message_not_found");
        Messages[ts] = (TextOf(body), message.Replies);
        return $$"""{"ok":true,"channel":"{{Channel}}","ts":"{{ts}}","text":"changed"}""";
    }

    private static string Refused(string error) => $$"""{"ok":false,"error":"{{error}}"}""";

    private static string TextOf(JsonElement body) => body.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
}
