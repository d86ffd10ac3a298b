using System.Collections.Immutable;

namespace Crowsnest.Core.Patterns;

/// <summary>What an operator with one string means.</summary>
internal static class TextTests
{
    /// <summary>Adds the tests of an operator and its string; says what is wrong with the string, or nothing.</summary>
    /// <remarks>event-ruler compares prefixes and suffixes with the value in its quotes: one that ends, or begins, with a quote also takes the value that ends, or begins, there.</remarks>
    public static string Add(string kind, string text, ImmutableArray<ValueTest>.Builder tests)
    {
        var isBounded = text.Length > 0 && text[kind.StartsWith("prefix", StringComparison.Ordinal) ? ^1 : 0] == '"';
        switch (kind)
        {
            case "exactly":
                tests.Add(new ValueTest.Text(text));
                break;
            case "prefix":
                tests.Add(new ValueTest.Prefix(text));
                if (isBounded) tests.Add(new ValueTest.Text(text[..^1]));
                break;
            case "suffix":
                tests.Add(new ValueTest.Suffix(text));
                if (isBounded) tests.Add(new ValueTest.Text(text[1..]));
                break;
            case "equals-ignore-case":
                tests.Add(new ValueTest.IgnoreCase(new FoldedText(text), TextPart.Whole));
                break;
            case "prefix/equals-ignore-case":
                tests.Add(new ValueTest.IgnoreCase(new FoldedText(text), TextPart.Beginning));
                if (isBounded) tests.Add(new ValueTest.IgnoreCase(new FoldedText(text[..^1]), TextPart.Whole));
                break;
            case "suffix/equals-ignore-case":
                tests.Add(new ValueTest.IgnoreCase(new FoldedText(text), TextPart.End));
                if (isBounded) tests.Add(new ValueTest.IgnoreCase(new FoldedText(text[1..]), TextPart.Whole));
                break;
            default:
                if (Glob.Parse(text, out var mistake) is not { } glob) return mistake;
                tests.Add(new ValueTest.Wildcard(text, glob));
                break;
        }

        return "";
    }
}
