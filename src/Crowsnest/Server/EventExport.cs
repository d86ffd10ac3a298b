using System.Text;
using System.Text.Json;
using Crowsnest.Commands;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Everything that a query finds, oldest first, page by page: as lines that can be read in again byte for byte, or as CSV.</summary>
/// <remarks>Each page is a search of its own: what is committed meanwhile may be in it or not. It never ends early without an exception.</remarks>
/// <param name="events">Where they are.</param>
/// <param name="diagnoser">What they mean, for columns that say it.</param>
/// <param name="request">What is asked for; its limit and order are ours to choose.</param>
/// <param name="columns">CSV's columns; <see langword="null"/> for NDJSON.</param>
internal sealed class EventExport(IEventSearch events, EventDiagnoser diagnoser, SearchRequest request, IReadOnlyList<ExportColumn>? columns)
{
    private readonly EventDecoder _decoder = EventJson.NewDecoder();
    private SearchPage _page = new([], null, null);

    /// <summary>Events written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Finds the first page, so that what is wrong from the start is known before anything is written.</summary>
    /// <param name="search">Makes a search when it is its turn.</param>
    public async Task BeginAsync(Func<Func<ValueTask<SearchPage>>, Task<SearchPage>> search) => _page = await NextAsync(null, search);

    /// <summary>Writes it all.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="search">Makes a search when it is its turn.</param>
    /// <param name="onPage">Hears of each page that was written.</param>
    /// <param name="cancellationToken">Ends it, with an exception.</param>
    /// <exception cref="StoreException">It cannot be whole.</exception>
    public async Task WriteAsync(Stream output, Func<Func<ValueTask<SearchPage>>, Task<SearchPage>> search, Action? onPage, CancellationToken cancellationToken)
    {
        var line = new MemoryStream();
        if (columns is not null) Row(line, columns.Select(c => c.Name));
        while (true)
        {
            foreach (var stored in _page.Events)
            {
                if (columns is null) Line(line, stored.Raw.Span);
                else Row(line, stored);
                if (line.Length > 1 << 16) await FlushAsync(line, output, cancellationToken);
            }

            await FlushAsync(line, output, cancellationToken);
            Written += _page.Events.Count;
            onPage?.Invoke();
            if (_page.Next is not { } next) return;
            cancellationToken.ThrowIfCancellationRequested();
            _page = await NextAsync(next, search);
        }
    }

    /// <summary>One event as a line of its own.</summary>
    public static void Line(Stream output, ReadOnlySpan<byte> raw)
    {
        // An event may be spread over lines, and is read back as it stands. One with lines inside that would be events by themselves is taken for lines that ran
        // into each other; in a wrapper that opens on a line of its own it is not.
        var newline = raw.IndexOf((byte)'\n');
        var wraps = newline >= 0 && raw.IndexOf("\n{"u8) >= 0;
        if (wraps) output.Write("{\n\"Records\":["u8);
        output.Write(raw);
        if (wraps) output.Write("]}"u8);
        output.WriteByte((byte)'\n');
    }

    private async Task<SearchPage> NextAsync(SearchCursor? after, Func<Func<ValueTask<SearchPage>>, Task<SearchPage>> search)
    {
        var page = await EventPages.NextAsync(events, request, after, search);
        if (page.Cut is { } cut) throw new StoreException($"The export is not whole: {cut}", "Export a shorter time with from and to, or with a simpler query.", isTransient: false);
        return page;
    }

    private void Row(Stream output, StoredEvent stored)
    {
        if (stored.Read(_decoder) is not Decoded.Ok { Event: var ecsEvent })
            throw new StoreException($"The export is not whole: the event {stored.Key} cannot be read.", "Export it as ndjson, which is its bytes as they are.", isTransient: false);
        var diagnosis = diagnoser.Diagnose(ecsEvent);
        using var json = JsonDocument.Parse(stored.Raw, new JsonDocumentOptions { MaxDepth = 1_000 });
        Row(output, columns!.Select(c => c.Of(stored, ecsEvent, diagnosis, json.RootElement)));
    }

    // RFC 4180, its line ends included.
    private static void Row(Stream output, IEnumerable<string> values)
    {
        output.Write(Encoding.UTF8.GetBytes(string.Join(',', values.Select(SafeText.Csv))));
        output.Write("\r\n"u8);
    }

    private static async Task FlushAsync(MemoryStream line, Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), cancellationToken);
        line.SetLength(0);
    }
}
