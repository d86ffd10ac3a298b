using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Rules.Expected;

/// <summary>A task that a schedule is to start.</summary>
/// <param name="Schedule">When.</param>
/// <param name="Family">The family of its task definition.</param>
/// <param name="Place">In which account, region and cluster; what is empty: in any.</param>
public sealed record ScheduledTask(TaskSchedule Schedule, string Family, ClusterName Place);
