using System.Buffers;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>An event as a search finds it: a segment, and its place there.</summary>
internal readonly record struct EventHit(SegmentReader Segment, int Ordinal);

/// <summary>Reads events' bytes out of their blocks. Each block is opened once, and many are opened at the same time.</summary>
internal static class EventLoader
{
    private sealed record Block(byte[] Data, List<int> Wanted);

    /// <summary>The events, in the order of the hits.</summary>
    public static StoredEvent[] Load(SqliteConnection connection, IReadOnlyList<EventHit> hits)
    {
        var blocks = new Dictionary<long, Block>();
        var places = new EventPlace[hits.Count];
        using var select = new HotStatement(connection, "SELECT data FROM block WHERE id = ?");
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = hits[i].Segment.PlaceAt(hits[i].Ordinal);
            var id = places[i].Locator.Block;
            if (!blocks.TryGetValue(id, out var block)) blocks[id] = block = new Block(Read(select, id), []);
            block.Wanted.Add(i);
        }

        var bodies = new (byte[] Raw, IReadOnlyList<string> Masked)[places.Length];
        if (blocks.Count < 4)
        {
            foreach (var block in blocks.Values) Open(block, places, bodies);
        }
        else
        {
            // Nearly all of a page's time; the segments, which are read by one thread, are done with.
            try
            {
                Parallel.ForEach(blocks.Values, block => Open(block, places, bodies));
            }
            catch (AggregateException several)
            {
                throw new InvalidDataException("A block of events cannot be read.", several.InnerException);
            }
        }

        var events = new StoredEvent[places.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var (segment, ordinal) = hits[i];
            events[i] = new StoredEvent(
                segment.KeyAt(ordinal), DateTimeOffset.FromUnixTimeMilliseconds(segment.TimeAt(ordinal)),
                DateTimeOffset.FromUnixTimeMilliseconds(places[i].Received), segment.IsUncertain(ordinal), bodies[i].Raw, bodies[i].Masked);
        }

        return events;
    }

    private static byte[] Read(HotStatement select, long id)
    {
        select.Bind(1, id);
        if (!select.Step()) throw new InvalidDataException("A block of events is missing.");
        var data = select.Blob(0).ToArray();
        select.Reset();
        return data;
    }

    private static void Open(Block block, EventPlace[] places, (byte[] Raw, IReadOnlyList<string> Masked)[] bodies)
    {
        var rented = ArrayPool<byte>.Shared.Rent(EventBlock.OpenLength(block.Data));
        try
        {
            var open = rented.AsSpan(0, EventBlock.OpenLength(block.Data));
            EventBlock.Open(block.Data, open);
            foreach (var i in block.Wanted) bodies[i] = EventBlock.Event(open, places[i].Locator.Index);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
