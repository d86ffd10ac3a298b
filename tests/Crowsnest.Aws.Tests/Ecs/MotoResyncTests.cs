using System.Text.Json;
using Amazon.Runtime;
using Crowsnest.Aws.Sts;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>Against an ECS and an STS that nobody here wrote: requests, errors and the life of a task. It has no versions.</summary>
public sealed class MotoResyncTests(Moto moto)
{
    [Fact]
    public async Task A_service_and_a_task_become_known_and_the_tasks_end_too()
    {
        using var ecs = new AwsJsonClient(Moto.Identity, moto.Address, "ecs", "AmazonEC2ContainerServiceV20141113", TimeProvider.System, 2, "application/x-amz-json-1.1");
        using var ec2 = new AwsQueryClient(Moto.Identity, "ec2", "2016-11-15", moto.Address, TimeProvider.System);
        var subnet = (await ec2.CallAsync("DescribeSubnets", [], TestContext.Current.CancellationToken)).Descendants().First(e => e.Name.LocalName == "subnetId").Value;
        const string Cluster = "resync-moto";
        await CallAsync("CreateCluster", json => json.WriteString("clusterName", Cluster));
        await CallAsync("RegisterTaskDefinition", json =>
        {
            json.WriteString("family", "api");
            json.WriteStartArray("requiresCompatibilities");
            json.WriteStringValue("FARGATE");
            json.WriteEndArray();
            json.WriteString("networkMode", "awsvpc");
            json.WriteString("cpu", "256");
            json.WriteString("memory", "512");
            json.WriteStartArray("containerDefinitions");
            json.WriteStartObject();
            json.WriteString("name", "web");
            json.WriteString("image", "nginx");
            json.WriteNumber("cpu", 128);
            json.WriteNumber("memory", 256);
            json.WriteEndObject();
            json.WriteEndArray();
        });
        await CallAsync("CreateService", json =>
        {
            json.WriteString("cluster", Cluster);
            json.WriteString("serviceName", "api");
            json.WriteString("taskDefinition", "api");
            json.WriteNumber("desiredCount", 2);
        });
        var task = (await CallAsync("RunTask", json =>
        {
            json.WriteString("cluster", Cluster);
            json.WriteString("taskDefinition", "api");
            json.WriteString("launchType", "FARGATE");
            json.WriteNumber("count", 1);
            json.WriteStartObject("networkConfiguration");
            json.WriteStartObject("awsvpcConfiguration");
            json.WriteStartArray("subnets");
            json.WriteStringValue(subnet);
            json.WriteEndArray();

            // This stand-in does without the network, but not without the list.
            json.WriteStartArray("securityGroups");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        })).GetProperty("tasks")[0].GetProperty("taskArn").GetString()!;
        var time = new LeapingTime(TimeProvider.System.GetUtcNow().AddMinutes(1));
        await using var run = new ResyncRun(time, moto.Address);

        var (problems, drift) = await run.RunAsync(Cluster);
        Assert.Empty(problems);

        // It does not say when a service was made, so that the deployment makes it known first.
        Assert.Equal([new("deployment-missed-start", 1), new("service-desired", 1), new("task-missed-start", 1)], drift);
        Assert.Equal(2, run.Clusters.View.Clusters.Single().Services.Single(s => s.Name == "api").Desired.Value);

        // There a task is a step further on each time that it is described, so only what has ended stays as it is.
        await CallAsync("StopTask", json =>
        {
            json.WriteString("cluster", Cluster);
            json.WriteString("task", task);
            json.WriteString("reason", "enough");
        });
        (problems, drift) = await run.RunAsync(Cluster);
        Assert.Empty(problems);
        Assert.Equal([new("task-missed-stop", 1)], drift);
        Assert.Equal("STOPPED", Assert.Single(run.Tasks).Status);
        Assert.Empty((await run.RunAsync(Cluster)).Drift);

        async Task<JsonElement> CallAsync(string operation, Action<Utf8JsonWriter> write)
        {
            using var answer = await ecs.CallAsync(operation, write, TestContext.Current.CancellationToken);
            return answer.RootElement.Clone();
        }
    }

    [Fact]
    public async Task A_role_is_taken_on_and_gives_credentials_of_its_own()
    {
        var taken = await AssumedRole.TakeOnAsync("arn:aws:iam::210987654321:role/crowsnest-read", Moto.Identity, moto.Address, TimeProvider.System, TestContext.Current.CancellationToken);

        var keys = await taken.Credentials.GetCredentialsAsync();
        Assert.IsType<SessionAWSCredentials>(taken.Credentials);
        Assert.True(keys is { AccessKey.Length: > 10, SecretKey.Length: > 10, Token.Length: > 10 } && keys.AccessKey != "AKIDEXAMPLE");
        Assert.Equal(Moto.Identity.Region, taken.Region);
    }
}
