using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>
/// All that the events of one task's stop have said, put together.
/// </summary>
/// <remarks>
/// A function of the set of events: <see cref="Merge"/> may be done in any order, any grouping and any number of times. Each fact comes from the highest
/// event (version, then time, then key) that has it, so a repeated or late event takes nothing away. Immutable.
/// </remarks>
public sealed class StopEvidence
{
    /// <summary>How many containers are kept; ECS allows ten, events are written by anyone.</summary>
    internal const int ContainersMax = 64;

    private const int TextMax = 2_048;

    private StopEvidence(Fact[] facts, ContainerFacts[] containers, bool isStopped)
    {
        Facts = facts;
        ContainerFacts = containers;
        IsStopped = isStopped;
        Containers = Array.ConvertAll(
            containers, c => new TaskContainer(c.Name, null, c.ExitCode.At is null ? null : (int)c.ExitCode.Number, c.Reason.Text, c.Image.Text));
    }

    /// <summary>An event of the stop has shown STOPPED: nothing more is to come but late repeats.</summary>
    public bool IsStopped { get; }

    /// <summary>The stop code, or <see langword="null"/>.</summary>
    public string? StopCode => Facts[(int)StopFact.StopCode].Text;

    /// <summary>The stopped reason, or <see langword="null"/>.</summary>
    public string? StoppedReason => Facts[(int)StopFact.StoppedReason].Text;

    /// <summary>Who started the task, or <see langword="null"/>.</summary>
    public string? StartedBy => Facts[(int)StopFact.StartedBy].Text;

    /// <summary>The task's group, or <see langword="null"/>.</summary>
    public string? Group => Facts[(int)StopFact.Group].Text;

    /// <summary>The service's name, or <see langword="null"/>.</summary>
    public string? Service => Facts[(int)StopFact.Service].Text;

    /// <summary>The task definition's family, or <see langword="null"/>.</summary>
    public string? Family => Facts[(int)StopFact.Family].Text;

    /// <summary>The task's id, or <see langword="null"/>.</summary>
    public string? TaskId => Facts[(int)StopFact.TaskId].Text;

    /// <summary>The container instance's id, or <see langword="null"/>.</summary>
    public string? Instance => Facts[(int)StopFact.Instance].Text;

    /// <summary>The launch type, or <see langword="null"/>.</summary>
    public string? LaunchType => Facts[(int)StopFact.LaunchType].Text;

    /// <summary>The task's memory in MiB as ECS writes it, or <see langword="null"/>.</summary>
    public string? Memory => Facts[(int)StopFact.Memory].Text;

    /// <summary>When the task reached RUNNING.</summary>
    public EventTime StartedAt => Facts[(int)StopFact.StartedAt].Time;

    /// <summary>When the stop began.</summary>
    public EventTime StoppingAt => Facts[(int)StopFact.StoppingAt].Time;

    /// <summary>When the task was STOPPED.</summary>
    public EventTime StoppedAt => Facts[(int)StopFact.StoppedAt].Time;

    /// <summary>The containers by name, with their exit codes and reasons.</summary>
    public IReadOnlyList<TaskContainer> Containers { get; }

    internal Fact[] Facts { get; }

    internal ContainerFacts[] ContainerFacts { get; }

    internal TaskContainer[] ContainerArray => (TaskContainer[])Containers;

    /// <summary>What one event says of its task's stop; <see langword="null"/> when it is about no task, or about one that is not stopping.</summary>
    public static StopEvidence? From(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        return ecsEvent.Detail is TaskDetail task && IsStop(task)
            ? From(task, EventOrder.Of(ecsEvent), ecsEvent.Service, ecsEvent.Family, ecsEvent.TaskId, ecsEvent.Instance)
            : null;
    }

    /// <summary>The same, from the parts of an event that a task's state keeps.</summary>
    internal static StopEvidence? From(TaskDetail task, EventOrder at, string service, string family, string taskId, string instance)
    {
        if (!IsStop(task)) return null;

        var facts = new Fact[(int)StopFact.Count];
        Put(StopFact.StopCode, task.StopCode);
        Put(StopFact.StoppedReason, task.StoppedReason);
        Put(StopFact.StartedBy, task.StartedBy);
        Put(StopFact.Group, task.Group);
        Put(StopFact.Service, service);
        Put(StopFact.Family, family);
        Put(StopFact.TaskId, taskId);
        Put(StopFact.Instance, instance);
        Put(StopFact.LaunchType, task.LaunchType);
        Put(StopFact.Memory, task.Memory);
        PutTime(StopFact.StartedAt, task.StartedAt);
        PutTime(StopFact.StoppingAt, task.StoppingAt);
        PutTime(StopFact.StoppedAt, task.StoppedAt);

        var containers = new ContainerFacts[task.Containers.Length];
        for (var i = 0; i < containers.Length; i++)
        {
            ref readonly var c = ref task.Containers[i];
            containers[i] = new ContainerFacts(
                c.Name ?? "#" + i, c.ExitCode is { } code ? new Fact(null, code, at) : default, TextFact(c.Reason, at), TextFact(c.Image, at));
        }

        return new StopEvidence(facts, Join(containers, []), IsStoppedStatus(task.LastStatus));

        void Put(StopFact fact, string? value) => facts[(int)fact] = TextFact(value, at);
        void PutTime(StopFact fact, EventTime value) => facts[(int)fact] = value.HasValue ? new Fact(null, value.UnixMilliseconds, at) : default;
    }

