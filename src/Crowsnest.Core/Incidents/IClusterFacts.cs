using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>What is known of the clusters beside an incident.</summary>
public interface IClusterFacts
{
    /// <summary>Whether less of its service runs than should: as long as that is so, silence does not end it. What is not known yet is no reason to go on.</summary>
    bool IsShort(Incident incident);

    /// <summary>What was deployed right before it or by it, a line each; none when nothing is known.</summary>
    ImmutableArray<string> Deployed(Incident incident);
}
