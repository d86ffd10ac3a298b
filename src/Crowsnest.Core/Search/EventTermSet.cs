using System.Globalization;
using System.Text;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Search;

/// <summary>What one event can be found by, in normal form: the plain picture that a query is evaluated on.</summary>
public sealed class EventTermSet
{
    private readonly Dictionary<int, HashSet<string>> _words = [];
    private readonly Dictionary<int, HashSet<double>> _numbers = [];
    private readonly Dictionary<string, string> _spelled = new(StringComparer.Ordinal);

    private EventTermSet()
    {
    }

    /// <summary>Extracts an event's terms, columns included.</summary>
    public static EventTermSet Of(in DiagnosedEvent diagnosed)
    {
        var set = new EventTermSet();
        EventTerms.Extract(diagnosed, new Sink(set));
        set._numbers[SearchFields.Time.Id] = [diagnosed.Event.OccurredAt.ToUnixTimeMilliseconds()];
        set._numbers[SearchFields.ReceivedAt.Id] = [diagnosed.Event.ReceivedAt.ToUnixTimeMilliseconds()];
        set._words[SearchFields.Key.Id] = [diagnosed.Event.Key.ToString()];
        return set;
    }

    /// <summary>Ids of the fields that the event has values of.</summary>
    public IEnumerable<int> Fields => _words.Keys.Concat(_numbers.Keys);

    /// <summary>The distinct values of a keyword, text, bool or unlisted field.</summary>
    public IReadOnlyCollection<string> Words(int field) => _words.TryGetValue(field, out var values) ? values : [];

    /// <summary>The distinct values of a number or time field.</summary>
    public IReadOnlyCollection<double> Numbers(int field) => _numbers.TryGetValue(field, out var values) ? values : [];

    /// <summary>A word as the event spells it, where only the case of ASCII letters differs from its normal form.</summary>
    public string? SpellingOf(string word) => _spelled.GetValueOrDefault(word);

    /// <summary>The values as they are counted: words in normal form, the shortest form of a number, a time in ISO 8601.</summary>
    public IEnumerable<string> Shown(FieldRef field)
    {
        var id = SearchFields.IdOf(field);
        return field.Listed?.Type switch
        {
            FieldType.Number => Numbers(id).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
            FieldType.Time => Numbers(id).Select(time =>
                DateTimeOffset.FromUnixTimeMilliseconds((long)time).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            _ => Words(id),
        };
    }

    private sealed class Sink(EventTermSet set) : ITermSink
    {
        private readonly byte[] _buffer = new byte[NormalForm.BytesMax];

        public void Add(int field, ReadOnlySpan<byte> value)
        {
            var length = NormalForm.Normalize(field, value, _buffer);
            if (length < 0) return;
            var normal = _buffer.AsSpan(0, length);
            if (field < SearchFields.FirstUnlisted && SearchFields.All[field].Type is FieldType.Number or FieldType.Time)
                Put(set._numbers, field, NormalForm.ReadOrdered(normal));
            else
                PutWord(field, value, normal);
        }

        private void PutWord(int field, ReadOnlySpan<byte> value, ReadOnlySpan<byte> normal)
        {
            var word = Encoding.UTF8.GetString(normal);
            Put(set._words, field, word);
            if (value.Length < normal.Length || value[..normal.Length].SequenceEqual(normal) || !Ascii.EqualsIgnoreCase(value[..normal.Length], normal)) return;
            set._spelled.TryAdd(word, Encoding.UTF8.GetString(value[..normal.Length]));
        }

        private static void Put<T>(Dictionary<int, HashSet<T>> values, int field, T value)
        {
            if (!values.TryGetValue(field, out var known)) values[field] = known = [];
            known.Add(value);
        }
    }
}
