namespace Crowsnest.OpenSearch.Events;

/// <summary>For each field the places of its values within a text, in the order of adding; fields in the order of their first value.</summary>
/// <param name="fields">How many fields there are.</param>
internal sealed class ValueLists(int fields)
{
    private readonly int[] _first = new int[fields];
    private readonly int[] _last = new int[fields];
    private readonly List<int> _present = [];
    private readonly List<Value> _values = [];

    /// <summary>The fields that have a value.</summary>
    public List<int> Fields => _present;

    public void Add(int field, int start, int length)
    {
        // Places are kept from 1 on, so that 0 is none.
        _values.Add(new Value(start, length, 0));
        var place = _values.Count;
        if (_first[field] == 0)
        {
            _first[field] = place;
            _present.Add(field);
        }
        else
        {
            _values[_last[field] - 1] = _values[_last[field] - 1] with { Next = place };
        }

        _last[field] = place;
    }

    /// <summary>Whether a field has more than one value.</summary>
    public bool IsMany(int field) => _first[field] != _last[field];

    /// <summary>A field's values.</summary>
    public Values Of(int field) => new(_values, _first[field]);

    public void Clear()
    {
        foreach (var field in _present) _first[field] = 0;
        _present.Clear();
        _values.Clear();
    }

    /// <summary>Where a value stands.</summary>
    internal readonly record struct Value(int Start, int Length, int Next);

    /// <summary>For <c>foreach</c>.</summary>
    internal struct Values(List<Value> values, int first)
    {
        private int _next = first;

        public Value Current { get; private set; }

        public readonly Values GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next == 0) return false;
            Current = values[_next - 1];
            _next = Current.Next;
            return true;
        }
    }
}
