using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Crowsnest.Core.Cluster;

/// <summary>States as documents and back: ECS's own field names, and under <c>crowsnest</c> what is ours.</summary>
/// <remarks>What is not known is not written, and what an older version did not write is not known.</remarks>
public static class StateDocument
{
    internal static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>The state as the store keeps it.</summary>
    public static ResourceState Write(IResourceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Compact)) Write(json, state);
        return Row(state, buffer.WrittenMemory);
    }

    /// <summary>Reads a state back; <see langword="null"/> when it is of a type that this version does not know.</summary>
    public static IResourceState? Read(ResourceState row) => Read(row, null);

    /// <summary>The same, with a task's words from a pool: for whoever keeps many.</summary>
    internal static IResourceState? Read(ResourceState row, TextPool? pool)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Type switch
        {
            ResourceName.Task => TaskDocument.Read(row, pool),
            ResourceName.Instance => ReadInstance(row),
            ResourceName.Service => ServiceDocument.ReadService(row),
            ResourceName.Deployment => ServiceDocument.ReadDeployment(row),
            ResourceName.Tags => TagsState.Read(row),
            _ => null,
        };
    }

    /// <summary>Reads a task's state back.</summary>
    public static TaskState ReadTask(ResourceState row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return TaskDocument.Read(row, null);
    }

    /// <summary>Reads an instance's state back.</summary>
    public static InstanceState ReadInstance(ResourceState row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return InstanceDocument.Read(row);
    }

    internal static void Write(Utf8JsonWriter json, IResourceState state)
    {
        switch (state)
        {
            case TaskState task:
                TaskDocument.Write(json, task);
                break;
            case InstanceState instance:
                InstanceDocument.Write(json, instance);
                break;
            case ServiceState service:
                ServiceDocument.Write(json, service);
                break;
            case DeploymentState deployment:
                ServiceDocument.Write(json, deployment);
                break;
            case TagsState tags:
                TagsState.Write(json, tags);
                break;
            default:
                throw new UnreachableException(state.GetType().Name);
        }
    }

    internal static ResourceState Row(IResourceState state, ReadOnlyMemory<byte> document) => new(
        state.Name.Key, state.Name.Type, state.Name.Account, state.Name.Region, state.Name.Cluster, state.IsStopped, state.Order.Version, state.Order.At,
        state.Order.Key, document);
}
