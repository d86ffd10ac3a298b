using System.Text;
using System.Text.Json;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>
/// The language's meaning, said as plainly as it goes: lay the event out as paths and values, each with the array elements that it stands in, and try all ways through a branch's fields.
/// Slow, and exponential at worst; it says what <see cref="PatternMatcher"/> must say.
/// </summary>
internal static class NaiveMatcher
{
    private sealed record Value(LeafKind Kind, byte[] Bytes, Dictionary<int, int> Elements);

    public static bool Matches(EventPattern pattern, string eventText)
    {
        using var document = JsonDocument.Parse(eventText, new JsonDocumentOptions { MaxDepth = 1_000 });
        var values = new Dictionary<string, List<Value>>();
        var arrays = 0;
        AddObject(document.RootElement, null, [], values, ref arrays);
        return pattern.Branches.Any(b => Matches(b, 0, [], values));
    }

    private static bool Matches(PatternBranch branch, int at, Dictionary<int, int> chosen, Dictionary<string, List<Value>> values)
    {
        if (at == branch.Fields.Length) return true;
        var field = branch.Fields[at];
        var consistent = values.GetValueOrDefault(field.Path, []).Where(v => v.Elements.All(e => chosen.GetValueOrDefault(e.Key, e.Value) == e.Value)).ToList();
        if (field.MayBeAbsent && consistent.Count == 0 && Matches(branch, at + 1, chosen, values)) return true;
        foreach (var value in consistent)
        {
            if (!field.Takes(new Leaf(value.Kind, value.Bytes))) continue;
            var more = new Dictionary<int, int>(chosen);
            foreach (var (array, element) in value.Elements) more[array] = element;
            if (Matches(branch, at + 1, more, values)) return true;
        }

        return false;
    }

    private static void AddObject(JsonElement element, string? path, Dictionary<int, int> elements, Dictionary<string, List<Value>> values, ref int arrays)
    {
        foreach (var member in element.EnumerateObject()) Add(member.Value, path is null ? member.Name : $"{path}.{member.Name}", elements, values, ref arrays);
    }

    private static void Add(JsonElement element, string path, Dictionary<int, int> elements, Dictionary<string, List<Value>> values, ref int arrays)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            AddObject(element, path, elements, values, ref arrays);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            // Only what is nested further stands in an element; a plain value in an array is just one of several.
            var (array, index) = (arrays++, 0);
            foreach (var item in element.EnumerateArray())
            {
                var isNested = item.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
                Add(item, path, isNested ? new(elements) { [array] = index } : elements, values, ref arrays);
                index++;
            }
        }
        else
        {
            var raw = element.GetRawText();
            var (kind, bytes) = element.ValueKind switch
            {
                JsonValueKind.String => (LeafKind.Text, JavaText.Utf8(JavaText.Unescape(Encoding.UTF8.GetBytes(raw[1..^1])))),
                JsonValueKind.Number => (LeafKind.Number, Encoding.UTF8.GetBytes(raw)),
                _ => (LeafKind.Literal, Encoding.UTF8.GetBytes(raw)),
            };
            if (!values.TryGetValue(path, out var list)) values[path] = list = [];
            list.Add(new Value(kind, bytes, elements));
        }
    }
}
