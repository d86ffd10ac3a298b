namespace Crowsnest.Core.Patterns;

/// <summary>
/// The rules that matched an event, and the memory that matching needs: keep one for each thread and hand it to one match after another by the same matcher, and nothing is allocated.
/// </summary>
public sealed class PatternMatches
{
    internal MatchMemory Memory { get; } = new();

    /// <summary>The numbers of the rules that matched, rising: a rule's number is its place in the list that was compiled. Valid until the next match.</summary>
    public ReadOnlySpan<int> Rules => Memory.Rules.AsSpan(0, Memory.RuleCount);

    /// <summary>
    /// Whether some rule was given up as not matching, because its ways through the event's arrays were too many to try: a million steps for one branch. Only an event made for it, with
    /// one name many times over in one object, gets so far.
    /// </summary>
    public bool IsCutShort => Memory.Search.IsCutShort;
}
