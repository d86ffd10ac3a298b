using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>The values that are masked: where they stand, and their JSON pointers as far as these stay within bounds.</summary>
internal sealed class FoundValues
{
    // An event may hold so many values under so long names that the pointers would be many times its size; and stores keep their length in 16 bits.
    private const int PointerBytesMax = 60_000;

    private readonly List<string> _pointers = [];
    private int _bytes;
    private int _unlisted;

    /// <summary>In order, without overlap.</summary>
    public List<(int Start, int End)> Places { get; } = [];

    /// <summary>Names and indexes from the root to where the search is.</summary>
    public Stack<(JsonRange Name, int Index)> Path { get; } = new();

    public void Add(ReadOnlySpan<byte> json, int start, int end, JsonRange name, int index)
    {
        Places.Add((start, end));
        var length = name.Length + 10;
        foreach (var step in Path) length += step.Name.Length + 10;
        if (_unlisted == 0 && _bytes + length <= PointerBytesMax)
        {
            var pointer = new StringBuilder();
            foreach (var (stepName, stepIndex) in Path.Reverse()) Append(pointer, json, stepName, stepIndex);
            Append(pointer, json, name, index);
            var text = pointer.ToString();

            // Escapes may have made it longer; and a store needs a separator, and a line feed escaped.
            _bytes += Encoding.UTF8.GetByteCount(text) + text.AsSpan().Count('\n') + 1;
            if (_bytes <= PointerBytesMax)
            {
                _pointers.Add(text);
                return;
            }
        }

        _unlisted++;
    }

    /// <summary>The pointers; when there are too many, the last entry says how many values more were masked.</summary>
    public IReadOnlyList<string> Pointers() =>
        _unlisted == 0 ? _pointers : [.. _pointers, string.Create(CultureInfo.InvariantCulture, $"and {_unlisted} more")];

    private static void Append(StringBuilder pointer, ReadOnlySpan<byte> json, JsonRange name, int index)
    {
        pointer.Append('/');
        if (name.IsPresent) pointer.Append(JsonText.String(json, name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        else pointer.Append(CultureInfo.InvariantCulture, $"{index}");
    }
}
