using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>Reads a Lucene-style query string into a <see cref="SearchQuery"/>.</summary>
/// <remarks>
/// Words side by side mean AND; NOT binds before AND before OR. Never throws on any text, and takes at most <see cref="LengthMax"/> characters,
/// <see cref="DepthMax"/> levels and <see cref="ClausesMax"/> clauses.
/// </remarks>
public static class QueryParser
{
    /// <summary>The longest query, in UTF-16 units.</summary>
    public const int LengthMax = 8192;

    /// <summary>The deepest nesting of parentheses and NOTs.</summary>
    public const int DepthMax = 64;

    /// <summary>The most clauses.</summary>
    public const int ClausesMax = 512;

    /// <summary>Reads a query as of a moment, which is what <c>now</c> means in it.</summary>
    public static ParsedQuery Parse(string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LengthMax)
            return new ParsedQuery(null, [new QueryError(LengthMax + 1, text.Length - LengthMax, $"The query is longer than {LengthMax} characters.", null)]);

        return new Reading(text, now).Read();
    }

    /// <summary>Reads a query as of now.</summary>
    public static ParsedQuery Parse(string text, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Parse(text, clock.GetUtcNow());
    }

    /// <summary>One query being read: recursive descent over its characters.</summary>
    private sealed class Reading(string text, DateTimeOffset now)
    {
        private readonly List<QueryError> _errors = [];
        private readonly List<string> _hints = [];
        private readonly ClauseBuilder _clauses = new(now);
        private int _at;
        private int _depth;
        private int _count;

        public ParsedQuery Read()
        {
            try
            {
                SkipSpace();
                if (_at == text.Length) return new ParsedQuery(new SearchQuery.All(), []);

                var query = Or(null);
                if (_at < text.Length) throw Stop(_at, 1, "There is a ')' without its '('.");
                return _errors.Count == 0 ? new ParsedQuery(query, []) { Hints = _hints } : new ParsedQuery(null, _errors);
            }
            catch (StopException stop)
            {
                _errors.Add(stop.Error);
                return new ParsedQuery(null, [.. _errors.OrderBy(error => error.Column)]);
            }
        }

        private SearchQuery Or(FieldRef? field)
        {
            var clauses = new List<SearchQuery> { And(field) };
            while (Operator("OR", "||")) clauses.Add(And(field));
            return SearchTree.Or(clauses);
        }

        private SearchQuery And(FieldRef? field)
        {
            var clauses = new List<SearchQuery> { Unary(field) };
            while (true)
            {
                SkipSpace();
                if (_at == text.Length || text[_at] == ')' || PeekOperator("OR", "||") > 0) return SearchTree.And(clauses);
                Operator("AND", "&&");
                clauses.Add(Unary(field));
            }
        }

        private SearchQuery Unary(FieldRef? field)
        {
            SkipSpace();
            if (_at == text.Length) throw Stop(_at, 0, "Something to search for is missing here.");
            var start = _at;
            if (PeekOperator("AND", "&&") is > 0 and var and) throw Stop(_at, and, "AND needs a clause on each side.", "To search for the word, write \"and\".");
            if (PeekOperator("OR", "||") is > 0 and var or) throw Stop(_at, or, "OR needs a clause on each side.", "To search for the word, write \"or\".");

            var sign = text[_at];
            if (Operator("NOT", null) || sign is '!' or '-')
            {
                if (_at == start) _at++;
                Enter(start);
                var negated = Unary(field);
                _depth--;
                return new SearchQuery.Not(negated);
            }

            if (sign != '+') return Clause(field);
            _at++;
            Enter(start);
            var wanted = Unary(field);
            _depth--;
            return wanted;
        }

        private SearchQuery Clause(FieldRef? field)
        {
            if (++_count > ClausesMax) throw Stop(_at, 0, $"The query has more than {ClausesMax} clauses.");
            switch (text[_at])
            {
                case '(':
                    return Group(field);
                case ')':
                    throw Stop(_at, 1, _depth > 0 ? "Something to search for is missing before this ')'." : "There is a ')' without its '('.");
                case '"' or '[' or '{':
                    return Value(field ?? SearchFields.Ref(SearchFields.Text));
            }

            if (text[_at] is '>' or '<' && field is not null) return Value(field.Value);

            var start = _at;
            var word = Word(stopAtColon: true);
            if (_at == text.Length || text[_at] != ':' || word.Length == 0)
            {
                if (_at < text.Length && text[_at] == ':') throw Stop(_at, 1, "A field's name is missing before this ':'.");
                HintAtOperator(word.Plain, start);
                return Word(field ?? SearchFields.Ref(SearchFields.Text), word, start);
            }

            // Kibana's and Lucene's way to write everything.
            if (word.IsAnything && IsWordEnd(_at + 2) && text[_at + 1] == '*')
            {
                _at += 2;
                return new SearchQuery.All();
            }

            _at++;
            SkipSpace();
            if (_at == text.Length || text[_at] == ')') throw Stop(_at, 0, $"A value is missing after '{word.Plain}:'.");
            if (word.Plain == "_exists_") return Exists();
            return Value(Field(word.Plain, start));
        }

        private SearchQuery Group(FieldRef? field)
        {
            var open = _at++;
            Enter(open);
            SkipSpace();
            var query = Or(field);
            if (_at == text.Length) throw Stop(open, 1, "This '(' is never closed.");
            _at++;
            _depth--;
            return query;
        }

        private SearchQuery.Exists Exists()
        {
            var start = _at;
            var name = text[_at] == '"' ? Quoted() : Word(stopAtColon: false).Plain;
            var field = Field(name, start);
            if (field.Listed == SearchFields.Text) Report(start, _at - start, "Every event has text; name one of its fields.", null);
            return new SearchQuery.Exists(field);
        }

        private FieldRef Field(string name, int start)
        {
            if (name.Length > FieldPaths.LengthMax) throw Stop(start, name.Length, $"A field's name is at most {FieldPaths.LengthMax} characters.");
            if (SearchFields.TryGet(name, out FieldRef field)) return field;
            var nearest = SearchFields.Nearest(name);
            Report(start, name.Length, $"There is no field '{name}'.", nearest is null ? $"To search for the text, put it in quotes; a field of the detail is written detail.{name}." : $"Did you mean '{nearest}'?");
            return field;
        }

        private SearchQuery Value(FieldRef field)
        {
            var start = _at;
            switch (text[_at])
            {
                case '(':
                    return Group(field);
                case '"':
                    var quoted = Quoted();
                    RefuseSuffix();
                    return Taken(_clauses.Whole(field, quoted), start);
                case '[' or '{':
                    return Taken(Range(field), start);
                case '>' or '<':
                    return Taken(Comparison(field), start);
                default:
                    return Word(field, Word(stopAtColon: false), start);
            }
        }

        // A lower-case operator is a word like any other; who wrote it between two clauses hardly meant that.
        private void HintAtOperator(string word, int start)
        {
            if (word is not ("and" or "or" or "not") || (_count == 1 && word != "not")) return;
            var after = _at;
            while (after < text.Length && char.IsWhiteSpace(text[after])) after++;
            if (after < text.Length && text[after] != ')')
                _hints.Add($"column {start + 1}: '{word}' is searched for as a word; the operator is written {word.ToUpperInvariant()}.");
        }

        private SearchQuery Word(FieldRef field, QueryWord word, int start)
        {
            if (text.Length > start && text[start] == '/') RefuseRegex(start);
            if (word.Length == 0)
            {
                var found = _at < text.Length ? $"'{text[_at]}' cannot stand here." : "Something to search for is missing here.";
                throw Stop(_at, _at < text.Length ? 1 : 0, found, "To search for it literally, put it in quotes.");
            }

            return Taken(_clauses.Word(field, word), start);
        }

        private SearchQuery Taken(Clause clause, int start)
        {
            if (clause.Query is { } query) return query;
            Report(start, _at - start, clause.Problem, clause.Suggestion);
            return new SearchQuery.All();
        }

        private Clause Comparison(FieldRef field)
        {
            var isAbove = text[_at++] == '>';
            var isInclusive = _at < text.Length && text[_at] == '=';
            if (isInclusive) _at++;
            SkipSpace();
            var end = End();
            return isAbove ? _clauses.Range(field, end, isInclusive, "*", true) : _clauses.Range(field, "*", true, end, isInclusive);
        }

        private Clause Range(FieldRef field)
        {
            var open = _at;
            var fromInclusive = text[_at++] == '[';
            SkipSpace();
            var from = End();
            SkipSpace();
            if (!Operator("TO", null)) throw Stop(Math.Min(_at, text.Length), 0, "A range is written [FROM TO TO], with the word TO in the middle.", "For example [1 TO 5], {1 TO *].");
            SkipSpace();
            var to = End();
            SkipSpace();
            if (_at == text.Length || text[_at] is not (']' or '}')) throw Stop(open, 1, "This range is never closed by ']' or '}'.");
            return _clauses.Range(field, from, fromInclusive, to, text[_at++] == ']');
        }

        // An end of a range: quoted, or up to a space or bracket.
        private string End()
        {
            if (_at < text.Length && text[_at] == '"') return Quoted();
            var start = _at;
            var end = new StringBuilder();
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not (']' or '}' or ')' or '(' or '"'))
            {
                if (text[_at] == '\\' && _at + 1 < text.Length) _at++;
                end.Append(text[_at++]);
            }

            if (end.Length == 0) throw Stop(start, 0, "A value is missing here.", "An open end is written '*'.");
            return end.ToString();
        }

        private string Quoted()
        {
            var open = _at++;
            var value = new StringBuilder();
            while (_at < text.Length && text[_at] != '"')
            {
                if (text[_at] == '\\' && _at + 1 < text.Length) _at++;
                value.Append(text[_at++]);
            }

            if (_at == text.Length) throw Stop(open, 1, "This quote is never closed.");
            _at++;
            return value.ToString();
        }

        private QueryWord Word(bool stopAtColon)
        {
            var word = new QueryWord();
            var (squares, curlies) = (0, 0);
            while (_at < text.Length)
            {
                var c = text[_at];
                if (char.IsWhiteSpace(c) || c is '(' or ')' or '"' || (c == ':' && stopAtColon)) break;
                if (c == '\\')
                {
                    if (_at + 1 == text.Length) throw Stop(_at, 1, "A backslash takes the next character literally, and there is none.");
                    word.AddLiteral(text[++_at]);
                }
                else
                {
                    // One without its beginning is what is left of a range, and not part of a word.
                    squares += c switch { '[' => 1, ']' => -1, _ => 0 };
                    curlies += c switch { '{' => 1, '}' => -1, _ => 0 };
                    if (squares < 0 || curlies < 0) throw Stop(_at, 1, $"There is a '{c}' without its '{(c == ']' ? '[' : '{')}'.", "To search for it literally, put it in quotes.");
                    word.Add(c);
                }

                _at++;
            }

            return word;
        }

        // Between slashes, of which the last ends a word. A path has none at its end, and is a value like any other.
        private void RefuseRegex(int start)
        {
            for (var end = start + 2; end < text.Length && text[end] != '"'; end++)
            {
                if (text[end] != '/' || text[end - 1] == '\\' || !IsWordEnd(end + 1)) continue;
                throw Stop(start, end + 1 - start, "Regular expressions (/…/) are not supported.", "Wildcards are * and ?; to search for it literally, put it in quotes.");
            }
        }

        private bool IsWordEnd(int at) => at >= text.Length ? at == text.Length : char.IsWhiteSpace(text[at]) || text[at] == ')';

        private void RefuseSuffix()
        {
            if (_at < text.Length && text[_at] is '~' or '^')
                throw Stop(_at, 1, text[_at] == '~' ? "Near matches (~) are not supported." : "Weights (^) are not supported: results are ordered by time.");
        }

        private bool Operator(string word, string? symbol)
        {
            SkipSpace();
            var length = PeekOperator(word, symbol);
            _at += length;
            return length > 0;
        }

        // The operator's length here, or 0.
        private int PeekOperator(string word, string? symbol)
        {
            if (symbol is not null && string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0) return symbol.Length;
            if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0) return 0;
            var after = _at + word.Length;
            return after == text.Length || char.IsWhiteSpace(text[after]) || text[after] is '(' or ')' or '"' ? word.Length : 0;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        }

        private void Enter(int start)
        {
            if (++_depth > DepthMax) throw Stop(start, 1, $"The query is nested deeper than {DepthMax}.");
        }

        private void Report(int start, int length, string message, string? suggestion) => _errors.Add(new QueryError(start + 1, length, message, suggestion));

        private static StopException Stop(int start, int length, string message, string? suggestion = null) =>
            new(new QueryError(start + 1, length, message, suggestion));
    }

    // Ends the reading at the first place from which nothing sensible follows; never leaves this class.
#pragma warning disable CA1032, CA1064 // Internal to the parser.
    private sealed class StopException(QueryError error) : Exception(error.Message)
    {
        public QueryError Error { get; } = error;
    }
#pragma warning restore CA1032, CA1064
}
