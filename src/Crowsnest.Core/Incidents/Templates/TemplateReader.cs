using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Incidents.Templates;

/// <summary>Reads a template: text, and between braces a placeholder with its filters.</summary>
internal sealed class TemplateReader(string source)
{
    private int _at;

    /// <summary>Its pieces.</summary>
    /// <exception cref="TemplateException">It has a mistake.</exception>
    public IEnumerable<Template.Part> Read()
    {
        if (source.Length > Template.SourceMax) throw new TemplateException($"a template has at most {Template.SourceMax} characters");
        var parts = new List<Template.Part>();
        while (_at < source.Length)
        {
            var open = source.IndexOf("{{", _at, StringComparison.Ordinal);
            var text = source[_at..(open < 0 ? source.Length : open)];
            if (text.Contains("}}", StringComparison.Ordinal)) throw Mistake(_at + text.IndexOf("}}", StringComparison.Ordinal), "'}}' without '{{' before it");
            if (text.Length > 0) parts.Add(new Template.Part(text, null, []));
            if (open < 0) break;
            _at = open + 2;
            parts.Add(Placeholder(open));
        }

        return parts;
    }

    private Template.Part Placeholder(int open)
    {
        SkipSpaces();
        var start = _at;
        var name = Word(isName: true);
        if (name.Length == 0) throw Mistake(start, "the name of a placeholder is missing: {{ summary }}");
        if (Templates.Placeholder.Of(name) is not { } placeholder)
            throw Mistake(start, $"there is no placeholder '{name}'{Spelling.Hint(name, [.. Names])} (known: {string.Join(", ", Names)}, labels.NAME)");
        var filters = ImmutableArray.CreateBuilder<(Filter, string)>();
        var kind = placeholder.Kind;
        while (true)
        {
            SkipSpaces();
            if (source.AsSpan(_at).StartsWith("}}"))
            {
                _at += 2;
                return new Template.Part("", placeholder, filters.ToImmutable());
            }

            if (_at >= source.Length) throw Mistake(open, "'{{' without '}}' after it");
            if (source[_at] != '|') throw Mistake(_at, $"'{source[_at]}' is not expected here; a filter follows after '|', and '}}}}' ends it");
            _at++;
            SkipSpaces();
            filters.Add(Filter(ref kind));
        }
    }

    private (Filter, string) Filter(ref ValueKind kind)
    {
        var start = _at;
        var name = Word(isName: false);
        if (Templates.Filter.All.FirstOrDefault(one => one.Name == name) is not { } filter)
        {
            var known = Templates.Filter.All.Select(one => one.Name).ToList();
            throw Mistake(start, $"there is no filter '{name}'{Spelling.Hint(name, known)} (known: {string.Join(", ", known)})");
        }

        if (filter.Takes is { } takes && takes != kind)
            throw Mistake(start, takes == ValueKind.Time ? $"'{name}' goes with a time, before any other filter: firstAt, lastAt, resolvedAt or sentAt" : $"'{name}' goes with a list, before any other filter: evidence or resources");
        kind = ValueKind.Text;
        SkipSpaces();
        string? argument = null;
        if (_at < source.Length && source[_at] == ':')
        {
            _at++;
            SkipSpaces();
            argument = _at < source.Length && source[_at] == '"' ? Quoted() : Word(isName: false);
        }

        if (!filter.IsArgument(argument)) throw Mistake(start, filter.Argument.Length > 0 ? $"'{name}' needs {filter.Argument}" : $"'{name}' is told nothing");
        return (filter, argument ?? "");
    }

    private string Quoted()
    {
        var open = _at++;
        var text = new StringBuilder();
        for (; _at < source.Length; _at++)
        {
            var c = source[_at];
            if (c == '"')
            {
                _at++;
                return text.ToString();
            }

            if (c == '\\' && _at + 1 < source.Length) c = source[++_at];
            text.Append(c);
        }

        throw Mistake(open, "a quote that does not end");
    }

    private string Word(bool isName)
    {
        var start = _at;
        while (_at < source.Length && (char.IsLetterOrDigit(source[_at]) || source[_at] is '_' || (isName && source[_at] is '.' or '-'))) _at++;
        return source[start.._at];
    }

    private void SkipSpaces()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at])) _at++;
    }

    private static IEnumerable<string> Names => Templates.Placeholder.All.Select(one => one.Name);

    private static TemplateException Mistake(int at, string words) => new(string.Create(CultureInfo.InvariantCulture, $"at character {at + 1}: {words}"));
}
