using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>Runs the guides for AWS as they are written, against a stand-in that delivers what a rule takes and what a topic is told.</summary>
[Trait("Category", "slow")]
public sealed partial class AwsGuideTests
{
    [Fact]
    public async Task The_guide_to_queues_leads_from_nothing_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var blocks = Blocks("sqs.md");
        Assert.Equal(6, blocks.Length);
        Assert.Equal("crowsnest up --config crowsnest.yaml\n", blocks[3]);

        // In one shell, since later commands use what earlier ones found out.
        await standIn.ShellAsync(at, blocks[0] + blocks[1]);
        var doctor = await standIn.ShellAsync(at, blocks[2] + "true\n");
        Assert.Contains("queue crowsnest", doctor, StringComparison.Ordinal);
        Assert.Contains("it answers; 0 messages wait", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain("dead-letter", doctor, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(at, standIn.Environment, "--config", "crowsnest.yaml");
        Assert.Contains("reads    sqs:crowsnest", up.Started, StringComparison.Ordinal);
        var put = blocks[4].IndexOf("crowsnest search", StringComparison.Ordinal);
        await standIn.ShellAsync(at, blocks[4][..put]);
        for (var clock = Stopwatch.StartNew(); !(await standIn.ShellAsync(at, blocks[4][put..])).Contains("hello from EventBridge", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The event did not arrive.");

        // What fell into the dead-letter queue is put back, and taken in.
        var dead = """aws sqs send-message --queue-url "$(aws sqs get-queue-url --queue-name crowsnest-dead --query QueueUrl --output text)" --message-body '{"id":"dead","detail-type":"x","source":"shop","detail":{"note":"back from the dead"}}'"""
            + "\n";
        var redriven = await standIn.ShellAsync(at, dead + blocks[5]);
        Assert.Contains("\"dead\": 1", redriven, StringComparison.Ordinal);
        Assert.Contains("\"moved\": 1", redriven, StringComparison.Ordinal);
        for (var clock = Stopwatch.StartNew(); !(await standIn.ShellAsync(at, "crowsnest search '\"back from the dead\"'\n")).Contains("from the dead", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The message did not come back.");

        // A queue that is gone is said, and ends nothing.
        await standIn.EndAsync();
        Assert.Contains("exit 4", await standIn.ShellAsync(at, "crowsnest dlq status --config crowsnest.yaml || echo exit $?\n"), StringComparison.Ordinal);
        await up.SaysAsync(said => said.StartsWith("crowsnest: The queue crowsnest cannot be read. No answer: 127.0.0.1", StringComparison.Ordinal));
        using var ready = await up.Client.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(0, (await up.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task The_guide_to_topics_leads_from_nothing_to_a_message()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var blocks = Blocks("sns.md");
        Assert.Equal(5, blocks.Length);
        await standIn.ShellAsync(at, blocks[0] + """
            queue=$(aws sqs create-queue --queue-name told --query QueueUrl --output text)
            aws sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$(aws sqs get-queue-attributes --queue-url "$queue" --attribute-names QueueArn --query Attributes.QueueArn --output text)"

            """);

        Assert.Contains("is there, with ", await standIn.ShellAsync(at, "crowsnest doctor --config crowsnest.yaml\n"), StringComparison.Ordinal);
        at.Write("wrong.yaml", "receivers: [{name: ops, sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:000000000000:nowhere'}]}]");
        Assert.Contains("nowhere is not there", await standIn.ShellAsync(at, "crowsnest doctor --config wrong.yaml || true\n"), StringComparison.Ordinal);
        at.Write("bare.yaml", $"sources: {{sqs: [{{queue_url: '{standIn.Environment[0].Value}/000000000000/told'}}]}}");
        Assert.Contains("its policy lets neither a rule of EventBridge nor a topic send", await standIn.ShellAsync(at, "crowsnest doctor --config bare.yaml\n"), StringComparison.Ordinal);

        Assert.Contains("\"notifications\": 1", await standIn.ShellAsync(at, blocks[1].Replace("docs/example-event.json", Repository.PathOf("docs", "example-event.json"), StringComparison.Ordinal)), StringComparison.Ordinal);

        var told = await standIn.ShellAsync(at, "aws sqs receive-message --wait-time-seconds 10 --queue-url \"$(aws sqs get-queue-url --queue-name told --query QueueUrl --output text)\" --query 'Messages[0].Body' --output text\n");
        Assert.Contains(" in prod/checkout", told, StringComparison.Ordinal);
        Assert.Contains("notificationId", told, StringComparison.Ordinal);
    }

    // Goal: the guide's commands are right, and what delivers without a signature is refused aloud. Method: the stand-in delivers over HTTP, and signs nothing.
    [Fact]
    public async Task The_guide_to_events_from_a_topic_leads_to_a_subscription_that_must_be_signed()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var blocks = Blocks("sns.md");
        Assert.Equal("crowsnest up --config crowsnest.yaml\n", blocks[3]);
        var doctor = await standIn.ShellAsync(at, blocks[2]);
        Assert.Contains("may deliver to https://crowsnest.example.com/api/v1/events", doctor, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(at, standIn.Environment, "--config", "crowsnest.yaml");
        Assert.Contains("reads    sns:ecs-events", up.Started, StringComparison.Ordinal);
        await standIn.ShellAsync(at, "events=$(aws sns create-topic --name ecs-events --query TopicArn --output text)\n"
            + blocks[4].Replace("--protocol https", "--protocol http", StringComparison.Ordinal).Replace("https://crowsnest.example.com/", up.Client.BaseAddress!.AbsoluteUri, StringComparison.Ordinal));
        await up.SaysAsync(said => said.Contains("of SNS was refused and will not come again; of the last: ", StringComparison.Ordinal));
    }

    private static string[] Blocks(string guide) => [.. ShellBlock().Matches(Repository.Read("docs", guide)).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
