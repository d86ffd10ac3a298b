using System.Collections.Immutable;
using System.Text;

namespace Crowsnest.Core.Incidents;

/// <summary>Matchers as people write them in <c>alertmanager.yml</c> and for <c>amtool</c>: <c>team="payments"</c>, <c>severity=~error|critical</c>, several in <c>{…}</c> with commas.</summary>
/// <remarks>https://prometheus.io/docs/alerting/latest/configuration/#matcher: names and values may be quoted with double quotes; inside, <c>\"</c>, <c>\\</c> and <c>\n</c> are escapes.</remarks>
public static class MatcherText
{
    /// <summary>Reads one or more matchers.</summary>
    /// <exception cref="MatcherException">It is none; the message says what is wrong and where.</exception>
    public static ImmutableArray<LabelMatcher> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Reader(text);
        return reader.All();
    }

    private sealed class Reader(string text)
    {
        private int _at;

        private bool IsAtEnd => _at >= text.Length;

        public ImmutableArray<LabelMatcher> All()
        {
            var matchers = ImmutableArray.CreateBuilder<LabelMatcher>();
            SkipSpace();
            var isInBraces = Take('{');
            while (true)
            {
                SkipSpace();
                if (IsAtEnd || (isInBraces && text[_at] == '}')) break;
                matchers.Add(One(isInBraces));
                SkipSpace();
                if (!Take(',')) break;
            }

            if (isInBraces && !Take('}')) throw Wrong("a closing } is missing");
            SkipSpace();
            if (!IsAtEnd) throw Wrong("a comma is missing");
            return matchers.Count > 0 ? matchers.ToImmutable() : throw Wrong("no matcher; write one as in team=\"payments\"");
        }

        private LabelMatcher One(bool isInBraces)
        {
            var start = _at;
            var name = Peek() == '"' ? Quoted() : Bare(c => !char.IsWhiteSpace(c) && c is not ('=' or '!' or '~' or ',' or '{' or '}' or '"' or '\'' or '`' or '\\'));
            if (name.Length == 0) throw Wrong("a label's name is missing");
            SkipSpace();
            var kind = Sign();
            SkipSpace();
            var value = Peek() == '"' ? Quoted() : Bare(c => c != ',' && c != '"' && !(isInBraces && c == '}')).TrimEnd();
            try
            {
                return LabelMatcher.Of(name, kind, value);
            }
            catch (ArgumentException e)
            {
                throw new MatcherException($"'{text[start.._at].Trim()}' is not a regular expression: {e.Message}", start + 1);
            }
        }

        private MatcherKind Sign()
        {
            var (first, second) = (Peek(), _at + 1 < text.Length ? text[_at + 1] : '\0');
            MatcherKind? kind = (first, second) switch
            {
                ('=', '~') => MatcherKind.Matches,
                ('!', '=') => MatcherKind.NotEqual,
                ('!', '~') => MatcherKind.NotMatches,
                ('=', _) => MatcherKind.Equal,
                _ => null,
            };
            if (kind is not { } found) throw Wrong("expected =, !=, =~ or !~");
            _at += found == MatcherKind.Equal ? 1 : 2;
            return found;
        }

        private string Quoted()
        {
            var start = _at++;
            var value = new StringBuilder();
            while (!IsAtEnd)
            {
                var c = text[_at++];
                if (c == '"') return value.ToString();
                if (c != '\\' || IsAtEnd)
                {
                    value.Append(c);
                    continue;
                }

                // As Alertmanager has it: what is no escape keeps its backslash.
                var escaped = text[_at++];
                if (escaped == 'n') value.Append('\n');
                else if (escaped is '"' or '\\') value.Append(escaped);
                else value.Append('\\').Append(escaped);
            }

            _at = start;
            throw Wrong("the closing quote is missing");
        }

        private string Bare(Func<char, bool> belongs)
        {
            var start = _at;
            while (!IsAtEnd && belongs(text[_at])) _at++;
            return text[start.._at];
        }

        private char Peek() => IsAtEnd ? '\0' : text[_at];

        private bool Take(char c)
        {
            if (Peek() != c || IsAtEnd) return false;
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (!IsAtEnd && char.IsWhiteSpace(text[_at])) _at++;
        }

        private MatcherException Wrong(string what) => new($"{what} (at column {_at + 1} of '{text}')", _at + 1);
    }
}

/// <summary>A text is not a matcher.</summary>
public sealed class MatcherException : Exception
{
    /// <summary>One without words.</summary>
    public MatcherException()
    {
    }

    /// <summary>With words.</summary>
    public MatcherException(string message) : base(message)
    {
    }

    /// <summary>With words and what was behind it.</summary>
    public MatcherException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>With words and where.</summary>
    public MatcherException(string message, int column) : base(message) => Column = column;

    /// <summary>Where it is wrong, from 1 up; 0 when not known.</summary>
    public int Column { get; }
}
