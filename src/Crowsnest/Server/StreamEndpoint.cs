using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Events as they come: <c>GET /stream</c>, server-sent events in the order of commits.</summary>
/// <remarks>
/// Each listener asks the query of each event in its own request, so that neither a hard query nor a slow line is in the writer's way; who is too slow hears
/// how many events went by (<c>event: gap</c>).
/// </remarks>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class StreamEndpoint(ServerParts parts)
#pragma warning restore CA1001
{
    private const int TakenMax = 64;
    private const int UnflushedMax = 64 << 10;

    // However many listen, looking at events takes half of the processors and no more: the rest is for those who send them.
    private readonly SemaphoreSlim _looking = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation(
            "GET", "/api/v1/stream", Access.Viewer,
            "Events that a query finds, as they are committed: server-sent events, the data as an item of /events, the id its key. "
            + "An event 'gap' with {\"missed\":n} says that n events went by unseen (null: unknown). Goes on after Last-Event-ID while that is remembered.",
            QueryParameters.Q)
        {
            IsStream = true, Produces = "text/event-stream",
        },
        http =>
        {
            var query = new LiveQuery(http.ReadQuery(parts.Time), http.Query("q") ?? "", parts.Time);
            var listener = parts.Pipeline.Live.TryListen(LastEvent(http)) ?? throw new ProblemException(
                StatusCodes.Status429TooManyRequests, "Too many listeners", $"{LiveEvents.ListenersMax} listen already, and no more may at once. Close one, or try again later.");
            return Task.FromResult<IResult>(new Answer(listener, query, _looking, parts));
        });

    private static EventKey? LastEvent(HttpContext http)
    {
        var text = http.Request.Headers["Last-Event-ID"].ToString();
        if (text.Length == 0) return null;
        return EventKey.TryParse(text, out var key)
            ? key
            : throw ProblemException.BadRequest("The header Last-Event-ID is no event's key; send the id of the last message as it was, or leave it out.");
    }

    // 'now' in a query is when it is asked, and a listener asks it again of whatever comes.
    private sealed class LiveQuery(SearchQuery asked, string text, TimeProvider time)
    {
        private readonly bool _isRelative = text.Contains("now", StringComparison.Ordinal);

        public SearchQuery Now() => _isRelative && QueryParser.Parse(text, time).Query is { } query ? query : asked;
    }

    private sealed class Answer(LiveListener listener, LiveQuery query, SemaphoreSlim looking, ServerParts parts) : IResult
    {
        private readonly EventDecoder _decoder = EventJson.NewDecoder();
        private readonly ArrayBufferWriter<byte> _json = new();

        // The last event that was looked at, found or not, and the one that the client was told of.
        private EventKey? _seen;
        private EventKey? _told;

        public async Task ExecuteAsync(HttpContext http)
        {
            using (listener)
            using (var ending = CancellationTokenSource.CreateLinkedTokenSource(
                http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping))
            {
                try
                {
                    var body = SentEvents.Begin(http);
                    if (!listener.IsResumed) Gap(body, null);
                    await body.FlushAsync(ending.Token);
                    while (true) await NextAsync(body, ending.Token);
                }
                catch (OperationCanceledException) when (ending.IsCancellationRequested)
                {
                    // The caller went away, or the server stops: the stream ends in order, and whoever wants more comes back.
                }
            }
        }

        private async Task NextAsync(PipeWriter body, CancellationToken cancellationToken)
        {
            if (!await SentEvents.WaitAsync(listener.WaitAsync, parts.Time, cancellationToken))
            {
                // With the place, so that who is told of little can still go on from here.
                await SentEvents.KeepAliveAsync(body, _seen is { } seen && seen != _told ? seen.ToString() : null, cancellationToken);
                _told = _seen;
                return;
            }

            var taken = listener.Take(TakenMax, out var missed);
            if (missed > 0) Gap(body, missed);
            var asked = query.Now();
            foreach (var diagnosed in taken)
            {
                await looking.WaitAsync(cancellationToken);
                try
                {
                    Look(body, diagnosed, asked);
                }
                finally
                {
                    looking.Release();
                }

                if (body.UnflushedBytes > UnflushedMax) await body.FlushAsync(cancellationToken);
            }

            await body.FlushAsync(cancellationToken);
        }

        private void Look(PipeWriter body, in DiagnosedEvent diagnosed, SearchQuery asked)
        {
            _seen = diagnosed.Event.Key;
            if (asked is not SearchQuery.All && !QueryEvaluator.Holds(asked, EventTermSet.Of(diagnosed))) return;
            Message(body, diagnosed.Event);
            _told = _seen;
        }

        private void Message(PipeWriter body, EcsEvent ecsEvent)
        {
            _json.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(_json))
            {
                var stored = new StoredEvent(ecsEvent.Key, ecsEvent.OccurredAt, ecsEvent.ReceivedAt, ecsEvent.TimeUncertain, ecsEvent.Raw, ecsEvent.Masked);
                EventJson.Write(writer, stored, _decoder, parts.Diagnoser);
            }

            SentEvents.Line(body, $"id: {ecsEvent.Key}\n");

            // An event's own line ends would end the message; as lines of data the object is the same.
            var json = _json.WrittenSpan;
            while (true)
            {
                var end = json.IndexOfAny((byte)'\n', (byte)'\r');
                body.Write("data: "u8);
                body.Write(end < 0 ? json : json[..end]);
                body.Write("\n"u8);
                if (end < 0) break;
                json = json[(end + (json[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
            }

            body.Write("\n"u8);
        }

        private static void Gap(PipeWriter body, long? missed) =>
            SentEvents.Line(body, $"event: gap\ndata: {{\"missed\":{missed?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}\n\n");
    }
}
