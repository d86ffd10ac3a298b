namespace Crowsnest.Core.Patterns;

/// <summary>Of one path, the fields that may begin a match, found by a value: each test in the table that finds it without trying the others.</summary>
internal sealed class FieldIndex
{
    private readonly ByteTable? _texts;
    private readonly ByteTable? _raws;
    private readonly ByteTable? _folded;
    private readonly PrefixTable? _prefixes;
    private readonly PrefixTable? _suffixes;
    private readonly PrefixTable? _foldedPrefixes;
    private readonly PrefixTable? _foldedSuffixes;
    private readonly IntervalTable<ulong>? _ranges;
    private readonly IntervalTable<UInt128>? _short;
    private readonly IntervalTable<UInt128>? _long;
    private readonly GramTable? _grams;
    private readonly (IpRange Range, int Field)[] _addresses;
    private readonly IndexTarget[] _others;
    private readonly int _foldedMax;

    private FieldIndex(Draft draft, ref int marks)
    {
        draft.PlaceWildcards();
        _texts = draft.Texts.Count > 0 ? new ByteTable(draft.Texts) : null;
        _raws = draft.Raws.Count > 0 ? new ByteTable(draft.Raws) : null;
        _folded = draft.Folded.Count > 0 ? new ByteTable(draft.Folded) : null;
        _prefixes = draft.Prefixes.Count > 0 ? new PrefixTable(draft.Prefixes) : null;
        _suffixes = draft.Suffixes.Count > 0 ? new PrefixTable(draft.Suffixes) : null;
        _foldedPrefixes = draft.FoldedPrefixes.Count > 0 ? new PrefixTable(draft.FoldedPrefixes) : null;
        _foldedSuffixes = draft.FoldedSuffixes.Count > 0 ? new PrefixTable(draft.FoldedSuffixes) : null;
        _ranges = draft.Ranges.Count > 0 ? new IntervalTable<ulong>(draft.Ranges) : null;
        _grams = draft.Grams.Count > 0 ? new GramTable(draft.Grams, ref marks) : null;
        _addresses = [.. draft.Addresses];
        _short = Addresses(8);
        _long = Addresses(32);
        _others = [.. draft.Others];
        _foldedMax = draft.Folded.Count > 0 ? draft.Folded.Max(f => f.Item1.Length) : 0;
    }

    /// <summary>An index over fields of one path.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="marks">How many marks all indexes of a matcher need, so far.</param>
    public static FieldIndex Of(IEnumerable<(int Number, CompiledField Field)> fields, ref int marks)
    {
        var draft = new Draft();
        foreach (var (number, field) in fields)
        {
            foreach (var test in field.Tests) draft.Add(number, test);
        }

        return new FieldIndex(draft, ref marks);
    }

    /// <summary>Notes every field of the index that takes the value.</summary>
    public void Find(in Leaf leaf, in MatchRun run)
    {
        switch (leaf.Kind)
        {
            case LeafKind.Text:
                FindText(leaf, run);
                break;
            case LeafKind.Number:
                if (_raws is not null) Hit(_raws.Find(leaf.Bytes), leaf, run);
                if (_ranges is not null && EventNumber.TryRead(leaf.Bytes, out var number)) _ranges.Find(SortableNumber.Of(number), run);
                break;
            default:
                if (_raws is not null) Hit(_raws.Find(leaf.Bytes), leaf, run);
                break;
        }

        if (_addresses.Length > 0 && IpDigits.TryRead(leaf, out var digits)) FindAddress(digits, run);
        if (_others.Length > 0) Hit(_others, leaf, run);
    }

    private void FindText(in Leaf leaf, in MatchRun run)
    {
        var value = leaf.Bytes;
        if (_texts is not null) Hit(_texts.Find(value), leaf, run);
        if (_prefixes is not null) FindPrefixes(_prefixes, value, leaf, run);
        if (_grams is not null) _grams.Find(leaf, run);
        if (_suffixes is not null) FindEnds(_suffixes, value, isFolded: false, leaf, run);
        if (_folded is not null && value.Length <= _foldedMax) Hit(_folded.Find(Fold(value, run.Buffer(value.Length))), leaf, run);
        if (_foldedPrefixes is not null)
        {
            var beginning = value[..Math.Min(value.Length, _foldedPrefixes.LengthMax)];
            FindPrefixes(_foldedPrefixes, Fold(beginning, run.Buffer(beginning.Length)), leaf, run);
        }

        if (_foldedSuffixes is not null) FindEnds(_foldedSuffixes, value, isFolded: true, leaf, run);
    }

    // The end of a value, reversed, begins with the reversed suffixes.
    private static void FindEnds(PrefixTable table, ReadOnlySpan<byte> value, bool isFolded, in Leaf leaf, in MatchRun run)
    {
        var end = value[Math.Max(0, value.Length - table.LengthMax)..];
        var reversed = run.Buffer(end.Length)[..end.Length];
        if (isFolded) Fold(end, reversed);
        else end.CopyTo(reversed);
        reversed.Reverse();
        FindPrefixes(table, reversed, leaf, run);
    }

