using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>A task's state in a checkpoint: thousands are read for one look at the past, so each word of theirs is a place in the part's table. It says what the task's document does (<see cref="StateDocument"/>).</summary>
internal static class TaskRow
{
    private const long NoStop = 0, ImpliedStop = 1, OwnStop = 2;

    public static void Write(PartWriter writer, TaskState state)
    {
        var (d, at) = (state.Detail, state.Order.At);
        writer.NumberOrNone(d.Version);
        foreach (var time in (EventTime[])[
            d.UpdatedAt, d.CreatedAt, d.ConnectivityAt, d.PullStartedAt, d.PullStoppedAt, d.StartedAt, d.StoppingAt, d.ExecutionStoppedAt, d.StoppedAt]) writer.Time(time, at);
        writer.Text(d.TaskArn);
        foreach (var word in (string?[])[
            d.ClusterArn, d.TaskDefinitionArn, d.ContainerInstanceArn, d.Group, d.StartedBy, d.LastStatus, d.DesiredStatus, d.Connectivity, d.StopCode, d.StoppedReason,
            d.LaunchType, d.CapacityProviderName, d.AvailabilityZone, d.Cpu, d.Memory, state.Service, state.Family, state.Instance]) writer.Word(word);
        writer.Number(d.Containers.Length);
        foreach (ref readonly var container in d.Containers.AsSpan())
        {
            writer.Word(container.Name);
            writer.Word(container.LastStatus);
            writer.NumberOrNone(container.ExitCode);
            writer.Word(container.Reason);
            writer.Word(container.Image);
        }

        writer.Bool(state.Network is not null);
        if (state.Network is { } network)
        {
            writer.Word(network.Status);
            writer.Text(network.NetworkInterfaceId);
            writer.Word(network.SubnetId);
            writer.Text(network.PrivateIPv4Address);
        }

        writer.Bool(state.Claims is not null);
        if (state.Claims is { } claims)
        {
            WriteNumbers(writer, claims.Ports);
            WriteNumbers(writer, claims.UdpPorts);
            writer.Number(claims.Gpus);
        }

        WriteStop(writer, state);
    }

    public static TaskState Read(ref PartReader reader, ResourceName name, EventOrder order)
    {
        var at = order.At;
        var version = reader.NumberOrNone();
        EventTime updatedAt = reader.Time(at), createdAt = reader.Time(at), connectivityAt = reader.Time(at), pullStartedAt = reader.Time(at), pullStoppedAt = reader.Time(at),
            startedAt = reader.Time(at), stoppingAt = reader.Time(at), executionStoppedAt = reader.Time(at), stoppedAt = reader.Time(at);
        var taskArn = reader.TextOrNone();
        string? clusterArn = reader.WordOrNone(), taskDefinitionArn = reader.WordOrNone(), containerInstanceArn = reader.WordOrNone(), group = reader.WordOrNone(),
            startedBy = reader.WordOrNone(), lastStatus = reader.WordOrNone(), desiredStatus = reader.WordOrNone(), connectivity = reader.WordOrNone(),
            stopCode = reader.WordOrNone(), stoppedReason = reader.WordOrNone(), launchType = reader.WordOrNone(), capacityProviderName = reader.WordOrNone(),
            availabilityZone = reader.WordOrNone(), cpu = reader.WordOrNone(), memory = reader.WordOrNone();
        string service = reader.Word(), family = reader.Word(), instance = reader.Word();
        var containers = ReadContainers(ref reader);
        var network = reader.Bool() ? new TaskNetwork(reader.WordOrNone(), reader.TextOrNone(), reader.WordOrNone(), reader.TextOrNone()) : null;
        var claims = reader.Bool() ? new TaskClaims(ReadNumbers(ref reader), ReadNumbers(ref reader), (int)reader.Number()) : null;
        var detail = new TaskDetail
        {
            Version = version, UpdatedAt = updatedAt, CreatedAt = createdAt, ClusterArn = clusterArn, TaskArn = taskArn, TaskDefinitionArn = taskDefinitionArn,
            ContainerInstanceArn = containerInstanceArn, Group = group, StartedBy = startedBy, LastStatus = lastStatus, DesiredStatus = desiredStatus, Connectivity = connectivity,
            ConnectivityAt = connectivityAt, StopCode = stopCode, StoppedReason = stoppedReason, LaunchType = launchType, CapacityProviderName = capacityProviderName,
            AvailabilityZone = availabilityZone, Cpu = cpu, Memory = memory, PullStartedAt = pullStartedAt, PullStoppedAt = pullStoppedAt, StartedAt = startedAt,
            StoppingAt = stoppingAt, ExecutionStoppedAt = executionStoppedAt, StoppedAt = stoppedAt, Containers = containers,
        };
        return TaskState.Restore(order, name, service, family, instance, detail, network, claims, ReadStop(ref reader, detail, order, service, family, name.Id, instance));
    }

    private static TaskContainer[] ReadContainers(ref PartReader reader)
    {
        var containers = new TaskContainer[reader.Number()];
        foreach (ref var container in containers.AsSpan())
            container = new TaskContainer(reader.WordOrNone(), reader.WordOrNone(), (int?)reader.NumberOrNone(), reader.WordOrNone(), reader.WordOrNone());
        return containers;
    }

    private static void WriteNumbers(PartWriter writer, int[] numbers)
    {
        writer.Number(numbers.Length);
        foreach (var number in numbers) writer.Number(number);
    }

    private static int[] ReadNumbers(ref PartReader reader)
    {
        var numbers = new int[reader.Number()];
        foreach (ref var number in numbers.AsSpan()) number = (int)reader.Number();
        return numbers;
    }

    private static void WriteStop(PartWriter writer, TaskState state)
    {
        var implied = StopEvidence.From(state.Detail, state.Order, state.Service, state.Family, state.Name.Id, state.Instance);
        if (state.Stop is not { } stop)
        {
            writer.Number(NoStop);
            return;
        }

        var isImplied = stop.SameAs(implied);
        writer.Number(isImplied ? ImpliedStop : OwnStop);
        if (isImplied) return;
        var document = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            StopDocument.Write(json, stop, implied);
            json.WriteEndObject();
        }

        writer.Utf8(document.WrittenSpan);
    }

    private static StopEvidence? ReadStop(ref PartReader reader, TaskDetail detail, EventOrder order, string service, string family, string taskId, string instance)
    {
        var kind = reader.Number();
        if (kind == NoStop) return null;
        var implied = StopEvidence.From(detail, order, service, family, taskId, instance);
        if (kind == ImpliedStop) return implied;
        var json = new Utf8JsonReader(reader.Utf8());
        return StopDocument.Read(JsonElement.ParseValue(ref json).GetProperty("stop"), implied);
    }
}
