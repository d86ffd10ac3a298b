using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Rules;

/// <summary>A rule that looks at events: what matches its pattern becomes an incident, at once or when it comes often, or is told once as a notice.</summary>
public sealed record EventRule
{
    /// <summary>Its name, which is the incident's <c>alertname</c>; a shipped rule's name takes that one's place.</summary>
    public required string Name { get; init; }

    /// <summary>What an event must be like, with a <c>crowsnest</c> object beside it (<see cref="CrowsnestObject"/>); <see langword="null"/> of the rules that come with the program, whose code looks.</summary>
    public EventPattern? Pattern { get; init; }

    /// <summary>The severity of its incidents; that of the diagnosis when <see langword="null"/>.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Labels that its incidents have besides those of every incident.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>The labels that make the incident: one for each of their values. The default: those of every rule, by service and kind or by the host.</summary>
    public ImmutableArray<string> GroupBy { get; init; }

    /// <summary>How often it must match before there is an incident; <see langword="null"/>: once is enough.</summary>
    public CountWindow? Count { get; init; }

    /// <summary>What matches is told once and then over: nothing broke.</summary>
    public bool IsNotice { get; init; }
}

/// <summary>So many of a kind within a time, by the events' own times.</summary>
/// <param name="AtLeast">How many; from 2 to <see cref="Max"/>.</param>
/// <param name="Within">From the first of them to the last, at most.</param>
public sealed record CountWindow(int AtLeast, TimeSpan Within)
{
    /// <summary>The most that are waited for: their times are kept.</summary>
    public const int Max = 1_000;

    /// <summary>The longest that is waited.</summary>
    public static TimeSpan LongestWithin { get; } = TimeSpan.FromDays(1);
}
