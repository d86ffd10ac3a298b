using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>What a message says of the deployment that did it.</summary>
public class DeployedTests
{
    private const string Changed = "revision web:43 in place of web:42|image of app: shop/app:1.5 in place of shop/app:1.4";

    [Fact]
    public async Task A_notice_of_a_deployment_says_its_revision_and_what_images_changed()
    {
        await using var place = new MemoryPlace();
        await using var telling = await StartAsync(place, ShippedRules.DeploymentStarted);

        // The event comes first, and the new tasks before the group is told.
        await telling.SubmitAsync(Task("a", 1, "42", "1.4", -7_200), Deployment("IN_PROGRESS", 2, 0));
        await telling.SubmitAsync(Task("b", 2, "43", "1.5", 5, "PENDING"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Changed, string.Join('|', Assert.Single(Assert.Single(telling.Told).Incidents).Evidence.Take(2)));
        Assert.Contains("revision web:43", (await telling.OnlyIncidentAsync()).Lead.Evidence[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(-3_700, false)]
    public async Task A_failure_of_a_deployments_first_hour_says_it_too_and_a_later_one_does_not(int deployed, bool isSaid)
    {
        await using var place = new MemoryPlace();
        await using var telling = await StartAsync(place, ShippedRules.TaskFailed);
        await telling.SubmitAsync(Task("a", 1, "42", "1.4", -7_200), Deployment("IN_PROGRESS", 2, deployed), Task("b", 2, "43", "1.5", deployed + 10), Task("b", 2, "43", "1.5", 0, "STOPPED"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(isSaid, string.Join('|', Assert.Single(Assert.Single(telling.Told).Incidents).Evidence).StartsWith(Changed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rollback_says_what_it_goes_back_to()
    {
        await using var place = new MemoryPlace();
        await using var telling = await StartAsync(place, ShippedRules.DeploymentRolledBack);
        await telling.SubmitAsync(
            Task("a", 1, "42", "1.4", -7_200), Deployment("IN_PROGRESS", 2, -300), Task("b", 2, "43", "1.5", -200),
            Deployment("IN_PROGRESS", 1, 0, "deployment circuit breaker: rolling back to deploymentId ecs-svc/1."));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.StartsWith(
            "revision web:42 in place of web:43|image of app: shop/app:1.4 in place of shop/app:1.5", string.Join('|', Assert.Single(Assert.Single(telling.Told).Incidents).Evidence), StringComparison.Ordinal);
    }

    private static Task<TellingHarness> StartAsync(MemoryPlace place, string rule) => TellingHarness.StartAsync(place, null, new RuleSet([rule], []));

    private static EcsEvent Task(string id, int deployment, string revision, string tag, int seconds, string status = "RUNNING") => Read($$$"""
        {"version":"0","id":"{{{id}}}-{{{seconds}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{{At(seconds)}}}",
         "detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{id}}}","group":"service:web","startedBy":"ecs-svc/{{{deployment}}}",
          "taskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:{{{revision}}}","lastStatus":"{{{status}}}","desiredStatus":"{{{(status == "STOPPED" ? "STOPPED" : "RUNNING")}}}",
          "version":{{{(status == "STOPPED" ? 5 : 2)}}},"createdAt":"{{{At(seconds)}}}","updatedAt":"{{{At(seconds)}}}"{{{(status == "STOPPED" ? $",\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\",\"stoppedAt\":\"{At(seconds)}\"" : "")}}},
          "containers":[{"name":"app","image":"shop/app:{{{tag}}}","lastStatus":"{{{status}}}"{{{(status == "STOPPED" ? ",\"exitCode\":1" : "")}}}}]}}
        """, seconds);

    private static EcsEvent Deployment(string state, int deployment, int seconds, string reason = "ECS deployment in progress.") => Read($$$"""
        {"version":"0","id":"d{{{deployment}}}-{{{seconds}}}","detail-type":"ECS Deployment State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{{At(seconds)}}}",
         "resources":["arn:aws:ecs:eu-west-1:123456789012:service/prod/web"],
         "detail":{"eventType":"INFO","eventName":"SERVICE_DEPLOYMENT_{{{state}}}","deploymentId":"ecs-svc/{{{deployment}}}","updatedAt":"{{{At(seconds)}}}","reason":"{{{reason}}}"}}
        """, seconds);

    private static string At(int seconds) => $"{Some.Noon.AddSeconds(seconds):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static EcsEvent Read(string json, int seconds) => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Some.Noon.AddSeconds(seconds))).Event;
}
