using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Tests.Cluster;

public class ClusterChangesTests
{
    private readonly ClusterChanges _changes = new(new ManualTime(Some.Noon));

    [Fact]
    public void Each_follower_has_all_changes_in_order_from_where_it_began()
    {
        using var first = Follow(null);
        Publish(1, 2);
        using var second = Follow(null);
        Publish(3);

        Assert.Equal([1, 2], Take(first, 2));
        Assert.Equal([3], Take(first, 2));
        Assert.Equal([3], Take(second, 10));
        Assert.Empty(Take(second, 10));
    }

    [Fact]
    public void A_place_is_gone_on_behind_while_it_is_remembered()
    {
        using var first = Follow(null);
        Publish(1, 2, 3);
        var place = _changes.PlaceOf(first.Take(2)![^1]);

        using var again = Follow(place);
        Assert.True(again.IsResumed);
        Assert.Equal([3], Take(again, 10));
        foreach (var unknown in (string[])["", "x", "-1", "0-0", place + "9", new ClusterChanges(new ManualTime(Some.Noon.AddHours(1))) is var other ? other.PlaceOf(first.Take(1)![0]) : ""])
        {
            using var lost = Follow(unknown);
            Assert.False(lost.IsResumed);
            Assert.Empty(Take(lost, 10));
        }

        Publish([.. Enumerable.Range(4, ClusterChanges.ChangesMax)]);
        using var late = Follow(place);
        Assert.False(late.IsResumed);
    }

    [Fact]
    public void Who_is_too_slow_is_told_and_nothing_is_held_for_it()
    {
        using var slow = Follow(null);
        Publish([.. Enumerable.Range(0, ClusterChanges.ChangesMax)]);
        Assert.Equal(Enumerable.Range(0, 5), Take(slow, 5));
        Publish([.. Enumerable.Range(10_000, 6)]);

        Assert.Null(slow.Take(10));
    }

    [Fact]
    public void An_older_state_of_a_resource_is_no_change()
    {
        using var follower = Follow(null);
        _changes.Publish([State(1, version: 5)]);
        _changes.Publish([State(1, version: 4), State(1, version: 5), State(2, version: 1)]);

        Assert.Equal([(1, 5), (1, 5), (2, 1)], follower.Take(10)!.Select(c => (Number(c), (int)c.State.Order.Version)));
    }

    [Fact]
    public void More_than_may_follow_do_not()
    {
        var followers = Enumerable.Range(0, ClusterChanges.FollowersMax).Select(_ => Follow(null)).ToList();
        Assert.Null(_changes.TryFollow(null));
        foreach (var follower in followers) follower.Dispose();
        Follow(null).Dispose();
    }

    private ChangeFollower Follow(string? place) => _changes.TryFollow(place) ?? throw new InvalidOperationException("Too many follow.");

    private void Publish(params int[] tasks) => _changes.Publish([.. tasks.Select(i => State(i, 1))]);

    private static TaskState State(int task, int version) => TaskState.Observe(null, Some.Task("RUNNING", version: version, taskId: "t" + task)).Next;

    private static IEnumerable<int> Take(ChangeFollower follower, int most) => follower.Take(most)!.Select(Number);

    private static int Number(ClusterChange change) => int.Parse(change.State.Name.Id[1..], System.Globalization.CultureInfo.InvariantCulture);
}
