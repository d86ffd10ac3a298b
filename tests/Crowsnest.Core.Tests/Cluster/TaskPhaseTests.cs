using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Cluster;

public class TaskPhaseTests
{
    // Moments in seconds; -1 is not said.
    [Theory]
    [InlineData(new[] { 0, 1, 3, 6, 10, 15, 21 }, "provisioning 1, pulling 2, starting 3, running 4, stopping 5, deprovisioning 6")]
    [InlineData(new[] { 0, 1, 3, 6, -1, -1, -1 }, "provisioning 1, pulling 2, starting 3, running -")]
    [InlineData(new[] { 0, -1, -1, -1, 4, -1, 9 }, "provisioning 4, stopping 5")]
    [InlineData(new[] { -1, -1, -1, -1, -1, -1, 9 }, "")]
    [InlineData(new[] { 5, 3, -1, -1, -1, -1, -1 }, "provisioning 0, pulling -")]
    public void Phases_follow_each_other_and_what_is_not_said_belongs_to_the_one_before(int[] moments, string expected)
    {
        var at = moments.Select(second => second < 0 ? default : new EventTime(second * 1_000L)).ToArray();
        var detail = new TaskDetail
        {
            CreatedAt = at[0], PullStartedAt = at[1], PullStoppedAt = at[2], StartedAt = at[3], StoppingAt = at[4], ExecutionStoppedAt = at[5], StoppedAt = at[6], Containers = [],
        };
        var task = TaskState.Restore(new EventOrder(1, 1, new EventKey(1, 1)), new ResourceName("task", "1", "r", "c", "t"), "", "", "", detail, null, null, null);

        Assert.Equal(expected, string.Join(", ", TaskPhase.Of(task).Select(phase => $"{phase.Name} {(phase.Duration is { } took ? took.TotalSeconds : "-")}")));
    }
}
