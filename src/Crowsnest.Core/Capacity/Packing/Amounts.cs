namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What an instance has or a task takes, of everything that is counted.</summary>
/// <param name="Cpu">CPU units, 1024 to the vCPU.</param>
/// <param name="Memory">MiB of memory: of an instance what its agent registered, which is less than its type is sold with.</param>
/// <param name="Gpus">GPUs; a task has whole ones.</param>
/// <param name="Interfaces">Network interfaces: one for each task of network mode <c>awsvpc</c>; of an instance those beside its own.</param>
public readonly record struct Amounts(int Cpu, int Memory, int Gpus = 0, int Interfaces = 0)
{
    /// <summary>How many kinds there are.</summary>
    internal const int Kinds = 4;

    /// <summary>The kinds as ECS writes them in <c>RESOURCE:…</c>, in the order of <see cref="Of"/>.</summary>
    internal static readonly string[] Names = ["CPU", "MEMORY", "GPU", "ENI"];

    /// <summary>The sum.</summary>
    public static Amounts operator +(Amounts left, Amounts right) =>
        new(left.Cpu + right.Cpu, left.Memory + right.Memory, left.Gpus + right.Gpus, left.Interfaces + right.Interfaces);

    /// <summary>The difference, which may be below zero.</summary>
    public static Amounts operator -(Amounts left, Amounts right) =>
        new(left.Cpu - right.Cpu, left.Memory - right.Memory, left.Gpus - right.Gpus, left.Interfaces - right.Interfaces);

    /// <summary>The sum.</summary>
    public static Amounts Add(Amounts left, Amounts right) => left + right;

    /// <summary>The difference, which may be below zero.</summary>
    public static Amounts Subtract(Amounts left, Amounts right) => left - right;

    /// <summary>As much of each kind as the greater of the two has.</summary>
    internal static Amounts Max(Amounts left, Amounts right) =>
        new(Math.Max(left.Cpu, right.Cpu), Math.Max(left.Memory, right.Memory), Math.Max(left.Gpus, right.Gpus), Math.Max(left.Interfaces, right.Interfaces));

    /// <summary>All of it fits in that.</summary>
    internal bool FitsIn(Amounts room) => Cpu <= room.Cpu && Memory <= room.Memory && Gpus <= room.Gpus && Interfaces <= room.Interfaces;

    /// <summary>The amount of one kind.</summary>
    internal int Of(int kind) => kind switch
    {
        0 => Cpu,
        1 => Memory,
        2 => Gpus,
        3 => Interfaces,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
