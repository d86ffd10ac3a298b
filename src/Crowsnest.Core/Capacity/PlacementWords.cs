using System.Globalization;

namespace Crowsnest.Core.Capacity;

/// <summary>A placement failure in sentences: the same in the API, on the page and on the command line.</summary>
public static class PlacementWords
{
    /// <summary>What the cluster has for such a task.</summary>
    public static string Has(PlacementFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.Fits is null) return failure.Closed > 0 ? $"{Many(failure.Closed, "instance")} of the cluster {Verb(failure.Closed, "takes", "take")} no new tasks." : "";
        if (failure.Instances == 0) return failure.Closed > 0 ? $"No instance takes such tasks; {Number(failure.Closed)} of the cluster's {Verb(failure.Closed, "takes", "take")} none at all." : "The cluster has no instance for such tasks.";
        var others = failure.Closed > 0 ? $" ({Number(failure.Closed)} more {Verb(failure.Closed, "takes", "take")} none)" : "";
        var taking = $"{Many(failure.Instances, "instance")} {Verb(failure.Instances, "takes", "take")} such tasks{others}";
        return failure.Nearest is { } nearest
            ? $"{taking}; the nearest, {nearest.Instance}, {Missing(nearest)}."
            : $"{taking}, and {Number(failure.Fits.Value)} of them {Verb(failure.Fits.Value, "fits", "fit")} by what remains.";
    }

    /// <summary>What would have fitted it: room for the task, or a smaller task.</summary>
    public static string WouldFit(PlacementFailure failure, TaskNeed? need)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (need is null || failure.Fits is not 0) return "";
        var wanted = $"An instance with {Size(need)} left would take it.";
        var smaller = (failure.MemoryAtItsCpu, failure.CpuAtItsMemory) switch
        {
            ({ } memory, { } cpu) => $" As it is, a task fits with its CPU and at most {Number(memory)} MiB, or with its memory and at most {Number(cpu)} CPU units.",
            ({ } memory, null) => $" As it is, a task with its CPU fits with at most {Number(memory)} MiB.",
            (null, { } cpu) => $" As it is, a task with its memory fits with at most {Number(cpu)} CPU units.",
            _ => "",
        };
        return wanted + smaller;
    }

    private static string Size(TaskNeed need)
    {
        var parts = new List<string> { $"{Number(need.Cpu ?? 0)} CPU units", $"{Number(need.Memory ?? 0)} MiB" };
        if (need.Gpus > 0) parts.Add(Many(need.Gpus, "GPU"));
        if (need.Ports.Count > 0) parts.Add($"TCP port {string.Join(", ", need.Ports.Select(port => Number(port)))}");
        if (need.UdpPorts.Count > 0) parts.Add($"UDP port {string.Join(", ", need.UdpPorts.Select(port => Number(port)))}");
        return string.Join(", ", parts[..^1]) + " and " + parts[^1];
    }

    private static string Missing(Shortfall of)
    {
        var parts = new List<string>();
        if (of.Cpu > 0) parts.Add($"misses {Number(of.Cpu)} CPU units");
        if (of.Memory > 0) parts.Add($"misses {Number(of.Memory)} MiB");
        if (of.Gpus > 0) parts.Add($"misses {Many(of.Gpus, "GPU")}");
        if (of.IsPortTaken) parts.Add("has a port of it taken");
        return string.Join(" and ", parts);
    }

    private static string Many(long count, string one) => $"{Number(count)} {one}{(count == 1 ? "" : "s")}";

    private static string Verb(long count, string one, string many) => count == 1 ? one : many;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
