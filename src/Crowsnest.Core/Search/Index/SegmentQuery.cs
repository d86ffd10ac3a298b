using System.Diagnostics;
using System.Text;

namespace Crowsnest.Core.Search.Index;

/// <summary>Answers a query on one segment: the set of its events for which it holds.</summary>
/// <remarks>
/// A text field's tokens are looked for in its distinct values and not in the events: a segment has few different reasons and images, whatever the number
/// of its events, so no positions are kept, and a phrase is checked in the value itself.
/// </remarks>
public sealed class SegmentQuery(SegmentReader segment, Func<bool> isOutOfTime)
{
    // How many values are scanned between two looks at the clock.
    private const int ValuesBetweenLooks = 4096;

    private delegate bool ValueTest(ReadOnlySpan<byte> value);

    /// <summary>A scan ended early because its time was up.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The events for which the query holds.</summary>
    public EventBitmap Evaluate(SearchQuery query) => query switch
    {
        SearchQuery.All => Everything(),
        SearchQuery.And and => Conjunction(and.Clauses),
        SearchQuery.Or or => Disjunction(or.Clauses),
        SearchQuery.Not not => Complement(Evaluate(not.Clause)),
        SearchQuery.Match match => Match(match),
        SearchQuery.Prefix prefix => Prefix(prefix),
        SearchQuery.Wildcard wildcard => Wildcard(wildcard),
        SearchQuery.Range range => Range(range),
        SearchQuery.Exists exists => Exists(exists),
        _ => throw new UnreachableException($"A query of an unknown form: {query}."),
    };

    private EventBitmap Nothing() => new(segment.Directory.Count);

    private EventBitmap Everything()
    {
        var set = Nothing();
        set.SetRange(0, set.Count);
        return set;
    }

    private EventBitmap Conjunction(IReadOnlyList<SearchQuery> clauses)
    {
        EventBitmap? set = null;
        foreach (var clause in clauses)
        {
            var hits = Evaluate(clause);
            if (set is null) set = hits;
            else set.And(hits);
            if (set.IsEmpty) break;
        }

        return set ?? Everything();
    }

    private EventBitmap Disjunction(IReadOnlyList<SearchQuery> clauses)
    {
        var set = Nothing();
        foreach (var clause in clauses) set.Or(Evaluate(clause));
        return set;
    }

    private static EventBitmap Complement(EventBitmap set)
    {
        set.Not();
        return set;
    }

    private EventBitmap Match(SearchQuery.Match match)
    {
        if (match.Field.Listed is { } listed && SearchFields.IsColumn(listed.Id)) return MatchColumn(listed, match.Value);
        if (IsTokenised(match.Field))
        {
            var tokens = match.Value.Tokens.Select(Encoding.UTF8.GetBytes).ToArray();
            foreach (var token in tokens)
            {
                if (!segment.MayHaveToken(token)) return Nothing();
            }

            return ScanText(match.Field, value => TextValue.HasPhrase(value, tokens));
        }

        var set = Nothing();
        if (IsOrdered(match.Field))
        {
            Span<byte> number = stackalloc byte[8];
            NormalForm.WriteOrdered(match.Value.Number, number);
            segment.Find(IndexedField.Of(match.Field), number, set);
        }
        else
        {
            segment.Find(IndexedField.Of(match.Field), Encoding.UTF8.GetBytes(match.Value.Text), set);
        }

        return set;
    }

    private EventBitmap MatchColumn(SearchField column, SearchValue value) =>
        column.Id == SearchFields.Key.Id
            ? WhereKey(key => key == value.Text)
            : Where(column, time => time == value.Number);

    private EventBitmap Prefix(SearchQuery.Prefix prefix)
    {
        var start = Encoding.UTF8.GetBytes(prefix.Start);
        if (prefix.Field.Listed is { } listed && SearchFields.IsColumn(listed.Id))
        {
            return listed.Id == SearchFields.Key.Id ? WhereKey(key => key.StartsWith(prefix.Start, StringComparison.Ordinal)) : Nothing();
        }

        if (IsTokenised(prefix.Field)) return ScanText(prefix.Field, value => TextValue.HasPrefix(value, start));
        var set = Nothing();
        if (IsOrdered(prefix.Field) || segment.Open(IndexedField.Of(prefix.Field)) is not { } cursor) return set;
        for (var more = cursor.Seek(start); more && cursor.Value.StartsWith(start); more = cursor.Next()) cursor.AddTo(set);
        return set;
    }

