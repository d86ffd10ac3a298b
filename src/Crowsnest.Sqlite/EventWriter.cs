using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Turns a batch of events into blocks and small segments, and writes them.</summary>
/// <remarks>
/// Preparing costs nearly all of the time and touches no file, so it happens before the transaction. Not thread-safe.
/// </remarks>
internal sealed class EventWriter
{
    private const int BlockDayShift = 40;
    private const int BuildersKept = 4;

    // One for each segment of a commit, used again by the next commit: a builder's image is valid until it builds again.
    private readonly List<SegmentBuilder> _builders = [];
    private readonly Dictionary<int, long> _nextBlock = [];

    /// <summary>What will be written for one day.</summary>
    internal sealed record Prepared(int Day, long FirstBlock, IReadOnlyList<byte[]> Blocks, SegmentImage Segment);

    /// <summary>Ids of a day's blocks: from the first to the last that it can have.</summary>
    public static (long First, long Last) BlockIds(int day) => ((long)day << BlockDayShift, ((long)(day + 1) << BlockDayShift) - 1);

    public List<Prepared> Prepare(SqliteConnection connection, IReadOnlyList<DiagnosedEvent> events)
    {
        var prepared = new List<Prepared>();
        foreach (var day in events.GroupBy(e => EventDay.Of(e.Event.Key)))
        {
            var ordered = day.ToArray();
            Array.Sort(ordered, static (x, y) => Order(x, y));
            for (var first = 0; first < ordered.Length; first += SegmentFormatEventsMax)
            {
                prepared.Add(Prepare(connection, day.Key, ordered.AsMemory(first, Math.Min(SegmentFormatEventsMax, ordered.Length - first)), BuilderFor(prepared.Count)));
            }
        }

        return prepared;
    }

    public static void Write(SqliteConnection connection, IReadOnlyList<Prepared> prepared, long now)
    {
        using var insert = new HotStatement(connection, "INSERT INTO block(id, data) VALUES(?, ?)");
        using var name = new HotStatement(connection, "INSERT OR IGNORE INTO top_level_name(name) VALUES(?)");
        foreach (var day in prepared)
        {
            foreach (var known in day.Segment.TopLevelNames) name.Bind(1, known).Execute();
            for (var i = 0; i < day.Blocks.Count; i++) insert.Bind(1, day.FirstBlock + i).Bind(2, day.Blocks[i]).Execute();
            WriteSegment(connection, day.Day, day.Segment, now);
        }
    }

    /// <summary>Makes the unlisted names of stored events known to queries, as they were when the events came in.</summary>
    public static void LearnNames(SqliteConnection connection)
    {
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT name FROM top_level_name";
        using var reader = ask.ExecuteReader();
        while (reader.Read()) FieldPaths.GetOrAdd(reader.GetString(0));
    }

    public static void WriteSegment(SqliteConnection connection, int day, SegmentImage image, long now)
    {
        using var next = new HotStatement(connection, "UPDATE catalogue SET next_segment = next_segment + 1, generation = generation + 1 RETURNING next_segment - 1");
        var segment = next.Only();
        next.Execute();

        using var row = new HotStatement(connection, "INSERT INTO segment VALUES(?, ?, ?, ?, ?, ?, ?)");
        row.Bind(1, segment).Bind(2, day).Bind(3, image.Count).Bind(4, image.MinTime).Bind(5, image.MaxTime).Bind(6, image.Length).Bind(7, now).Execute();

        using var insert = new HotStatement(connection, "INSERT INTO segment_chunk(id, data) VALUES(?, ?)");
        var room = new byte[SegmentChunks.ChunkBytes];
        for (long from = 0; from < image.Length; from += SegmentChunks.ChunkBytes)
        {
            var chunk = room.AsSpan(0, (int)Math.Min(SegmentChunks.ChunkBytes, image.Length - from));
            image.CopyTo(from, chunk);
            insert.Bind(1, SegmentChunks.ChunkId(segment, from / SegmentChunks.ChunkBytes)).Bind(2, chunk).Execute();
        }
    }

    /// <summary>Forgets where the next block goes: a commit failed, and what was promised was not written.</summary>
    public void Reset()
    {
        _nextBlock.Clear();
        _builders.Clear();
    }

    // A batch is far smaller than a segment may be; this only keeps a huge one legal.
    private const int SegmentFormatEventsMax = 32_768;

    private static int Order(in DiagnosedEvent x, in DiagnosedEvent y)
    {
        var byTime = x.Event.OccurredAt.ToUnixTimeMilliseconds().CompareTo(y.Event.OccurredAt.ToUnixTimeMilliseconds());
        return byTime != 0 ? byTime : x.Event.Key.CompareTo(y.Event.Key);
    }

    private Prepared Prepare(SqliteConnection connection, int day, ReadOnlyMemory<DiagnosedEvent> ordered, SegmentBuilder builder)
    {
        var firstBlock = NextBlock(connection, day);
        var cuts = Cut(ordered.Span);
        var events = ordered.ToArray();

        // Compressing the bodies and indexing the terms are independent, and each takes about half of the time.
        var compress = Task.Run(() => cuts.Select(c => EventBlock.Write(
            [.. events.AsSpan(c.First, c.Count).ToArray().Select(e => (e.Event.Raw, e.Event.Masked))])).ToArray());
        for (var block = 0; block < cuts.Count; block++)
        {
            for (var i = 0; i < cuts[block].Count; i++)
            {
                var diagnosed = events[cuts[block].First + i];
                builder.AddEvent(diagnosed.Event.OccurredAt.ToUnixTimeMilliseconds(), diagnosed.Event, new EventLocator(firstBlock + block, i));
                EventTerms.Extract(diagnosed, builder);
            }
        }

        var segment = builder.Build(compress: false);
        var blocks = compress.GetAwaiter().GetResult();
        _nextBlock[day] = firstBlock + blocks.Length;
        return new Prepared(day, firstBlock, blocks, segment);
    }

    private SegmentBuilder BuilderFor(int segment)
    {
        // A commit of an old archive may span many days; those beyond the first few are not worth keeping the memory for.
        if (segment >= BuildersKept) return new SegmentBuilder();
        if (segment == _builders.Count) _builders.Add(new SegmentBuilder());
        return _builders[segment];
    }

    private static List<(int First, int Count)> Cut(ReadOnlySpan<DiagnosedEvent> events)
    {
        var cuts = new List<(int, int)>();
        for (var first = 0; first < events.Length;)
        {
            var count = 0;
            var bytes = 0;
            while (first + count < events.Length && count < EventBlock.EventsMax && (count == 0 || bytes + events[first + count].Event.Raw.Length <= EventBlock.RawBytesMax))
            {
                bytes += events[first + count++].Event.Raw.Length;
            }

            cuts.Add((first, count));
            first += count;
        }

        return cuts;
    }

    private long NextBlock(SqliteConnection connection, int day)
    {
        if (_nextBlock.TryGetValue(day, out var next)) return next;
        if (_nextBlock.Count > 1000) _nextBlock.Clear();
        var (first, last) = BlockIds(day);
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT max(id) FROM block WHERE id BETWEEN $first AND $last";
        ask.Parameters.AddWithValue("$first", first);
        ask.Parameters.AddWithValue("$last", last);
        return ask.ExecuteScalar() is long max ? max + 1 : first;
    }
}
