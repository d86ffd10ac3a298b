using System.IO.Compression;
using System.Text.Json;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>The templates as they are deployed: a stand-in makes what they say, and its rules really deliver.</summary>
[Trait("Category", "slow")]
public sealed class TemplateDeployTests
{
    private const string Hello = """aws events put-events --entries '[{"Source": "crowsnest.verify", "DetailType": "ECS Task State Change", "Detail": "{\"note\":\"hello\",\"clusterArn\":\"arn:aws:ecs:eu-west-1:000000000000:cluster/crowsnest-verify\"}"}]'""";

    [Fact]
    public async Task The_rule_of_a_stack_delivers_into_its_queue_and_the_function_is_told_what_to_do()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var outputs = await DeployAsync(standIn, at, "crowsnest", "crowsnest.yaml", "CodeBucket=code StoreUrl=http://127.0.0.1:1 Email=you@example.com");

        Assert.Equal(
            ["DeadLetterQueueUrl", "EventBusName", "FunctionName", "IndexPrefix", "LogGroupName", "QueueUrl", "RoleArn", "RuleName", "StoreUrl", "TargetDeadLetterQueueUrl", "TopicArn", "VerifyNonce", "VerifySource"],
            outputs.Keys.Order(StringComparer.Ordinal));
        var config = TemplateTests.Good(await standIn.ShellAsync(at, "aws lambda get-function-configuration --function-name crowsnest --query Environment.Variables.CROWSNEST_CONFIG_YAML --output text\n"));
        Assert.Equal(outputs["VerifyNonce"], config.Verify.Nonce!.Reveal());
        Assert.Equal(outputs["TopicArn"], config.Receivers[0].Topics[0].TopicArn);

        var doctor = await standIn.ShellAsync(at, "crowsnest doctor --stack crowsnest || true\n");
        Assert.Contains("CREATE_COMPLETE, and its outputs are there", doctor, StringComparison.Ordinal);
        Assert.Contains("it is enabled, and takes events of crowsnest.verify", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain("lost after a day", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain("neither a rule of EventBridge", doctor, StringComparison.Ordinal);
        Assert.Equal("500\t1\tReportBatchItemFailures\t4\n", await standIn.ShellAsync(
            at, "aws lambda list-event-source-mappings --function-name crowsnest --query 'EventSourceMappings[0].[BatchSize,MaximumBatchingWindowInSeconds,FunctionResponseTypes[0],ScalingConfig.MaximumConcurrency]' --output text\n"));
        Assert.Contains("\"hello", await ReceivedAsync(standIn, at, "crowsnest", outputs["QueueUrl"]), StringComparison.Ordinal);

        // Nobody may send as ECS, so the service itself is asked what its rule would take.
        foreach (var (source, isTaken) in ((string, bool)[])[("aws.ecs", true), ("aws.health", false)])
        {
            at.Write("event.json", Repository.Read("docs", "example-event.json").Replace("aws.ecs", source, StringComparison.Ordinal));
            Assert.Equal($"{isTaken}\n", await standIn.ShellAsync(at, "aws events test-event-pattern --event file://event.json --event-pattern \"$(aws events describe-rule --name crowsnest-events --query EventPattern --output text)\" --query Result --output text\n"));
        }
    }

    [Fact]
    public async Task A_spoke_sends_to_the_hub()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var hub = await DeployAsync(standIn, at, "hub", "crowsnest.yaml", "CodeBucket=code StoreUrl=http://127.0.0.1:1 HubBusName=crowsnest ClusterArns=arn:aws:ecs:eu-west-1:000000000000:cluster/prod");
        Assert.Equal(("crowsnest", "arn:aws:events:eu-west-1:000000000000:event-bus/crowsnest"), (hub["EventBusName"], hub["HubBusArn"]));
        await DeployAsync(standIn, at, "spoke", "spoke.yaml", $"HubBusArn={hub["HubBusArn"]}");

        Assert.Contains("\"hello", await ReceivedAsync(standIn, at, "hub", hub["QueueUrl"]), StringComparison.Ordinal);
    }

    // The function is not asked here: its mapping is turned off, so that the event stays to be looked at.
    private static Task<string> ReceivedAsync(StandIn standIn, CrowsnestProcess at, string function, string queue) => standIn.ShellAsync(at, $"""
        aws lambda update-event-source-mapping --no-enabled --uuid "$(aws lambda list-event-source-mappings --function-name {function} --query 'EventSourceMappings[0].UUID' --output text)" > /dev/null
        {Hello} > /dev/null
        aws sqs receive-message --wait-time-seconds 10 --queue-url '{queue}' --query 'Messages[0].Body' --output text

        """);

    private static async Task<Dictionary<string, string>> DeployAsync(StandIn standIn, CrowsnestProcess at, string stack, string template, string parameters)
    {
        await using (var zip = await ZipFile.OpenAsync(Path.Combine(at.Folder, "none.zip"), ZipArchiveMode.Update, TestContext.Current.CancellationToken))
            if (zip.Entries.Count == 0) zip.CreateEntry("bootstrap");
        var outputs = await standIn.ShellAsync(at, $"""
            aws s3 ls s3://code > /dev/null 2>&1 || aws s3 mb s3://code > /dev/null
            aws s3 cp none.zip s3://code/crowsnest-lambda.zip > /dev/null
            aws cloudformation deploy --stack-name {stack} --template-file '{Repository.PathOf("deploy", "cloudformation", template)}' --capabilities CAPABILITY_IAM --parameter-overrides {parameters} > /dev/null
            aws cloudformation describe-stacks --stack-name {stack} --query 'Stacks[0].Outputs' --output json

            """);
        return JsonElement.Parse(outputs).EnumerateArray().ToDictionary(o => o.GetProperty("OutputKey").GetString()!, o => o.GetProperty("OutputValue").GetString()!);
    }
}
