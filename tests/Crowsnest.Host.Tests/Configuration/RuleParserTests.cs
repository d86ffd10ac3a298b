using Crowsnest.Core.Capacity;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Rules;
using static Crowsnest.Host.Tests.Configuration.ConfigParserTests;

namespace Crowsnest.Host.Tests.Configuration;

/// <summary>Rules as they are written, and every mistake in one with its place.</summary>
public class RuleParserTests
{
    [Fact]
    public void Conditions_counts_and_notices_are_rules_too_and_a_shipped_rule_may_be_taken_alone()
    {
        var config = Good("""
            rules:
              - use: crash-loop
              - {name: short, condition: {service: {running: none}}, for: 90s, where: {cluster: [prod]}, severity: critical, labels: {team: a}}
              - {name: agent-disconnected, condition: {instance: {agent: disconnected}}, group_by: [cluster]}
              - {name: often, count: {event: {detail-type: [x]}, at_least: 5, within: 1h, by: [service]}}
              - {name: deployed, notice: {detail-type: [y]}}
            """);

        var (none, agent) = (config.Rules.Conditions[0], config.Rules.Conditions[1]);
        Assert.Equal((ConditionKind.NoneRunning, TimeSpan.FromSeconds(90), true, Severity.Critical, "team"), (none.Condition, none.For, none.Where is not null, none.Severity, none.Labels.Single().Key));
        Assert.Equal((ConditionKind.AgentDisconnected, TimeSpan.Zero, Severity.Error, "cluster"), (agent.Condition, agent.For, agent.Severity, agent.GroupBy.Single()));
        var (often, deployed) = (config.Rules.Events[0], config.Rules.Events[1]);
        Assert.Equal((new CountWindow(5, TimeSpan.FromHours(1)), "service", false), (often.Count, often.GroupBy.Single(), often.IsNotice));
        Assert.Equal((true, null), (deployed.IsNotice, deployed.Count));
        Assert.Equal(["crash-loop"], ShippedRules.Of(config.Rules.Sets.Single().Use));
    }

