using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>Events as they come, until somebody has seen enough.</summary>
internal static class TailCommand
{
    private const int LastUsual = 10;
    private static readonly TimeSpan WaitFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "tail",
        Summary = "shows events as they come",
        Arguments = "[QUERY] [-n N]",
        ArgumentsMax = 1,
        Options = [new("-n", "N", "begins with the last N of what is stored (10)")],
        Examples =
        [
            "crowsnest tail", "crowsnest tail 'outcome:failure AND cluster:prod'", "crowsnest tail -n 0 -o ndjson severity:critical | jq .summary",
        ],
        Notes =
        [
            "A server must hold the data folder ('crowsnest up'), or --server name one: a store that nobody writes has no news.",
            "Ctrl-C ends it. When the connection is lost it comes back by itself and goes on where it was; what went by unseen is said on stderr.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var query = invocation.Arguments.Count > 0 ? invocation.Arguments[0] : "";
        var last = invocation.Number("-n", LastUsual, 0, 1_000);
        var format = invocation.Format(OutputFormat.Ndjson);
        if (format == OutputFormat.Json) throw new UsageException("-o json: what has no end is no JSON document; use -o ndjson");
        var printer = new Printer(invocation, format);
        var connection = await QueryText.OpenAsync(invocation, query, by: null, () => ConnectAsync(invocation, cancellationToken), cancellationToken);
        try
        {
            // The stream first, so that nothing lies between the last of what is stored and the first that comes.
            var events = await connection.FollowAsync(query, null, cancellationToken);
            if (last > 0) await printer.PrintStoredAsync(await connection.SearchAsync(query, null, null, last, null, cancellationToken), cancellationToken);
            while (true)
            {
                var lost = await FollowAsync(invocation, events, printer, cancellationToken);
                await SayAsync(invocation, $"{lost}; trying again", cancellationToken);
                (connection, events) = await ComeBackAsync(invocation, connection, query, printer.LastKey, cancellationToken);
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task<HttpClientClient> ConnectAsync(Invocation invocation, CancellationToken cancellationToken) =>
        await Clients.FindServerAsync(invocation, cancellationToken) ?? throw new UnreachableStoreException(
            $"No server holds the data folder {invocation.DataFolder}, and what nobody writes has no news. Start one with 'crowsnest up', or name one with --server URL; 'crowsnest search' shows what is stored.");

    // Why the stream ended.
    private static async Task<string> FollowAsync(Invocation invocation, IAsyncEnumerable<LiveMessage> events, Printer printer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in events)
            {
                if (message.Event is { } found) await printer.PrintAsync(message.Id, found, cancellationToken);
                else await SayAsync(invocation, message.Missed is { } missed ? $"{missed.ToString("N0", CultureInfo.InvariantCulture)} events went by unseen: this is too slow for them" : "events may have gone by unseen meanwhile", cancellationToken);
            }

            return "the server ended the connection";
        }
        catch (UnreachableStoreException lost)
        {
            return lost.Message;
        }
    }

    private static async Task<(HttpClientClient Connection, IAsyncEnumerable<LiveMessage> Events)> ComeBackAsync(
        Invocation invocation, HttpClientClient old, string query, string? lastKey, CancellationToken cancellationToken)
    {
        var said = "";
        await old.DisposeAsync();
        for (var wait = WaitFirst; ; wait = wait * 2 < WaitMax ? wait * 2 : WaitMax)
        {
            await Task.Delay(wait, invocation.Host.Time, cancellationToken);
            HttpClientClient? connection = null;
            try
            {
                connection = await ConnectAsync(invocation, cancellationToken);
                var events = await connection.FollowAsync(query, lastKey, cancellationToken);
                await SayAsync(invocation, "connected again", cancellationToken);
                var found = connection;
                connection = null;
                return (found, events);
            }
            catch (UnreachableStoreException failure)
            {
                if (failure.Message != said) await SayAsync(invocation, said = failure.Message, cancellationToken);
            }
            finally
            {
                if (connection is not null) await connection.DisposeAsync();
            }
        }
    }

    private static Task SayAsync(Invocation invocation, string words, CancellationToken cancellationToken) =>
        invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(words)}".AsMemory(), cancellationToken);

    /// <summary>Writes events as they come, each once.</summary>
    private sealed class Printer(Invocation invocation, OutputFormat format)
    {
        // What was shown of the store may come by the stream too.
        private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
        private bool _hasHeader;

        public string? LastKey { get; private set; }

        public async Task PrintStoredAsync(RowPage page, CancellationToken cancellationToken)
        {
            if (page.Cut is { } cut) await SayAsync(invocation, $"the beginning may be incomplete: {cut}", cancellationToken);
            foreach (var row in page.Items.Reverse())
            {
                _shown.Add(row.GetProperty("key").GetString()!);
                Write(row);
            }

            await invocation.Host.Out.FlushAsync(cancellationToken);
        }

        public async Task PrintAsync(string key, JsonElement row, CancellationToken cancellationToken)
        {
            LastKey = key;
            if (_shown.Remove(key)) return;
            Write(row);
            await invocation.Host.Out.FlushAsync(cancellationToken);
        }

        private void Write(JsonElement row)
        {
            RowWriter.WriteNext(invocation, format, row, EventRow.TailColumns, isFirst: !_hasHeader);
            _hasHeader = true;
        }
    }
}