    private EventBitmap Wildcard(SearchQuery.Wildcard wildcard)
    {
        var pattern = new WildcardPattern(wildcard.Pattern);
        if (wildcard.Field.Listed is { } listed && SearchFields.IsColumn(listed.Id))
        {
            return listed.Id == SearchFields.Key.Id ? WhereKey(key => pattern.IsMatch(Encoding.UTF8.GetBytes(key))) : Nothing();
        }

        if (IsTokenised(wildcard.Field)) return ScanText(wildcard.Field, value => TextValue.HasMatch(value, pattern));
        var set = Nothing();
        if (!IsOrdered(wildcard.Field)) Scan(IndexedField.Of(wildcard.Field), pattern.IsMatch, set);
        return set;
    }

    private EventBitmap Range(SearchQuery.Range range)
    {
        bool Holds(double number) =>
            (range.FromInclusive ? number >= range.From : number > range.From) && (range.ToInclusive ? number <= range.To : number < range.To);

        var set = Nothing();
        if (range.Field.Listed is not { } listed) return set;
        if (SearchFields.IsColumn(listed.Id)) return listed.Id == SearchFields.Key.Id ? set : Where(listed, Holds);
        if (!IsOrdered(range.Field) || segment.Open(FieldTag.Listed(listed.Id)) is not { } cursor) return set;

        Span<byte> start = stackalloc byte[8];
        NormalForm.WriteOrdered(range.From, start);
        for (var more = cursor.Seek(start); more; more = cursor.Next())
        {
            var number = NormalForm.ReadOrdered(cursor.Value);
            if (number > range.To) break;
            if (Holds(number)) cursor.AddTo(set);
        }

        return set;
    }

    private EventBitmap Exists(SearchQuery.Exists exists)
    {
        if (exists.Field.Listed is { } listed && SearchFields.IsColumn(listed.Id)) return Everything();
        var set = Nothing();
        foreach (var field in FieldsOf(exists.Field))
        {
            if (segment.Open(field) is not { } cursor) continue;
            while (cursor.Next()) cursor.AddTo(set);
        }

        return set;
    }

    private EventBitmap ScanText(FieldRef field, ValueTest test)
    {
        var set = Nothing();
        foreach (var tag in FieldsOf(field)) Scan(tag, test, set);
        return set;
    }

    private void Scan(FieldTag field, ValueTest test, EventBitmap set)
    {
        if (segment.Open(field) is not { } cursor) return;
        for (var scanned = 1; cursor.Next(); scanned++)
        {
            if (test(cursor.Value)) cursor.AddTo(set);
            if (scanned % ValuesBetweenLooks != 0 || !isOutOfTime()) continue;
            WasCut = true;
            return;
        }
    }

    private EventBitmap Where(SearchField column, Func<double, bool> holds)
    {
        var set = Nothing();
        if (column.Id == SearchFields.Time.Id)
        {
            var times = segment.Times;
            for (var i = 0; i < times.Length; i++)
            {
                if (holds(times[i])) set.Set(i);
            }

            return set;
        }

        var places = segment.ReadPlaces();
        for (var i = 0; i < places.Length; i++)
        {
            if (holds(places[i].Received)) set.Set(i);
        }

        return set;
    }

    private EventBitmap WhereKey(Func<string, bool> holds)
    {
        var set = Nothing();
        var keys = segment.ReadKeys();
        for (var i = 0; i < keys.Length; i++)
        {
            if (holds(keys[i].ToString())) set.Set(i);
        }

        return set;
    }

    // A bare word asks every field that is part of the text.
    private static IEnumerable<FieldTag> FieldsOf(FieldRef field) =>
        field.Listed?.Id == SearchFields.Text.Id ? SearchFields.InText.Select(f => FieldTag.Listed(f.Id)) : [IndexedField.Of(field)];

    private static bool IsTokenised(FieldRef field) => field.Listed?.Type == FieldType.Text;

    private static bool IsOrdered(FieldRef field) => field.Listed?.Type is FieldType.Number or FieldType.Time;
}
