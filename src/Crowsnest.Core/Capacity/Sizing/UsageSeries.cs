namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What is measured.</summary>
public enum UsageKind
{
    /// <summary>CPU units in use by the busiest of the tasks.</summary>
    Cpu,

    /// <summary>MiB in use by the largest of the tasks.</summary>
    Memory,

    /// <summary>How many tasks there were.</summary>
    Tasks,
}

/// <summary>One measurement.</summary>
/// <param name="At">When.</param>
/// <param name="Value">How much.</param>
public readonly record struct UsagePoint(DateTimeOffset At, double Value);

/// <summary>What somebody measured of a service's tasks, or of one container of them.</summary>
/// <param name="Service">The service.</param>
/// <param name="Container">The container; empty when it is of whole tasks.</param>
/// <param name="Kind">What.</param>
/// <param name="Points">The measurements, in any order.</param>
public sealed record UsageSeries(string Service, string Container, UsageKind Kind, IReadOnlyList<UsagePoint> Points);
