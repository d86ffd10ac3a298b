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

    private int Number(PatternField field)
    {
        if (_numbers.TryGetValue(field.Key, out var known)) return known;
        if (!_paths.TryGetValue(field.Path, out var path)) _paths.Add(field.Path, path = _paths.Count);
        _numbers.Add(field.Key, _fields.Count);
        _fields.Add(new CompiledField(field, path));
        return _fields.Count - 1;
    }

    // The field that the fewest events will pass. One that may be absent is found by no value, and leads to nothing.
    private int Driver(int[] fields, double[] costs)
    {
        var best = -1;
        foreach (var field in fields)
        {
            if (!_fields[field].Source.MayBeAbsent && (best < 0 || costs[field] <= costs[best])) best = field;
        }

        return best;
    }

    private FieldIndex?[] Indexes(CompiledField[] fields, out int marks)
    {
        marks = 0;
        var indexes = new FieldIndex?[_paths.Count];
        foreach (var group in fields.Index().Where(f => f.Item.Driven.Count > 0).GroupBy(f => f.Item.Path)) indexes[group.Key] = FieldIndex.Of(group.Select(f => (f.Index, f.Item.Source)), ref marks);
        return indexes;
    }
}
