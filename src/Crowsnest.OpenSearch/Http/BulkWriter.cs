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

    // What a thread takes of the work at a time: so few are made by one thread.
    private const int ActionsAtOnce = 32;

    private static readonly int Makers = Math.Min(4, Environment.ProcessorCount);

    private readonly ConcurrentBag<BulkBody> _free = [];
    private readonly RequestGate _gate = new(Math.Min(2, options.BulkRequests), options.BulkRequests);

    /// <summary>Requests that may be under way at once, as the server bears it.</summary>
    public int Allowed => _gate.Allowed;

    /// <summary>Sends all of it.</summary>
    /// <returns>What became of each action, in order.</returns>
    /// <exception cref="StoreException">Some of it could not be sent, or was refused for now until time was up.</exception>
    public async Task<BulkResult[]> WriteAsync(BulkBody body, CancellationToken cancellationToken)
    {
        var results = new BulkResult[body.Count];
        var requests = new List<Task>();
        foreach (var (first, count) in Parts(body))
        {
            await _gate.EnterAsync().ConfigureAwait(false);
            requests.Add(SendAndLeaveAsync(body, [.. Enumerable.Range(first, count)], results, cancellationToken));
        }

        await Task.WhenAll(requests).ConfigureAwait(false);
        return results;
    }

    /// <summary>
    /// Makes actions and sends them, by several threads where there are many: requests are under way while others are made, and no more than a few are in memory, whose buffers are used again.
    /// </summary>
    /// <param name="count">How many actions.</param>
    /// <param name="write">Writes the lines of the action with this number; called by several threads, in any order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What became of each action, in order.</returns>
    /// <exception cref="StoreException">Some of it could not be sent, or was refused for now until time was up.</exception>
    public async Task<BulkResult[]> WriteAsync(int count, Action<Utf8Text, int> write, CancellationToken cancellationToken)
    {
        var results = new BulkResult[count];
        var (taken, isOver) = (0, false);
        if (count <= ActionsAtOnce) await MakeAsync().ConfigureAwait(false);
        else await Task.WhenAll(Enumerable.Range(0, Math.Min(Makers, (count - 1) / ActionsAtOnce + 1)).Select(_ => Task.Run(MakeAsync, CancellationToken.None))).ConfigureAwait(false);
        return results;

        async Task MakeAsync()
        {
            var requests = new List<Task>();
            try
            {
                var body = Rent();
                for (int first; !Volatile.Read(ref isOver) && (first = Interlocked.Add(ref taken, ActionsAtOnce) - ActionsAtOnce) < count;)
                {
                    for (var place = first; place < Math.Min(first + ActionsAtOnce, count); place++)
                    {
                        body.Begin(place);
                        write(body.Text, place);
                        if (body.Text.Length <= options.BulkBytes) continue;

                        // What fits is sent, and the last begins the next request.
                        var next = Rent();
                        if (body.Count > 1) body.MoveLastTo(next);
                        await BeginAsync(requests, body).ConfigureAwait(false);
                        body = next;
                    }
                }

                if (body.Count > 0) await BeginAsync(requests, body).ConfigureAwait(false);
            }
            catch
            {
                Volatile.Write(ref isOver, true);
                throw;
            }
            finally
            {
                // What the actions are made of is in use until all of them have ended.
                foreach (var request in requests) await request.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.WhenAll(requests).ConfigureAwait(false);
        }

        // Once something has failed nothing more is begun.
        async Task BeginAsync(List<Task> requests, BulkBody body)
        {
            await _gate.EnterAsync().ConfigureAwait(false);
            if (Volatile.Read(ref isOver)) _gate.Leave();
            else requests.Add(SendAsync(body));
        }

        async Task SendAsync(BulkBody body)
        {
            try
            {
                await SendAndLeaveAsync(body, [.. Enumerable.Range(0, body.Count)], results, cancellationToken).ConfigureAwait(false);
                if (body.IsSpoilt || body.Text.Memory.Length > options.BulkBytes + Margin || _free.Count > options.BulkRequests) return;
                body.Clear();
                _free.Add(body);
            }
            catch
            {
                Volatile.Write(ref isOver, true);
                throw;
            }
        }
    }

    private BulkBody Rent() => _free.TryTake(out var body) ? body : new BulkBody(options.BulkBytes + Margin);

    private async Task SendAndLeaveAsync(BulkBody body, int[] actions, Memory<BulkResult> results, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(body, actions, results, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave();
        }
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
                        results.Span[body.PlaceOf(actions[0])] = new BulkResult(413, "The server takes no document as large as this.", -1, -1);
                        return;
                    }

                    await SendAsync(body, actions[..(actions.Length / 2)], results, cancellationToken).ConfigureAwait(false);
                    await SendAsync(body, actions[(actions.Length / 2)..], results, cancellationToken).ConfigureAwait(false);
                    return;
                }

                if (answer.IsSuccess)
                {
                    var (left, words) = Read(answer, body, actions, results);
                    if (left.Length == 0)
                    {
                        _gate.AllowMore();
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

                _gate.AllowLess();
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
    private (int[] Left, string Words) Read(OpenSearchAnswer answer, BulkBody body, int[] actions, Memory<BulkResult> results)
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
                results.Span[body.PlaceOf(action)] = new BulkResult(status, "", Number(outcome, "_seq_no"), Number(outcome, "_primary_term"));
            }
            else if (OpenSearchError.IsOfTheDocument(status, outcome))
            {
                results.Span[body.PlaceOf(action)] = new BulkResult(status, OpenSearchError.Words(outcome), -1, -1);
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
