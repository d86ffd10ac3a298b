using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>Runs the guides for AWS as they are written, against a stand-in that delivers what a rule takes and what a topic is told.</summary>
[Trait("Category", "slow")]
public sealed partial class AwsGuideTests
{
    // The first start of all makes a Python environment.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_guide_to_queues_leads_from_nothing_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        var blocks = Blocks("sqs.md");
        Assert.Equal(6, blocks.Length);
        Assert.Equal("crowsnest up --config crowsnest.yaml\n", blocks[3]);

        // In one shell, since later commands use what earlier ones found out.
        await ShellAsync(at, standIn, blocks[0] + blocks[1]);
        var doctor = await ShellAsync(at, standIn, blocks[2] + "true\n");
        Assert.Contains("queue crowsnest", doctor, StringComparison.Ordinal);
        Assert.Contains("it answers; 0 messages wait", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain("dead-letter", doctor, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(at, standIn.Environment, "--config", "crowsnest.yaml");
        Assert.Contains("reads    sqs:crowsnest", up.Started, StringComparison.Ordinal);
        var put = blocks[4].IndexOf("crowsnest search", StringComparison.Ordinal);
        await ShellAsync(at, standIn, blocks[4][..put]);
        for (var clock = Stopwatch.StartNew(); !(await ShellAsync(at, standIn, blocks[4][put..])).Contains("hello from EventBridge", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The event did not arrive.");

        // What fell into the dead-letter queue is put back, and taken in.
        var dead = """aws sqs send-message --queue-url "$(aws sqs get-queue-url --queue-name crowsnest-dead --query QueueUrl --output text)" --message-body '{"id":"dead","detail-type":"x","source":"shop","detail":{"note":"back from the dead"}}'"""
            + "\n";
        var redriven = await ShellAsync(at, standIn, dead + blocks[5]);
        Assert.Contains("\"dead\": 1", redriven, StringComparison.Ordinal);
        Assert.Contains("\"moved\": 1", redriven, StringComparison.Ordinal);
        for (var clock = Stopwatch.StartNew(); !(await ShellAsync(at, standIn, "crowsnest search '\"back from the dead\"'\n")).Contains("from the dead", StringComparison.Ordinal);)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The message did not come back.");

        // A queue that is gone is said, and ends nothing.
        await standIn.EndAsync();
        Assert.Contains("exit 4", await ShellAsync(at, standIn, "crowsnest dlq status --config crowsnest.yaml || echo exit $?\n"), StringComparison.Ordinal);
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
        await ShellAsync(at, standIn, blocks[0] + """
            queue=$(aws sqs create-queue --queue-name told --query QueueUrl --output text)
            aws sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$(aws sqs get-queue-attributes --queue-url "$queue" --attribute-names QueueArn --query Attributes.QueueArn --output text)"

            """);

        Assert.Contains("\"notifications\": 1", await ShellAsync(at, standIn, blocks[1].Replace("docs/example-event.json", Repository.PathOf("docs", "example-event.json"), StringComparison.Ordinal)), StringComparison.Ordinal);

        var told = await ShellAsync(at, standIn, "aws sqs receive-message --wait-time-seconds 10 --queue-url \"$(aws sqs get-queue-url --queue-name told --query QueueUrl --output text)\" --query 'Messages[0].Body' --output text\n");
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
        var doctor = await ShellAsync(at, standIn, blocks[2]);
        Assert.Contains("may deliver to https://crowsnest.example.com/api/v1/events", doctor, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(at, standIn.Environment, "--config", "crowsnest.yaml");
        Assert.Contains("reads    sns:ecs-events", up.Started, StringComparison.Ordinal);
        await ShellAsync(at, standIn, "events=$(aws sns create-topic --name ecs-events --query TopicArn --output text)\n"
            + blocks[4].Replace("--protocol https", "--protocol http", StringComparison.Ordinal).Replace("https://crowsnest.example.com/", up.Client.BaseAddress!.AbsoluteUri, StringComparison.Ordinal));
        await up.SaysAsync(said => said.Contains("of SNS was refused and will not come again; of the last: ", StringComparison.Ordinal));
    }

    private static string[] Blocks(string guide) => [.. ShellBlock().Matches(Repository.Read("docs", guide)).Select(m => m.Groups[1].Value)];

    private static async Task<string> ShellAsync(CrowsnestProcess at, StandIn standIn, string commands)
    {
        // The AWS command line takes its endpoint for SQS from the option alone.
        var script = $$"""
            set -e
            aws() { "{{standIn.Tool}}" "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }
            crowsnest() { "{{Repository.Program}}" "$@"; }
            {{commands}}
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = at.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in standIn.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{commands}\n{await output}\n{await error}");
        return await output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    /// <summary>A process with AWS's interfaces on this machine, and the environment that leads to it.</summary>
    private sealed class StandIn(Process process, Uri address, string folder) : IAsyncDisposable
    {
        public string Tool => Path.Combine(folder, "aws");

        public (string Name, string Value)[] Environment { get; } =
        [
            ("AWS_ENDPOINT_URL", address.GetLeftPart(UriPartial.Authority)), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1"),
        ];

        public static async Task<StandIn> StartAsync()
        {
            var folder = Path.GetFullPath(Repository.PathOf("..", "shared", "peers", "aws"));
            if (!File.Exists(Path.Combine(folder, "start-ministack"))) Assert.Skip("skipped: no ../shared/peers/aws/start-ministack beside the repository");
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            free.Stop();

            var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "start-ministack"), [$"{address.Port}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var standIn = new StandIn(process, address, folder);
            using var http = new HttpClient();
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !process.HasExited;)
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(address, "_localstack/health"), TestContext.Current.CancellationToken);
                    return standIn;
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
                }
            }

            await standIn.DisposeAsync();
            Assert.Skip("skipped: ../shared/peers/aws/start-ministack does not start here");
            throw new InvalidOperationException();
        }

        public async Task EndAsync()
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            process.Dispose();
        }
    }
}
