using Crowsnest.Core.Cluster;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>Says of an incident whether less of its service runs than should: as long as that is so, silence does not end it.</summary>
internal sealed class ServiceShortage(ClusterModel clusters)
{
    /// <summary>Whether it is so, as far as is known; what is not known yet is no reason to go on.</summary>
    public bool Of(Incident incident)
    {
        var labels = incident.Lead.Labels;
        if (!labels.TryGetValue("service", out var name) || !labels.TryGetValue("cluster", out var cluster)) return false;
        var view = clusters.View.Find(new ClusterName(labels.GetValueOrDefault("account", ""), labels.GetValueOrDefault("region", ""), cluster));
        return view?.Services.FirstOrDefault(service => service.Name == name) is { } found && found.Running.Value < found.Desired.Value;
    }
}
