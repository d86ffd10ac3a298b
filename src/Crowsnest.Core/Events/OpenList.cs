namespace Crowsnest.Core.Events;

/// <summary>Where we stand in a wrapper that is read element by element: in its list, or between its members.</summary>
internal sealed class OpenList
{
    /// <summary>The list.</summary>
    public required Member Name { get; set; }

    /// <summary>Some element of the list at hand was read.</summary>
    public bool HasElements { get; private set; }

    /// <summary>The wrapper's closing brace was seen.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>In the list, not between the wrapper's members.</summary>
    public bool IsInList { get; private set; } = true;

    /// <summary>Finds the list in the beginning of a wrapper; <paramref name="done"/> is the place after its opening bracket.</summary>
    public static bool TryFind(ReadOnlySpan<byte> start, out Member list, out int done)
    {
        list = Member.Count;
        done = 0;
        var json = new JsonScanner(start);
        var first = true;
        if (json.Peek() != (byte)'{' || !json.Enter()) return false;
        while (json.NextName(ref first, out var name))
        {
            list = KnownMembers.Named(start, name);
            if (list == Member.DetailType) return false;
            if (Unwrapper.IsList(list) && json.Peek() == (byte)'[')
            {
                done = json.Position + 1;
                return true;
            }

            if (!json.Skip()) return false;
        }

        return false;
    }

    /// <summary>Whether what begins so still belongs to the wrapper; if not, the wrapper broke off, and something else follows.</summary>
    public bool GoesOn(byte next, bool afterComma) => IsInList
        ? !HasElements || afterComma || next == (byte)']'
        : next == (byte)'}' || (afterComma && next == (byte)'"');

    /// <summary>What was broken swallowed the comma after it.</summary>
    public void FindAgain() => HasElements = false;

    /// <summary>
    /// Goes one step: past an element (<paramref name="element"/>), a bracket or a member. Commas and white space before it are gone already.
    /// </summary>
    public ScanStatus Next(ReadOnlySpan<byte> span, int at, out JsonRange element, out int end)
    {
        element = default;
        end = at + 1;
        if (span[at] == (IsInList ? (byte)']' : (byte)'}'))
        {
            IsClosed = !IsInList;
            IsInList = false;
            return ScanStatus.Ok;
        }

        // One level down, so that a number at the end of the bytes is known to be unfinished.
        var json = new JsonScanner(span, at - 1, JsonScanner.DepthMax);
        json.Enter();
        if (IsInList)
        {
            var ok = json.Skip();
            HasElements = true;
            end = json.Position;
            if (ok) element = new JsonRange(at, end - at);
            return json.Status;
        }

        var first = true;
        if (!json.NextName(ref first, out var name))
        {
            end = json.Position;
            return json.Status == ScanStatus.Ok ? ScanStatus.Invalid : json.Status;
        }

        var list = KnownMembers.Named(span, name);
        if (Unwrapper.IsList(list) && json.Peek() == (byte)'[')
        {
            Name = list;
            IsInList = true;
            HasElements = false;
            end = json.Position + 1;
            return ScanStatus.Ok;
        }

        json.Skip();
        end = json.Position;
        return json.Status;
    }
}
