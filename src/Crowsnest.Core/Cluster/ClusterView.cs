using System.Collections.Immutable;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>One cluster as we believe it to be at one instant.</summary>
/// <remarks>
/// Immutable. What is counted (services, instances, capacity providers) is counted by the first who asks and kept; two who ask at once may both count, and
/// come to the same.
/// </remarks>
public sealed class ClusterView
{
    private IReadOnlyList<ServiceView>? _services;
    private Dictionary<string, ServiceView>? _servicesByName;
    private IReadOnlyList<InstanceView>? _instances;
    private IReadOnlyList<CapacityProviderView>? _providers;
    private long _newestAt = long.MinValue;

    internal ClusterView(ClusterName name) => Name = name;

    /// <summary>A cluster of which nothing is known but its name.</summary>
    public static ClusterView Of(ClusterName name) => new(name);

    /// <summary>Which cluster.</summary>
    public ClusterName Name { get; }

    /// <summary>The newest word of it.</summary>
    public EventTime NewestAt
    {
        get
        {
            if (_newestAt == long.MinValue) _newestAt = Newest();
            return _newestAt > 0 ? new EventTime(_newestAt) : default;
        }
    }

    /// <summary>When something new was last learnt of it, by our clock; what was stored before this process began is not new.</summary>
    public DateTimeOffset LearntAt { get; private init; }

    /// <summary>Its tasks, those that stopped lately too, in no order.</summary>
    public IEnumerable<TaskState> Tasks => TasksByKey.Values;

    /// <summary>Its services, by name: those that an event or a task named.</summary>
    public IReadOnlyList<ServiceView> Services => _services ??= ServiceViews.Of(this);

    /// <summary>The service of this name, if an event or a task named it.</summary>
    public ServiceView? Service(string name) => (_servicesByName ??= Services.ToDictionary(one => one.Name, StringComparer.Ordinal)).GetValueOrDefault(name);

    /// <summary>Its container instances, by id.</summary>
    public IReadOnlyList<InstanceView> Instances => _instances ??= InstanceView.AllOf(this);

    /// <summary>The capacity providers that were seen, by name.</summary>
    public IReadOnlyList<CapacityProviderView> CapacityProviders => _providers ??= CapacityProviderView.AllOf(this);

    internal ImmutableDictionary<string, TaskState> TasksByKey { get; init; } = Empty<TaskState>();

    internal ImmutableDictionary<string, InstanceState> InstancesByKey { get; init; } = Empty<InstanceState>();

    internal ImmutableDictionary<string, ServiceState> ServicesByKey { get; init; } = Empty<ServiceState>();

    internal ImmutableDictionary<string, DeploymentState> DeploymentsByKey { get; init; } = Empty<DeploymentState>();

    /// <summary>The failures among the tasks, by the task's key.</summary>
    internal ImmutableDictionary<string, TaskFailure> FailuresByTask { get; init; } = Empty<TaskFailure>();

    /// <summary>What failed lately and has left memory, by the task's key.</summary>
    internal ImmutableDictionary<string, FailedTask> FailedByTask { get; init; } = Empty<FailedTask>();

    /// <summary>Of each service the last failure of a task that left memory.</summary>
    internal ImmutableDictionary<string, TaskFailure> EarlierFailures { get; init; } = Empty<TaskFailure>();

    /// <summary>The newest word of what left memory; milliseconds since 1970 UTC.</summary>
    internal long EarlierWord { get; init; }

    internal bool IsEmpty => TasksByKey.IsEmpty && InstancesByKey.IsEmpty && ServicesByKey.IsEmpty && DeploymentsByKey.IsEmpty && EarlierFailures.IsEmpty;

    /// <summary>The instance of this id, or <see langword="null"/>.</summary>
    public InstanceState? FindInstance(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == 0 ? null : InstancesByKey.GetValueOrDefault(new ResourceName(ResourceName.Instance, Name.Account, Name.Region, Name.Name, id).Key);
    }

