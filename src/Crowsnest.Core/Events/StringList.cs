namespace Crowsnest.Core.Events;

/// <summary>A list of strings within an event's bytes.</summary>
internal static class StringList
{
    /// <summary>So many are read: of an instance ECS lists at most a hundred ports, and events are written by anyone.</summary>
    public const int Max = 128;

    /// <summary>Where its strings stand, up to the first that is none; how many.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, int start, Span<JsonRange> items)
    {
        var json = new JsonScanner(bytes, start);
        var (first, count) = (true, 0);
        json.Enter();
        while (count < items.Length && json.NextElement(ref first))
        {
            JsonRange item = default;
            if (!EventFields.Text(ref json, ref item) || !item.IsPresent) break;
            items[count++] = item;
        }

        return count;
    }
}
