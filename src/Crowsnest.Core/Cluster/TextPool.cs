namespace Crowsnest.Core.Cluster;

/// <summary>One string for all that are equal: most of a fleet's words (statuses, names, images, definitions) are said by thousands of tasks.</summary>
/// <remarks>Bounded: when full it begins anew, and what is in use stays in use. For one thread at a time.</remarks>
internal sealed class TextPool
{
    private const int Max = 100_000;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The string that stands for all of this text.</summary>
    public string? Get(string? text)
    {
        if (text is null) return null;
        if (_texts.TryGetValue(text, out var known)) return known;
        if (_texts.Count == Max) _texts.Clear();
        _texts.Add(text);
        return text;
    }
}
