using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Writes events as documents; see <see cref="EventFieldNames"/> for their members. Not safe from several threads: each has its own.</summary>
internal sealed class EventDocumentWriter : ITermSink
{
    // A keyword of Lucene holds 32,766 bytes; a character has at most four.
    private const int ColumnCharactersMax = 8_191;

    [ThreadStatic]
    private static EventDocumentWriter? _ofThisThread;

    private readonly byte[] _normal = new byte[NormalForm.BytesMax];
    private readonly SeenValues _seen = new();
    private readonly ValueLists _columns = new(SearchFields.All.Count);
    private readonly ValueLists _tokens = new(SearchFields.All.Count);
    private readonly Dictionary<int, UnlistedName> _unlistedNames = [];
    private readonly Utf8Text _values = new();
    private readonly Utf8Text _terms = new();
    private readonly Utf8Text _fields = new();
    private readonly Utf8Text _unlisted = new();
    private readonly Utf8Text _spelled = new();
    private readonly Utf8Text _text = new();
    private long _document;

    /// <summary>The writer of the thread that asks.</summary>
    public static EventDocumentWriter OfThisThread => _ofThisThread ??= new EventDocumentWriter();

    /// <summary>Writes one document, without a line end.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="diagnosed">The event.</param>
    /// <param name="writtenAt">When its batch was received, milliseconds since 1970 UTC: retention counts from the later of this and its time.</param>
    /// <param name="batch">Which write it belongs to, so that a repeat of that write knows its own documents again.</param>
    public void Write(Utf8Text to, in DiagnosedEvent diagnosed, long writtenAt, string batch)
    {
        Reset();
        EventTerms.Extract(diagnosed, this);
        var ecs = diagnosed.Event;
        to.Append("{\"@timestamp\":"u8).Append(ecs.OccurredAt.ToUnixTimeMilliseconds());
        to.Append(",\"crowsnest.receivedAt\":"u8).Append(ecs.ReceivedAt.ToUnixTimeMilliseconds());
        Span<byte> key = stackalloc byte[EventKey.LengthMax];
        to.Append(",\"crowsnest.key\":\""u8).Append(key[..ecs.Key.Format(key)]);
        to.Append("\",\"crowsnest.keyTime\":"u8).Append(ecs.Key.TimeMilliseconds);
        to.Append(",\"crowsnest.keyHash\":\""u8).Append(key[..ecs.Key.FormatHash(key)]).Append("\""u8);
        to.Append(",\"crowsnest.writtenAt\":"u8).Append(writtenAt);
        to.Append(",\"crowsnest.size\":"u8).Append(ecs.Raw.Length);
        to.Append(",\"facts\":{\"at\":"u8).Append(ecs.OccurredAt.UtcTicks).Append(",\"received\":"u8).Append(ecs.ReceivedAt.UtcTicks);
        to.Append(",\"batch\":"u8).AppendString(batch);
        if (ecs.TimeUncertain) to.Append(",\"uncertain\":true"u8);
        if (ecs.Masked.Count > 0) Masked(to, ecs.Masked);
        to.Append("}"u8);
        Columns(to);
        Tokens(to);
        List(to, ",\"t\":["u8, _terms);
        List(to, ",\"f\":["u8, _fields);
        List(to, ",\"u\":["u8, _unlisted);
        List(to, ",\"s\":["u8, _spelled);
        to.Append(",\"raw\":"u8).AppendString(ecs.Raw.Span).Append("}"u8);
    }

    void ITermSink.Add(int field, ReadOnlySpan<byte> value)
    {
        var length = NormalForm.Normalize(field, value, _normal);
        if (length < 0) return;
        var normal = _normal.AsSpan(0, length);
        if (!_seen.Add(field, normal)) return;
        if (field >= SearchFields.FirstUnlisted)
        {
            Unlisted(field, NormalForm.Cut(value, NormalForm.UnlistedMax), normal);
            return;
        }

        var listed = SearchFields.All[field];
        var start = _values.Length;
        if (listed.Type is FieldType.Number or FieldType.Time)
        {
            var number = NormalForm.ReadOrdered(normal);
            if (listed.Type == FieldType.Time) _values.Append((long)number);
            else _values.Append(number);
            _columns.Add(field, start, _values.Length - start);
            return;
        }

        var spelled = NormalForm.Cut(value, Math.Min(NormalForm.LengthMax(field), ColumnCharactersMax));
        _values.AppendString(spelled);
        _columns.Add(field, start, _values.Length - start);
        if (listed.Type != FieldType.Text && !spelled.SequenceEqual(normal))
            _terms.Append("\""u8).Append(EventFieldNames.NameUtf8(field)).Append("="u8).AppendEscaped(normal).Append("\","u8);
        if (!listed.InText && listed.Type != FieldType.Text) return;
        var began = _values.Length;
        TokensOf(normal);
        var written = _values.Length - began;
        if (written == 0) return;
        if (listed.InText) _text.Append("\""u8).Append(_values.Span[began..]).Append("\","u8);
        if (listed.Type == FieldType.Text && listed != SearchFields.Text) _tokens.Add(field, began, written);
    }

