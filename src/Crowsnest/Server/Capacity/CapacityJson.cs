using System.Text.Json;
using Crowsnest.Core.Capacity;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>Members of capacity: CPU in units, memory in MiB, reservations in per cent; what is not known is not there.</summary>
internal static class CapacityJson
{
    /// <summary>A cluster in a line.</summary>
    public static void Write(Utf8JsonWriter json, ClusterCapacity cluster)
    {
        ListJson.Where(json, cluster.Name);
        Write(json, cluster.Total);
        Write(json, "largestByCpu", cluster.LargestByCpu);
        Write(json, "largestByMemory", cluster.LargestByMemory);
        json.WriteNumber("services", cluster.Services.Count(s => s.Name.Length > 0));
        json.WriteNumber("placementFailures", cluster.Services.Count(s => s.Failure is not null));
    }

    /// <summary>A container instance.</summary>
    public static void Write(Utf8JsonWriter json, InstanceCapacity instance)
    {
        var (state, d) = (instance.State, instance.State.Detail);
        json.WriteString("instance", state.Name.Id);
        ListJson.Text(json, "ec2InstanceId", d.Ec2InstanceId);
        ListJson.Text(json, "status", d.Status);
        if (d.AgentConnected is { } connected) json.WriteBoolean("agentConnected", connected);
        json.WriteString("takesTasks", Camel(instance.Takes));
        ListJson.Text(json, "capacityProviderName", instance.Provider);
        ListJson.Text(json, "availabilityZone", instance.Zone);
        ListJson.Text(json, "instanceType", state.Machine.InstanceType);
        Write(json, "Cpu", "cpu", instance.Cpu);
        Write(json, "Memory", "memory", instance.Memory);
        Write(json, "Gpus", "gpu", instance.Gpus);
        Write(json, "Ports", null, instance.Ports);
        json.WriteNumber("reservedNetworkInterfaces", instance.Interfaces);
        json.WriteNumber("tasks", instance.Tasks);
        Write(json, instance.TasksByService);
        ListJson.Time(json, "updatedAt", d.UpdatedAt);
    }

    /// <summary>The instances of a zone, of a capacity provider or of a cluster.</summary>
    public static void Write(Utf8JsonWriter json, CapacitySum sum)
    {
        json.WriteNumber("instances", sum.Instances);
        json.WriteNumber("instancesTakingTasks", sum.Taking);
        json.WriteNumber("instancesNotKnown", sum.NotKnown);
        Write(json, "Cpu", "cpu", sum.Cpu);
        Write(json, "Memory", "memory", sum.Memory);
        Write(json, "Gpus", "gpu", sum.Gpus);
        Write(json, "Ports", null, sum.Ports);
        json.WriteNumber("availableCpu", sum.AvailableCpu);
        json.WriteNumber("availableMemory", sum.AvailableMemory);
        json.WriteNumber("availableGpus", sum.AvailableGpus);
        json.WriteNumber("reservedNetworkInterfaces", sum.Interfaces);
        json.WriteNumber("tasks", sum.Tasks);
        Write(json, sum.TasksByService);
        Write(json, sum.Fargate);
    }

    /// <summary>A moment.</summary>
    public static void Write(Utf8JsonWriter json, CapacitySample sample)
    {
        json.WriteString("at", EventJson.Time(sample.At));
        json.WriteBoolean("isKnown", sample.HeardAt is not null);
        if (sample.HeardAt is not { } heardAt) return;
        json.WriteNumber("silentSeconds", Math.Max(0, (long)(sample.At - heardAt).TotalSeconds));
        json.WriteNumber("instances", sample.Instances);
        json.WriteNumber("instancesTakingTasks", sample.Taking);
        Write(json, "Cpu", "cpu", sample.Cpu);
        Write(json, "Memory", "memory", sample.Memory);
        Write(json, "Gpus", "gpu", sample.Gpus);
        json.WriteNumber("availableCpu", sample.AvailableCpu);
        json.WriteNumber("availableMemory", sample.AvailableMemory);
        json.WriteNumber("availableGpus", sample.AvailableGpus);
        json.WriteNumber("tasks", sample.Tasks);
        json.WriteNumber("runningTasks", sample.Running);
        json.WriteNumber("pendingTasks", sample.Pending);
        json.WriteNumber("placementFailures", sample.NotPlaced);
    }

