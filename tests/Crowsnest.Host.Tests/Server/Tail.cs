using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server;

/// <summary>One who reads server-sent events: of the live tail, or of another path.</summary>
internal sealed class Tail : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly SseParser<string> _parser;

    private Tail(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _parser = SseParser.Create(stream);
        _items = _parser.EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    public static Task<Tail> OpenAsync(RunningHost host, string query = "", string? lastEvent = null, string path = "stream") => OpenAsync(host.Client, query, lastEvent, path);

    public static async Task<Tail> OpenAsync(HttpClient client, string query = "", string? lastEvent = null, string path = "stream")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}?{query}");
        if (lastEvent is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return new Tail(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public async Task<List<(string Id, string Type, JsonElement Data)>> TakeAsync(int count)
    {
        var taken = new List<(string, string, JsonElement)>();
        while (taken.Count < count && await _items.MoveNextAsync())
            taken.Add((_parser.LastEventId, _items.Current.EventType, JsonElement.Parse(_items.Current.Data)));
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync();
        _answer.Dispose();
    }
}