    /// <summary>What both say: commutative, associative, idempotent.</summary>
    public static StopEvidence Merge(StopEvidence left, StopEvidence right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (ReferenceEquals(left, right)) return left;

        var facts = new Fact[(int)StopFact.Count];
        for (var i = 0; i < facts.Length; i++) facts[i] = Fact.Later(left.Facts[i], right.Facts[i]);
        return new StopEvidence(facts, Join(left.ContainerFacts, right.ContainerFacts), left.IsStopped || right.IsStopped);
    }

    /// <summary>What both say; one of them may be missing.</summary>
    public static StopEvidence? MergeAny(StopEvidence? left, StopEvidence? right) =>
        left is null ? right : right is null ? left : Merge(left, right);

    /// <summary>Whether the task is on its way out, or gone.</summary>
    internal static bool IsStop(TaskDetail task) =>
        task.DesiredStatus == "STOPPED" || task.StopCode is { Length: > 0 } || task.StoppedReason is { Length: > 0 }
        || task.LastStatus is "STOPPED" or "STOPPING" or "DEACTIVATING" or "DEPROVISIONING" or "DELETED";

    internal static bool IsStoppedStatus(string? lastStatus) => lastStatus is "STOPPED" or "DELETED";

    internal static StopEvidence Restore(Fact[] facts, ContainerFacts[] containers, bool isStopped) => new(facts, Join(containers, []), isStopped);

    /// <summary>The same facts from the same events.</summary>
    internal bool SameAs(StopEvidence? other) =>
        other is not null && IsStopped == other.IsStopped && Facts.AsSpan().SequenceEqual(other.Facts) && ContainerFacts.AsSpan().SequenceEqual(other.ContainerFacts);

    private static Fact TextFact(string? value, EventOrder at) =>
        string.IsNullOrEmpty(value) ? default : new Fact(value.Length > TextMax ? value[..TextMax] : value, 0, at);

    // By name, each name once, and of too many the first by name: so that cutting, too, is a function of the set.
    private static ContainerFacts[] Join(ContainerFacts[] left, ContainerFacts[] right)
    {
        var all = new ContainerFacts[left.Length + right.Length];
        left.CopyTo(all, 0);
        right.CopyTo(all, left.Length);
        Array.Sort(all, static (x, y) => string.CompareOrdinal(x.Name, y.Name));
        var count = 0;
        foreach (ref readonly var c in all.AsSpan())
        {
            if (count > 0 && all[count - 1].Name == c.Name) all[count - 1] = Diagnosis.ContainerFacts.Join(all[count - 1], c);
            else if (count < ContainersMax) all[count++] = c;
            else break;
        }

        return count == all.Length ? all : all[..count];
    }
}

/// <summary>What a stop is known by, apart from its containers.</summary>
internal enum StopFact
{
    StopCode, StoppedReason, StartedBy, Group, Service, Family, TaskId, Instance, LaunchType, Memory, StartedAt, StoppingAt, StoppedAt, Count,
}

/// <summary>A fact and the event that said it; no event, no fact.</summary>
internal readonly record struct Fact(string? Text, long Number, EventOrder? At)
{
    public EventTime Time => At is null ? default : new EventTime(Number);

    public static Fact Later(Fact left, Fact right)
    {
        if (left.At is null) return right;
        if (right.At is null) return left;

        var order = left.At.CompareTo(right.At);
        // Equal only for one and the same event; the value breaks the tie so that the rule is total whatever comes.
        if (order == 0) order = string.CompareOrdinal(left.Text, right.Text);
        if (order == 0) order = left.Number.CompareTo(right.Number);
        return order >= 0 ? left : right;
    }
}

/// <summary>What is known of one container of a stopping task.</summary>
internal readonly record struct ContainerFacts(string Name, Fact ExitCode, Fact Reason, Fact Image)
{
    public static ContainerFacts Join(ContainerFacts left, ContainerFacts right) => new(
        left.Name, Fact.Later(left.ExitCode, right.ExitCode), Fact.Later(left.Reason, right.Reason), Fact.Later(left.Image, right.Image));
}