    /// <summary>A service.</summary>
    public static void Write(Utf8JsonWriter json, ServiceCapacity service)
    {
        json.WriteString("serviceName", service.Name);
        json.WriteNumber("tasks", service.Tasks);
        json.WriteNumber("reservedCpu", service.Cpu);
        json.WriteNumber("reservedMemory", service.Memory);
        Write(json, service.Fargate);
        if (service.Need is { } need)
        {
            json.WriteStartObject("task");
            ListJson.Number(json, "cpu", need.Cpu);
            ListJson.Number(json, "memory", need.Memory);
            json.WriteNumber("gpus", need.Gpus);
            Write(json, "ports", need.Ports);
            Write(json, "udpPorts", need.UdpPorts);
            json.WriteBoolean("networkInterface", need.HasInterface);
            ListJson.Text(json, "launchType", need.LaunchType);
            ListJson.Text(json, "capacityProviderName", need.Provider);
            json.WriteEndObject();
        }

        if (service.Fit is { } fit)
        {
            json.WriteNumber("fits", fit.Tasks);
            json.WriteNumber("fitsInOnePiece", fit.InOnePiece);
            json.WriteNumber("instances", fit.Instances);
            ListJson.Text(json, "stoppedBy", StoppedBy(service));
            json.WriteNumber("stoppedOn", fit.StoppedOn);
        }

        if (service.Failure is { } failure) ListJson.Text(json, "placementFailure", failure.Reason.Code);
    }

    /// <summary>A placement failure.</summary>
    public static void Write(Utf8JsonWriter json, ServiceCapacity service, PlacementFailure failure)
    {
        json.WriteString("serviceName", service.Name);
        ListJson.Time(json, "at", failure.At);
        json.WriteString("code", failure.Reason.Code);
        json.WriteString("reason", failure.Reason.Text);
        json.WriteString("has", PlacementWords.Has(failure));
        json.WriteString("wouldFit", PlacementWords.WouldFit(failure, service.Need));
        json.WriteString("nextStep", failure.Reason.NextStep);
        json.WriteNumber("instances", failure.Instances);
        json.WriteNumber("instancesTakingNone", failure.Closed);
        ListJson.Number(json, "fits", failure.Fits);
        ListJson.Number(json, "cpuAtItsMemory", failure.CpuAtItsMemory);
        ListJson.Number(json, "memoryAtItsCpu", failure.MemoryAtItsCpu);
        if (failure.Nearest is not { } nearest) return;
        json.WriteStartObject("nearest");
        json.WriteString("instance", nearest.Instance);
        json.WriteNumber("missingCpu", nearest.Cpu);
        json.WriteNumber("missingMemory", nearest.Memory);
        json.WriteNumber("missingGpus", nearest.Gpus);
        json.WriteBoolean("portTaken", nearest.IsPortTaken);
        json.WriteEndObject();
    }

    /// <summary>The largest task that still fits.</summary>
    public static void Write(Utf8JsonWriter json, string name, LargestTask? largest)
    {
        if (largest is null) return;
        json.WriteStartObject(name);
        json.WriteString("instance", largest.Instance);
        json.WriteNumber("cpu", largest.Cpu);
        json.WriteNumber("memory", largest.Memory);
        json.WriteEndObject();
    }

    /// <summary>What stops the next task of a service; <c>instances</c> where none takes such tasks.</summary>
    public static string? StoppedBy(ServiceCapacity service) => service.Fit is not { } fit ? null : fit.StoppedBy is { } by ? Camel(by) : "instances";

    private static void Write(Utf8JsonWriter json, string name, string? share, Amount? amount)
    {
        if (amount is not { } known) return;
        json.WriteNumber("registered" + name, known.Registered);
        json.WriteNumber("reserved" + name, known.Reserved);
        json.WriteNumber("remaining" + name, known.Remaining);
        if (share is not null && known.Reservation is { } percent) json.WriteNumber(share + "Reservation", Math.Round(percent, 1));
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ServiceTasks> byService)
    {
        json.WriteStartArray("tasksByService");
        foreach (var (service, tasks) in byService)
        {
            json.WriteStartObject();
            json.WriteString("serviceName", service);
            json.WriteNumber("tasks", tasks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, FargateUse fargate)
    {
        json.WriteNumber("fargateTasks", fargate.Tasks);
        json.WriteNumber("fargateCpu", fargate.Cpu);
        json.WriteNumber("fargateMemory", fargate.Memory);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
