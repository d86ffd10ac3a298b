namespace Crowsnest.OpenSearch.Http;

/// <summary>What one write of many documents sends: actions one after another, each with where it begins, so that any of them can be sent again alone.</summary>
internal sealed class BulkBody(int capacity = 64 * 1024)
{
    private readonly List<int> _starts = [];
    private readonly List<int> _places = [];

    /// <summary>The lines; write an action's lines after <see cref="Begin()"/>.</summary>
    public Utf8Text Text { get; } = new(capacity);

    /// <summary>How many actions there are.</summary>
    public int Count => _starts.Count;

    /// <summary>Begins the next action.</summary>
    /// <returns>Its number.</returns>
    public int Begin()
    {
        Begin(_starts.Count);
        return _starts.Count - 1;
    }

    /// <summary>Begins the next action, which has this place in the whole that it is a part of.</summary>
    public void Begin(int place)
    {
        _starts.Add(Text.Length);
        _places.Add(place);
    }

    /// <summary>An action's place in the whole that the body is a part of.</summary>
    public int PlaceOf(int action) => _places[action];

    /// <summary>An action's lines.</summary>
    public ReadOnlyMemory<byte> this[int action] =>
        Text.Memory[_starts[action]..(action + 1 < _starts.Count ? _starts[action + 1] : Text.Length)];

    /// <summary>The lines of actions that stand next to one another.</summary>
    public ReadOnlyMemory<byte> Slice(int first, int count) =>
        Text.Memory[_starts[first]..(first + count < _starts.Count ? _starts[first + count] : Text.Length)];

    /// <summary>A request with it broke off, so that a connection may still read from it: it is not written again.</summary>
    public bool IsSpoilt { get; set; }

    /// <summary>Moves the last action to the beginning of another body, which is empty.</summary>
    public void MoveLastTo(BulkBody other)
    {
        other.Begin(_places[^1]);
        other.Text.Append(this[Count - 1].Span);
        Text.CutAt(_starts[^1]);
        _starts.RemoveAt(_starts.Count - 1);
        _places.RemoveAt(_places.Count - 1);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _starts.Clear();
        _places.Clear();
        Text.Clear();
    }
}

/// <summary>What became of one action of a bulk request.</summary>
/// <param name="Status">The server's status for it: 200, 201, 404, 409, 400, 413.</param>
/// <param name="Words">The server's words where it refused.</param>
/// <param name="SequenceNumber">The document's <c>_seq_no</c> after it.</param>
/// <param name="PrimaryTerm">The document's <c>_primary_term</c> after it.</param>
internal readonly record struct BulkResult(int Status, string Words, long SequenceNumber, long PrimaryTerm)
{
    public bool IsDone => Status is >= 200 and < 300;

    /// <summary>The document is there already, or is not as it was when it was read.</summary>
    public bool IsConflict => Status == 409;
}
