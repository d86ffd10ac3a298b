using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.OpenSearch.Http;

/// <summary>Writes many documents: in requests of bounded size, several at once, each part again by itself where the server asks for that.</summary>
/// <remarks>
/// How many requests are under way follows the server: one more after each round that went well, half as many when it says that it is too much (as TCP
/// does). A request that may or may not have arrived is sent again, so every action must mean the same the second time.
/// </remarks>
internal sealed class BulkWriter(OpenSearchClient client, OpenSearchOptions options, TimeProvider time)
{
    // Only what is read; the rest of a bulk answer is as large as a small request.
    private const string Path =
        "_bulk?filter_path=errors,items.*.status,items.*._seq_no,items.*._primary_term,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";

    // What the action that fills a request may exceed it by, without its buffer being made anew.
    private const int Margin = 64 << 10;

    private readonly ConcurrentBag<BulkBody> _free = [];
    private volatile int _allowed = Math.Min(2, options.BulkRequests);

    /// <summary>Requests that may be under way at once, as the server bears it.</summary>
    public int Allowed => _allowed;

    /// <summary>Sends all of it.</summary>
    /// <returns>What became of each action, in order.</returns>
    /// <exception cref="StoreException">Some of it could not be sent, or was refused for now until time was up.</exception>
    public async Task<BulkResult[]> WriteAsync(BulkBody body, CancellationToken cancellationToken)
    {
        var results = new BulkResult[body.Count];
        var running = new List<Task>();
        try
        {
            foreach (var (first, count) in Parts(body))
            {
                while (running.Count >= _allowed) await EndOneAsync(running).ConfigureAwait(false);
                running.Add(SendAsync(body, [.. Enumerable.Range(first, count)], results, cancellationToken));
            }

            while (running.Count > 0) await EndOneAsync(running).ConfigureAwait(false);
        }
        finally
        {
            // The body is in use until all of them have ended.
            foreach (var part in running) await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return results;
    }

    /// <summary>Makes actions and sends them, a request under way while the next is made: no more than a few requests are in memory, whose buffers are used again.</summary>
    /// <param name="count">How many actions.</param>
    /// <param name="write">Writes the lines of the action with this number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What became of each action, in order.</returns>
    /// <exception cref="StoreException">Some of it could not be sent, or was refused for now until time was up.</exception>
    public async Task<BulkResult[]> WriteAsync(int count, Action<Utf8Text, int> write, CancellationToken cancellationToken)
    {
        var results = new BulkResult[count];
        var running = new List<Task>();
        BulkBody? carried = null;
        try
        {
            for (int at = 0, first = 0; first < count;)
            {
                var body = carried ?? Rent();
                carried = null;
                while (at < count && body.Text.Length <= options.BulkBytes)
                {
                    body.Begin();
                    write(body.Text, at++);
                }

                if (body.Text.Length > options.BulkBytes && body.Count > 1) body.MoveLastTo(carried = Rent());
                while (running.Count >= _allowed) await EndOneAsync(running).ConfigureAwait(false);

                // Counted before it is sent: after that the body may be another request's.
                var part = results.AsMemory(first, body.Count);
                first += part.Length;
                running.Add(SendAndFreeAsync(body, part, cancellationToken));
            }

            while (running.Count > 0) await EndOneAsync(running).ConfigureAwait(false);
        }
        finally
        {
            // What the actions are made of is in use until all of them have ended.
            foreach (var part in running) await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return results;
    }

    private BulkBody Rent() => _free.TryTake(out var body) ? body : new BulkBody(options.BulkBytes + Margin);

    private async Task SendAndFreeAsync(BulkBody body, Memory<BulkResult> results, CancellationToken cancellationToken)
    {
        await SendAsync(body, [.. Enumerable.Range(0, body.Count)], results, cancellationToken).ConfigureAwait(false);
        if (body.IsSpoilt || body.Text.Memory.Length > options.BulkBytes + Margin || _free.Count > options.BulkRequests) return;
        body.Clear();
        _free.Add(body);
    }

    private static async Task EndOneAsync(List<Task> running)
    {
        var ended = await Task.WhenAny(running).ConfigureAwait(false);
        running.Remove(ended);
        await ended.ConfigureAwait(false);
    }

    private IEnumerable<(int First, int Count)> Parts(BulkBody body)
    {
        for (var first = 0; first < body.Count;)
        {
            var (count, bytes) = (1, body[first].Length);
            while (first + count < body.Count && bytes + body[first + count].Length <= options.BulkBytes) bytes += body[first + count++].Length;
            yield return (first, count);
            first += count;
        }
    }

    private async Task SendAsync(BulkBody body, int[] actions, Memory<BulkResult> results, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var attempt = 0; actions.Length > 0; attempt++)
        {
            StoreException failure;
            var isHopeless = false;
            try
            {
                var answer = await client.TryAsync(HttpMethod.Post, Path, Lines(body, actions), isLines: true, cancellationToken).ConfigureAwait(false);
                if (answer.Status == HttpStatusCode.RequestEntityTooLarge)
                {
                    if (actions.Length == 1)
                    {
                        results.Span[actions[0]] = new BulkResult(413, "The server takes no document as large as this.", -1, -1);
                        return;
                    }

                    await SendAsync(body, actions[..(actions.Length / 2)], results, cancellationToken).ConfigureAwait(false);
                    await SendAsync(body, actions[(actions.Length / 2)..], results, cancellationToken).ConfigureAwait(false);
                    return;
                }

                if (answer.IsSuccess)
                {
                    var (left, words) = Read(answer, actions, results);
                    if (left.Length == 0)
                    {
                        _allowed = Math.Min(_allowed + 1, options.BulkRequests);
                        return;
                    }

                    actions = left;
                    failure = new StoreException($"The store at {client.Server} takes no more at the moment: {words}", "", isTransient: true);
                }
                else
                {
                    failure = client.Refusal(answer);
                    isHopeless = !OpenSearchClient.IsWorthRetrying(answer.Status);
                }

                _allowed = Math.Max(1, _allowed / 2);
            }
            catch (StoreException e) when (e.IsTransient)
            {
                body.IsSpoilt = true;
                failure = e;
            }

            var pause = OpenSearchClient.Pause(attempt);
            if (isHopeless || time.GetElapsedTime(began) + pause > options.RetryTime) throw failure;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ReadOnlyMemory<byte> Lines(BulkBody body, int[] actions)
    {
        if (actions[^1] - actions[0] == actions.Length - 1) return body.Slice(actions[0], actions.Length);
        var lines = new ArrayBufferWriter<byte>();
        foreach (var action in actions) lines.Write(body[action].Span);
        return lines.WrittenMemory;
    }

    // Answers the actions that are to be sent again, and why.
    private (int[] Left, string Words) Read(OpenSearchAnswer answer, int[] actions, Memory<BulkResult> results)
    {
        var json = answer.Json;
        if (!json.TryGetProperty("items", out var items) || items.GetArrayLength() != actions.Length)
            throw new StoreException($"The store at {client.Server} does not answer as OpenSearch or Elasticsearch do.", "Check store.url.", isTransient: false);
        List<int>? left = null;
        var (at, words) = (0, "");
        foreach (var item in items.EnumerateArray())
        {
            var action = actions[at++];
            var outcome = item.EnumerateObject().First().Value;
            var status = outcome.GetProperty("status").GetInt32();
            if (status is >= 200 and < 300)
            {
                results.Span[action] = new BulkResult(status, "", Number(outcome, "_seq_no"), Number(outcome, "_primary_term"));
            }
            else if (OpenSearchError.IsOfTheDocument(status, outcome))
            {
                results.Span[action] = new BulkResult(status, OpenSearchError.Words(outcome), -1, -1);
            }
            else
            {
                (left ??= []).Add(action);
                words = OpenSearchError.Words(outcome);
            }
        }

        return (left is null ? [] : [.. left], words);
    }

    private static long Number(JsonElement outcome, string name) => outcome.TryGetProperty(name, out var value) ? value.GetInt64() : -1;
}
