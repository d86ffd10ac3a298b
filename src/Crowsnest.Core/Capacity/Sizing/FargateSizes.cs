namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>A size that a task on Fargate may have.</summary>
/// <param name="Cpu">CPU units, 1,024 to the vCPU.</param>
/// <param name="Memory">MiB.</param>
public readonly record struct FargateSize(long Cpu, long Memory);

/// <summary>The sizes that Fargate has, as data: of each amount of CPU only some amounts of memory.</summary>
/// <remarks>
/// From https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size, where a GB is 1,024 MiB. The two largest need platform
/// version 1.4.0 on Linux.
/// </remarks>
public static class FargateSizes
{
    private static readonly (long Cpu, long Least, long Most, long Step)[] Rows =
    [
        (256, 512, 1_024, 512), (256, 2_048, 2_048, 1_024), (512, 1_024, 4_096, 1_024), (1_024, 2_048, 8_192, 1_024), (2_048, 4_096, 16_384, 1_024), (4_096, 8_192, 30_720, 1_024),
        (8_192, 16_384, 61_440, 4_096), (16_384, 32_768, 122_880, 8_192),
    ];

    /// <summary>All of them, the least CPU first and with it the least memory.</summary>
    public static IReadOnlyList<FargateSize> All { get; } =
        [.. Rows.SelectMany(row => Enumerable.Range(0, (int)((row.Most - row.Least) / row.Step) + 1).Select(n => new FargateSize(row.Cpu, row.Least + (n * row.Step))))];

    /// <summary>The least that has at least so much; <see langword="null"/> when none has. CPU is the dearer of the two, so the least of it goes first.</summary>
    public static FargateSize? AtLeast(double cpu, double memory)
    {
        foreach (var size in All)
        {
            if (size.Cpu >= cpu && size.Memory >= memory) return size;
        }

        return null;
    }
}
