using System.Globalization;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity;

/// <summary>What one more task of a service needs of a container instance, as far as events of its tasks say it.</summary>
/// <param name="Cpu">CPU units; 0 takes none, <see langword="null"/> is not known.</param>
/// <param name="Memory">MiB; <see langword="null"/> is not known.</param>
/// <param name="Gpus">GPUs.</param>
/// <param name="Ports">TCP ports of the host that its definition names.</param>
/// <param name="UdpPorts">UDP ports of the host that its definition names.</param>
/// <param name="HasInterface">It has a network interface of its own (<c>awsvpc</c>).</param>
/// <param name="LaunchType">EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES; empty when not said.</param>
/// <param name="Provider">The capacity provider that it is placed by; empty when it has none.</param>
public sealed record TaskNeed(long? Cpu, long? Memory, int Gpus, IReadOnlyList<int> Ports, IReadOnlyList<int> UdpPorts, bool HasInterface, string LaunchType, string Provider)
{
    /// <summary>It runs on Fargate, and needs no container instance.</summary>
    public bool IsFargate => LaunchType == "FARGATE" || Provider is "FARGATE" or "FARGATE_SPOT";

    /// <summary>It names ports of the host, so that one container instance can have one such task.</summary>
    public bool HasPorts => Ports.Count + UdpPorts.Count > 0;

    /// <summary>Enough is known to tell where it fits.</summary>
    public bool IsKnown => Cpu is not null && Memory is not null && (Cpu > 0 || Memory > 0);

    /// <summary>The same for all needs for which the same instances count and as much of each.</summary>
    internal string Key => string.Create(
        CultureInfo.InvariantCulture, $"{Cpu} {Memory} {Gpus} {string.Join(',', Ports)} {string.Join(',', UdpPorts)} {(IsFargate ? 'f' : LaunchType == "EXTERNAL" ? 'x' : '-')} {Provider}");

    /// <summary>Whether ECS looks at the instance at all for such a task.</summary>
    /// <remarks>A task of a capacity provider goes to that provider's instances; one whose events never said its provider may be any's.</remarks>
    public bool MayGoTo(InstanceCapacity instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return !IsFargate && (LaunchType == "EXTERNAL") == instance.IsExternal
            && (Provider.Length == 0 || instance.Provider.Length == 0 || string.Equals(Provider, instance.Provider, StringComparison.Ordinal));
    }

    /// <summary>What such a task needs, by the newest; ports and GPUs by the newest that was seen with its containers made.</summary>
    internal static TaskNeed Of(TaskState newest, TaskState? placed) => new(
        Number(newest.Detail.Cpu), Number(newest.Detail.Memory), placed?.Claims?.Gpus ?? 0, placed?.Claims?.Ports ?? [], placed?.Claims?.UdpPorts ?? [],
        newest.Network is not null, newest.Detail.LaunchType ?? "", newest.Detail.CapacityProviderName ?? "");

    internal static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
