namespace Crowsnest.Core.Capacity.Scaling;

/// <summary>A capacity provider at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Instances">Container instances that were not INACTIVE: N of ECS's formula.</param>
/// <param name="Busy">Of these, how many had a task that is no daemon's.</param>
/// <param name="Waiting">Tasks that were PROVISIONING: they wait for an instance.</param>
/// <param name="MoreForWaiting">How many instances ECS would ask for because of these (<see cref="ProviderTally"/>).</param>
/// <param name="Needed">How few instances could have held all its tasks, daemons' aside: a lower bound by amounts alone.</param>
public readonly record struct ScalingSample(DateTimeOffset At, int Instances, int Busy, int Waiting, int MoreForWaiting, int Needed)
{
    /// <summary>CapacityProviderReservation as ECS publishes it, in per cent.</summary>
    /// <remarks>
    /// M / N x 100, where M is the instances with tasks that are no daemons', and what the waiting tasks need more. Without instances it is 100 when none is needed, and 200 when some is:
    /// https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/.
    /// </remarks>
    public double Reservation => Of(Busy + MoreForWaiting, Instances);

    internal static double Of(int needed, int instances) => instances > 0 ? 100.0 * needed / instances : needed > 0 ? 200 : 100;
}
