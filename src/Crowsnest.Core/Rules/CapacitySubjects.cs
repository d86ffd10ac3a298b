using System.Globalization;
using Crowsnest.Core.Capacity;

namespace Crowsnest.Core.Rules;

/// <summary>Finds what a condition of capacity holds of in a cluster, and says with numbers what is short.</summary>
internal static class CapacitySubjects
{
    /// <summary>All of it.</summary>
    public static IEnumerable<ConditionSubject> Of(ConditionRule rule, ClusterCapacity capacity) => rule.Condition switch
    {
        ConditionKind.Reservation when rule.Reservation is { OfProviders: false } bound => Reserved(bound, capacity, [capacity.Total]),
        ConditionKind.Reservation => Reserved(rule.Reservation!, capacity, capacity.Providers.Where(provider => provider.Name.Length > 0)),
        ConditionKind.NoRoom => Full(rule.RoomFor, capacity),
        ConditionKind.InstanceIdle => Idle(capacity),
        ConditionKind.ZonesUneven => Uneven(rule.ZoneDifference, capacity),
        _ => [],
    };

    // As CloudWatch counts it: over all instances that are not INACTIVE. Where nothing is registered, nothing can be short.
    private static IEnumerable<ConditionSubject> Reserved(ReservationBound bound, ClusterCapacity capacity, IEnumerable<CapacitySum> sums) =>
        from sum in sums
        let amount = AmountOf(bound.Resource, sum)
        where amount.Reservation is { } share && (bound.IsAbove ? share > bound.Percent : share < bound.Percent)
        let place = sum.Name.Length > 0 ? $"capacity provider {sum.Name} of cluster {capacity.Name.Name}" : $"cluster {capacity.Name.Name}"
        select new ConditionSubject(
            sum.Name.Length > 0 ? $"{capacity.Name}/{sum.Name}" : capacity.Name.ToString(), default,
            Invariant($"Of the {InWords(bound.Resource)} of {place} {amount.Reservation:0.#} % is reserved ({amount.Reserved:N0} of {amount.Registered:N0}{Unit(bound.Resource)}, {amount.Remaining:N0} remain); {(bound.IsAbove ? "more" : "less")} than {bound.Percent} % is told."))
        {
            Provider = sum.Name,
            Evidence =
            [
                Invariant($"{sum.Instances:N0} container instances, of which {sum.Taking:N0} take new tasks; {sum.Tasks:N0} tasks"),
                .. sum.TasksByService.Count > 0 ? new[] { "the most tasks: " + string.Join(", ", sum.TasksByService.Take(3).Select(of => Invariant($"{(of.Service.Length > 0 ? of.Service : "no service")} {of.Tasks:N0}"))) } : [],
                .. sum.NotKnown > 0 ? new[] { Invariant($"{sum.NotKnown:N0} instances did not say what they have, and are in no sum") } : [],
            ],
        };

    private static IEnumerable<ConditionSubject> Full(int wanted, ClusterCapacity capacity)
    {
        var daemons = DaemonServices.Of(capacity);
        return from service in capacity.Services
               let fit = service.Fit
               where fit is not null && fit.Tasks < wanted && !daemons.Contains(service.Name)
               select new ConditionSubject(
                   service.Name, default,
                   Invariant($"There is {(fit.Tasks == 0 ? "no room for another task" : $"room for {fit.Tasks:N0} more {(fit.Tasks == 1 ? "task" : "tasks")}, and not for {wanted:N0},")} of service {service.Name} ({Size(service.Need!)}): {Stops(fit)}."))
               {
                   Service = service.Name,
                   Evidence =
                   [
                       Invariant($"{service.Tasks:N0} tasks now"),
                       .. fit.InOnePiece > fit.Tasks ? new[] { Invariant($"{fit.InOnePiece:N0} more would fit if all that remains were on one instance") } : [],
                       .. service.Failure is { } failure ? new[] { "ECS could not place one: " + failure.Reason.Text } : [],
                   ],
               };
    }

