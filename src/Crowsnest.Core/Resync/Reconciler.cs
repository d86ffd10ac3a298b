using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Resync;

/// <summary>What ECS says otherwise than events did.</summary>
/// <param name="Name">Of which resource.</param>
/// <param name="Drift">What was missed: one of <see cref="Resync.Drift"/>.</param>
/// <param name="Since">When it came to be, where ECS says it: an event of it may still be on its way when that is only just ago. Not said where ECS says nothing.</param>
/// <param name="Event">The event that makes it known, as <see cref="OwnEvents"/> are.</param>
public sealed record Difference(ResourceName Name, string Drift, EventTime Since, ReadOnlyMemory<byte> Event)
{
    /// <summary>ECS sends no event of such a thing, so that none can be on its way.</summary>
    public bool HasNoEvents { get; init; }
}

/// <summary>Compares what ECS says with what is known from events. What it finds becomes events, and the fold decides as it always does.</summary>
/// <remarks>Pure. It never says that something is newer which the fold would not take: newer versions win whoever brings them, and an equal one brings nothing.</remarks>
public static class Reconciler
{
    /// <summary>What the reason of a task begins with that is gone.</summary>
    internal const string NotSeen = "Not seen again since ";

    /// <summary>Tags are said again after this time, since what is known of them leaves the store with the day on which it was said.</summary>
    public static readonly TimeSpan TagsHoldFor = TimeSpan.FromHours(12);

    /// <summary>What is different; <see langword="null"/> when nothing is that matters, or when more is known than ECS said.</summary>
    public static Difference? Compare(Described described, IResourceState? known)
    {
        ArgumentNullException.ThrowIfNull(described);
        return described.Name.Type switch
        {
            ResourceName.Task => OfTask(described, (TaskState?)known),
            ResourceName.Instance => OfInstance(described, (InstanceState?)known),
            ResourceName.Service => OfService(described, (ServiceState?)known),
            ResourceName.Tags => OfTags(described, (TagsState?)known),
            _ => OfDeployment(described, (DeploymentState?)known),
        };
    }

    /// <summary>What closes a resource that ECS no longer has; <see langword="null"/> when it is closed already, or when something was heard of it since ECS was asked.</summary>
    public static Difference? Gone(IResourceState known, ResyncPlace place)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(place);
        if (known.IsStopped || known.Order.At >= place.AskedAt.ToUnixTimeMilliseconds()) return null;
        return known switch
        {
            TaskState task => new Difference(task.Name, Drift.TaskGone, default, ResyncEvent.Gone(task, place)),
            InstanceState instance => new Difference(instance.Name, Drift.InstanceGone, default, ResyncEvent.Gone(instance, place)),
            ServiceState service => new Difference(service.Name, Drift.ServiceGone, default, ResyncEvent.Gone(service, place)),
            _ => null,
        };
    }

    private static Difference? OfTask(Described said, TaskState? known)
    {
        var isStopped = StopEvidence.IsStoppedStatus(said.Text("lastStatus"));
        var asked = said.Place.AskedAt.ToUnixTimeMilliseconds();

        // The moments that a task names are when it became what it is. A change that moved none of them came to be before it was asked, and nobody knows when.
        var hasMoved = said.ChangedAt.HasValue && (known is null || said.ChangedAt.UnixMilliseconds > known.Order.At);
        var at = hasMoved ? said.ChangedAt : new EventTime(asked);
        if (known is null) return Different(isStopped ? Drift.TaskMissedStop : Drift.TaskMissedStart);
        if (!isStopped && known.IsStopped && known.Detail.StoppedReason?.StartsWith(NotSeen, StringComparison.Ordinal) == true && said.Version == known.Order.Version && known.Order.At < asked)
        {
            // Of equal versions the later time wins, and that it is there again is later than that it was gone.
            (hasMoved, at) = (false, new EventTime(asked));
            return Different(Drift.TaskSeenAgain);
        }

        if (known.Order.Version >= 0 && known.Order.Version >= said.Version) return null;
        if (said.Version < 0 && (known.Order.At >= at.UnixMilliseconds || SaysTheSame(said, known.Detail))) return null;
        return Different(isStopped && !known.IsStopped ? Drift.TaskMissedStop : Drift.TaskChanged);

        Difference Different(string drift) => new(said.Name, drift, hasMoved ? said.ChangedAt : default, ResyncEvent.OfTask(said, drift, at));
    }

    // Without versions only what it says can be compared.
    private static bool SaysTheSame(Described said, TaskDetail known) =>
        said.Text("lastStatus") == known.LastStatus && said.Text("desiredStatus") == known.DesiredStatus && (said.Text("stopCode") ?? "") == (known.StopCode ?? "")
        && (said.Text("stoppedReason") ?? "") == (known.StoppedReason ?? "");

    private static Difference? OfInstance(Described said, InstanceState? known)
    {
        if (known is null) return Different(Drift.InstanceMissedStart);
        if (known.Order.Version >= 0 && known.Order.Version >= said.Version) return null;
        var isSame = said.Text("status") == known.Detail.Status && (!said.Json.TryGetProperty("agentConnected", out var agent) || agent.ValueKind == System.Text.Json.JsonValueKind.True == known.Detail.AgentConnected);
        if (said.Version < 0 && (known.Order.At >= said.Place.AskedAt.ToUnixTimeMilliseconds() || isSame)) return null;
        return Different(Drift.InstanceChanged);

        Difference Different(string drift) => new(said.Name, drift, known is null ? said.ChangedAt : default, ResyncEvent.OfInstance(said, drift));
    }

    private static Difference? OfService(Described said, ServiceState? known)
    {
        if (said.Text("status") == "INACTIVE") return known is null ? null : Gone(known, said.Place);
        if (said.Number("desiredCount") is not { } wanted) return null;
        if (known is not null && known.Order.At >= said.Place.AskedAt.ToUnixTimeMilliseconds()) return null;
        if (known is { IsStopped: false, Desired.Count: var count } && count == wanted) return null;
        var drift = known is null ? Drift.ServiceMissed : Drift.ServiceDesired;

        // Before its deployments, whose events would make it known without this.
        return new Difference(said.Name, drift, known is null ? said.ChangedAt : default, ResyncEvent.OfService(said, drift));
    }

    private static Difference? OfTags(Described said, TagsState? known)
    {
        var asked = said.Place.AskedAt.ToUnixTimeMilliseconds();
        if (known is null ? said.Tags.Count == 0 : known.Order.At >= asked) return null;
        if (known is not null && known.Tags.SequenceEqual(said.Tags) && (said.Tags.Count == 0 || asked - known.Order.At < (long)TagsHoldFor.TotalMilliseconds)) return null;
        return new Difference(said.Name, Drift.Tags, default, ResyncEvent.OfTags(said)) { HasNoEvents = true };
    }

    private static Difference? OfDeployment(Described said, DeploymentState? known)
    {
        if (said.Text("rolloutState") is not { } state || state is not ("IN_PROGRESS" or "COMPLETED" or "FAILED") || !said.ChangedAt.HasValue) return null;

        // What was completed and is not known is history: events of it may have left with their days, and would be missed again each time.
        if (known is null && state == "COMPLETED") return null;
        if (known is not null && (known.RolloutState == state || known.Last.Key.TimeMilliseconds >= said.ChangedAt.UnixMilliseconds)) return null;
        var drift = state == "IN_PROGRESS" ? Drift.DeploymentMissedStart : Drift.DeploymentMissedEnd;
        return new Difference(said.Name, drift, said.ChangedAt, ResyncEvent.OfDeployment(said, state, drift));
    }
}