    private void Unlisted(int field, ReadOnlySpan<byte> value, ReadOnlySpan<byte> normal)
    {
        if (!_unlistedNames.TryGetValue(field, out var name))
        {
            if (FieldPaths.PathOf(field) is not { } path) return;
            var escaped = new Utf8Text().AppendEscaped(Encoding.UTF8.GetBytes(EventFieldNames.TermName(new FieldRef(null, path)))).Span.ToArray();
            _unlistedNames[field] = name = new UnlistedName([.. "\""u8, .. escaped, .. "="u8], [.. "\""u8, .. escaped, .. "\","u8]);
        }

        if (name.SeenIn != _document)
        {
            name.SeenIn = _document;
            _fields.Append(name.Whole);
        }

        _unlisted.Append(name.Opening).AppendEscaped(normal).Append("\","u8);
        if (!value.SequenceEqual(normal)) _spelled.Append(name.Opening).AppendEscaped(value).Append("\","u8);
    }

    // Letters and digits only: nothing in them is escaped.
    private void TokensOf(ReadOnlySpan<byte> normal)
    {
        var isFirst = true;
        foreach (var token in NormalForm.Tokens(normal))
        {
            if (!isFirst) _values.Append(" "u8);
            _values.Append(token);
            isFirst = false;
        }
    }

    private void Columns(Utf8Text to)
    {
        foreach (var field in _columns.Fields)
        {
            to.Append(EventFieldNames.ColumnOpening(field));
            var isMany = _columns.IsMany(field);
            if (isMany) to.Append("["u8);
            var isFirst = true;
            foreach (var value in _columns.Of(field))
            {
                if (!isFirst) to.Append(","u8);
                to.Append(_values.Span.Slice(value.Start, value.Length));
                isFirst = false;
            }

            if (isMany) to.Append("]"u8);
        }
    }

    private void Tokens(Utf8Text to)
    {
        if (_text.Length > 0) to.Append(",\"x.text\":["u8).Append(_text.Span[..^1]).Append("]"u8);
        foreach (var field in _tokens.Fields)
        {
            to.Append(",\"x."u8).Append(EventFieldNames.NameUtf8(field)).Append("\":["u8);
            var isFirst = true;
            foreach (var value in _tokens.Of(field))
            {
                to.Append(isFirst ? "\""u8 : ",\""u8).Append(_values.Span.Slice(value.Start, value.Length)).Append("\""u8);
                isFirst = false;
            }

            to.Append("]"u8);
        }
    }

    private static void List(Utf8Text to, ReadOnlySpan<byte> opening, Utf8Text items)
    {
        if (items.Length > 0) to.Append(opening).Append(items.Span[..^1]).Append("]"u8);
    }

    private static void Masked(Utf8Text to, IReadOnlyList<string> masked)
    {
        to.Append(",\"masked\":["u8);
        for (var i = 0; i < masked.Count; i++) (i > 0 ? to.Append(","u8) : to).AppendString(masked[i]);
        to.Append("]"u8);
    }

    private void Reset()
    {
        _document++;
        _seen.Clear();
        _columns.Clear();
        _tokens.Clear();
        foreach (var text in (ReadOnlySpan<Utf8Text>)[_values, _terms, _fields, _unlisted, _spelled, _text]) text.Clear();
    }

    /// <summary>An unlisted field's name as it stands in the lists.</summary>
    private sealed class UnlistedName(byte[] opening, byte[] whole)
    {
        /// <summary><c>"NAME=</c>, for a value after it.</summary>
        public byte[] Opening => opening;

        /// <summary><c>"NAME",</c></summary>
        public byte[] Whole => whole;

        /// <summary>The last document that has it.</summary>
        public long SeenIn { get; set; }
    }
}
