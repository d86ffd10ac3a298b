using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Incidents;

/// <summary>A condition on one label, as Alertmanager has it: <c>=</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>. A label that is missing has the empty value.</summary>
/// <remarks>A regular expression holds for the whole value, and takes time that grows with the value's length alone.</remarks>
public sealed class LabelMatcher : IEquatable<LabelMatcher>
{
    private readonly Regex? _pattern;

    private LabelMatcher(string name, MatcherKind kind, string value)
    {
        (Name, Kind, Value) = (name, kind, value);
        if (kind is MatcherKind.Matches or MatcherKind.NotMatches) _pattern = new Regex("^(?:" + value + ")$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>The label's name.</summary>
    public string Name { get; }

    /// <summary>How it is compared.</summary>
    public MatcherKind Kind { get; }

    /// <summary>What it is compared with.</summary>
    public string Value { get; }

    /// <summary>A matcher.</summary>
    /// <exception cref="ArgumentException">The regular expression is none, or has what takes unbounded time (look-around, back-references).</exception>
    public static LabelMatcher Of(string name, MatcherKind kind, string value)
    {
        try
        {
            return new LabelMatcher(name, kind, value);
        }
        catch (NotSupportedException e)
        {
            throw new ArgumentException("look-around and back-references are not available here", nameof(value), e);
        }
    }

    /// <summary>Whether it holds for these labels.</summary>
    public bool Holds(ImmutableSortedDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return HoldsFor(labels.GetValueOrDefault(Name, ""));
    }

    /// <summary>Whether it holds for a label with this value.</summary>
    public bool HoldsFor(string value) => Kind switch
    {
        MatcherKind.Equal => value == Value,
        MatcherKind.NotEqual => value != Value,
        MatcherKind.Matches => _pattern!.IsMatch(value),
        _ => !_pattern!.IsMatch(value),
    };

    /// <inheritdoc/>
    public bool Equals(LabelMatcher? other) => other is not null && (Name, Kind, Value) == (other.Name, other.Kind, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelMatcher);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Value);

    /// <summary>As it is written in a configuration: <c>team="payments"</c>.</summary>
    public override string ToString() => Name + Sign(Kind) + "\"" + Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    private static string Sign(MatcherKind kind) => kind switch
    {
        MatcherKind.Equal => "=",
        MatcherKind.NotEqual => "!=",
        MatcherKind.Matches => "=~",
        _ => "!~",
    };
}

/// <summary>How a matcher compares.</summary>
public enum MatcherKind
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>=~</c></summary>
    Matches,

    /// <summary><c>!~</c></summary>
    NotMatches,
}
