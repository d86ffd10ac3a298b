using System.Diagnostics;
using System.Text.RegularExpressions;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>Runs the guides to the templates as they are written, against a stand-in that makes stacks and delivers, and a real store.</summary>
[Trait("Category", "slow")]
public sealed partial class StackGuideTests
{
    // No containers here: an image is neither made nor run, and the commands for it are at least spelled.
    private const string NoContainers = "docker() { echo \"docker $*\" >> docker.log; }\n";

    [Fact]
    public async Task The_guide_to_workers_leads_from_nothing_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        var blocks = Blocks("workers.md");
        Assert.Equal(5, blocks.Length);
        Assert.Equal("crowsnest up\n", blocks[4]);

        // It has no Application Auto Scaling.
        await standIn.ShellAsync(at, NoContainers + blocks[0]
            + Here(blocks[1], ("https://search.example.com:9200", store.Url), ("MinWorkers=2 MaxWorkers=4", "MaxWorkers=1 ResyncRegions=eu-west-1 ResyncLogGroupPrefix=/ecs/")));

        var config = await standIn.ShellAsync(at, blocks[3][..blocks[3].IndexOf("crowsnest search", StringComparison.Ordinal)] + "echo -n $CROWSNEST_CONFIG\n");
        Assert.Equal("ssm:/crowsnest/crowsnest.yaml", config);
        await using var worker = await RunningUp.StartAsync(at, [.. standIn.Environment, ("CROWSNEST_CONFIG", config)]);
        Assert.Contains("reads    sqs:crowsnest", worker.Started, StringComparison.Ordinal);
        var verified = await standIn.ShellAsync(at, blocks[2]);
        Assert.Equal(5, Ok().Count(verified));
        Assert.Contains("crowsnest-verify", await standIn.ShellAsync(at, blocks[3]), StringComparison.Ordinal);
        Assert.Equal(0, (await worker.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task The_guide_to_the_function_leads_from_nothing_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        var blocks = Blocks("serverless.md");
        Assert.Equal(8, blocks.Length);
        Assert.Equal("crowsnest up --config crowsnest.yaml\n", blocks[7]);

        // As written, with a domain, of which the stand-in has the description alone; then as the page says, with one parameter, to a store that is there.
        await standIn.ShellAsync(at, blocks[0] + Here(blocks[1]));
        Assert.Contains("arn:aws:iam::123456789012:role/ops", await standIn.ShellAsync(at, "aws opensearch describe-domain --domain-name crowsnest --query DomainStatus.AccessPolicies --output text\n"), StringComparison.Ordinal);
        await standIn.ShellAsync(at, Here($"aws cloudformation deploy --stack-name crowsnest --template-file deploy/cloudformation/crowsnest.yaml --capabilities CAPABILITY_IAM --parameter-overrides StoreUrl={store.Url}\n"));

        var verified = await standIn.ShellAsync(at, Numbers("crowsnest") + blocks[2] + blocks[3]);
        Assert.Contains("topic (sns)", verified, StringComparison.Ordinal);
        Assert.Contains("its outputs are there", verified, StringComparison.Ordinal);

        // No containers, and so no event of the task: it comes as one of ECS's would, behind the rule.
        await standIn.ShellAsync(at, Here(blocks[4]));
        await standIn.ShellAsync(at, $"""
            sed "s/2026-03-02T08:1[0-9]/$(date -u +%Y-%m-%dT%H:%M)/g; s#/prod#/crowsnest-try#; s/\"exitCode\": 1,/\"exitCode\": 17,/" '{Repository.PathOf("docs", "example-event.json")}' > failed.json
            aws sqs send-message --queue-url "$(aws sqs get-queue-url --queue-name crowsnest --query QueueUrl --output text)" --message-body file://failed.json

            """);
        for (var clock = Stopwatch.StartNew(); !(await standIn.ShellAsync(at, blocks[5])).Contains("crowsnest-try", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The function did not store the event.");
        await standIn.ShellAsync(at, blocks[6]);

        await using var up = await RunningUp.StartAsync(at, standIn.Environment, "--config", "crowsnest.yaml");
        Assert.Contains(store.Url, up.Started, StringComparison.Ordinal);
        Assert.Equal(0, (await up.StopAsync()).ExitCode);
    }

    [Fact]
    [Trait("Category", "soak")]
    public async Task The_guide_to_accounts_leads_from_a_spoke_to_the_hub()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        var blocks = Blocks("accounts.md");
        Assert.Equal(6, blocks.Length);

        // It has no policies of buses.
        await standIn.ShellAsync(at, Blocks("serverless.md")[0]
            + Here(blocks[0], ("https://search.example.com:9200", store.Url), (" OrganizationId=o-exampleorg1", "")) + Here(blocks[1])
            + Numbers("crowsnest") + Blocks("serverless.md")[2]);
        Assert.Contains("to the bus crowsnest", await standIn.ShellAsync(at, blocks[2]), StringComparison.Ordinal);

        await standIn.ShellAsync(at, blocks[3]);
        for (var clock = Stopwatch.StartNew(); !(await standIn.ShellAsync(at, blocks[4])).Contains("hello from a spoke", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The event did not reach the hub.");

        // The role that the hub may take on to compare.
        await standIn.ShellAsync(at, "hub=arn:aws:events:eu-west-1:000000000000:event-bus/crowsnest\n" + Here(blocks[5]));
        Assert.Contains(":role/", await standIn.ShellAsync(
            at, "aws cloudformation describe-stacks --stack-name crowsnest-spoke --query \"Stacks[0].Outputs[?OutputKey=='ReaderRoleArn'].OutputValue\" --output text\n"), StringComparison.Ordinal);
    }

    // It takes the template's number for text, and then reads no queue.
    private static string Numbers(string function) =>
        $"aws lambda update-event-source-mapping --scaling-config MaximumConcurrency=4 --uuid \"$(aws lambda list-event-source-mappings --function-name {function} --query 'EventSourceMappings[0].UUID' --output text)\"\n";

    private static string Here(string block, params (string Written, string Meant)[] places)
    {
        block = block.Replace("deploy/", Repository.PathOf("deploy") + "/", StringComparison.Ordinal);
        foreach (var (written, meant) in places)
        {
            Assert.Contains(written, block, StringComparison.Ordinal);
            block = block.Replace(written, meant, StringComparison.Ordinal);
        }

        return block;
    }

    private static string[] Blocks(string guide) => [.. ShellBlock().Matches(Repository.Read("docs", guide)).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    // One status a hop.
    [GeneratedRegex("\"status\": \"ok\"")]
    private static partial Regex Ok();
}
