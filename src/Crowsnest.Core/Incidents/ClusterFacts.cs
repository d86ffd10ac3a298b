using System.Collections.Immutable;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Incidents;

/// <summary>What the clusters as they are say beside an incident.</summary>
/// <param name="view">The clusters; <see langword="null"/> while they are not known.</param>
public sealed class ClusterFacts(Func<FleetView?> view) : IClusterFacts
{
    // What fails later is not taken for the deployment's doing.
    private static readonly TimeSpan DeployedBefore = TimeSpan.FromHours(1);

    private readonly Dictionary<(ClusterName Cluster, string Service, string Deployment), ImmutableArray<string>> _changes = [];
    private FleetView? _changesOf;

    /// <inheritdoc/>
    public bool IsShort(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return ServiceOf(incident, view()) is { } found && found.Service.Running.Value < found.Service.Desired.Value;
    }

    /// <inheritdoc/>
    public ImmutableArray<string> Deployed(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var id = incident.Lead.Deployment;
        var fleet = view();
        if (id.Length == 0 || incident.Lead.IsSynthetic || ServiceOf(incident, fleet) is not { } found) return [];
        if (!incident.Lead.IsNotice && !(found.Service.Deployments.FirstOrDefault(one => one.Id == id)?.CreatedAt.ToDateTimeOffset() >= incident.FirstAt - DeployedBefore)) return [];
        if (!ReferenceEquals(_changesOf, fleet)) _changes.Clear();
        _changesOf = fleet;
        var key = (found.Cluster.Name, found.Service.Name, id);
        if (!_changes.TryGetValue(key, out var change)) _changes[key] = change = DeploymentChange.Of(found.Cluster, found.Service, id);
        return change;
    }

    private static (ClusterView Cluster, ServiceView Service)? ServiceOf(Incident incident, FleetView? fleet)
    {
        var labels = incident.Lead.Labels;
        if (fleet is null || !labels.TryGetValue("service", out var name) || !labels.TryGetValue("cluster", out var cluster)) return null;
        var found = fleet.Find(new ClusterName(labels.GetValueOrDefault("account", ""), labels.GetValueOrDefault("region", ""), cluster));
        return found?.Service(name) is { } service ? (found, service) : null;
    }
}
