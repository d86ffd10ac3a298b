using Crowsnest.Core.Cluster;

namespace Crowsnest.Server;

/// <summary>The clusters as gauges, under the names that ECS users already graph.</summary>
internal static class ClusterMetrics
{
    /// <summary>Writes them.</summary>
    public static void Write(PrometheusText page, FleetView view)
    {
        page.Metric("ecs_services", "gauge", "Services of the cluster.");
        foreach (var cluster in view.Clusters) page.Sample("ecs_services", cluster.Services.Count, Of(cluster));
        Services(page, view, "ecs_service_desired_tasks", "Tasks that the service wants; where no event said it, those that ECS wants running.", s => s.Desired);
        Services(page, view, "ecs_service_running_tasks", "Tasks of the service that are RUNNING.", s => s.Running);
        Services(page, view, "ecs_service_pending_tasks", "Tasks of the service that are PROVISIONING, PENDING or ACTIVATING.", s => s.Pending);
        page.Metric("ecs_container_instances", "gauge", "Container instances of the cluster that are not INACTIVE.");
        foreach (var cluster in view.Clusters) page.Sample("ecs_container_instances", cluster.Instances.Count(i => !i.State.IsStopped), Of(cluster));

        // One series a cluster, and not one an instance: those come and go, and each would be a series for ever.
        page.Metric("ecs_container_instance_agent_connected", "gauge", "Container instances of the cluster whose agent is connected.");
        foreach (var cluster in view.Clusters)
            page.Sample("ecs_container_instance_agent_connected", cluster.Instances.Count(i => !i.State.IsStopped && i.State.Detail.AgentConnected == true), Of(cluster));
    }

    private static void Services(PrometheusText page, FleetView view, string name, string help, Func<ServiceView, Counted> number)
    {
        page.Metric(name, "gauge", help);
        foreach (var cluster in view.Clusters)
        {
            foreach (var service in cluster.Services)
            {
                if (number(service) is { From: not CountSource.None } count) page.Sample(name, count.Value, [.. Of(cluster), ("service", service.Name)]);
            }
        }
    }

    private static (string Name, string Value)[] Of(ClusterView cluster) => [("account", cluster.Name.Account), ("region", cluster.Name.Region), ("cluster", cluster.Name.Name)];
}
