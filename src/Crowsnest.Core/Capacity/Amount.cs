namespace Crowsnest.Core.Capacity;

/// <summary>How much there is of something and how much of it no task has reserved: CPU units (1,024 a vCPU), MiB of memory, GPUs, or ports.</summary>
/// <param name="Registered">What container instances registered with ECS.</param>
/// <param name="Remaining">What of it ECS can still give to tasks.</param>
public readonly record struct Amount(long Registered, long Remaining)
{
    /// <summary>What tasks have reserved.</summary>
    public long Reserved => Registered - Remaining;

    /// <summary>How much of it is reserved, in per cent, as CloudWatch's CPUReservation counts it; <see langword="null"/> where there is nothing to reserve.</summary>
    public double? Reservation => Registered > 0 ? 100.0 * Reserved / Registered : null;

    /// <summary>Of both.</summary>
    public static Amount operator +(Amount left, Amount right) => new(left.Registered + right.Registered, left.Remaining + right.Remaining);

    /// <summary>Of both.</summary>
    public static Amount Add(Amount left, Amount right) => left + right;

    internal static Amount? Of(long? registered, long? remaining) => registered is { } all && remaining is { } left ? new Amount(all, left) : null;
}

/// <summary>Tasks of one service.</summary>
/// <param name="Service">Its name; empty for tasks that are no service's.</param>
/// <param name="Tasks">How many are not STOPPED.</param>
public readonly record struct ServiceTasks(string Service, int Tasks);

/// <summary>What tasks on Fargate have reserved. There every task brings its own capacity, so nothing is registered and nothing remains.</summary>
/// <param name="Tasks">How many are not STOPPED.</param>
/// <param name="Cpu">CPU units.</param>
/// <param name="Memory">MiB.</param>
public readonly record struct FargateUse(int Tasks, long Cpu, long Memory);

/// <summary>A resource that can keep a task from being placed.</summary>
public enum TaskResource
{
    /// <summary>CPU units.</summary>
    Cpu,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>GPUs.</summary>
    Gpu,

    /// <summary>A port of the host that is taken: a port is one task's on each container instance.</summary>
    Ports,
}
