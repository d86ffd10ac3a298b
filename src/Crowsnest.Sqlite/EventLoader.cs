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

    // Blocks are opened together up to so many bytes: usual ones by the hundred, of the largest events a handful.
    private const long TogetherBytesMax = 32 << 20;

    /// <summary>The events, in the order of the hits; the first of them only when all have more than <paramref name="bytesMax"/>, but one in any case.</summary>
    public static IReadOnlyList<StoredEvent> Load(SqliteConnection connection, IReadOnlyList<EventHit> hits, long bytesMax)
    {
        var events = new List<StoredEvent>(hits.Count);
        using var select = new HotStatement(connection, "SELECT data FROM block WHERE id = ?");
        for (var bytes = 0L; events.Count < hits.Count;)
        {
            foreach (var loaded in LoadTogether(select, hits, events.Count))
            {
                bytes += loaded.Raw.Length;
                if (bytes > bytesMax && events.Count > 0) return events;
                events.Add(loaded);
            }
        }

        return events;
    }

    // From the first hit on, as many as their blocks leave room for; one at least.
    private static StoredEvent[] LoadTogether(HotStatement select, IReadOnlyList<EventHit> hits, int first)
    {
        var blocks = new Dictionary<long, Block>();
        var places = new List<EventPlace>();
        for (var length = 0L; first + places.Count < hits.Count;)
        {
            var hit = hits[first + places.Count];
            var place = hit.Segment.PlaceAt(hit.Ordinal);
            if (!blocks.TryGetValue(place.Locator.Block, out var block))
            {
                block = new Block(Read(select, place.Locator.Block), []);
                length += EventBlock.OpenLength(block.Data);
                if (length > TogetherBytesMax && blocks.Count > 0) break;
                blocks[place.Locator.Block] = block;
            }

            block.Wanted.Add(places.Count);
            places.Add(place);
        }

        var bodies = Open(blocks.Values, places);
        var events = new StoredEvent[places.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var (segment, ordinal) = hits[first + i];
            events[i] = new StoredEvent(
                segment.KeyAt(ordinal), DateTimeOffset.FromUnixTimeMilliseconds(segment.TimeAt(ordinal)),
                DateTimeOffset.FromUnixTimeMilliseconds(places[i].Received), segment.IsUncertain(ordinal), bodies[i].Raw, bodies[i].Masked);
        }

        return events;
    }

    private static (byte[] Raw, IReadOnlyList<string> Masked)[] Open(Dictionary<long, Block>.ValueCollection blocks, List<EventPlace> places)
    {
        var bodies = new (byte[] Raw, IReadOnlyList<string> Masked)[places.Count];
        if (blocks.Count < 4)
        {
            foreach (var block in blocks) Open(block, places, bodies);
            return bodies;
        }

        // Nearly all of a page's time; the segments, which are read by one thread, are done with.
        try
        {
            Parallel.ForEach(blocks, block => Open(block, places, bodies));
            return bodies;
        }
        catch (AggregateException several)
        {
            throw new InvalidDataException("A block of events cannot be read.", several.InnerException);
        }
    }

    private static byte[] Read(HotStatement select, long id)
    {
        select.Bind(1, id);
        if (!select.Step()) throw new InvalidDataException("A block of events is missing.");
        var data = select.Blob(0).ToArray();
        select.Reset();
        return data;
    }

    private static void Open(Block block, List<EventPlace> places, (byte[] Raw, IReadOnlyList<string> Masked)[] bodies)
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
