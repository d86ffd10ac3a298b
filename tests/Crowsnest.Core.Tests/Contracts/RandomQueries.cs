using System.Globalization;
using System.Text;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Queries of every form from one seed, their values drawn from the events that they will be asked of.</summary>
public sealed class RandomQueries
{
    private readonly Random _random;
    private readonly List<(FieldRef Field, string Value)> _values = [];

    public RandomQueries(int seed, IEnumerable<DiagnosedEvent> events)
    {
        _random = new Random(seed);
        foreach (var diagnosed in events)
        {
            var terms = EventTermSet.Of(diagnosed);
            foreach (var id in terms.Fields)
            {
                if (SearchFields.RefOf(id) is { } field) _values.AddRange(terms.Shown(field).Select(value => (field, value)));
            }
        }

        Assert.NotEmpty(_values);
    }

    /// <summary>A field that some event has.</summary>
    public FieldRef Field() => _values[_random.Next(_values.Count)].Field;

    /// <summary>A tree as the parser would make it.</summary>
    public SearchQuery Next(int depth = 0)
    {
        switch (_random.Next(depth > 2 ? 4 : 8))
        {
            case 4:
                return SearchTree.And([Next(depth + 1), Next(depth + 1)]);
            case 5:
                return SearchTree.Or([Next(depth + 1), Next(depth + 1), Next(depth + 1)]);
            case 6:
                return new SearchQuery.Not(Next(depth + 1));
            case 7 when _random.Next(6) == 0:
                return new SearchQuery.All();
            default:
                return Clause();
        }
    }

    private SearchQuery Clause()
    {
        var (field, value) = _values[_random.Next(_values.Count)];
        if (_random.Next(12) == 0 && field.Listed != SearchFields.Text) return new SearchQuery.Exists(field);
        if (field.Listed is { InText: true } && _random.Next(3) == 0) field = SearchFields.Ref(SearchFields.Text);
        if (field.Listed?.Type is FieldType.Number or FieldType.Time) return Number(field, value);

        if (field.Listed?.Type == FieldType.Text)
        {
            var tokens = Tokens(value);
            if (tokens.Count == 0) return new SearchQuery.All();
            var from = _random.Next(tokens.Count);
            var one = tokens[from];
            return _random.Next(4) switch
            {
                0 => new SearchQuery.Prefix(field, one[..(1 + _random.Next(one.Length))]) is var prefix && char.IsHighSurrogate(prefix.Start[^1]) ? new SearchQuery.All() : prefix,
                1 => new SearchQuery.Wildcard(field, "*" + one[^1..]) is var wildcard && char.IsLowSurrogate(wildcard.Pattern[^1]) ? new SearchQuery.All() : wildcard,
                _ => new SearchQuery.Match(field, new SearchValue("", 0, tokens.GetRange(from, 1 + _random.Next(Math.Min(4, tokens.Count - from))))),
            };
        }

        if (field.Listed?.Type == FieldType.Bool || value.Length == 0) return new SearchQuery.Match(field, new SearchValue(value, 0, []));
        var cut = _random.Next(1, value.Length + 1);
        if (cut < value.Length && char.IsLowSurrogate(value[cut])) cut++;
        return _random.Next(4) switch
        {
            0 => new SearchQuery.Prefix(field, value[..cut]),
            1 when cut < value.Length => new SearchQuery.Wildcard(field, "*" + Literal(value[cut..])),
            2 when !char.IsSurrogate(value[0]) => new SearchQuery.Wildcard(field, "?" + Literal(value[1..])),
            _ => new SearchQuery.Match(field, new SearchValue(value, 0, [])),
        };
    }

    private SearchQuery Number(FieldRef field, string value)
    {
        var number = field.Listed?.Type == FieldType.Time
            ? DateTimeOffset.Parse(value, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds()
            : double.Parse(value, CultureInfo.InvariantCulture);
        return _random.Next(4) switch
        {
            0 => new SearchQuery.Match(field, new SearchValue("", number, [])),
            1 => new SearchQuery.Range(field, number, _random.Next(2) == 0, double.PositiveInfinity, true),
            2 => new SearchQuery.Range(field, double.NegativeInfinity, true, number, _random.Next(2) == 0),
            _ => new SearchQuery.Range(field, number - _random.Next(200_000), _random.Next(2) == 0, number + _random.Next(3), _random.Next(2) == 0),
        };
    }

    private static string Literal(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);

    private static List<string> Tokens(string value)
    {
        var tokens = new List<string>();
        foreach (var token in NormalForm.Tokens(Encoding.UTF8.GetBytes(value))) tokens.Add(Encoding.UTF8.GetString(token));
        return tokens;
    }
}
