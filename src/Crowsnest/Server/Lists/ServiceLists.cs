using System.Text.Json;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Server.Lists;

/// <summary>A deployment with its service.</summary>
internal readonly record struct DeploymentItem(ClusterView Cluster, ServiceView Service, DeploymentView Deployment);

/// <summary>Clusters, services and deployments as the API lists them: what is counted of tasks and instances.</summary>
internal static class ServiceLists
{
    /// <summary>Services.</summary>
    public static readonly ResourceList<InCluster<ServiceView>> Services = new()
    {
        Key = static s => $"{s.Cluster.Name}/{s.Item.Name}",
        Filters = new Dictionary<string, Func<InCluster<ServiceView>, string?>>
        {
            ["name"] = static s => s.Item.Name, ["account"] = static s => s.Cluster.Name.Account, ["region"] = static s => s.Cluster.Name.Region, ["cluster"] = static s => s.Cluster.Name.Name,
        },
        Sorts = new Dictionary<string, Func<InCluster<ServiceView>, SortValue>>
        {
            ["name"] = static s => SortValue.Of(s.Item.Name), ["cluster"] = static s => SortValue.Of(s.Cluster.Name.Name), ["desiredCount"] = static s => SortValue.Of(s.Item.Desired.Value),
            ["runningCount"] = static s => SortValue.Of(s.Item.Running.Value), ["pendingCount"] = static s => SortValue.Of(s.Item.Pending.Value),
            ["updatedAt"] = static s => SortValue.Of(s.Item.NewestAt.UnixMilliseconds),
        },
        Write = Write,
    };

    /// <summary>Deployments.</summary>
    public static readonly ResourceList<DeploymentItem> Deployments = new()
    {
        Key = static d => $"{d.Cluster.Name}/{d.Service.Name}/{d.Deployment.Id}",
        Filters = new Dictionary<string, Func<DeploymentItem, string?>>
        {
            ["name"] = static d => d.Deployment.Id, ["account"] = static d => d.Cluster.Name.Account, ["region"] = static d => d.Cluster.Name.Region,
            ["cluster"] = static d => d.Cluster.Name.Name, ["service"] = static d => d.Service.Name, ["rolloutState"] = static d => d.Deployment.RolloutState,
        },
        Sorts = new Dictionary<string, Func<DeploymentItem, SortValue>>
        {
            ["service"] = static d => SortValue.Of(d.Service.Name), ["createdAt"] = static d => SortValue.Of(d.Deployment.CreatedAt.UnixMilliseconds),
            ["updatedAt"] = static d => SortValue.Of(d.Deployment.UpdatedAt.UnixMilliseconds),
        },
        Write = static (json, d) =>
        {
            json.WriteString("id", d.Deployment.Id);
            ListJson.Where(json, d.Cluster.Name);
            json.WriteString("service", d.Service.Name);
            Write(json, d.Deployment);
        },
    };

    /// <summary>Whose values a cluster can be asked for.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClusterView, string?>> ClusterFilters = new Dictionary<string, Func<ClusterView, string?>>
    {
        ["name"] = static c => c.Name.Name, ["cluster"] = static c => c.Name.Name, ["account"] = static c => c.Name.Account, ["region"] = static c => c.Name.Region,
    };

    /// <summary>What clusters can be sorted by.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClusterView, SortValue>> ClusterSorts = new Dictionary<string, Func<ClusterView, SortValue>>
    {
        ["name"] = static c => SortValue.Of(c.Name.Name), ["updatedAt"] = static c => SortValue.Of(c.NewestAt.UnixMilliseconds),
    };

    /// <summary>Clusters, as they were at this time.</summary>
    public static ResourceList<ClusterView> Clusters(TimeProvider time) => new()
    {
        Key = static c => c.Name.ToString(),
        Filters = ClusterFilters,
        Sorts = ClusterSorts,
        Write = (json, c) => Write(json, c, time.GetUtcNow()),
    };

    // ECS's own names, as DescribeClusters has them.
    private static void Write(Utf8JsonWriter json, ClusterView cluster, DateTimeOffset now)
    {
        json.WriteString("clusterName", cluster.Name.Name);
        ListJson.Where(json, cluster.Name);
        json.WriteNumber("activeServicesCount", cluster.Services.Count);
        json.WriteNumber("runningTasksCount", cluster.Tasks.Count(t => t.Detail.LastStatus == "RUNNING"));
        json.WriteNumber("pendingTasksCount", cluster.Tasks.Count(t => t.Detail.LastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING"));
        json.WriteNumber("registeredContainerInstancesCount", cluster.Instances.Count(i => !i.State.IsStopped));
        json.WriteNumber("disconnectedAgentsCount", cluster.Instances.Count(i => i.State is { IsStopped: false, Detail.AgentConnected: false }));
        json.WriteStartArray("capacityProviders");
        foreach (var provider in cluster.CapacityProviders) json.WriteStringValue(provider.Name);
        json.WriteEndArray();
        ListJson.Time(json, "updatedAt", cluster.NewestAt);
        ListJson.Number(json, "silentSeconds", cluster.SilentFor(now) is { } silence ? (long)silence.TotalSeconds : null);
    }

    private static void Write(Utf8JsonWriter json, InCluster<ServiceView> of)
    {
        var service = of.Item;
        json.WriteString("serviceName", service.Name);
        ListJson.Where(json, of.Cluster.Name);
        ListJson.Text(json, "serviceArn", service.State?.ServiceArn);
        ListJson.Count(json, "desiredCount", service.Desired);
        ListJson.Count(json, "runningCount", service.Running);
        ListJson.Count(json, "pendingCount", service.Pending);
        ListJson.Count(json, "stoppingCount", service.Stopping);
        ListJson.Reason(json, "pendingReason", service.WhyPending);
        ListJson.Failure(json, "lastFailure", service.LastFailure);
        if (service.State is { } state)
        {
            ListJson.Text(json, "lastEventName", state.Last.EventName);
            ListJson.Time(json, "lastEventAt", state.Last.At);
            if (state.Steady is { } steady) ListJson.Time(json, "steadyAt", steady.At);
            json.WriteStartArray("capacityProviders");
            foreach (var name in state.Providers?.List ?? []) json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteStartArray("deployments");
        foreach (var deployment in service.Deployments)
        {
            json.WriteStartObject();
            json.WriteString("id", deployment.Id);
            Write(json, deployment);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ListJson.Time(json, "updatedAt", service.NewestAt);
    }

    private static void Write(Utf8JsonWriter json, DeploymentView deployment)
    {
        ListJson.Text(json, "rolloutState", deployment.RolloutState);
        ListJson.Text(json, "rolloutStateReason", deployment.RolloutStateReason);
        ListJson.Text(json, "taskDefinition", deployment.TaskDefinitionArn);
        json.WriteNumber("runningCount", deployment.Running.Value);
        json.WriteNumber("pendingCount", deployment.Pending.Value);
        json.WriteNumber("failedTasks", deployment.Failed.Value);
        if (deployment.IsRollback) json.WriteBoolean("isRollback", true);
        ListJson.Text(json, "rolledBackTo", deployment.RolledBackTo);
        ListJson.Time(json, "createdAt", deployment.CreatedAt);
        ListJson.Time(json, "updatedAt", deployment.UpdatedAt);
    }
}
