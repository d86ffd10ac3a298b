using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Rules;

/// <summary>The rules that come with the program, each with a name by which a configuration takes or leaves it.</summary>
/// <remarks>
/// <c>default</c> has <see cref="TaskFailed"/>: failures of severity error and above, one firing a stop. <c>blog</c> has <see cref="StoppedEssential"/>, the
/// rule of the AWS Compute Blog's "Monitor Cluster State with Amazon ECS Event Stream": it also tells batch tasks that exit 0, and misses every failure that
/// is not an essential container's, which is why it is off unless asked for.
/// </remarks>
public sealed class ShippedRules : IEventRules
{
    /// <summary>The set that is on without a configuration.</summary>
    public const string DefaultSet = "default";

    /// <summary>The blog post's own set.</summary>
    public const string BlogSet = "blog";

    /// <summary>Failures of severity error and above.</summary>
    public const string TaskFailed = "task-failed";

    /// <summary>Stopped tasks whose reason is "Essential container in task exited".</summary>
    public const string StoppedEssential = "essential-container-exited";

    private const string EssentialReason = "Essential container in task exited";

    private readonly bool _taskFailed;
    private readonly bool _stoppedEssential;

    /// <summary>The rules with these names.</summary>
    /// <exception cref="ArgumentException">A name that no shipped rule has.</exception>
    public ShippedRules(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(n => n is not (TaskFailed or StoppedEssential)) is { } unknown)
        {
            throw new ArgumentException($"There is no shipped rule '{unknown}'.", nameof(names));
        }

        _taskFailed = names.Contains(TaskFailed);
        _stoppedEssential = names.Contains(StoppedEssential);
    }

    /// <summary>The rules of each set.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<string>> Sets { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [DefaultSet] = [TaskFailed],
        [BlogSet] = [StoppedEssential],
    };

    /// <inheritdoc/>
    public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(firings);
        if (_taskFailed && diagnosis is { Outcome: EventOutcome.Failure, Severity: >= Severity.Error }) firings.Add(FiringMaker.Fire(TaskFailed, ecsEvent, diagnosis));
        if (_stoppedEssential && ecsEvent.Detail is TaskDetail { LastStatus: "STOPPED", StoppedReason: EssentialReason })
        {
            firings.Add(FiringMaker.Fire(StoppedEssential, ecsEvent, diagnosis));
        }

        if (Recoveries.Of(ecsEvent, diagnosis) is { } recovery) firings.Add(recovery);
    }
}
