using System.Collections.Immutable;
using System.Text;

namespace Crowsnest.Core.Incidents.Templates;

/// <summary>A text with placeholders: <c>{{ labels.cluster | upper }}</c>. It has no code, no loops and includes nothing, and what it gives is bounded.</summary>
/// <remarks>Values come from events and are hostile: they are made visible here, and the medium escapes the whole, as it does its own words.</remarks>
public sealed class Template
{
    /// <summary>No template is longer.</summary>
    public const int SourceMax = 4_000;

    /// <summary>What it gives is never longer; a value adds at most <see cref="ValueMax"/> characters of it.</summary>
    public const int LengthMax = 4_000;

    /// <summary>It has no more lines; those that follow are left out.</summary>
    public const int LinesMax = 20;

    /// <summary>The longest that one placeholder gives.</summary>
    public const int ValueMax = 1_000;

    private readonly ImmutableArray<Part> _parts;

    private Template(ImmutableArray<Part> parts) => _parts = parts;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">It has a mistake; the message says where and what would be right.</exception>
    public static Template Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Template([.. new TemplateReader(source).Read()]);
    }

    /// <summary>Fills it, line by line; <see langword="null"/> when nothing is left of it.</summary>
    internal IReadOnlyList<string>? Lines(TemplateInput input)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            // A value cannot begin a line of its own; only the template's own text can.
            text.Append(part.Placeholder is null ? part.Literal : VisibleText.Of(part.Value(input), ValueMax));
            if (text.Length > LengthMax) break;
        }

        var lines = VisibleText.Cut(text.ToString(), LengthMax).Split('\n').Take(LinesMax).Select(line => VisibleText.Of(line.TrimEnd(), LengthMax)).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return lines.Count == 0 || lines.TrueForAll(line => line.Length == 0) ? null : lines;
    }

    /// <summary>A piece: text as it stands, or a placeholder and what its filters make of it, one after the other.</summary>
    internal sealed record Part(string Literal, Placeholder? Placeholder, ImmutableArray<(Filter Filter, string Argument)> Filters)
    {
        public string Value(TemplateInput input)
        {
            var value = Placeholder!.Read(input);
            foreach (var (filter, argument) in Filters) value = filter.Apply(value, argument, input);
            return Filter.Text(value);
        }
    }
}

/// <summary>A template with a mistake.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>What is wrong, and what would be right.</summary>
    public TemplateException(string message)
        : base(message)
    {
    }

    /// <summary>What is wrong, and what would be right.</summary>
    public TemplateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Something is wrong.</summary>
    public TemplateException()
    {
    }
}
