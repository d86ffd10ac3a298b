namespace Crowsnest.Core.Patterns;

/// <summary>One match: the event's bytes, the matcher and the memory together.</summary>
internal readonly ref struct MatchRun(PatternMatcher matcher, MatchMemory memory, ReadOnlySpan<byte> eventUtf8, ReadOnlySpan<byte> beside)
{
    private const int No = 0;
    private const int Yes = 1;

    /// <summary>There are values, none of which passes, and the field may be absent: it is where no value is left that agrees with the elements chosen so far.</summary>
    private const int OnlyAbsent = 2;

    /// <summary>As <see cref="Yes"/>, and the branches that it leads to were tried.</summary>
    private const int Tried = 3;

    private readonly PatternMatcher _matcher = matcher;
    private readonly MatchMemory _memory = memory;
    private readonly ReadOnlySpan<byte> _event = eventUtf8;
    private readonly ReadOnlySpan<byte> _beside = beside;

    public MatchMemory Memory => _memory;

    public PatternMatcher Matcher => _matcher;

    /// <summary>The value as tests see it.</summary>
    public Leaf LeafOf(in FoundValue value)
    {
        var holder = value.Holder switch
        {
            ValueHolder.Event => _event,
            ValueHolder.Beside => _beside,
            _ => _memory.Unescaped,
        };
        return new Leaf(value.Kind, holder.Slice(value.Start, value.Length));
    }

    /// <summary>Memory for the moment.</summary>
    public Span<byte> Buffer(int length) => _memory.Buffer(length);

    /// <summary>Whether it is worth finding out that the field passes.</summary>
    public bool IsOpen(int field) => _memory.Verdicts[field] != ((_memory.Match << 2) | Tried);

    /// <summary>A value of the field passed: tries the branches that it leads to, once.</summary>
    public void Hit(int field)
    {
        if (!IsOpen(field)) return;
        _memory.Verdicts[field] = (_memory.Match << 2) | Tried;
        var (first, count) = _matcher.Fields[field].Driven;
        foreach (ref readonly var branch in _matcher.Branches.AsSpan(first, count)) Try(branch);
    }

    /// <summary>Notes the rule if the branch matches.</summary>
    public void Try(in CompiledBranch branch)
    {
        if (_memory.RuleMatches[branch.Rule] == _memory.Match) return;
        foreach (var field in _matcher.FieldsToCheck.AsSpan(branch.First, branch.Count))
        {
            if (Judge(field) == No) return;
        }

        if (_memory.ElementCount > 0 && !IsConsistent(_matcher.FieldsByPath.AsSpan(branch.First, branch.Count))) return;
        _memory.AddRule(branch.Rule);
    }

    // Where values of two fields or more stand in array elements, all must come from the same element of every array that they share.
    private bool IsConsistent(ReadOnlySpan<int> fields)
    {
        var (nested, onlyAbsent) = (0, false);
        foreach (var field in fields)
        {
            ref var path = ref _memory.Paths[_matcher.Fields[field].Path];
            if (path.Match == _memory.Match && path.IsNested) nested++;
            onlyAbsent |= Judge(field) == OnlyAbsent;
        }

        return nested > 1 ? _memory.Search.Run(this, fields) : !onlyAbsent;
    }

    private int Judge(int field)
    {
        var known = _memory.Verdicts[field];
        if (known >> 2 == _memory.Match) return known & 3;
        var verdict = JudgeAnew(_matcher.Fields[field]);
        _memory.Verdicts[field] = (_memory.Match << 2) | verdict;
        return verdict;
    }

    private int JudgeAnew(CompiledField field)
    {
        ref var path = ref _memory.Paths[field.Path];
        if (path.Match != _memory.Match) return field.MayBeAbsent ? Yes : No;
        for (var i = path.First; i >= 0; i = _memory.Values[i].Next)
        {
            if (field.Takes(LeafOf(_memory.Values[i]))) return Yes;
        }

        return field.MayBeAbsent && path.IsNested ? OnlyAbsent : No;
    }
}
