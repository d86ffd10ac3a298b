using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Rules;

/// <summary>A rule of the user's own: what matches its pattern becomes an incident.</summary>
public sealed record EventRule
{
    /// <summary>Its name, which is the incident's <c>alertname</c>; a shipped rule's name takes that one's place.</summary>
    public required string Name { get; init; }

    /// <summary>What an event must be like, with a <c>crowsnest</c> object beside it (<see cref="CrowsnestObject"/>).</summary>
    public required EventPattern Pattern { get; init; }

    /// <summary>The severity of its incidents; that of the diagnosis when <see langword="null"/>.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Labels that its incidents have besides those of every incident.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>The labels that make the incident: one for each of their values. The default: those of every rule, by service and kind or by the host.</summary>
    public ImmutableArray<string> GroupBy { get; init; }
}
