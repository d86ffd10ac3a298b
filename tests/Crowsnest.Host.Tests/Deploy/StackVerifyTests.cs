using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Tests;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary><c>crowsnest verify --stack</c> against a stack that is really made, whose rule really delivers: all the way, and to each place where it can end.</summary>
[Trait("Category", "slow")]
public sealed class StackVerifyTests
{
    // What a deployment's template has of the way in, and the outputs that it has.
    private const string Template = """
        AWSTemplateFormatVersion: '2010-09-09'
        Parameters: {StoreUrl: {Type: String, Default: ''}}
        Conditions: {HasStore: !Not [!Equals [!Ref StoreUrl, '']]}
        Resources:
          Bus: {Type: AWS::Events::EventBus, Properties: {Name: trial}}
          Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: trial-dead}}
          TargetDead: {Type: AWS::SQS::Queue, Properties: {QueueName: trial-undelivered}}
          Queue:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: trial
              MessageRetentionPeriod: 1209600
              VisibilityTimeout: 5
              RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 100}
          Rule:
            Type: AWS::Events::Rule
            Properties:
              Name: trial-rule
              EventBusName: !Ref Bus
              EventPattern: {source: [aws.ecs, crowsnest.verify]}
              State: ENABLED
              Targets: [{Id: queue, Arn: !GetAtt Queue.Arn, DeadLetterConfig: {Arn: !GetAtt TargetDead.Arn}}]
          Policy:
            Type: AWS::SQS::QueuePolicy
            Properties:
              Queues: [!Ref Queue]
              PolicyDocument:
                Statement:
                  - Effect: Allow
                    Principal: {Service: events.amazonaws.com}
                    Action: sqs:SendMessage
                    Resource: !GetAtt Queue.Arn
                    Condition: {ArnEquals: {'aws:SourceArn': !GetAtt Rule.Arn}}
        Outputs:
          QueueUrl: {Value: !Ref Queue}
          DeadLetterQueueUrl: {Value: !Ref Dead}
          TargetDeadLetterQueueUrl: {Value: !Ref TargetDead}
          EventBusName: {Value: trial}
          RuleName: {Value: trial-rule}
          StoreUrl: {Condition: HasStore, Value: !Ref StoreUrl}
          IndexPrefix: {Condition: HasStore, Value: trial}
          VerifySource: {Value: crowsnest.verify}
          VerifyNonce: {Value: !Select [2, !Split ['/', !Ref 'AWS::StackId']]}
        """;

    [Fact]
    [Trait("Category", "soak")]
    public async Task An_event_goes_through_a_stack_and_each_place_where_it_ends_is_named()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var (queue, nonce) = await DeployAsync(at, standIn, "");
        at.Write("reads.yaml", $"sources: {{sqs: [{{queue_url: '{queue}'}}]}}\nverify: {{nonce: {nonce}, receiver: console}}");
        at.Write("idle.yaml", $"verify: {{nonce: {nonce}, receiver: console}}");
        at.Write("other.yaml", $"sources: {{sqs: [{{queue_url: '{queue}'}}]}}\nverify: {{nonce: 0{nonce}, receiver: console}}");