    /// <summary>What is known of a resource of this cluster, or <see langword="null"/>.</summary>
    internal IResourceState? Find(ResourceName name) => name.Type switch
    {
        ResourceName.Task => TasksByKey.GetValueOrDefault(name.Key),
        ResourceName.Instance => InstancesByKey.GetValueOrDefault(name.Key),
        ResourceName.Service => ServicesByKey.GetValueOrDefault(name.Key),
        _ => DeploymentsByKey.GetValueOrDefault(name.Key),
    };

    /// <summary>What of it is not over: its tasks, its container instances, and the services that ECS said something of.</summary>
    public (IReadOnlyList<TaskState> Tasks, IReadOnlyList<InstanceState> Instances, IReadOnlyList<ServiceState> Services) Live() =>
        ([.. TasksByKey.Values.Where(t => !t.IsStopped)], [.. InstancesByKey.Values.Where(i => !i.IsStopped)], [.. ServicesByKey.Values.Where(s => !s.IsStopped)]);

    /// <summary>What became of the task when it failed; <see langword="null"/> when it did not.</summary>
    public TaskFailure? FailureOf(TaskState task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return FailuresByTask.GetValueOrDefault(task.Name.Key);
    }

    /// <summary>For how long nothing was heard of it.</summary>
    public TimeSpan? SilentFor(DateTimeOffset now) => Since(NewestAt, now);

    internal static TimeSpan? Since(EventTime at, DateTimeOffset now) =>
        at.ToDateTimeOffset() is not { } moment ? null : now > moment ? now - moment : TimeSpan.Zero;

    // Of what is known now and not of what was: a state that a newer one replaced may have spoken of a later time.
    private long Newest()
    {
        var newest = EarlierWord;
        foreach (var task in TasksByKey.Values) newest = Math.Max(newest, task.Order.At);
        foreach (var instance in InstancesByKey.Values) newest = Math.Max(newest, instance.Order.At);
        foreach (var service in ServicesByKey.Values) newest = Math.Max(newest, service.Order.At);
        foreach (var deployment in DeploymentsByKey.Values) newest = Math.Max(newest, deployment.Order.At);
        return Math.Max(newest, 0);
    }

    private static ImmutableDictionary<string, T> Empty<T>() => ImmutableDictionary<string, T>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>A cluster that is being changed: its maps are changed in place, and become a view when all is done.</summary>
    internal sealed class Builder(ClusterView before)
    {
        public ImmutableDictionary<string, TaskState>.Builder Tasks { get; } = before.TasksByKey.ToBuilder();

        public ImmutableDictionary<string, InstanceState>.Builder Instances { get; } = before.InstancesByKey.ToBuilder();

        public ImmutableDictionary<string, ServiceState>.Builder Services { get; } = before.ServicesByKey.ToBuilder();

        public ImmutableDictionary<string, DeploymentState>.Builder Deployments { get; } = before.DeploymentsByKey.ToBuilder();

        public ImmutableDictionary<string, TaskFailure>.Builder Failures { get; } = before.FailuresByTask.ToBuilder();

        public ImmutableDictionary<string, FailedTask>.Builder Failed { get; } = before.FailedByTask.ToBuilder();

        public ImmutableDictionary<string, TaskFailure>.Builder Earlier { get; } = before.EarlierFailures.ToBuilder();

        public long EarlierWord { get; set; } = before.EarlierWord;

        public ClusterView ToView(DateTimeOffset? news) => new(before.Name)
        {
            LearntAt = news ?? before.LearntAt,
            EarlierWord = EarlierWord, TasksByKey = Tasks.ToImmutable(), InstancesByKey = Instances.ToImmutable(), ServicesByKey = Services.ToImmutable(),
            DeploymentsByKey = Deployments.ToImmutable(), FailuresByTask = Failures.ToImmutable(), FailedByTask = Failed.ToImmutable(),
            EarlierFailures = Earlier.ToImmutable(),
        };
    }
}
