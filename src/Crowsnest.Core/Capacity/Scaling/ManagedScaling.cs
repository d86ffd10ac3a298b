namespace Crowsnest.Core.Capacity.Scaling;

/// <summary>How a capacity provider's managed scaling is set.</summary>
/// <remarks>
/// Defaults are ECS's own (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html); the alarms' periods are those of the scaling policy that ECS makes: out after a
/// minute above the target, in after fifteen minutes below it.
/// </remarks>
public sealed record ManagedScaling
{
    /// <summary>Target capacity: CapacityProviderReservation is held at it, 1 to 100.</summary>
    public required int Target { get; init; }

    /// <summary>At least so many instances at once when it scales out.</summary>
    public int MinStep { get; init; } = 1;

    /// <summary>At most so many instances at once when it scales out.</summary>
    public int MaxStep { get; init; } = 10_000;

    /// <summary>For so long after it scaled out nothing is taken away.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>So long an instance takes from being asked for until it takes tasks: no setting, but what machines need.</summary>
    public TimeSpan Launch { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Above the target for so long, it scales out.</summary>
    public TimeSpan HighFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Below the target for so long, it scales in.</summary>
    public TimeSpan LowFor { get; init; } = TimeSpan.FromMinutes(15);
}