        Assert.Contains("no Crowsnest holds", (await RunAsync(4, "verify", "--stack", "trial")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no stack 'trail' in eu-west-1", (await RunAsync(2, "verify", "--stack", "trail")).Error, StringComparison.Ordinal);

        await using (await RunningUp.StartAsync(at, standIn.Environment, "--config", "reads.yaml"))
        {
            var through = await RunAsync(0, "verify", "--stack", "trial");
            Assert.Equal(["sent ok", "stored ok", "diagnosed ok", "fired ok", "told ok"], VerifyCommandTests.Hops(through));
            Assert.Contains("to the bus trial", through.Out, StringComparison.Ordinal);
            Assert.Contains("to the queue trial", (await RunAsync(0, "verify", "--config", "reads.yaml")).Out, StringComparison.Ordinal);

            var doctor = JsonElement.Parse((await RunAsync(0, "doctor", "--stack", "trial", "--config", "reads.yaml")).Out).EnumerateArray().Select(f => $"{f.GetProperty("check").GetString()}: {f.GetProperty("status").GetString()}").ToList();
            Assert.Contains("rule trial-rule: ok", doctor);
            Assert.Contains("queue trial-dead: ok", doctor);
            Assert.DoesNotContain("queue trial: warning", doctor);

            await standIn.ShellAsync(at, "aws events disable-rule --name trial-rule --event-bus-name trial");
            Assert.Contains("rule trial-rule: it is disabled", await EndAsync("stored"), StringComparison.Ordinal);
            Assert.Contains("aws events enable-rule --name trial-rule --event-bus-name trial", (await RunAsync(1, "doctor", "--stack", "trial")).Out, StringComparison.Ordinal);
            await standIn.ShellAsync(at, "aws events enable-rule --name trial-rule --event-bus-name trial");
        }

        await using (await RunningUp.StartAsync(at, standIn.Environment, "--config", "other.yaml"))
            Assert.Contains("was not taken for synthetic", await EndAsync("diagnosed", "1m"), StringComparison.Ordinal);

        await using (await RunningUp.StartAsync(at, standIn.Environment, "--config", "idle.yaml"))
        {
            var waiting = await EndAsync("stored", "30s");
            Assert.Contains("messages wait in the queue trial, and nobody takes them in", waiting, StringComparison.Ordinal);
            await standIn.ShellAsync(at, $"aws sqs send-message --queue-url '{queue}-dead' --message-body x");
            Assert.Contains("queue trial-dead: 1 messages were delivered too often", await EndAsync("stored"), StringComparison.Ordinal);
            await standIn.ShellAsync(at, $"aws sqs send-message --queue-url '{queue}-undelivered' --message-body x");
            Assert.Contains("queue trial-undelivered: 1 events could not be delivered", await EndAsync("stored"), StringComparison.Ordinal);
            await standIn.ShellAsync(at, "aws events remove-targets --rule trial-rule --event-bus-name trial --ids queue");
            Assert.Contains("it sends nothing to the stack's queue", await EndAsync("stored"), StringComparison.Ordinal);
        }

        // What a process that is gone still waited for is given to it in vain, and comes again after the queue's time.
        async Task<string> EndAsync(string hop, string timeout = "3s")
        {
            var answer = await RunAsync(1, "verify", "--stack", "trial", "--timeout", timeout, "--config", "idle.yaml");
            Assert.Equal($"{hop} missing", VerifyCommandTests.Hops(answer)[^1]);
            return answer.Out;
        }

        async Task<CrowsnestProcess.Answer> RunAsync(int expected, params string[] arguments)
        {
            var answer = await at.RunAsync(arguments, null, standIn.Environment);
            Assert.True(answer.ExitCode == expected, $"{string.Join(' ', arguments)}: {answer.ExitCode}\n{answer.Out}\n{answer.Error}");
            return answer;
        }
    }

    [Fact]
    public async Task An_event_is_looked_for_in_the_store_that_the_stack_names()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var port = Peers.FreePort(Peers.OpenSearchPorts).ToString(CultureInfo.InvariantCulture);
        var start = Peers.Find("opensearch", "start");
        if (start is null) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository");
        using var server = Process.Start(new ProcessStartInfo(start!, [port, "1", Path.Combine(at.Folder, "opensearch")]) { RedirectStandardOutput = true })!;
        try
        {
            while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("ready:", StringComparison.Ordinal))
            {
                // It says more before that.
            }

            var (queue, nonce) = await DeployAsync(at, standIn, $"http://127.0.0.1:{port}");
            at.Write("crowsnest.yaml", $"store: {{kind: opensearch, url: 'http://127.0.0.1:{port}', index_prefix: trial}}\nsources: {{sqs: [{{queue_url: '{queue}'}}]}}\nverify: {{nonce: {nonce}}}");
            await using var up = await RunningUp.StartAsync(at, standIn.Environment);

            // Without the configuration's store, as from the machine of whoever deployed the stack.
            var answer = await at.RunAsync(["verify", "--stack", "trial", "--config", at.Write("none.yaml", "{}")], null, standIn.Environment);

            Assert.True(answer.ExitCode == 0, answer.Out + answer.Error);
            Assert.Equal(["sent ok", "stored ok", "diagnosed ok", "fired ok", "told ok"], VerifyCommandTests.Hops(answer));
            Assert.Contains("nobody. It is synthetic, and verify.receiver names nobody.", answer.Out, StringComparison.Ordinal);
        }
        finally
        {
            if (!server.HasExited) server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<(string Queue, string Nonce)> DeployAsync(CrowsnestProcess at, StandIn standIn, string storeUrl)
    {
        at.Write("template.yaml", Template);
        var outputs = await standIn.ShellAsync(at, $"""
            aws cloudformation create-stack --stack-name trial --template-body file://template.yaml --parameters 'ParameterKey=StoreUrl,ParameterValue={storeUrl}' >/dev/null
            aws cloudformation wait stack-create-complete --stack-name trial
            aws cloudformation describe-stacks --stack-name trial --query 'Stacks[0].Outputs' --output json
            """);
        var found = JsonElement.Parse(outputs).EnumerateArray().ToDictionary(o => o.GetProperty("OutputKey").GetString()!, o => o.GetProperty("OutputValue").GetString()!);
        return (found["QueueUrl"], found["VerifyNonce"]);
    }
}
