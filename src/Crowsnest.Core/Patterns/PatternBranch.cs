using System.Collections.Immutable;

namespace Crowsnest.Core.Patterns;

/// <summary>Fields that must all match at once.</summary>
/// <param name="Fields">By path, in the order of UTF-16 code units: the order in which <c>exists: false</c> is judged.</param>
internal sealed record PatternBranch(ImmutableArray<PatternField> Fields);

/// <summary>A field and what its value may be.</summary>
/// <param name="Path">The names from the top, joined by dots: a name with dots and nested names are one path.</param>
/// <param name="Tests">Alternatives: one of them suffices.</param>
internal sealed record PatternField(string Path, ImmutableArray<ValueTest> Tests)
{
    /// <summary>Whether the field may be absent.</summary>
    public bool MayBeAbsent { get; } = Tests.Any(t => t is ValueTest.Absent);

    /// <summary>Whether one of the alternatives takes this value.</summary>
    public bool Takes(in Leaf leaf)
    {
        foreach (var test in Tests)
        {
            if (test.Takes(leaf)) return true;
        }

        return false;
    }
}
