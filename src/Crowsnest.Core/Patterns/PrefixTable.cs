namespace Crowsnest.Core.Patterns;

/// <summary>Prefixes, each with what it leads to; looked up are all those that a value begins with.</summary>
/// <remarks>
/// They are sorted, and each knows the longest other one that it begins with itself. Whatever lies between a prefix of the value and the value in that order begins with the prefix too; so the last
/// that is not greater than the value, or one of those that it begins with in turn, is the longest to match, and all shorter ones follow from it: one binary search, and no walk along the value.
/// </remarks>
internal sealed class PrefixTable
{
    private readonly byte[][] _prefixes;
    private readonly int[] _parents;
    private readonly int[] _firsts;
    private readonly IndexTarget[] _targets;

    public PrefixTable(IReadOnlyCollection<(byte[] Prefix, IndexTarget Target)> items)
    {
        var groups = items.GroupBy(i => i.Prefix, ByteOrder.Instance).OrderBy(g => g.Key, ByteOrder.Instance).ToList();
        _prefixes = [.. groups.Select(g => g.Key)];
        _targets = [.. groups.SelectMany(g => g.Select(i => i.Target))];
        _firsts = new int[groups.Count + 1];
        _parents = new int[groups.Count];
        for (var i = 0; i < groups.Count; i++)
        {
            _firsts[i + 1] = _firsts[i] + groups[i].Count();
            var parent = i - 1;
            while (parent >= 0 && !_prefixes[i].AsSpan().StartsWith(_prefixes[parent])) parent = _parents[parent];
            _parents[i] = parent;
        }

        LengthMax = _prefixes.Max(p => p.Length);
    }

    /// <summary>No more of a value than this counts.</summary>
    public int LengthMax { get; }

    /// <summary>The longest prefix that a value begins with, or -1.</summary>
    public int Longest(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, _prefixes.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (value.SequenceCompareTo(_prefixes[middle]) < 0) high = middle;
            else low = middle + 1;
        }

        var found = low - 1;
        if (found < 0) return -1;
        var common = value.CommonPrefixLength(_prefixes[found]);
        while (found >= 0 && _prefixes[found].Length > common) found = _parents[found];
        return found;
    }

    /// <summary>The next shorter prefix, or -1.</summary>
    public int Shorter(int prefix) => _parents[prefix];

    /// <summary>What a prefix leads to.</summary>
    public ReadOnlySpan<IndexTarget> Targets(int prefix) => _targets.AsSpan(_firsts[prefix], _firsts[prefix + 1] - _firsts[prefix]);
}