    private static void FindPrefixes(PrefixTable table, ReadOnlySpan<byte> value, in Leaf leaf, in MatchRun run)
    {
        for (var prefix = table.Longest(value); prefix >= 0; prefix = table.Shorter(prefix)) Hit(table.Targets(prefix), leaf, run);
    }

    private static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> value, Span<byte> to)
    {
        for (var i = 0; i < value.Length; i++) to[i] = value[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(value[i] | 0x20) : value[i];
        return to[..value.Length];
    }

    private void FindAddress(IpDigits digits, in MatchRun run)
    {
        if (digits.Count >= 8) _short?.Find(digits.Key, run);
        if (digits.Count == 32) _long?.Find(digits.Key, run);
        if (digits.Count is 32 || (digits.Count >= 8 && _long is null)) return;

        // Fewer digits than a range has: seldom, and then event-ruler's digit by digit comparison decides.
        foreach (var (range, field) in _addresses)
        {
            if (digits.Count < range.Count && range.Takes(digits)) run.Hit(field);
        }
    }

    private IntervalTable<UInt128>? Addresses(int digits)
    {
        var beyond = digits == 32 ? UInt128.Zero : UInt128.MaxValue >> (4 * digits);
        var intervals = _addresses.Where(a => a.Range.Count == digits).Select(a => (a.Range.Low, a.Range.High | beyond, a.Field)).ToList();
        return intervals.Count > 0 ? new IntervalTable<UInt128>(intervals) : null;
    }

    /// <summary>Notes the fields of those targets that take the value.</summary>
    public static void Hit(ReadOnlySpan<IndexTarget> targets, in Leaf leaf, in MatchRun run)
    {
        foreach (ref readonly var target in targets)
        {
            if (target.Check is null || (run.IsOpen(target.Field) && target.Check.Takes(leaf))) run.Hit(target.Field);
        }
    }

    private sealed class Draft
    {
        // With fewer, trying each is as fast as reading the value.
        private const int GramsMin = 8;

        private readonly List<(Glob, IndexTarget)> _wildcards = [];

        public List<(Glob, IndexTarget)> Grams { get; } = [];

        public List<(byte[], IndexTarget)> Texts { get; } = [];

        public List<(byte[], IndexTarget)> Raws { get; } = [];

        public List<(byte[], IndexTarget)> Folded { get; } = [];

        public List<(byte[], IndexTarget)> Prefixes { get; } = [];

        public List<(byte[], IndexTarget)> Suffixes { get; } = [];

        public List<(byte[], IndexTarget)> FoldedPrefixes { get; } = [];

        public List<(byte[], IndexTarget)> FoldedSuffixes { get; } = [];

        public List<(ulong, ulong, int)> Ranges { get; } = [];

        public List<(IpRange, int)> Addresses { get; } = [];

        public List<IndexTarget> Others { get; } = [];

        public void Add(int field, ValueTest test)
        {
            var (found, check) = (new IndexTarget(field, null), new IndexTarget(field, test));
            switch (test)
            {
                case ValueTest.Text text:
                    Texts.Add((text.Bytes, found));
                    break;
                case ValueTest.Raw raw:
                    Raws.Add((raw.Bytes, found));
                    break;
                case ValueTest.Prefix prefix:
                    Prefixes.Add((prefix.Bytes, found));
                    break;
                case ValueTest.Suffix suffix:
                    Suffixes.Add((Reversed(suffix.Bytes), found));
                    break;
                case ValueTest.IgnoreCase { Folded.Simple: { } simple } folded:
                    (folded.Part switch { TextPart.Whole => Folded, TextPart.Beginning => FoldedPrefixes, _ => FoldedSuffixes })
                        .Add((folded.Part == TextPart.End ? Reversed(simple) : simple, found));
                    break;
                case ValueTest.Range range:
                    var (low, high) = SortableNumber.Bounds(range);
                    Ranges.Add((low, high, field));
                    break;
                case ValueTest.Ip ip:
                    Addresses.Add((ip.Addresses, field));
                    break;
                case ValueTest.Wildcard wildcard:
                    _wildcards.Add((wildcard.Glob, check));
                    break;
                default:
                    Others.Add(check);
                    break;
            }
        }

        public void PlaceWildcards()
        {
            foreach (var (glob, target) in _wildcards)
            {
                if (_wildcards.Count >= GramsMin && GramTable.Takes(glob)) Grams.Add((glob, target));
                else if (glob.Beginning.Length > 0 && glob.Beginning.Length >= glob.End.Length) Prefixes.Add((glob.Beginning.ToArray(), target));
                else if (glob.End.Length > 0) Suffixes.Add((Reversed(glob.End), target));
                else Others.Add(target);
            }
        }

        private static byte[] Reversed(ReadOnlySpan<byte> bytes)
        {
            var reversed = bytes.ToArray();
            Array.Reverse(reversed);
            return reversed;
        }
    }
}
