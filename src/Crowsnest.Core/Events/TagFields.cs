namespace Crowsnest.Core.Events;

/// <summary>Reads <c>detail.tags</c> of an event, <c>[{"key":K,"value":V},…]</c>, where a state wants it.</summary>
internal static class TagFields
{
    /// <summary>ECS allows 50 a resource (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html).</summary>
    public const int Max = 50;

    private const int KeyMax = 128, ValueMax = 256;

    /// <summary>The tags; what is none is left out.</summary>
    public static Tag[] Read(EcsEvent ecsEvent)
    {
        var bytes = ecsEvent.Raw.Span;
        var json = new JsonScanner(bytes, ecsEvent.StateStart);
        var tags = new List<Tag>();
        if (ecsEvent.StateStart == 0 || json.Peek() != (byte)'{' || !json.Enter()) return [];
        var first = true;
        while (json.NextName(ref first, out var name))
        {
            if (!(JsonText.Is(bytes, name, "tags"u8) && json.Peek() == (byte)'[' ? ReadAll(ref json, bytes, tags) : json.Skip())) break;
        }

        return [.. tags];
    }

    private static bool ReadAll(ref JsonScanner json, ReadOnlySpan<byte> bytes, List<Tag> tags)
    {
        tags.Clear();
        var firstElement = true;
        if (!json.Enter()) return false;
        while (json.NextElement(ref firstElement))
        {
            if (!EventFields.Pair(ref json, "key"u8, out var key, out var value)) return false;
            if (key.IsPresent && tags.Count < Max) tags.Add(new Tag(Cut(JsonText.String(bytes, key), KeyMax), value.IsPresent ? Cut(JsonText.String(bytes, value), ValueMax) : ""));
        }

        return json.Status == ScanStatus.Ok;
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
