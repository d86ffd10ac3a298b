using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Reads events' bytes out of their blocks; events of one block open it once.</summary>
internal sealed class EventLoader(SqliteConnection connection)
{
    private readonly Dictionary<long, byte[]> _open = [];

    public StoredEvent[] Load(SegmentReader segment, IReadOnlyList<int> ordinals)
    {
        var loaded = new StoredEvent[ordinals.Count];
        for (var i = 0; i < loaded.Length; i++)
        {
            var ordinal = ordinals[i];
            var locator = segment.Locators[ordinal];
            var (received, uncertain) = segment.ReceivedAt(ordinal);
            var (raw, masked) = EventBlock.Event(Open(locator.Block), locator.Index);
            loaded[i] = new StoredEvent(
                segment.KeyAt(ordinal), DateTimeOffset.FromUnixTimeMilliseconds(segment.Times[ordinal]),
                DateTimeOffset.FromUnixTimeMilliseconds(received), uncertain, raw, masked);
        }

        return loaded;
    }

    private byte[] Open(long block)
    {
        if (_open.TryGetValue(block, out var open)) return open;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT data FROM block WHERE id = $id";
        command.Parameters.AddWithValue("$id", block);
        var data = command.ExecuteScalar() as byte[] ?? throw new InvalidDataException("A block of events is missing.");
        return _open[block] = EventBlock.Open(data);
    }
}
