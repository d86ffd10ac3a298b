using System.Collections.Concurrent;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>A row of the catalogue: a segment that can be searched.</summary>
internal sealed record SegmentRow(long Id, int Day, int Count, long MinTime, long MaxTime, long Bytes, long WrittenAt);

/// <summary>Which segments there are, as of a reader's snapshot, and the directories of those that were opened.</summary>
/// <remarks>Segments never change and ids are never used again, so what is kept here cannot be stale; dropped segments are forgotten with the next list.</remarks>
internal sealed class SegmentCatalogue
{
    private readonly ConcurrentDictionary<long, SegmentDirectory> _directories = new();
    private Listing _listing = new(-1, []);

    private sealed record Listing(long Generation, IReadOnlyList<SegmentRow> Rows);

    /// <summary>The segments that the connection's snapshot sees, newest event first.</summary>
    public IReadOnlyList<SegmentRow> List(SqliteConnection connection)
    {
        using var ask = new HotStatement(connection, "SELECT generation FROM catalogue");
        var generation = ask.Only();
        var listing = _listing;
        if (listing.Generation == generation) return listing.Rows;

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, day, count, min_time, max_time, bytes, written_at FROM segment ORDER BY max_time DESC, id DESC";
        using var reader = command.ExecuteReader();
        var rows = new List<SegmentRow>();
        while (reader.Read())
        {
            rows.Add(new SegmentRow(
                reader.GetInt64(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6)));
        }

        if (generation > listing.Generation)
        {
            _listing = new Listing(generation, rows);
            var alive = rows.Select(r => r.Id).ToHashSet();
            foreach (var id in _directories.Keys)
            {
                if (!alive.Contains(id)) _directories.TryRemove(id, out _);
            }
        }

        return rows;
    }

    public SegmentReader Open(SqliteConnection connection, SegmentRow row)
    {
        var bytes = new SegmentChunks(connection, row.Id);
        return new SegmentReader(_directories.GetOrAdd(row.Id, static (_, b) => SegmentDirectory.Read(b), bytes), bytes);
    }
}

/// <summary>A segment's image in the file, by the chunk.</summary>
internal sealed class SegmentChunks(SqliteConnection connection, long segment) : ISegmentBytes
{
    public const int ChunkBytes = 32 * 1024;

    // A lookup goes back and forth between a few places: header and page, anchors and columns.
    private readonly (long Number, byte[] Bytes)[] _kept = [(-1, []), (-1, []), (-1, []), (-1, [])];
    private int _nextKept;

    public static long ChunkId(long segment, long chunk) => (segment << 20) | chunk;

    public ReadOnlyMemory<byte> Read(long offset, int length)
    {
        var (first, last) = (offset / ChunkBytes, (offset + Math.Max(length, 1) - 1) / ChunkBytes);
        if (first == last) return Chunk(first).AsMemory((int)(offset - (first * ChunkBytes)), length);

        var joined = new byte[length];
        for (int done = 0; done < length;)
        {
            var at = offset + done;
            var chunk = Chunk(at / ChunkBytes);
            var from = (int)(at % ChunkBytes);
            var take = Math.Min(length - done, chunk.Length - from);
            if (take <= 0) throw new InvalidDataException("A segment is shorter than its directory says.");
            chunk.AsSpan(from, take).CopyTo(joined.AsSpan(done));
            done += take;
        }

        return joined;
    }

    private byte[] Chunk(long number)
    {
        foreach (var (kept, bytes) in _kept)
        {
            if (kept == number) return bytes;
        }

        using var select = new HotStatement(connection, "SELECT data FROM segment_chunk WHERE id = ?");
        if (!select.Bind(1, ChunkId(segment, number)).Step()) throw new InvalidDataException("A chunk of a segment is missing.");
        var chunk = select.Blob(0).ToArray();
        _kept[_nextKept++ % _kept.Length] = (number, chunk);
        return chunk;
    }
}
