namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What an advice is to do. The names are public and stable.</summary>
public enum AdviceKind
{
    /// <summary>Give a container, or a task on Fargate, more memory.</summary>
    RaiseMemory,

    /// <summary>Give it more CPU.</summary>
    RaiseCpu,

    /// <summary>Give a task on Fargate another size altogether, since its CPU and its memory both change.</summary>
    ResizeTask,

    /// <summary>Give it less memory.</summary>
    LowerMemory,

    /// <summary>Give it less CPU.</summary>
    LowerCpu,

    /// <summary>Find out why it ends: no size would help.</summary>
    Restarts,
}

/// <summary>A size: of a container or of a whole task.</summary>
/// <param name="Cpu">CPU units; <see langword="null"/> where none is said.</param>
/// <param name="Memory">MiB; <see langword="null"/> where none is said.</param>
public readonly record struct AdvisedSize(long? Cpu, long? Memory);

/// <summary>A task that an advice rests on.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="At">When it stopped.</param>
/// <param name="Text">What happened, in words.</param>
public sealed record AdviceEvidence(string TaskId, DateTimeOffset At, string Text);

/// <summary>What following an advice would set free over all wanted tasks of the service; below zero it costs that.</summary>
/// <param name="Cpu">CPU units.</param>
/// <param name="Memory">MiB.</param>
/// <param name="Instances">Container instances, as a re-packing with room for a deployment and for the loss of an instance would keep fewer; <see langword="null"/> on Fargate, and where it was not counted.</param>
/// <param name="AMonth">Money a month; <see langword="null"/> where a price is missing.</param>
public sealed record AdviceSaving(long Cpu, long Memory, int? Instances = null, decimal? AMonth = null);

/// <summary>One piece of advice on what a service needs, with everything it rests on.</summary>
public sealed record Advice
{
    /// <summary>What to do.</summary>
    public required AdviceKind Kind { get; init; }

    /// <summary>The service's name; empty for tasks that are no service's.</summary>
    public required string Service { get; init; }

    /// <summary>The task definition's family.</summary>
    public required string Family { get; init; }

    /// <summary>The container's name; empty when it is about the task as a whole.</summary>
    public required string Container { get; init; }

    /// <summary>It runs on Fargate, which has certain sizes only.</summary>
    public bool IsFargate { get; init; }

    /// <summary>How many tasks the service wants; of tasks that are no service's, how many there are.</summary>
    public long Tasks { get; init; }

    /// <summary>What is to change as it is: the container, or the task where that has the size; <see langword="null"/> for an advice without a size.</summary>
    public AdvisedSize? From { get; init; }

    /// <summary>As it should be; <see langword="null"/> where no event says how much it has, or for an advice without a size.</summary>
    public AdvisedSize? To { get; init; }

    /// <summary>The whole task as it is.</summary>
    public AdvisedSize? TaskFrom { get; init; }

    /// <summary>The whole task as it would be; on Fargate a size that Fargate has.</summary>
    public AdvisedSize? TaskTo { get; init; }

    /// <summary>What to do, in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>How the size was come to, with the numbers in it.</summary>
    public required string Formula { get; init; }

    /// <summary>Tasks that it rests on, the newest first.</summary>
    public IReadOnlyList<AdviceEvidence> Evidence { get; init; } = [];

    /// <summary>How many there are.</summary>
    public int EvidenceTotal { get; init; }

    /// <summary>What was seen of its use, in words; empty where none is known.</summary>
    public string Usage { get; init; } = "";

    /// <summary>What it would set free or cost.</summary>
    public AdviceSaving Saving { get; init; } = new(0, 0);

    /// <summary>What may go wrong.</summary>
    public required string Risk { get; init; }

    /// <summary>Why it does not go further.</summary>
    public required string WhyNotMore { get; init; }

    /// <summary>Nothing is known of what the containers use: it rests on what they reserve and on how they stopped.</summary>
    public bool RestsOnReservationsOnly { get; init; } = true;

    /// <summary>Whose it is, as its lines are told apart: the service, or the family of tasks that are no service's.</summary>
    internal string Workload => WorkloadName.Of(Service, Family);
}

/// <summary>Advice for a cluster.</summary>
/// <param name="Items">The pieces: what is killed first, then what is short, then what saves most, and last what no size helps.</param>
/// <param name="Notes">Why there is none of some kind, in sentences.</param>
public sealed record ClusterAdvice(IReadOnlyList<Advice> Items, IReadOnlyList<string> Notes);
