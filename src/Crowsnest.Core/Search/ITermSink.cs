namespace Crowsnest.Core.Search;

/// <summary>Receives what an event can be found by, one value at a time.</summary>
/// <remarks>
/// <c>field</c> is an id of <see cref="SearchFields"/>: a listed field's, or one given to the path of an unlisted one. The value is the UTF-8 of one
/// array element or scalar, unescaped and as the event has it (numbers and times as text); the receiver brings it to the field's normal form
/// with <see cref="SearchFields"/>. It is valid only during the call.
/// </remarks>
public interface ITermSink
{
    /// <summary>One value of one field of the event at hand.</summary>
    void Add(int field, ReadOnlySpan<byte> value);
}
