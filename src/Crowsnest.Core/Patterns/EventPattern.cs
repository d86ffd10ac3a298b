using System.Collections.Immutable;
using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// One event pattern of EventBridge, read and found valid: what it asks for, as alternatives of fields.
/// </summary>
/// <remarks>
/// A pattern without <c>$or</c> is one branch; each <c>$or</c> multiplies the branches. A branch matches when all of its fields do. Immutable, and made only from
/// text, so that there is no pattern that the parser would have refused.
/// </remarks>
public sealed class EventPattern
{
    /// <summary>The most branches that the <c>$or</c>s of one pattern may multiply out to.</summary>
    /// <remarks>EventBridge names no number. The factors of nested <c>$or</c>s multiply, so that a kilobyte of text could ask for millions; no pattern that we have seen has more than twenty.</remarks>
    public const int BranchesMax = 1_024;

    /// <summary>The most fields in one branch: event-ruler's own limit for a rule.</summary>
    public const int FieldsMax = 256;

    /// <summary>The longest text that is read, in bytes; EventBridge itself takes 4,096 characters at most, on request.</summary>
    public const int TextBytesMax = 1 << 20;

    private EventPattern(ImmutableArray<PatternBranch> branches) => Branches = branches;

    internal ImmutableArray<PatternBranch> Branches { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">JSON. What follows the outermost object is not looked at, as in EventBridge.</param>
    /// <param name="mistakes">All that is wrong; empty when the pattern is valid.</param>
    /// <returns>The pattern, or <see langword="null"/> when there are mistakes.</returns>
    public static EventPattern? Parse(string text, out IReadOnlyList<PatternMistake> mistakes)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(Encoding.UTF8.GetBytes(text), out mistakes);
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="utf8">JSON. What follows the outermost object is not looked at, as in EventBridge.</param>
    /// <param name="mistakes">All that is wrong; empty when the pattern is valid.</param>
    /// <returns>The pattern, or <see langword="null"/> when there are mistakes.</returns>
    public static EventPattern? Parse(ReadOnlySpan<byte> utf8, out IReadOnlyList<PatternMistake> mistakes)
    {
        var parser = new PatternParser(utf8, orIsField: false);
        var branches = parser.Parse();

        // event-ruler reads a pattern whose "$or" it cannot take once more with its older compiler, to which "$or" is a field like any other.
        if (parser.Mistakes.Count > 0 && parser.HasOr)
        {
            var older = new PatternParser(utf8, orIsField: true);
            var read = older.Parse();
            if (older.Mistakes.Count == 0)
            {
                mistakes = [];
                return new EventPattern(read);
            }
        }

        mistakes = parser.Mistakes;
        return mistakes.Count == 0 ? new EventPattern(branches) : null;
    }
}
