using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>What one pass writes: documents as they are after it, and firings with their incidents. The journal has all of it, so that whoever comes next can carry it out.</summary>
internal sealed class PassWrites
{
    /// <summary>Documents by index and id, the last word for each.</summary>
    public Dictionary<(string Index, string Id), byte[]> Documents { get; } = [];

    /// <summary>By firing: its incident, and the rank of the firing that was seen.</summary>
    public Dictionary<string, (string Incident, int Rank)> Assigned { get; } = new(StringComparer.Ordinal);

    /// <summary>There is nothing to write.</summary>
    public bool IsEmpty => Documents.Count == 0 && Assigned.Count == 0;

    /// <summary>A document with these members.</summary>
    public void Put(string index, string id, Action<Utf8JsonWriter> write) => Documents[(index, id)] = JsonBody.Of(write).ToArray();

    /// <summary>Packed, as text.</summary>
    public string Pack()
    {
        if (IsEmpty) return "";
        var plain = JsonBody.Of(json =>
        {
            json.Objects("documents", Documents.Select(one => (Action<Utf8JsonWriter>)(d =>
            {
                d.WriteString("index", one.Key.Index);
                d.WriteString("id", one.Key.Id);
                d.WriteBase64String("document", one.Value);
            })));
            json.Objects("assigned", Assigned.Select(one => (Action<Utf8JsonWriter>)(a =>
            {
                a.WriteString("firing", one.Key);
                a.WriteString("incident", one.Value.Incident);
                a.WriteNumber("rank", one.Value.Rank);
            })));
        });
        var packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(plain.Length));
        try
        {
            return BrotliEncoder.TryCompress(plain.Span, packed, out var length, quality: 4, window: 22)
                ? Convert.ToBase64String(packed.AsSpan(0, length))
                : throw new InvalidOperationException("A journal could not be packed.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>Reads what <see cref="Pack"/> wrote.</summary>
    public static PassWrites Unpack(string journal)
    {
        var writes = new PassWrites();
        if (journal.Length == 0) return writes;
        using var plain = new BrotliStream(new MemoryStream(Convert.FromBase64String(journal)), CompressionMode.Decompress);
        using var json = JsonDocument.Parse(plain);
        foreach (var one in json.RootElement.GetProperty("documents").EnumerateArray())
            writes.Documents[(one.GetProperty("index").GetString()!, one.GetProperty("id").GetString()!)] = one.GetProperty("document").GetBytesFromBase64();
        foreach (var one in json.RootElement.GetProperty("assigned").EnumerateArray())
            writes.Assigned[one.GetProperty("firing").GetString()!] = (one.GetProperty("incident").GetString()!, one.GetProperty("rank").GetInt32());
        return writes;
    }

    /// <summary>Carries it out, once or again: a document that a later pass wrote stays as that left it.</summary>
    public async Task ApplyAsync(BulkWriter bulk, OpenSearchFirings firings, long pass, CancellationToken cancellationToken)
    {
        if (Documents.Count > 0)
        {
            var body = new BulkBody();
            foreach (var ((index, id), document) in Documents)
            {
                body.Begin();
                body.Text.Append("{\"index\":{\"_index\":"u8).AppendString(index).Append(",\"_id\":"u8).AppendString(id).Append(",\"version\":"u8).Append(pass)
                    .Append(",\"version_type\":\"external_gte\"}}\n"u8).Append(document).Append("\n"u8);
            }

            foreach (var result in await bulk.WriteAsync(body, cancellationToken).ConfigureAwait(false))
            {
                if (!result.IsDone && !result.IsConflict) throw new StoreException($"The store refused a part of an incident: {result.Words}", "", isTransient: false);
            }
        }

        if (Assigned.Count > 0) await firings.AssignAsync(Assigned, pass, cancellationToken).ConfigureAwait(false);
    }

}
