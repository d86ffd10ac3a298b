using System.Collections.Concurrent;

namespace Crowsnest.Core.Search;

/// <summary>The paths of unlisted fields that events have had in this process, and the ids that stand for them in terms.</summary>
/// <remarks>
/// Safe from any thread. An id means nothing outside the process: a store keeps the path. At most <see cref="Max"/> paths of at most
/// <see cref="LengthMax"/> characters are told apart; a value under any further path is reported under <see cref="SearchFields.Text"/>, so that bare
/// words still find it.
/// </remarks>
public static class FieldPaths
{
    /// <summary>How many paths are told apart. A sound fleet has some two hundred; a hostile sender must not fill the memory.</summary>
    public const int Max = 20_000;

    /// <summary>The longest path, in characters.</summary>
    public const int LengthMax = 256;

    private static readonly ConcurrentDictionary<string, int> Ids = new(StringComparer.Ordinal);

    // Slots are written under Gate, before the id that leads to them is handed out.
    private static readonly string?[] Paths = new string?[Max];
    private static readonly Lock Gate = new();
    private static int _count;

    /// <summary>How many paths are known.</summary>
    public static int Count => Volatile.Read(ref _count);

    /// <summary>A name in a query that can only be a path: it has a dot inside.</summary>
    public static bool LooksLikePath(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < name.Length - 1;
    }

    /// <summary>The id of a path that an event has had.</summary>
    public static bool TryGet(string path, out int id) => Ids.TryGetValue(path, out id);

    /// <summary>The path with this id, or <see langword="null"/>.</summary>
    public static string? PathOf(int id)
    {
        var slot = id - SearchFields.FirstUnlisted;
        return slot >= 0 && slot < Count ? Paths[slot] : null;
    }

    /// <summary>The id of a path, given on first sight (a store that opens its own paths again calls it too); <c>text</c>'s id when the table is full.</summary>
    public static int GetOrAdd(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Ids.TryGetValue(path, out var id)) return id;
        if (path.Length > LengthMax) return SearchFields.Text.Id;
        lock (Gate)
        {
            if (Ids.TryGetValue(path, out id)) return id;
            if (_count == Max) return SearchFields.Text.Id;
            id = SearchFields.FirstUnlisted + _count;
            Paths[_count] = path;
            Volatile.Write(ref _count, _count + 1);
            Ids[path] = id;
            return id;
        }
    }
}