    [Fact]
    public void What_is_expected_to_come_is_a_condition()
    {
        var rules = Good("""
            rules:
              - name: nightly
                condition: {task: {schedule: "cron(30 3 ? * MON,TUE *)", timezone: Europe/Berlin, family: report, cluster: batch, region: eu-west-1, grace: 1h}}
              - {name: often, condition: {task: {schedule: rate(5 minutes), family: report}}}
              - {name: quiet, condition: {stream: {heartbeat: missing}}, for: 20m, severity: critical}
              - {name: hook, condition: {deployment: {hook: expiring}}, within: 2h}
              - {name: hook-soon, condition: {deployment: {hook: expiring}}}
            """).Rules.Conditions;

        Assert.Equal((ConditionKind.ScheduleMissed, TimeSpan.FromHours(1), "report", "/eu-west-1/batch"), (rules[0].Condition, rules[0].For, rules[0].Scheduled!.Family, string.Join('/', Place(rules[0]))));
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 2, 30, 0, TimeSpan.Zero), rules[0].Scheduled!.Schedule.LastUpTo(new DateTimeOffset(2026, 3, 2, 23, 0, 0, TimeSpan.Zero)));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(5)), (rules[1].For, rules[1].Scheduled!.Schedule.Rate!.Value));
        Assert.Equal((ConditionKind.StreamSilent, TimeSpan.FromMinutes(20), Severity.Critical), (rules[2].Condition, rules[2].For, rules[2].Severity));
        Assert.Equal((ConditionKind.HookExpiring, TimeSpan.FromHours(2), TimeSpan.FromMinutes(30)), (rules[3].Condition, rules[3].Within, rules[4].Within));

        static string[] Place(ConditionRule rule) => [rule.Scheduled!.Place.Account, rule.Scheduled.Place.Region, rule.Scheduled.Place.Name];
    }

    [Fact]
    public void What_a_cluster_has_and_what_is_reserved_of_it_is_a_condition()
    {
        var rules = Good("""
            rules:
              - {name: gpus, condition: {capacity: {reservation: gpu, above: 85%, of: provider}}, for: 10m, keep_firing_for: 15m}
              - {name: memory, condition: {capacity: {reservation: memory, below: 30}}}
              - {name: room, condition: {service: {room: none, tasks: 5}}}
              - {name: zones, condition: {service: {zones: uneven, difference: 4}}, keep_firing_for: 0s}
              - {name: idle, condition: {instance: {tasks: none}}, for: 1h}
              - {name: defaults, condition: {service: {room: none}}}
              - {use: capacity, except: [no-room]}
            """).Rules;

        Assert.Equal(new ReservationBound(TaskResource.Gpu, 85, IsAbove: true, OfProviders: true), rules.Conditions[0].Reservation);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)), (rules.Conditions[0].For, rules.Conditions[0].KeepFiringFor));
        Assert.Equal((new ReservationBound(TaskResource.Memory, 30, IsAbove: false, OfProviders: false), null), (rules.Conditions[1].Reservation, rules.Conditions[1].KeepFiringFor));
        Assert.Equal((ConditionKind.NoRoom, 5), (rules.Conditions[2].Condition, rules.Conditions[2].RoomFor));
        Assert.Equal((ConditionKind.ZonesUneven, 4, TimeSpan.Zero), (rules.Conditions[3].Condition, rules.Conditions[3].ZoneDifference, rules.Conditions[3].KeepFiringFor));
        Assert.Equal((ConditionKind.InstanceIdle, TimeSpan.FromHours(1), 1), (rules.Conditions[4].Condition, rules.Conditions[4].For, rules.Conditions[5].RoomFor));
        Assert.Equal(["cpu-reserved", "instance-idle", "memory-reserved", "zones-uneven"], rules.Shipped.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{name: x}", "'event' is missing")]
    [InlineData("{name: x, event: {source: aws.ecs}}", "is a list of what may match", 3, 31)]
    [InlineData("{name: x, event: {detail: {a: [{prefxi: b}]}}}", "prefxi")]
    [InlineData("{name: x, event: 'no json'}", "")]
    [InlineData("{name: x, event: {a: [b]}, labels: {severity: high}}", "'severity' cannot be a rule's own label")]
    [InlineData("{name: x, event: {a: [b]}, labels: {my-team: a}}", "'my-team' cannot be a rule's own label")]
    [InlineData("{name: x, event: {a: [b]}, group_by: [clutser]}", "did you mean 'cluster'")]
    [InlineData("{name: x, event: {a: [b]}, use: default}", "this entry is a rule of its own")]
    [InlineData("{use: default, event: {a: [b]}}", "this entry has no name")]
    [InlineData("{name: x, condition: {}}", "says nothing that can be looked for (known: {service: {running: below-desired}}")]
    [InlineData("{name: x, condition: {instance: {}}}", "(known: agent: disconnected, status: draining, health: impaired, tasks: none)")]
    [InlineData("{name: x, condition: {service: {running: few}}}", "below-desired")]
    [InlineData("{name: x, condition: {service: {running: none}, task: {status: pending}}}", "a condition is about one of service, deployment, instance, task")]
    [InlineData("{name: x, condition: {instance: {agent: disconnected, status: draining}}}", "write a rule for each")]
    [InlineData("{name: x, condition: {task: {status: pending}}, event: {a: [b]}}", "a rule has one of event, condition, count, notice, and this one has event and condition")]
    [InlineData("{name: x, condition: {task: {status: pending}}, where: {cluster: prod}}", "is a list of what may match", 3, 70)]
    [InlineData("{name: x, event: {a: [b]}, for: 5m}", "'for' is a condition's, and this rule has 'event'")]
    [InlineData("{name: x, count: {event: {a: [b]}, at_least: 3}}", "'within' is missing")]
    [InlineData("{name: x, count: {event: {a: [b]}, at_least: 1, within: 5m}}", "2")]
    [InlineData("{name: x, count: {event: {a: [b]}, at_least: 3, within: 5m}, group_by: [service]}", "has its group under 'count' as 'by'")]
    [InlineData("{condition: {task: {status: pending}}}", "'name' is missing")]
    [InlineData("{name: x, condition: {task: {schedule: 0 3 * * *, family: a}}}", "'0 3 * * *': it is neither cron(", 3, 44)]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 25 * * ? *), family: a}}}", "'25' is not in 0 to 23, which its hours are")]
    [InlineData("{name: x, condition: {task: {schedule: rate(5 minutes)}}}", "'family' is missing")]
    [InlineData("{name: x, condition: {task: {schedule: rate(5 minutes), family: a, timezone: Europe/Berlin}}}", "a rate has no times of its own")]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 3 * * ? *), family: a, timezone: Berlin}}}", "'Berlin' is no time zone")]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 3 * * ? *), family: a, grace: 5s}}}", "'5s' is not between 1m and 7d")]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 3 * * ? *), family: a}}, for: 5m}", "is its 'grace'")]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 3 * * ? *), family: a}}, where: {cluster: [prod]}}", "is said by its 'family', 'cluster'")]
    [InlineData("{name: x, condition: {task: {schedule: cron(0 3 * * ? *), family: a, status: pending}}}", "status")]
    [InlineData("{name: x, condition: {task: {status: pending}}, within: 5m}", "only 'hook: expiring' looks ahead")]
    [InlineData("{name: x, condition: {stream: {heartbeat: missing}}}", "'for' is missing")]
    [InlineData("{name: x, condition: {capacity: {}}}", "'reservation' is missing")]
    [InlineData("{name: x, condition: {capacity: {reservation: cpu}}}", "its bound is missing, e.g. reservation: cpu, above: 85%")]
    [InlineData("{name: x, condition: {capacity: {reservation: disk, above: 85%}}}", "'disk' is not one of cpu, memory, gpu", 3, 51)]
    [InlineData("{name: x, condition: {capacity: {reservation: cpu, above: 120%}}}", "'120%' is not a share from 0% to 99%")]
    [InlineData("{name: x, condition: {capacity: {reservation: cpu, above: 85%, below: 10%}}}", "write a rule for each")]
    [InlineData("{name: x, condition: {service: {running: none, tasks: 3}}}", "is said beside 'room: none'")]
    [InlineData("{name: x, condition: {service: {room: none, difference: 3}}}", "is said beside 'zones: uneven'")]
    [InlineData("{name: x, condition: {service: {room: none, tasks: 0}}}", "'0' is not a whole number from 1")]
    [InlineData("{name: x, event: {a: [b]}, keep_firing_for: 5m}", "'keep_firing_for' is a condition's")]
    [InlineData("{name: x, event: {a: [b]}, labels: {provider: a}}", "'provider' cannot be a rule's own label")]
    public void A_rule_that_is_wrong_is_named_with_its_place(string rule, string message, int line = 3, int column = 0)
    {
        var mistake = Assert.Single(Mistakes($"# rules\nrules:\n  - {rule}"));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(line, mistake.Line);
        if (column > 0) Assert.Equal(column, mistake.Column);
    }

    [Fact]
    public void Two_rules_of_one_name_are_a_mistake() =>
        Assert.Contains(Mistakes("rules: [{name: x, event: {a: [b]}}, {name: x, event: {a: [c]}}]"), m => m.Message.Contains("two rules are named 'x'", StringComparison.Ordinal));
}
