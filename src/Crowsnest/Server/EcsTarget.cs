using Crowsnest.Aws.Ecs;
using Crowsnest.Configuration;

namespace Crowsnest.Server;

/// <summary>An account and region whose ECS is asked, with what all who ask there share: the budget of calls, and the task definitions that were described.</summary>
/// <param name="RoleArn">The role that is taken on, or <see langword="null"/>: as whom this program runs.</param>
/// <param name="Region">The region.</param>
/// <param name="Time">The clock.</param>
internal sealed record EcsTarget(string? RoleArn, string Region, TimeProvider Time)
{
    /// <summary>How often it may be asked.</summary>
    public EcsBudget Budget { get; } = new(EcsBudget.Share, Time);

    /// <summary>Its task definitions.</summary>
    public TaskDefinitions Definitions { get; } = new(Time);

    /// <summary>The account, where the role says it.</summary>
    public string? Account => RoleArn?.Split(':')[4];

    /// <summary>All that a configuration names.</summary>
    public static IReadOnlyList<EcsTarget> Of(ResyncConfig config, TimeProvider time) => [.. config.Accounts.SelectMany(a => a.Regions, (a, region) => new EcsTarget(a.RoleArn, region, time))];

    /// <inheritdoc/>
    public override string ToString() => RoleArn is null ? Region : $"{Region} as {RoleArn}";
}
