using System.Collections.Frozen;
using System.Globalization;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What a type of EC2 instance is sold with.</summary>
/// <param name="Type">The type.</param>
/// <param name="VirtualCpus">vCPUs.</param>
/// <param name="Memory">MiB, as advertised.</param>
/// <param name="Gpus">GPUs.</param>
/// <param name="InterfacesMax">Network interfaces, its own one included.</param>
public sealed record InstanceShape(string Type, int VirtualCpus, int Memory, int Gpus, int InterfacesMax)
{
    // The hypervisor and the kernel keep about a twenty-fifth and a hundred MiB: an estimate that stays below what was seen of common types. Of an m4.large's
    // 8192 MiB Docker sees 7985 (https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html); newer generations keep more than that one.
    private const int KeptPercent = 4;
    private const int KeptMemory = 100;

    /// <summary>
    /// What an agent would register of it, about: 1024 CPU units a vCPU, and less memory than advertised. Interfaces are those of tasks without trunking.
    /// </summary>
    public Amounts Registered => new(VirtualCpus * 1024, Math.Max(0, (Memory * (100 - KeptPercent) / 100) - KeptMemory), Gpus, InterfacesMax - 1);
}

/// <summary>Shapes of common types of EC2 instances, as data.</summary>
/// <remarks>
/// From https://docs.aws.amazon.com/ec2/latest/instancetypes/ and, of interfaces,
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html; sizes with several network cards and bare metal are left out. Of a type that the cluster
/// has already, what its instances registered is better: <see cref="WhatIf"/> takes that.
/// </remarks>
public static class InstanceShapes
{
    // FAMILY: SIZE VCPUS MIB GPUS INTERFACES, …
    private const string Table = """
        m5: large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4, 4xlarge 16 65536 0 8, 8xlarge 32 131072 0 8, 12xlarge 48 196608 0 8, 16xlarge 64 262144 0 15, 24xlarge 96 393216 0 15
        m6i: large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4, 4xlarge 16 65536 0 8, 8xlarge 32 131072 0 8, 12xlarge 48 196608 0 8, 16xlarge 64 262144 0 15, 24xlarge 96 393216 0 15
        m7i: large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4, 4xlarge 16 65536 0 8, 8xlarge 32 131072 0 8, 12xlarge 48 196608 0 8, 16xlarge 64 262144 0 15, 24xlarge 96 393216 0 15
        m6g: medium 1 4096 0 2, large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4, 4xlarge 16 65536 0 8, 8xlarge 32 131072 0 8, 12xlarge 48 196608 0 8, 16xlarge 64 262144 0 15
        m7g: medium 1 4096 0 2, large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4, 4xlarge 16 65536 0 8, 8xlarge 32 131072 0 8, 12xlarge 48 196608 0 8, 16xlarge 64 262144 0 15
        c5: large 2 4096 0 3, xlarge 4 8192 0 4, 2xlarge 8 16384 0 4, 4xlarge 16 32768 0 8, 9xlarge 36 73728 0 8, 12xlarge 48 98304 0 8, 18xlarge 72 147456 0 15, 24xlarge 96 196608 0 15
        c6i: large 2 4096 0 3, xlarge 4 8192 0 4, 2xlarge 8 16384 0 4, 4xlarge 16 32768 0 8, 8xlarge 32 65536 0 8, 12xlarge 48 98304 0 8, 16xlarge 64 131072 0 15, 24xlarge 96 196608 0 15
        c6g: medium 1 2048 0 2, large 2 4096 0 3, xlarge 4 8192 0 4, 2xlarge 8 16384 0 4, 4xlarge 16 32768 0 8, 8xlarge 32 65536 0 8, 12xlarge 48 98304 0 8, 16xlarge 64 131072 0 15
        c7g: medium 1 2048 0 2, large 2 4096 0 3, xlarge 4 8192 0 4, 2xlarge 8 16384 0 4, 4xlarge 16 32768 0 8, 8xlarge 32 65536 0 8, 12xlarge 48 98304 0 8, 16xlarge 64 131072 0 15
        r5: large 2 16384 0 3, xlarge 4 32768 0 4, 2xlarge 8 65536 0 4, 4xlarge 16 131072 0 8, 8xlarge 32 262144 0 8, 12xlarge 48 393216 0 8, 16xlarge 64 524288 0 15, 24xlarge 96 786432 0 15
        r6i: large 2 16384 0 3, xlarge 4 32768 0 4, 2xlarge 8 65536 0 4, 4xlarge 16 131072 0 8, 8xlarge 32 262144 0 8, 12xlarge 48 393216 0 8, 16xlarge 64 524288 0 15, 24xlarge 96 786432 0 15
        r7i: large 2 16384 0 3, xlarge 4 32768 0 4, 2xlarge 8 65536 0 4, 4xlarge 16 131072 0 8, 8xlarge 32 262144 0 8, 12xlarge 48 393216 0 8, 16xlarge 64 524288 0 15, 24xlarge 96 786432 0 15
        r6g: medium 1 8192 0 2, large 2 16384 0 3, xlarge 4 32768 0 4, 2xlarge 8 65536 0 4, 4xlarge 16 131072 0 8, 8xlarge 32 262144 0 8, 12xlarge 48 393216 0 8, 16xlarge 64 524288 0 15
        r7g: medium 1 8192 0 2, large 2 16384 0 3, xlarge 4 32768 0 4, 2xlarge 8 65536 0 4, 4xlarge 16 131072 0 8, 8xlarge 32 262144 0 8, 12xlarge 48 393216 0 8, 16xlarge 64 524288 0 15
        t3: nano 2 512 0 2, micro 2 1024 0 2, small 2 2048 0 3, medium 2 4096 0 3, large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4
        t4g: nano 2 512 0 2, micro 2 1024 0 2, small 2 2048 0 3, medium 2 4096 0 3, large 2 8192 0 3, xlarge 4 16384 0 4, 2xlarge 8 32768 0 4
        g4dn: xlarge 4 16384 1 3, 2xlarge 8 32768 1 3, 4xlarge 16 65536 1 3, 8xlarge 32 131072 1 4, 12xlarge 48 196608 4 8, 16xlarge 64 262144 1 4
        g5: xlarge 4 16384 1 4, 2xlarge 8 32768 1 4, 4xlarge 16 65536 1 8, 8xlarge 32 131072 1 8, 12xlarge 48 196608 4 15, 16xlarge 64 262144 1 8, 24xlarge 96 393216 4 15, 48xlarge 192 786432 8 7
        """;

    private static readonly FrozenDictionary<string, InstanceShape> ByType = Read();

    /// <summary>Every shape, by type.</summary>
    public static IReadOnlyList<InstanceShape> All => [.. ByType.Values.OrderBy(s => s.Type, StringComparer.Ordinal)];

    /// <summary>The families that there are shapes of.</summary>
    public static IReadOnlyList<string> Families => [.. ByType.Keys.Select(t => t[..t.IndexOf('.', StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The shape of a type, or <see langword="null"/>.</summary>
    public static InstanceShape? Find(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return ByType.GetValueOrDefault(type);
    }

    private static FrozenDictionary<string, InstanceShape> Read()
    {
        var shapes = new Dictionary<string, InstanceShape>(StringComparer.Ordinal);
        foreach (var line in Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (family, sizes) = line.Split(": ") is [var f, var s] ? (f, s) : throw new System.Diagnostics.UnreachableException(line);
            foreach (var size in sizes.Split(", "))
            {
                var parts = size.Split(' ');
                var type = family + "." + parts[0];
                shapes.Add(type, new InstanceShape(type, Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4])));
            }
        }

        return shapes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
