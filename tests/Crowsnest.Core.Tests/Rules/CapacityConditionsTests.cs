using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Capacity;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Each condition of capacity on clusters with and without room, the numbers that it says, and what it must not be taken in by.</summary>
public class CapacityConditionsTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(20);

    [Fact]
    public void More_or_less_is_reserved_than_its_bound()
    {
        IResourceState[] fleet = [SomeFleet.Instance("a", cpuLeft: 400, memoryLeft: 8_192, provider: "spot"), SomeFleet.Instance("b", cpuLeft: 4_096, provider: "on-demand")];

        // 45.1 % of both together.
        Assert.Empty(Look(Reserved(TaskResource.Cpu, 46), fleet));
        var held = Assert.Single(Look(Reserved(TaskResource.Cpu, 45), fleet));
        Assert.Equal("Of the CPU of cluster prod 45.1 % is reserved (3,696 of 8,192 units, 4,496 remain); more than 45 % is told.", held.Firing.Summary);
        Assert.Null(held.Since);
        Assert.DoesNotContain("provider", held.Firing.Labels.Keys);
        Assert.Single(Look(Reserved(TaskResource.Memory, 1, isAbove: false), fleet));
        Assert.Empty(Look(Reserved(TaskResource.Gpu, 1, isAbove: false), fleet));

        var spot = Assert.Single(Look(Reserved(TaskResource.Cpu, 80, ofProviders: true), fleet));
        Assert.Equal(("spot", true), (spot.Firing.Labels["provider"], spot.Firing.Summary.StartsWith("Of the CPU of capacity provider spot of cluster prod 90.2 % is reserved", StringComparison.Ordinal)));
        Assert.Equal("on-demand", Assert.Single(Look(Reserved(TaskResource.Cpu, 20, isAbove: false, ofProviders: true), fleet)).Firing.Labels["provider"]);
        Assert.Equal("on-demand", Assert.Single(Look(Reserved(TaskResource.Cpu, 99, isAbove: false, ofProviders: true) with { Where = Some.Pattern("""{"crowsnest":{"provider":["on-demand"]}}""") }, fleet)).Firing.Labels["provider"]);
    }

    [Fact]
    public void There_is_no_room_for_as_many_more_as_there_should_be()
    {
        IResourceState[] fleet = [SomeFleet.Instance("a", cpuLeft: 600, memoryLeft: 2_000), SomeFleet.Instance("b", cpuLeft: 250, memoryLeft: 8_000), SomeFleet.Task("1", instance: "a"), SomeFleet.Task("2", "big", "a", cpu: 700, memory: 512)];
        var rule = new ConditionRule { Name = "rule", Condition = ConditionKind.NoRoom };

        var big = Assert.Single(Look(rule, fleet));
        Assert.Equal(("big", "There is no room for another task of service big (700 CPU units, 512 MiB): CPU stops it on 2 of 2 instances."), (big.Firing.Labels["service"], big.Firing.Summary));
        Assert.Contains("1 more would fit if all that remains were on one instance", big.Firing.Evidence);
        Assert.Equal(["big"], Look(rule with { RoomFor = 2 }, fleet).Select(Service));
        Assert.Equal("There is room for 2 more tasks, and not for 3, of service api (256 CPU units, 512 MiB): CPU stops it on 2 of 2 instances.", Look(rule with { RoomFor = 3 }, fleet)[0].Firing.Summary);

        // Fargate has no bound, and a task that is no service's has no size of the next.
        Assert.Empty(Look(rule, SomeFleet.Task("f", launchType: "FARGATE"), SomeFleet.Task("j", service: "", cpu: 9_000)));
    }

    [Fact]
    public void An_instance_that_has_no_task_but_daemons_is_idle()
    {
        var rule = new ConditionRule { Name = "rule", Condition = ConditionKind.InstanceIdle };
        IResourceState[] fleet =
        [
            .. "abc".Select(i => i.ToString()).SelectMany(i => (IResourceState[])[SomeFleet.Instance(i), SomeFleet.Task("d" + i, "datadog", i)]), SomeFleet.Task("1", instance: "a"), SomeFleet.Task("2", instance: "b"),
            SomeFleet.Instance("drained", status: "DRAINING"),
        ];

        var idle = Assert.Single(Look(rule, fleet));
        Assert.Equal(("c", "Container instance i-0 has no task but daemons': 4,096 CPU units and 8,192 MiB are idle."), (idle.Firing.Labels["instance"], idle.Firing.Summary));
        Assert.Contains("taken for daemons: datadog", idle.Firing.Evidence);

        // Spread over all instances, and all the work there is: no daemon.
        Assert.Empty(Look(rule, fleet[..6]));
        Assert.Equal("Container instance i-0 has no task: 4,096 CPU units and 8,192 MiB are idle.", Assert.Single(Look(rule, SomeFleet.Instance("a"))).Firing.Summary);
        Assert.Empty(Look(rule, SomeFleet.Instance("a"), SomeFleet.Task("1", instance: "a")));
    }

    [Fact]
    public void A_service_is_uneven_over_the_zones_where_it_has_capacity()
    {
        var rule = new ConditionRule { Name = "rule", Condition = ConditionKind.ZonesUneven };
        IResourceState[] instances = [SomeFleet.Instance("a", zone: "z1"), SomeFleet.Instance("b", zone: "z2"), SomeFleet.Instance("c", zone: "z3", provider: "other"), SomeFleet.Instance("d", zone: "z4", status: "DRAINING")];
        IResourceState[] Tasks(int first, int second, string provider = "mine") =>
            [.. Enumerable.Range(0, first).Select(i => SomeFleet.Task("a" + i, instance: "a", provider: provider)), .. Enumerable.Range(0, second).Select(i => SomeFleet.Task("b" + i, instance: "b", provider: provider))];

        Assert.Empty(Look(rule, [.. instances, .. Tasks(4, 2)]));
        var held = Assert.Single(Look(rule, [.. instances, .. Tasks(4, 1)]));
        Assert.Equal("Service api has 4 tasks in z1 and 1 in z2; more than 2 apart is told.", held.Firing.Summary);
        Assert.Contains("by zone: z1 4, z2 1", held.Firing.Evidence);
        Assert.Empty(Look(rule with { ZoneDifference = 3 }, [.. instances, .. Tasks(4, 1)]));

        // A zone without a task counts where the service may have some, and only there.
        Assert.Single(Look(rule, [.. instances, .. Tasks(3, 0)]));
        Assert.Empty(Look(rule, [instances[0], instances[2], instances[3], .. Tasks(3, 0)]));
        Assert.Single(Look(rule, [.. Enumerable.Range(0, 4).Select(i => SomeFleet.Task("f" + i, launchType: "FARGATE", zone: "z1")), SomeFleet.Task("g", launchType: "FARGATE", zone: "z2")]));
    }

    // A large cluster that changes each second is counted each half minute; one that does not change is known up to now without being counted.
    [Fact]
    public void What_was_counted_a_moment_ago_holds_for_the_time_up_to_which_it_was_known()
    {
        var looks = new CapacityLooks();
        ClusterView first = SomeFleet.View(SomeFleet.Instance("a")), second = SomeFleet.View(SomeFleet.Instance("a"), SomeFleet.Instance("b"));
        var one = looks.Look(first, Now, Now);
        Assert.Equal((Now.AddSeconds(9), one.Capacity), (looks.Look(first, Now.AddSeconds(10), Now.AddSeconds(9)).KnownUntil, looks.Look(first, Now.AddSeconds(10), Now.AddSeconds(9)).Capacity));

        var idle = new ConditionRule { Name = "rule", Condition = ConditionKind.InstanceIdle };
        Assert.Same(one.Of(idle), looks.Look(first, Now.AddSeconds(10), Now.AddSeconds(9)).Of(idle));

        var kept = looks.Look(second, Now.AddSeconds(29), Now.AddSeconds(29));
        Assert.Equal((Now.AddSeconds(9), 1), (kept.KnownUntil, kept.Capacity.Instances.Count));
        var anew = looks.Look(second, Now.AddSeconds(30), Now.AddSeconds(30));
        Assert.Equal((Now.AddSeconds(30), 2), (anew.KnownUntil, anew.Capacity.Instances.Count));

        looks.Keep([]);
        Assert.Single(looks.Look(first, Now.AddSeconds(31), Now.AddSeconds(31)).Capacity.Instances);
    }

    // Method: drawn fleets, beside walks over everything that count nothing twice and keep nothing.
    [Fact]
    public void Drawn_fleets_hold_what_one_comes_to_by_walking_over_them()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var found = 0;
        for (var round = 0; round < 300; round++)
        {
            var view = SomeFleet.View(RandomFleetTests.Draw(random));
            var (percent, room, apart) = (random.Next(1, 100), random.Next(1, 4), random.Next(1, 3));
            var (registered, left) = (0L, 0L);
            foreach (var i in view.Instances.Select(i => i.State).Where(i => i is { IsStopped: false, Detail: { RegisteredCpu: not null, RemainingCpu: not null } })) (registered, left) = (registered + i.Detail.RegisteredCpu!.Value, left + i.Detail.RemainingCpu!.Value);
            string[] expected = registered > 0 && (registered - left) * 100 > registered * percent ? ["prod"] : [];
            Assert.Equal(Said(seed, round, expected), Said(seed, round, Look(Reserved(TaskResource.Cpu, percent), view).Select(h => h.Firing.Labels["cluster"])));

            var capacity = ClusterCapacity.Count(view);
            var taking = capacity.Instances.Where(i => i.Takes == TakesTasks.Yes).ToList();
            bool IsDaemon(string service) => service.Length > 0 && taking.Count >= 3 && taking.All(i => i.State.Name is var name && view.Tasks.Count(t => !t.IsStopped && t.Service == service && t.Instance == name.Id) == 1)
                && capacity.Instances.All(i => view.Tasks.Count(t => !t.IsStopped && t.Service == service && t.Instance == i.State.Name.Id) <= 1);
            string[] full = [.. capacity.Services.Where(s => s.Fit?.Tasks < room && !IsDaemon(s.Name)).Select(s => s.Name)];
            Assert.Equal(Said(seed, round, full), Said(seed, round, Look(new ConditionRule { Name = "rule", Condition = ConditionKind.NoRoom, RoomFor = room }, view).Select(Service)));

            bool IsWork(TaskState task) => !task.IsStopped && !IsDaemon(task.Service);
            var isAnyAtWork = taking.Exists(i => view.Tasks.Any(t => IsWork(t) && t.Instance == i.State.Name.Id));
            string[] idle = [.. taking.Where(i => !view.Tasks.Any(t => t.Instance == i.State.Name.Id && (isAnyAtWork ? IsWork(t) : !t.IsStopped))).Select(i => i.State.Name.Id)];
            Assert.Equal(Said(seed, round, idle), Said(seed, round, Look(new ConditionRule { Name = "rule", Condition = ConditionKind.InstanceIdle }, view).Select(h => h.Firing.Labels["instance"])));

            var zones = view.Instances.Where(i => !i.State.IsStopped).ToDictionary(i => i.State.Name.Id, i => i.State.Machine.AvailabilityZone!);
            string[] uneven =
            [
                .. capacity.Services.Where(s => s.Need is not null && !IsDaemon(s.Name)).Where(s =>
                {
                    var at = view.Tasks.Where(t => !t.IsStopped && t.Service == s.Name).Select(t => zones.GetValueOrDefault(t.Instance) ?? t.Detail.AvailabilityZone).Where(z => z is not null).ToList();
                    var where = s.Need!.IsFargate ? at : [.. taking.Where(i => s.Need.MayGoTo(i)).Select(i => i.Zone)];
                    return at.Count > 0 && where.Count > 0 && at.Max(z => at.Count(a => a == z)) - where.Min(z => at.Count(a => a == z)) > apart;
                }).Select(s => s.Name),
            ];
            Assert.Equal(Said(seed, round, uneven), Said(seed, round, Look(new ConditionRule { Name = "rule", Condition = ConditionKind.ZonesUneven, ZoneDifference = apart }, view).Select(Service)));
            found += uneven.Length + idle.Length + full.Length;
        }

        Assert.True(found > 300);
    }

    private static string Said(int seed, int round, IEnumerable<string> names) => $"seed {seed} round {round}: {string.Join(' ', names.Order(StringComparer.Ordinal))}";

    private static string Service(HeldCondition held) => held.Firing.Labels["service"];

    private static ConditionRule Reserved(TaskResource resource, int percent, bool isAbove = true, bool ofProviders = false) =>
        new() { Name = "rule", Condition = ConditionKind.Reservation, Reservation = new ReservationBound(resource, percent, isAbove, ofProviders) };

    private static IReadOnlyList<HeldCondition> Look(ConditionRule rule, params IResourceState[] states)
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddMinutes(10)));
        model.Apply(states);
        return new ConditionRules([rule]).Look(model.View, Now, Now).Conditions;
    }

    private static List<HeldCondition> Look(ConditionRule rule, ClusterView view) => [.. CapacitySubjects.Of(rule, ClusterCapacity.Of(view)).Select(subject =>
        new HeldCondition(rule, ConditionFiring.Of(rule, view.Name, subject, FleetView.Empty, Now), null, Now))];
}
