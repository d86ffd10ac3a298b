using System.Runtime.CompilerServices;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server.Lists;

/// <summary>The five lists, for the API and for a command that has the store itself.</summary>
/// <param name="store">Where what is over is, which leaves memory in time.</param>
/// <param name="diagnoser">What a task's stop means.</param>
/// <param name="time">The clock by which silence is told.</param>
internal sealed class ResourceLists(IStore store, EventDiagnoser diagnoser, TimeProvider time)
{
    /// <summary>Their names.</summary>
    public static readonly string[] Kinds = ["clusters", "services", "deployments", "tasks", "instances"];

    private readonly ResourceList<InCluster<TaskState>> _tasks = TaskList.Of(diagnoser);
    private readonly ResourceList<ClusterView> _clusters = ServiceLists.Clusters(time);

    /// <summary>What a list can be filtered by.</summary>
    public static IEnumerable<string> FiltersOf(string kind) => Described(kind).Filters;

    /// <summary>What a list can be sorted by besides the key.</summary>
    public static IEnumerable<string> SortsOf(string kind) => Described(kind).Sorts;

    /// <summary>A page, as writers of its items, and where the next begins.</summary>
    /// <param name="kind">Which list.</param>
    /// <param name="view">The clusters, as they are or were.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="isStopped">Tasks and instances that are over too: they come from the store, however long ago they ended.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<Action<Utf8JsonWriter>> Items, string? Next)> PageAsync(string kind, FleetView view, ListRequest request, bool isStopped, CancellationToken cancellationToken) =>
        kind switch
        {
            "tasks" when isStopped => Written(_tasks, await _tasks.PageAsync(StoredAsync("task/", row => InCluster(view, StateDocument.ReadTask(row)), cancellationToken), request, cancellationToken)),
            "instances" when isStopped => Written(InstanceList.List, await InstanceList.List.PageAsync(
                StoredAsync("instance/", row => new InstanceView(StateDocument.ReadInstance(row), 0, 0), cancellationToken), request, cancellationToken)),
            _ => Page(kind, view, request, isStopped: false),
        };

    /// <summary>A page of what a view has, and of nothing else.</summary>
    /// <param name="kind">Which list.</param>
    /// <param name="view">The clusters, as they are or were.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="isStopped">Tasks and instances that are over too, as far as the view has them: those of the last minutes, and failures of the last hour.</param>
    public (IReadOnlyList<Action<Utf8JsonWriter>> Items, string? Next) Page(string kind, FleetView view, ListRequest request, bool isStopped) =>
        kind switch
        {
            "clusters" => Written(_clusters, _clusters.Page(view.Clusters, request), cluster => view.TagsOf(cluster.Name)),
            "services" => Written(ServiceLists.Services, ServiceLists.Services.Page(view.Clusters.SelectMany(c => c.Services.Select(s => new InCluster<ServiceView>(c, s))), request), s => view.TagsOf(s.Cluster.Name, s.Item.Name)),
            "deployments" => Written(ServiceLists.Deployments, ServiceLists.Deployments.Page(
                view.Clusters.SelectMany(c => c.Services.SelectMany(s => s.Deployments.Select(d => new DeploymentItem(c, s, d)))), request)),
            "tasks" => Written(_tasks, _tasks.Page(view.Clusters.SelectMany(c => c.Tasks.Where(t => isStopped || !t.IsStopped).Select(t => new InCluster<TaskState>(c, t))), request)),
            _ => Written(InstanceList.List, InstanceList.List.Page(view.Clusters.SelectMany(c => c.Instances.Where(i => isStopped || !i.State.IsStopped)), request)),
        };

    private static (IEnumerable<string> Filters, IEnumerable<string> Sorts) Described(string kind) => kind switch
    {
        "clusters" => (ServiceLists.ClusterFilters.Keys, ServiceLists.ClusterSorts.Keys),
        "services" => (ServiceLists.Services.Filters.Keys, ServiceLists.Services.Sorts.Keys),
        "deployments" => (ServiceLists.Deployments.Filters.Keys, ServiceLists.Deployments.Sorts.Keys),
        "tasks" => (TaskList.Filters.Keys, TaskList.Sorts.Keys),
        _ => (InstanceList.List.Filters.Keys, InstanceList.List.Sorts.Keys),
    };

    private async IAsyncEnumerable<(string Key, Func<T?> Read)> StoredAsync<T>(string prefix, Func<ResourceState, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadStatesAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            if (row.Key.StartsWith(prefix, StringComparison.Ordinal)) yield return (row.Key, () => read(row));
        }
    }

    private static InCluster<TaskState> InCluster(FleetView view, TaskState task)
    {
        var name = new ClusterName(task.Name.Account, task.Name.Region, task.Name.Cluster);
        return new InCluster<TaskState>(view.Find(name) ?? ClusterView.Of(name), task);
    }

    private static (IReadOnlyList<Action<Utf8JsonWriter>> Items, string? Next) Written<T>(ResourceList<T> list, ListPage<T> page, Func<T, IReadOnlyList<Tag>>? tagsOf = null) =>
        ([.. page.Items.Select(item => (Action<Utf8JsonWriter>)(json =>
        {
            json.WriteStartObject();
            list.Write(json, item);
            if (tagsOf is not null) ListJson.Tags(json, tagsOf(item));
            json.WriteEndObject();
        }))], page.Next);
}
