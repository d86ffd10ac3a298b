using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>A host that takes its tasks with it.</summary>
public class HostLossTests
{
    private const int Tasks = 500;

    // Goal: who is on call gets one message that names the host, not one for each service or task. Method: 500 tasks of 20 services in drawn order over half a minute, the
    // instance's own event before them, after them, or never; the shipped rules; until well after every group has been told.
    [Theory]
    [InlineData("first")]
    [InlineData("last")]
    [InlineData("absent")]
    public async Task Five_hundred_tasks_lost_with_one_instance_are_one_message_that_names_it(string own)
    {
        var shipped = new ShippedRules(ShippedRules.Sets[ShippedRules.DefaultSet]);
        await using var place = new MemoryPlace();
        await using var telling = await TellingHarness.StartAsync(place, null, new RuleSet(ShippedRules.Sets[ShippedRules.DefaultSet], []), conditions: [.. shipped.Conditions]);
        await telling.SubmitAsync([Instance(1, "ACTIVE", -600), .. Enumerable.Range(0, Tasks).Select(i => Task(i, "RUNNING", -300))]);

        var stops = Enumerable.Range(0, Tasks).Select(i => Task(i, "STOPPED", i * 30 / Tasks)).ToArray();
        new Random(11).Shuffle(stops);
        EcsEvent[] gone = own == "absent" ? [] : [Instance(2, "INACTIVE", own == "first" ? 0 : 31)];
        foreach (var some in (own == "first" ? gone.Concat(stops) : stops.Concat(gone)).Chunk(60))
        {
            await telling.SubmitAsync(some);
            await telling.PassAsync(TimeSpan.FromSeconds(5));
        }

        await telling.PassAsync(TimeSpan.FromMinutes(30));
        var told = Assert.Single(Assert.Single(telling.Told, message => !message.IsResolved).Incidents);
        Assert.Equal(("HostTerminated", "i0", (long)Tasks + gone.Length), (told.Labels["kind"], told.Labels["instance"], (await telling.OnlyIncidentAsync()).Count));
        Assert.Contains("i-0123", MessageText.Of(telling.Told[0]), StringComparison.Ordinal);
    }

    private static EcsEvent Instance(long version, string status, int seconds) => Some.Event(
        EventKind.ContainerInstance,
        new ContainerInstanceDetail
        {
            Version = version, ContainerInstanceArn = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/i0", Ec2InstanceId = "i-0123", Status = status, AgentConnected = status == "ACTIVE",
        },
        seconds, instance: "i0");

    private static EcsEvent Task(int number, string status, int seconds) => Some.Task(
        status, status == "STOPPED" ? "ServiceSchedulerInitiated" : null, status == "STOPPED" ? "Host EC2 (instance i-0123) terminated." : null,
        version: status == "STOPPED" ? 5 : 3, service: $"service-{number % 20}", taskId: $"t{number}", seconds: seconds, instance: "i0");
}
