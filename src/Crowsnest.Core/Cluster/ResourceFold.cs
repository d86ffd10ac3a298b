using System.Diagnostics;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Which resources an event says something of, and how it folds into what is known of each.</summary>
public static class ResourceFold
{
    /// <summary>An event is about so many resources at most.</summary>
    internal const int ResourcesMax = 2;

    /// <summary>The resources that the event says something of; how many. A deployment's event also moves its service.</summary>
    internal static int NamesOf(EcsEvent e, Span<ResourceName> into)
    {
        var count = 0;
        switch (e.Kind)
        {
            case EventKind.Task when e.TaskId.Length > 0 && e.Detail is TaskDetail:
                into[count++] = ResourceName.OfTask(e);
                break;
            // A health event that names the EC2 instance alone does not say which container instance that is.
            case EventKind.ContainerInstance or EventKind.ContainerInstanceHealth
                when e.Instance.Length > 0 && e.Detail is ContainerInstanceDetail or InstanceHealthDetail { ContainerInstanceArn.Length: > 0 }:
                into[count++] = ResourceName.OfInstance(e);
                break;
            case EventKind.ServiceAction or EventKind.Deployment or EventKind.Hook when e.Detail is ActionDetail:
                if (e.Service.Length > 0) into[count++] = ResourceName.OfService(e);
                if (e.Kind == EventKind.Deployment && e.Deployment.Length > 0) into[count++] = ResourceName.OfDeployment(e);
                break;
            case EventKind.Tags when ResourceName.OfTags(e) is { } whose:
                into[count++] = whose;
                break;
        }

        return count;
    }

    /// <summary>Takes an event in for one of its resources. The state comes back as the same object when the event adds nothing.</summary>
    internal static IResourceState Observe(ResourceName name, IResourceState? known, EcsEvent e) => name.Type switch
    {
        ResourceName.Task => TaskState.Observe((TaskState?)known, e).Next,
        ResourceName.Instance => InstanceState.Observe((InstanceState?)known, e).Next,
        ResourceName.Service => ServiceState.Observe((ServiceState?)known, e).Next,
        ResourceName.Deployment => DeploymentState.Observe((DeploymentState?)known, e).Next,
        ResourceName.Tags => TagsState.Observe(name, (TagsState?)known, e).Next,
        _ => throw new UnreachableException(name.Type),
    };

    /// <summary>Folds an event into the states of all that it is about, by <see cref="ResourceName.Key"/>; what it changed is put into <paramref name="changed"/> too.</summary>
    public static void Fold(IDictionary<string, IResourceState> states, EcsEvent ecsEvent, IDictionary<string, IResourceState>? changed = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(ecsEvent);
        var names = new ResourceName[ResourcesMax];
        var count = NamesOf(ecsEvent, names);
        for (var i = 0; i < count; i++)
        {
            states.TryGetValue(names[i].Key, out var known);
            var next = Observe(names[i], known, ecsEvent);
            if (ReferenceEquals(next, known)) continue;
            states[names[i].Key] = next;
            if (changed is not null) changed[names[i].Key] = next;
        }
    }
}
