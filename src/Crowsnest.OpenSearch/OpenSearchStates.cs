using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>States of tasks, instances, services and deployments, a document each, written only over what was read: a fold that another worker was first with is made again.</summary>
internal sealed class OpenSearchStates(Documents documents, BulkWriter bulk, IndexNames names)
{
    private const int KnownMax = 200_000;
    private const int PageMax = 2_000;

    // Where each document stood when it was read or written last.
    private readonly ConcurrentDictionary<string, (long SequenceNumber, long PrimaryTerm)> _known = new(StringComparer.Ordinal);

    /// <summary>The stored states of these resources.</summary>
    public async Task<Dictionary<string, ResourceState>> LoadAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, ResourceState>(StringComparer.Ordinal);
        if (keys.Count == 0) return states;

        // Forgetting is harmless: what is written without knowing is refused, and read again. Counting takes all of the dictionary's locks, so it is not done for each.
        if (_known.Count >= KnownMax) _known.Clear();
        foreach (var document in await documents.GetAsync(names.States, [.. keys.Select(Documents.IdOf).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false))
        {
            var row = Read(document);
            states[row.Key] = row;
            Know(row.Key, document.SequenceNumber, document.PrimaryTerm);
        }

        return states;
    }

    /// <summary>Those that are not over, or not longer than since a moment.</summary>
    public async IAsyncEnumerable<ResourceState> ReadAsync(DateTimeOffset? stoppedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.States], cancellationToken).ConfigureAwait(false);

        // One that is written meanwhile goes behind all others, so that none is passed over.
        await foreach (var (state, _) in InOrderAsync(after: -1, q => q.Object("bool", b =>
        {
            b.Objects("should", [s => s.Object("term", t => t.WriteBoolean("stopped", false)), .. Since(stoppedSince)]);
            b.WriteNumber("minimum_should_match", 1);
        }), cancellationToken).ConfigureAwait(false)) yield return state;
    }

    /// <summary>Those that were written after a number in the order of writes, with the number of each.</summary>
    public IAsyncEnumerable<(ResourceState State, long Number)> AfterAsync(long number, CancellationToken cancellationToken) =>
        InOrderAsync(number, static q => q.Object("match_all", static _ => { }), cancellationToken);

    /// <summary>The greatest number in the order of writes that searches see; -1 before the first.</summary>
    public async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.States], cancellationToken).ConfigureAwait(false);
        var last = await documents.SearchAsync(names.States, 1, json => json.Objects("sort", s => s.WriteString("_seq_no", "desc")), cancellationToken).ConfigureAwait(false);
        return last is [var document] ? document.SequenceNumber : -1;
    }

    // The index has one shard, and with it one order of writes.
    private async IAsyncEnumerable<(ResourceState State, long Number)> InOrderAsync(long after, Action<Utf8JsonWriter> query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await documents.SearchAsync(names.States, PageMax, json =>
            {
                json.Object("query", query);
                json.Objects("sort", s => s.WriteString("_seq_no", "asc"));
                if (after < 0) return;
                json.WriteStartArray("search_after");
                json.WriteNumberValue(after);
                json.WriteEndArray();
            }, cancellationToken).ConfigureAwait(false);
            foreach (var document in page) yield return (Read(document), document.SequenceNumber);
            if (page.Count < PageMax) break;
            after = page[^1].SequenceNumber;
        }
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="StatesMovedException">Some are not as they were read; the others are written.</exception>
    public async Task WriteAsync(IReadOnlyList<ResourceState> states, CancellationToken cancellationToken)
    {
        if (states.Count == 0) return;
        var results = await bulk.WriteAsync(states.Count, (text, i) => Append(text, states[i]), cancellationToken).ConfigureAwait(false);
        var moved = 0;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].IsDone)
            {
                Know(states[i].Key, results[i].SequenceNumber, results[i].PrimaryTerm);
                continue;
            }

            _known.TryRemove(states[i].Key, out _);
            if (!results[i].IsConflict) throw new StoreException($"The store refused the state of {states[i].Key}: {results[i].Words}", "", isTransient: false);
            moved++;
        }

        if (moved > 0) throw new StatesMovedException($"{moved.ToString(CultureInfo.InvariantCulture)} states were written by another worker meanwhile.");
    }

    private static Action<Utf8JsonWriter>[] Since(DateTimeOffset? moment) => moment is not { } since
        ? []
        : [s => s.Object("range", r => r.Object("keyTime", k => k.WriteNumber("gte", since.ToUnixTimeMilliseconds())))];

    private void Append(Utf8Text text, ResourceState row)
    {
        if (_known.TryGetValue(row.Key, out var at))
        {
            text.Append("{\"index\":{\"_index\":"u8).AppendString(names.States).Append(",\"_id\":"u8).AppendString(Documents.IdOf(row.Key))
                .Append(",\"if_seq_no\":"u8).Append(at.SequenceNumber).Append(",\"if_primary_term\":"u8).Append(at.PrimaryTerm).Append("}}\n"u8);
        }
        else
        {
            text.Append("{\"create\":{\"_index\":"u8).AppendString(names.States).Append(",\"_id\":"u8).AppendString(Documents.IdOf(row.Key)).Append("}}\n"u8);
        }

        text.Append("{\"key\":"u8).AppendString(row.Key).Append(",\"type\":"u8).AppendString(row.Type).Append(",\"account\":"u8).AppendString(row.Account)
            .Append(",\"region\":"u8).AppendString(row.Region).Append(",\"cluster\":"u8).AppendString(row.Cluster)
            .Append(row.IsStopped ? ",\"stopped\":true"u8 : ",\"stopped\":false"u8).Append(",\"version\":"u8).Append(row.Version).Append(",\"at\":"u8).Append(row.At)
            .Append(",\"event\":"u8).AppendString(row.Event.ToString()).Append(",\"keyTime\":"u8).Append(row.Event.TimeMilliseconds)
            .Append(",\"document\":"u8).AppendBase64(row.Document.Span).Append("}\n"u8);
    }

    private static ResourceState Read(Document document) => new(
        document.Text("key")!, document.Text("type")!, document.Text("account")!, document.Text("region")!, document.Text("cluster")!, document.Is("stopped"),
        document.Number("version"), document.Number("at"), EventKey.TryParse(document.Text("event"), out var key) ? key : default, Convert.FromBase64String(document.Text("document")!));

    private void Know(string key, long sequenceNumber, long primaryTerm) => _known[key] = (sequenceNumber, primaryTerm);
}
