using System.Globalization;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

/// <summary>Histories that advice is made from, as tests need them: one service <c>api</c> with one container <c>web</c> unless told.</summary>
internal static class SomeHistory
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, ClusterView> Views = new();

    /// <summary>The end of a day.</summary>
    public static DateTimeOffset Day(int day) => new DateTimeOffset(2026, 3, 1, 23, 0, 0, TimeSpan.Zero).AddDays(day);

    public static ContainerStop Kill(int day, long? limit, string container = "web", bool ownLimit = true, string? task = null) =>
        new("api", container, task ?? $"t{day}-{limit}", Day(day).AddHours(-1), 137, true, limit, ownLimit);

    public static ContainerStop End(int day, int? exitCode, string task) => new("api", "web", task, Day(day).AddHours(-2), exitCode, false, 512, true);

    public static TaskSizes OnInstances(long cpu, long memory, params ContainerSize[] containers) =>
        new() { Service = "api", Family = "api", Cpu = cpu, Memory = memory, Containers = containers.Length > 0 ? containers : [new ContainerSize("web", cpu, memory, null)] };

    public static TaskSizes OnFargate(long cpu, long memory, params ContainerSize[] containers) =>
        new() { Service = "api", Family = "api", IsFargate = true, Cpu = cpu, Memory = memory, Containers = containers.Length > 0 ? containers : [new ContainerSize("web", 0, null, null)] };

    /// <summary>A point every two hours of each day from one to another.</summary>
    public static UsageSeries Usage(UsageKind kind, int first, int last, Func<int, double> ofDay, string container = "") => new(
        "api", container, kind, [.. Enumerable.Range(first, last - first + 1).SelectMany(day => Enumerable.Range(0, 12).Select(n => new UsagePoint(Day(day).AddHours((-2 * n) - 0.5), ofDay(day))))]);

    public static AdviceHistory Of(TaskSizes sizes, params IReadOnlyList<ContainerStop> stops) => new() { Sizes = new Dictionary<string, TaskSizes> { [sizes.Workload] = sizes }, Stops = stops };

    public static AdviceHistory Used(TaskSizes sizes, IReadOnlyList<UsageSeries> usage, params IReadOnlyList<ContainerStop> stops) => Of(sizes, stops) with { Usage = usage, HasUsage = true };

    /// <summary>A cluster in which the service wants so many tasks.</summary>
    public static ClusterView View(int tasks = 10) => SomeFleet.View([.. Enumerable.Range(0, tasks).Select(i => SomeFleet.Task($"t{i}", "api"))]);

    public static IReadOnlyList<Advice> Advise(AdviceHistory history, int day, int tasks = 10, AdviceOptions? options = null) => Advisor.Of(Views.GetOrAdd(tasks, View), history, Day(day), options ?? new AdviceOptions()).Items;

    /// <summary>An advice in a line.</summary>
    public static string Line(Advice advice) => string.Create(CultureInfo.InvariantCulture, $"{advice.Kind} {advice.Container} {Size(advice.From)} > {Size(advice.To)} task {Size(advice.TaskTo)} saves {advice.Saving.Cpu}/{advice.Saving.Memory}");

    private static string Size(AdvisedSize? size) => $"{size?.Cpu}/{size?.Memory}";
}
