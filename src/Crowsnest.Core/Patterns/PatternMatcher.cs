namespace Crowsnest.Core.Patterns;

/// <summary>
/// Many patterns, compiled to be matched against an event at once, straight from its bytes.
/// </summary>
/// <remarks>
/// Immutable: any number of threads may match at a time, each with its own <see cref="PatternMatches"/>. A rule's verdict is a function of its own pattern and the event; other rules only decide how it is
/// found. Time grows with the event's length and with the rules of which the rarest field matches, and never beyond a bound, whatever a pattern or an event says.
/// </remarks>
public sealed class PatternMatcher
{
    private readonly PathNode _root;
    private readonly PathNode? _beside;
    private readonly FieldIndex?[] _indexes;
    private readonly CompiledBranch[] _always;
    private readonly int _paths;
    private readonly int _rules;
    private readonly int _marks;

    internal PatternMatcher(MatcherParts parts)
    {
        (_root, _indexes, _always, _paths, _rules, _marks) = (parts.Root, parts.Indexes, parts.Always, parts.Indexes.Length, parts.Rules, parts.Marks);
        (Fields, Branches, FieldsByPath, FieldsToCheck) = (parts.Fields, parts.Branches, parts.FieldsByPath, parts.FieldsToCheck);
        _beside = _root.FindSteps("crowsnest"u8);
    }

    internal CompiledField[] Fields { get; }

    internal CompiledBranch[] Branches { get; }

    internal int[] FieldsByPath { get; }

    internal int[] FieldsToCheck { get; }

    /// <summary>Compiles patterns; a rule's number is its place in the list.</summary>
    public static PatternMatcher Compile(IReadOnlyList<EventPattern> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return new PatternMatcher(new MatcherCompiler(patterns).Compile());
    }

    /// <summary>Matches an event.</summary>
    /// <param name="eventUtf8">A JSON object, already found valid; of anything else the answer means nothing, but comes all the same.</param>
    /// <param name="matches">Where the answer goes.</param>
    public void Match(ReadOnlySpan<byte> eventUtf8, PatternMatches matches) => Match(eventUtf8, [], matches);

    /// <summary>Matches an event together with what is known beside it.</summary>
    /// <param name="eventUtf8">A JSON object, already found valid; of anything else the answer means nothing, but comes all the same.</param>
    /// <param name="crowsnestUtf8">A JSON object that stands for the event's member <c>crowsnest</c>, also where the event has one of its own; nothing to leave the event as it is.</param>
    /// <param name="matches">Where the answer goes.</param>
    public void Match(ReadOnlySpan<byte> eventUtf8, ReadOnlySpan<byte> crowsnestUtf8, PatternMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var memory = matches.Memory;
        memory.Begin(this, _paths, Fields.Length, _rules, _marks);
        EventScan.Run(eventUtf8, _root, memory, ValueHolder.Event, crowsnestUtf8.IsEmpty ? null : _beside);
        if (_beside is not null && !crowsnestUtf8.IsEmpty) EventScan.Run(crowsnestUtf8, _beside, memory, ValueHolder.Beside, hidden: null);

        var run = new MatchRun(this, memory, eventUtf8, crowsnestUtf8);
        foreach (var path in memory.Touched.AsSpan(0, memory.TouchedCount))
        {
            if (_indexes[path] is not { } index) continue;
            for (var value = memory.Paths[path].First; value >= 0; value = memory.Values[value].Next) index.Find(run.LeafOf(memory.Values[value]), run);
        }

        foreach (ref readonly var branch in _always.AsSpan()) run.Try(branch);
        memory.SortRules();
    }
}
