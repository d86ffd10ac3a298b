using System.Globalization;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>What could not be read, a document each, under a number that grows.</summary>
internal sealed class OpenSearchQuarantine(Documents documents, BulkWriter bulk, Places places, Ledger ledger, IndexNames names) : IQuarantine
{
    /// <summary>Writes entries; those of the same batch that are there from an earlier attempt stay as they are.</summary>
    /// <param name="faults">What could not be read; a number that another process has taken is drawn again.</param>
    /// <param name="batch">Which write it is.</param>
    /// <param name="commit">Whose source and time the entries have.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteAsync(IReadOnlyList<NumberedFault> faults, string batch, Commit commit, CancellationToken cancellationToken)
    {
        var left = faults;
        while (left.Count > 0)
        {
            var body = new BulkBody();
            foreach (var fault in left) Append(body, fault, batch, commit.Source, commit.ReceivedAt);
            var results = await bulk.WriteAsync(body, cancellationToken).ConfigureAwait(false);
            if (results.FirstOrDefault(result => !result.IsDone && !result.IsConflict) is { Status: > 0 } refused)
                throw new StoreException($"The store refused an entry of the quarantine: {refused.Words}", "", isTransient: false);
            List<NumberedFault> taken = [.. left.Where((_, at) => results[at].IsConflict)];
            var there = await documents.GetAsync(names.Quarantine, [.. taken.Select(fault => Id(fault.Number))], cancellationToken).ConfigureAwait(false);
            var ours = there.Where(d => d.Text("batch") == batch).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
            left = [.. taken.Where(fault => !ours.Contains(Id(fault.Number)))];
            foreach (var fault in left) fault.Number = places.Next();
        }
    }

    public async ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Quarantine], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Quarantine, limit, json =>
        {
            json.Object("query", q => q.Object("range", r => r.Object("place", p => p.WriteNumber("lt", before ?? long.MaxValue))));
            json.Objects("sort", s => s.WriteString("place", "desc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(Read)];
    }

    public async ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await documents.GetAsync(names.Quarantine, Id(id), cancellationToken).ConfigureAwait(false) is { } document ? Read(document) : null;
    }

    public async ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Quarantine], cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync(
            names.Quarantine,
            json => json.Object("aggs", aggs => aggs.Object("reasons", a => a.Object("terms", t =>
            {
                t.WriteString("field", "reason");
                t.WriteNumber("size", 100);
            }))),
            answer => answer.GetProperty("aggregations").GetProperty("reasons").GetProperty("buckets").EnumerateArray()
                .ToDictionary(bucket => Enum.Parse<QuarantineReason>(bucket.GetProperty("key").GetString()!), bucket => bucket.GetProperty("doc_count").GetInt64()),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken) =>
        (await ledger.ReadAsync(cancellationToken).ConfigureAwait(false)).Reasons;

    public async ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Noted first, so that its number is not given again by whoever starts next, should it have been the greatest.
        await ledger.NotePlaceAsync(id, cancellationToken).ConfigureAwait(false);
        return await documents.DeleteAsync(names.Quarantine, Id(id), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets go of what is older than it is kept, and of the oldest while it is too much.</summary>
    public async Task<long> DropAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Quarantine], cancellationToken).ConfigureAwait(false);
        var dropped = await documents.DeleteWhereAsync(
            names.Quarantine, json => json.Object("range", r => r.Object("receivedAt", at => at.WriteNumber("lt", (now - retention.Quarantine).ToUnixTimeMilliseconds()))), cancellationToken).ConfigureAwait(false);
        var bytes = await documents.CountAsync(
            names.Quarantine, json => json.Object("aggs", aggs => aggs.Object("bytes", a => a.Object("sum", s => s.WriteString("field", "length")))),
            answer => (long)answer.GetProperty("aggregations").GetProperty("bytes").GetProperty("value").GetDouble(), cancellationToken).ConfigureAwait(false);
        while (bytes > retention.QuarantineBytesMax)
        {
            var oldest = await documents.SearchAsync(names.Quarantine, 1_000, json =>
            {
                json.WriteStartArray("_source");
                json.WriteStringValue("place");
                json.WriteStringValue("length");
                json.WriteEndArray();
                json.Objects("sort", s => s.WriteString("place", "asc"));
            }, cancellationToken).ConfigureAwait(false);
            if (oldest.Count == 0) break;
            var last = 0L;
            foreach (var entry in oldest)
            {
                if (bytes <= retention.QuarantineBytesMax) break;
                bytes -= entry.Number("length");
                last = entry.Number("place");
            }

            dropped += await documents.DeleteWhereAsync(names.Quarantine, json => json.Object("range", r => r.Object("place", p => p.WriteNumber("lte", last))), cancellationToken).ConfigureAwait(false);
        }

        return dropped;
    }

    private void Append(BulkBody body, NumberedFault numbered, string batch, string source, DateTimeOffset receivedAt)
    {
        var (fault, number) = (numbered.Fault, numbered.Number);
        body.Begin();
        body.Text.Append("{\"create\":{\"_index\":"u8).AppendString(names.Quarantine).Append(",\"_id\":"u8).AppendString(Id(number)).Append("}}\n"u8)
            .Append("{\"place\":"u8).Append(number).Append(",\"batch\":"u8).AppendString(batch).Append(",\"source\":"u8).AppendString(source)
            .Append(",\"receivedAt\":"u8).Append(receivedAt.ToUnixTimeMilliseconds()).Append(",\"receivedTicks\":"u8).Append(receivedAt.UtcTicks)
            .Append(",\"reason\":"u8).AppendString(fault.Reason.ToString()).Append(",\"message\":"u8).AppendString(fault.Message)
            .Append(",\"length\":"u8).Append(fault.Bytes.Length).Append(",\"whole\":"u8).Append(fault.Length).Append(",\"hash\":"u8).AppendString(fault.Hash)
            .Append(",\"bytes\":"u8).AppendBase64(fault.Bytes.Span).Append("}\n"u8);
    }

    private static string Id(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static QuarantineEntry Read(Document document) => new(
        document.Number("place"), new DateTimeOffset(document.Number("receivedTicks"), TimeSpan.Zero), document.Text("source")!,
        new Fault(Enum.Parse<QuarantineReason>(document.Text("reason")!), document.Text("message")!, Convert.FromBase64String(document.Text("bytes")!), document.Number("whole"), document.Text("hash")!));
}