    private static List<ConditionSubject> Idle(ClusterCapacity capacity)
    {
        var daemons = DaemonServices.Of(capacity);
        var taking = capacity.Instances.Where(i => i.Takes == TakesTasks.Yes).ToList();

        // Where no instance has anything else, what looks like a daemon on each may be all the work there is.
        if (taking.TrueForAll(i => Work(i, daemons) == 0)) daemons = [];
        return
        [
            .. from instance in taking
               where Work(instance, daemons) == 0
               let machine = instance.State.Detail.Ec2InstanceId
               let own = instance.TasksByService.Where(of => of.Service.Length > 0).Select(of => of.Service).ToList()
               select new ConditionSubject(
                   instance.State.Detail.ContainerInstanceArn ?? instance.State.Name.Id, default,
                   Invariant($"Container instance {machine ?? instance.State.Name.Id} has no task{(instance.Tasks > 0 ? " but daemons'" : "")}: {instance.Cpu?.Registered ?? 0:N0} CPU units and {instance.Memory?.Registered ?? 0:N0} MiB are idle."))
               {
                   Instance = instance.State.Name.Id,
                   Evidence =
                   [
                       $"container instance {instance.State.Name.Id}{(instance.Zone.Length > 0 ? " in " + instance.Zone : "")}{(instance.Provider.Length > 0 ? " of capacity provider " + instance.Provider : "")}",
                       .. own.Count > 0 ? new[] { "taken for daemons: " + string.Join(", ", own) } : [],
                   ],
               },
        ];
    }

    private static IEnumerable<ConditionSubject> Uneven(int most, ClusterCapacity capacity)
    {
        var daemons = DaemonServices.Of(capacity);
        var byService = new Dictionary<string, List<(string Zone, int Tasks)>>(StringComparer.Ordinal);
        foreach (var zone in capacity.Zones.Where(zone => zone.Name.Length > 0))
        {
            foreach (var (service, tasks) in zone.TasksByService)
            {
                if (!byService.TryGetValue(service, out var zones)) byService[service] = zones = [];
                zones.Add((zone.Name, tasks));
            }
        }

        // Services of one provider have their capacity in the same zones.
        var open = new Dictionary<(string Provider, bool IsExternal), List<string>>();
        foreach (var service in capacity.Services)
        {
            if (service.Need is not { } need || daemons.Contains(service.Name) || !byService.TryGetValue(service.Name, out var zones)) continue;
            var taking = need.IsFargate ? [] : open.TryGetValue((need.Provider, need.LaunchType == "EXTERNAL"), out var known) ? known : open[(need.Provider, need.LaunchType == "EXTERNAL")] = Zones(need, capacity);
            List<(string Zone, int Tasks)> all = [.. zones, .. taking.Except(zones.Select(zone => zone.Zone), StringComparer.Ordinal).Select(zone => (zone, 0))];
            var busiest = all.MaxBy(zone => zone.Tasks);
            var emptiest = all.Where(zone => need.IsFargate || taking.Contains(zone.Zone)).OrderBy(zone => zone.Tasks).ThenBy(zone => zone.Zone, StringComparer.Ordinal).FirstOrDefault();
            if (emptiest.Zone is null || busiest.Tasks - emptiest.Tasks <= most) continue;
            yield return new ConditionSubject(
                service.Name, default, Invariant($"Service {service.Name} has {busiest.Tasks:N0} tasks in {busiest.Zone} and {emptiest.Tasks:N0} in {emptiest.Zone}; more than {most:N0} apart is told."))
            {
                Service = service.Name,
                Evidence = ["by zone: " + string.Join(", ", all.OrderBy(zone => zone.Zone, StringComparer.Ordinal).Select(zone => Invariant($"{zone.Zone} {zone.Tasks:N0}")))],
            };
        }
    }

    private static List<string> Zones(TaskNeed need, ClusterCapacity capacity) =>
        [.. capacity.Instances.Where(i => i.Takes == TakesTasks.Yes && i.Zone.Length > 0 && need.MayGoTo(i)).Select(i => i.Zone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static int Work(InstanceCapacity instance, HashSet<string> daemons) =>
        instance.Tasks - instance.Daemons - instance.TasksByService.Where(of => daemons.Contains(of.Service)).Sum(of => of.Tasks);

    private static string Stops(TaskFit fit) => fit switch
    {
        { Instances: 0 } => "no instance takes its tasks",
        { StoppedBy: TaskResource.Ports } => Invariant($"a port that it names is taken on {fit.StoppedOn:N0} of {fit.Instances:N0} instances"),
        _ => Invariant($"{InWords(fit.StoppedBy!.Value)} stops it on {fit.StoppedOn:N0} of {fit.Instances:N0} {(fit.Instances == 1 ? "instance" : "instances")}"),
    };

    private static string Size(TaskNeed need) => Invariant($"{need.Cpu ?? 0:N0} CPU units, {need.Memory ?? 0:N0} MiB{(need.Gpus > 0 ? $", {need.Gpus} GPUs" : "")}");

    private static Amount AmountOf(TaskResource resource, CapacitySum sum) => resource switch
    {
        TaskResource.Cpu => sum.Cpu,
        TaskResource.Memory => sum.Memory,
        _ => sum.Gpus,
    };

    private static string InWords(TaskResource resource) => resource switch
    {
        TaskResource.Cpu => "CPU",
        TaskResource.Memory => "memory",
        TaskResource.Gpu => "GPUs",
        _ => "ports",
    };

    private static string Unit(TaskResource resource) => resource switch
    {
        TaskResource.Cpu => " units",
        TaskResource.Memory => " MiB",
        _ => "",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
