using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>An open live tail of a server.</summary>
internal sealed class LiveStream(HttpResponseMessage answer, string name)
{
    // The server says every 15 s that it is there; after three times nobody is.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(45);

    /// <summary>Reads to the end, which the server sets when it stops.</summary>
    /// <exception cref="UnreachableStoreException">The connection was lost.</exception>
    public async IAsyncEnumerable<LiveMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SilenceMax);
        using (answer)
        {
            await using var body = new WatchedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), _ => silence.CancelAfter(SilenceMax));
            var parser = SseParser.Create(body);
            await using var items = parser.EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
            while (await NextAsync(items, silence.Token, cancellationToken)) yield return Read(parser.LastEventId, items.Current);
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> items, CancellationToken silence, CancellationToken cancellationToken)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException failure) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new UnreachableStoreException($"{name} has been silent for {SilenceMax.TotalSeconds:0} s", failure);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new UnreachableStoreException($"the connection to {name} was lost", failure);
        }
    }

    private LiveMessage Read(string id, SseItem<string> item)
    {
        try
        {
            var data = JsonElement.Parse(item.Data, RowWriter.Deep);
            return item.EventType == "gap"
                ? new LiveMessage(id, null, data.GetProperty("missed") is { ValueKind: JsonValueKind.Number } missed ? missed.GetInt64() : null)
                : new LiveMessage(id, data, null);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UnreachableStoreException($"{name} sent something that is no event; is it a Crowsnest of this version?", failure);
        }
    }
}
