using System.Globalization;

namespace Crowsnest.Core.Patterns;

/// <summary>What a matcher is made of.</summary>
internal sealed record MatcherParts(
    PathNode Root, FieldIndex?[] Indexes, CompiledField[] Fields, CompiledBranch[] Branches, CompiledBranch[] Always, int[] FieldsByPath, int[] FieldsToCheck, int Rules, int Marks);

/// <summary>
/// Puts patterns together: equal fields become one, and each branch is hung at its rarest field, the only one that is looked up by value.
/// </summary>
internal sealed class MatcherCompiler(IReadOnlyList<EventPattern> patterns)
{
    private readonly Dictionary<string, int> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Number, ValueTest Test)> _tests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<CompiledField> _fields = [];
    private readonly List<(int Rule, int[] Fields)> _branches = [];

    public MatcherParts Compile()
    {
        for (var rule = 0; rule < patterns.Count; rule++)
        {
            foreach (var branch in patterns[rule].Branches) _branches.Add((rule, [.. branch.Fields.Select(Number)]));
        }

        var costs = new FieldRarity(_fields, _branches.Select(b => b.Fields)).Costs();
        var fields = _fields.ToArray();
        var (byPath, toCheck) = (new List<int>(), new List<int>());
        var (branches, always) = (new List<CompiledBranch>(), new List<CompiledBranch>());
        foreach (var group in _branches.GroupBy(b => Driver(b.Fields, costs)).OrderBy(g => g.Key))
        {
            var list = group.Key < 0 ? always : branches;
            var first = list.Count;
            foreach (var (rule, own) in group)
            {
                list.Add(new CompiledBranch(rule, byPath.Count, own.Length));
                byPath.AddRange(own);
                toCheck.AddRange(own.OrderBy(f => f == group.Key).ThenBy(f => costs[f]));
            }

            if (group.Key >= 0) fields[group.Key].Driven = (first, list.Count - first);
        }

        var root = new PathNode();
        foreach (var (path, number) in _paths) root.Add(path, number);
        root.Seal();
        var indexes = Indexes(fields, out var marks);
        return new MatcherParts(root, indexes, fields, [.. branches], [.. always], [.. byPath], [.. toCheck], patterns.Count, marks);
    }

    // Fields of one path that ask the same, and within them tests, are one object each.
    private int Number(PatternField field)
    {
        if (!_paths.TryGetValue(field.Path, out var path)) _paths.Add(field.Path, path = _paths.Count);
        var tests = field.Tests.Select(Shared).DistinctBy(t => t.Number).OrderBy(t => t.Number).ToArray();
        var key = string.Create(CultureInfo.InvariantCulture, $"{path}:{string.Join(',', tests.Select(t => t.Number))}");
        if (_numbers.TryGetValue(key, out var known)) return known;
        _numbers.Add(key, _fields.Count);
        _fields.Add(new CompiledField(path, [.. tests.Select(t => t.Test)]));
        return _fields.Count - 1;
    }

    private (int Number, ValueTest Test) Shared(ValueTest test)
    {
        if (!_tests.TryGetValue(test.Key, out var known)) _tests.Add(test.Key, known = (_tests.Count, test));
        return known;
    }

    // The field that the fewest events will pass. One that may be absent is found by no value, and leads to nothing.
    private int Driver(int[] fields, double[] costs)
    {
        var best = -1;
        foreach (var field in fields)
        {
            if (!_fields[field].MayBeAbsent && (best < 0 || costs[field] <= costs[best])) best = field;
        }

        return best;
    }

    private FieldIndex?[] Indexes(CompiledField[] fields, out int marks)
    {
        marks = 0;
        var indexes = new FieldIndex?[_paths.Count];
        foreach (var group in fields.Index().Where(f => f.Item.Driven.Count > 0).GroupBy(f => f.Item.Path)) indexes[group.Key] = FieldIndex.Of(group.Select(f => (f.Index, f.Item)), ref marks);
        return indexes;
    }
}
