using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>An unquoted word of a query: its characters, and which of them are wildcards.</summary>
internal sealed class QueryWord
{
    private readonly StringBuilder _plain = new();
    private readonly StringBuilder _pattern = new();
    private int _stars;
    private int _marks;

    /// <summary>How many characters it has, wildcards included.</summary>
    public int Length => _plain.Length;

    /// <summary>The word as characters, wildcards included.</summary>
    public string Plain => _plain.ToString();

    /// <summary>The word as a <see cref="WildcardPattern"/>.</summary>
    public string Pattern => _pattern.ToString();

    /// <summary>No wildcard in it.</summary>
    public bool IsPlain => _stars == 0 && _marks == 0;

    /// <summary>Nothing but <c>*</c>.</summary>
    public bool IsAnything => _stars == 1 && _plain.Length == 1;

    /// <summary>One wildcard, a <c>*</c> at the end.</summary>
    public bool IsPrefix => _stars == 1 && _marks == 0 && _plain.Length > 1 && _pattern[^1] == '*' && !(_pattern.Length > 1 && EndsEscaped());

    /// <summary>Without the last character.</summary>
    public string Start => _plain.ToString(0, _plain.Length - 1);

    /// <summary>A character as typed.</summary>
    public void Add(char c)
    {
        if (c == '*')
        {
            // A run of stars is one.
            if (_pattern.Length > 0 && _pattern[^1] == '*' && !EndsEscaped()) return;
            _stars++;
        }
        else if (c == '?')
        {
            _marks++;
        }

        _plain.Append(c);
        _pattern.Append(c);
    }

    /// <summary>A character after a backslash.</summary>
    public void AddLiteral(char c)
    {
        _plain.Append(c);
        if (c is '*' or '?' or '\\') _pattern.Append('\\');
        _pattern.Append(c);
    }

    // The last character was taken literally: an odd number of backslashes before it.
    private bool EndsEscaped()
    {
        var slashes = 0;
        for (var i = _pattern.Length - 2; i >= 0 && _pattern[i] == '\\'; i--) slashes++;
        return slashes % 2 == 1;
    }
}
