using System.Buffers;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search;

/// <summary>One pass over an event's bytes that reports each leaf under its field.</summary>
/// <remarks>The decoder has looked at the same bytes, so they are JSON and not too deep; names and values are met where they stand, nothing is copied.</remarks>
internal ref struct EventTermWalk(ReadOnlySpan<byte> raw, bool isUnknown, ITermSink sink)
{
    private readonly ReadOnlySpan<byte> _raw = raw;
    private JsonScanner _scan = new(raw);
    private int _unlisted;

    public void Run() => Value(PathNode.Root);

    private void Value(PathNode node)
    {
        switch (_scan.Peek())
        {
            case (byte)'"':
                if (_scan.ReadString(out var text)) String(text, node);
                break;
            case (byte)'{':
                Object(node);
                break;
            case (byte)'[':
                if (node.IsTags) Tags();
                Array(node);
                break;
            case (byte)'n':
                _scan.Skip();
                break;
            default:
                var start = _scan.Position;
                if (_scan.Skip()) Leaf(_raw[start.._scan.Position], node, isString: false);
                break;
        }
    }

    private void Object(PathNode node)
    {
        PathNode? previous = null;
        _scan.Enter();
        for (var first = true; _scan.NextName(ref first, out var name);)
        {
            previous = node.Child(name.IsEscaped ? Unescaped(name) : name.Of(_raw), previous);
            Value(previous);
        }
    }

    // Arrays add nothing to a path.
    private void Array(PathNode node)
    {
        _scan.Enter();
        for (var first = true; _scan.NextElement(ref first);) Value(node);
    }

    private void String(JsonRange text, PathNode node)
    {
        if (!text.IsEscaped)
        {
            Leaf(text.Of(_raw), node, isString: true);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        Leaf(buffer.AsSpan(0, JsonText.Unescape(text.Of(_raw), buffer)), node, isString: true);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Leaf(ReadOnlySpan<byte> value, PathNode node, bool isString)
    {
        var field = node.Field;
        if (field == PathNode.Nowhere) return;
        var isListed = field < SearchFields.FirstUnlisted;
        if (!isListed || field == SearchFields.Text.Id)
        {
            if (_unlisted >= EventTerms.UnlistedMax) return;
            _unlisted++;
        }

        sink.Add(field, value.Length <= NormalForm.UnlistedMax ? value : NormalForm.Cut(value, NormalForm.LengthMax(field)));
        if (isUnknown && isString && node.IsDetail && !(isListed && SearchFields.All[field].InText))
            sink.Add(SearchFields.Text.Id, value.Length <= NormalForm.UnlistedMax ? value : NormalForm.Cut(value, NormalForm.TextMax));
    }

    // Goes ahead over the tags: {"key":K,"value":V} is also found as tag.K = V.
    private void Tags()
    {
        var ahead = _scan;
        ahead.Enter();
        for (var first = true; ahead.NextElement(ref first);)
        {
            if (ahead.Peek() == (byte)'{') Tag(ref ahead);
            else ahead.Skip();
        }
    }

    private void Tag(ref JsonScanner ahead)
    {
        JsonRange? tag = null, value = null;
        ahead.Enter();
        for (var first = true; ahead.NextName(ref first, out var name);)
        {
            if (ahead.Peek() != (byte)'"')
            {
                ahead.Skip();
                continue;
            }

            if (!ahead.ReadString(out var text)) return;
            if (JsonText.Is(_raw, name, "key"u8)) tag = text;
            if (JsonText.Is(_raw, name, "value"u8)) value = text;
        }

        if (tag is not { } known || value is not { } said || _unlisted >= EventTerms.UnlistedMax) return;
        _unlisted++;
        sink.Add(PathNode.Tag.Child(Unescaped(known), null).Field, NormalForm.Cut(Unescaped(said), NormalForm.UnlistedMax));
    }

    private readonly ReadOnlySpan<byte> Unescaped(JsonRange text)
    {
        if (!text.IsEscaped) return text.Of(_raw);
        var buffer = new byte[text.Length];
        return buffer.AsSpan(0, JsonText.Unescape(text.Of(_raw), buffer));
    }
}
