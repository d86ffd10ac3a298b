using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Server.Lists;

/// <summary>Tasks as the API lists them.</summary>
internal static class TaskList
{
    /// <summary>Whose values a task can be asked for.</summary>
    public static readonly IReadOnlyDictionary<string, Func<InCluster<TaskState>, string?>> Filters = new Dictionary<string, Func<InCluster<TaskState>, string?>>
    {
        ["name"] = static t => t.Item.Name.Id, ["account"] = static t => t.Item.Name.Account, ["region"] = static t => t.Item.Name.Region,
        ["cluster"] = static t => t.Item.Name.Cluster, ["service"] = static t => t.Item.Service, ["family"] = static t => t.Item.Family,
        ["instance"] = static t => t.Item.Instance, ["deployment"] = static t => DeploymentOf(t.Item), ["lastStatus"] = static t => t.Item.Detail.LastStatus,
        ["desiredStatus"] = static t => t.Item.Detail.DesiredStatus, ["launchType"] = static t => t.Item.Detail.LaunchType,
        ["capacityProvider"] = static t => t.Item.Detail.CapacityProviderName,
    };

    /// <summary>What tasks can be sorted by.</summary>
    public static readonly IReadOnlyDictionary<string, Func<InCluster<TaskState>, SortValue>> Sorts = new Dictionary<string, Func<InCluster<TaskState>, SortValue>>
    {
        ["cluster"] = static t => SortValue.Of(t.Item.Name.Cluster), ["service"] = static t => SortValue.Of(t.Item.Service), ["lastStatus"] = static t => SortValue.Of(t.Item.Detail.LastStatus),
        ["createdAt"] = static t => SortValue.Of(t.Item.Detail.CreatedAt.UnixMilliseconds), ["startedAt"] = static t => SortValue.Of(t.Item.Detail.StartedAt.UnixMilliseconds),
        ["stoppedAt"] = static t => SortValue.Of(t.Item.Detail.StoppedAt.UnixMilliseconds), ["updatedAt"] = static t => SortValue.Of(t.Item.Order.At),
    };

    /// <summary>The list; of what a stopped task's events say, the diagnoser says what it means.</summary>
    public static ResourceList<InCluster<TaskState>> Of(EventDiagnoser diagnoser) => new()
    {
        Key = static t => t.Item.Name.Key,
        Filters = Filters,
        Sorts = Sorts,
        Write = (json, t) => Write(json, t, diagnoser),
    };

    /// <summary>The id of the service deployment that started a task (<c>ecs-svc/N</c>), or empty.</summary>
    public static string DeploymentOf(TaskState task) => task.Detail.StartedBy is { } by && by.StartsWith("ecs-svc/", StringComparison.Ordinal) ? by : "";

    /// <summary>Writes the members of a task.</summary>
    public static void Write(Utf8JsonWriter json, InCluster<TaskState> of, EventDiagnoser diagnoser)
    {
        var (task, d) = (of.Item, of.Item.Detail);
        json.WriteString("taskId", task.Name.Id);
        ListJson.Where(json, new ClusterName(task.Name.Account, task.Name.Region, task.Name.Cluster));
        ListJson.Text(json, "service", task.Service);
        ListJson.Text(json, "family", task.Family);
        ListJson.Text(json, "instance", task.Instance);
        ListJson.Text(json, "deployment", DeploymentOf(task));
        ListJson.Text(json, "taskArn", d.TaskArn);
        ListJson.Text(json, "clusterArn", d.ClusterArn);
        ListJson.Text(json, "taskDefinitionArn", d.TaskDefinitionArn);
        ListJson.Text(json, "containerInstanceArn", d.ContainerInstanceArn);
        ListJson.Text(json, "group", d.Group);
        ListJson.Text(json, "startedBy", d.StartedBy);
        ListJson.Text(json, "lastStatus", d.LastStatus);
        ListJson.Text(json, "desiredStatus", d.DesiredStatus);
        ListJson.Text(json, "stopCode", task.StopCode);
        ListJson.Text(json, "stoppedReason", task.StoppedReason);
        ListJson.Number(json, "version", d.Version);
        ListJson.Text(json, "launchType", d.LaunchType);
        ListJson.Text(json, "capacityProviderName", d.CapacityProviderName);
        ListJson.Text(json, "availabilityZone", d.AvailabilityZone);
        ListJson.Text(json, "cpu", d.Cpu);
        ListJson.Text(json, "memory", d.Memory);
        ListJson.Text(json, "connectivity", d.Connectivity);
        ListJson.Time(json, "connectivityAt", d.ConnectivityAt);
        ListJson.Time(json, "createdAt", d.CreatedAt);
        ListJson.Time(json, "pullStartedAt", d.PullStartedAt);
        ListJson.Time(json, "pullStoppedAt", d.PullStoppedAt);
        ListJson.Time(json, "startedAt", d.StartedAt);
        ListJson.Time(json, "stoppingAt", d.StoppingAt);
        ListJson.Time(json, "executionStoppedAt", d.ExecutionStoppedAt);
        ListJson.Time(json, "stoppedAt", d.StoppedAt);
        ListJson.Time(json, "updatedAt", d.UpdatedAt);
        if (task.Network is { } network)
        {
            json.WriteStartObject("network");
            ListJson.Text(json, "status", network.Status);
            ListJson.Text(json, "networkInterfaceId", network.NetworkInterfaceId);
            ListJson.Text(json, "subnetId", network.SubnetId);
            ListJson.Text(json, "privateIPv4Address", network.PrivateIPv4Address);
            json.WriteEndObject();
        }

        json.WriteStartArray("containers");
        foreach (var container in d.Containers)
        {
            json.WriteStartObject();
            ListJson.Text(json, "name", container.Name);
            ListJson.Text(json, "lastStatus", container.LastStatus);
            ListJson.Number(json, "exitCode", container.ExitCode);
            ListJson.Text(json, "reason", container.Reason);
            ListJson.Text(json, "image", container.Image);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ListJson.Reason(json, "pendingReason", TaskWait.Of(task, of.Cluster.FindInstance(task.Instance)));
        if (task.Stop is not { } stop) return;
        var diagnosis = diagnoser.Diagnose(stop);
        json.WriteString("kind", diagnosis.Kind);
        json.WriteString("outcome", diagnosis.Outcome.ToString().ToLowerInvariant());
        json.WriteString("severity", diagnosis.Severity.ToString().ToLowerInvariant());
        json.WriteString("summary", diagnosis.Summary);
    }
}
