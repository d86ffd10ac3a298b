using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>What a pattern asks of one value: an element of a field's array.</summary>
internal abstract class ValueTest(string key)
{
    /// <summary>Equal for tests that ask the same.</summary>
    public string Key { get; } = key;

    /// <summary>Whether the value passes.</summary>
    public abstract bool Takes(in Leaf leaf);

    /// <summary><c>exists: true</c>: any value.</summary>
    public sealed class Present() : ValueTest("exists")
    {
        public override bool Takes(in Leaf leaf) => true;
    }

    /// <summary><c>exists: false</c>: no value passes; whether there is none is judged by who holds them all.</summary>
    public sealed class Absent() : ValueTest("absent")
    {
        public override bool Takes(in Leaf leaf) => false;
    }

    /// <summary>A string, exactly.</summary>
    public sealed class Text(string text) : ValueTest("text " + text)
    {
        public byte[] Bytes { get; } = JavaText.Utf8(text);

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Text && leaf.Bytes.SequenceEqual(Bytes);
    }

    /// <summary>A number as it is written, or <c>true</c>, <c>false</c>, <c>null</c>.</summary>
    public sealed class Raw(string text) : ValueTest("raw " + text)
    {
        public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(text);

        public override bool Takes(in Leaf leaf) => leaf.Kind != LeafKind.Text && leaf.Bytes.SequenceEqual(Bytes);
    }

    /// <summary>A string's beginning.</summary>
    public sealed class Prefix(string text) : ValueTest("prefix " + text)
    {
        public byte[] Bytes { get; } = JavaText.Utf8(text);

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Text && leaf.Bytes.StartsWith(Bytes);
    }

    /// <summary>A string's end.</summary>
    public sealed class Suffix(string text) : ValueTest("suffix " + text)
    {
        public byte[] Bytes { get; } = JavaText.Utf8(text);

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Text && leaf.Bytes.EndsWith(Bytes);
    }

    /// <summary>A string, its beginning or its end, whatever its case.</summary>
    public sealed class IgnoreCase(FoldedText text, TextPart part) : ValueTest($"fold {part} {text.Text}")
    {
        public FoldedText Folded { get; } = text;

        public TextPart Part { get; } = part;

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Text && Folded.Matches(leaf.Bytes, Part);
    }

    /// <summary>A string with <c>*</c> for any characters.</summary>
    public sealed class Wildcard(string text, Glob glob) : ValueTest("wildcard " + text)
    {
        public Glob Glob { get; } = glob;

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Text && Glob.Matches(leaf.Bytes);
    }

    /// <summary>A number within bounds; equal ones for <c>=</c>.</summary>
    public sealed class Range(double low, bool lowIsOpen, double high, bool highIsOpen)
        : ValueTest(string.Create(CultureInfo.InvariantCulture, $"range {(lowIsOpen ? '(' : '[')}{low:R},{high:R}{(highIsOpen ? ')' : ']')}"))
    {
        public double Low { get; } = low;

        public bool LowIsOpen { get; } = lowIsOpen;

        public double High { get; } = high;

        public bool HighIsOpen { get; } = highIsOpen;

        public override bool Takes(in Leaf leaf) => leaf.Kind == LeafKind.Number && EventNumber.TryRead(leaf.Bytes, out var number) && Takes(number);

        public bool Takes(double number) => (LowIsOpen ? number > Low : number >= Low) && (HighIsOpen ? number < High : number <= High);
    }

    /// <summary>An IP address within a range.</summary>
    public sealed class Ip(IpRange range) : ValueTest("ip " + range)
    {
        public IpRange Addresses { get; } = range;

        public override bool Takes(in Leaf leaf) => IpDigits.TryRead(leaf, out var digits) && Addresses.Takes(digits);
    }

    /// <summary><c>anything-but</c>: any value that passes none of these.</summary>
    public sealed class But(ImmutableArray<ValueTest> tests) : ValueTest("but (" + string.Join('\n', tests.Select(t => t.Key).Order(StringComparer.Ordinal)) + ")")
    {
        public ImmutableArray<ValueTest> Tests { get; } = tests;

        public override bool Takes(in Leaf leaf)
        {
            foreach (var test in Tests)
            {
                if (test.Takes(leaf)) return false;
            }

            return true;
        }
    }
}
