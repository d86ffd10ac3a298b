using System.Text.Json.Nodes;
using Amazon;
using Amazon.Runtime;
using Crowsnest.Aws;
using Crowsnest.Aws.DynamoDb;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Incidents;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>The function with its table, as the template deploys it, from the bus to the topic while its environments are killed.</summary>
[Trait("Category", "slow")]
public sealed class TableDeployTests
{
    private const int Events = 300;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_table_alone_states_are_right_and_every_failure_is_told()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        using var path = new CloudPath(standIn, null, at);
        await RunAsync(at, standIn, path, "dynamodb");

        // Bodies are not there, and whoever asks for them is told so.
        at.Write("crowsnest.yaml", $"store: {{kind: dynamodb, table_prefix: {Prefix(path)}}}");
        var asked = await at.RunAsync(["search", "outcome:failure", "--config", "crowsnest.yaml"], null, standIn.Environment);
        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("no bodies of events", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "soak")]
    public async Task With_the_table_beside_the_events_both_have_their_part()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var server = await StoreServer.StartAsync(at);
        using var path = new CloudPath(standIn, server, at);
        var sent = await RunAsync(at, standIn, path, "opensearch+dynamodb");

        var stored = await path.StoredAsync();
        Assert.Equal(sent.Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));

        // What attaches to both sees tasks of the one and events of the other.
        at.Write("crowsnest.yaml", $"store: {{kind: opensearch, url: '{server.Url}', index_prefix: {path.Outputs["IndexPrefix"]}, state: dynamodb, table_prefix: {Prefix(path)}}}");
        await using var up = await RunningUp.StartAsync(at, [.. standIn.Environment, ("CROWSNEST_CONFIG", "crowsnest.yaml")]);
        var tasks = JsonNode.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/tasks?stopped=true&limit=1", UriKind.Relative), Cancel))!["items"]!.AsArray();
        var record = JsonNode.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/tasks/" + tasks[0]!["taskId"]!.GetValue<string>(), UriKind.Relative), Cancel))!;
        Assert.NotEmpty(record["events"]!.AsArray());
    }

    private static string Prefix(CloudPath path) => path.Outputs["TableName"][..^"store".Length];

    private static async Task<List<string>> RunAsync(CrowsnestProcess at, StandIn standIn, CloudPath path, string store)
    {
        await standIn.ShellAsync(at, "crowsnest lambda package --out fn.zip > /dev/null\naws s3 mb s3://code > /dev/null\naws s3 cp fn.zip s3://code/crowsnest-lambda.zip > /dev/null\n");
        await path.DeployAsync("crowsnest.yaml", $"CodeBucket=code Store={store}");

        // The stand-in takes the template's number for text, and then reads no queue.
        await standIn.ShellAsync(at, "aws lambda update-event-source-mapping --scaling-config MaximumConcurrency=4 --uuid \"$(aws lambda list-event-source-mappings --function-name crowsnest --query 'EventSourceMappings[0].UUID' --output text)\" > /dev/null\n");
        at.Write("tick.json", """{"source": "aws.events", "detail-type": "Scheduled Event"}""");
        await standIn.ShellAsync(at, "aws lambda invoke --function-name crowsnest --payload fileb://tick.json answer.json > /dev/null\n");
        Assert.Contains("\"told\"", await standIn.ShellAsync(at, "crowsnest verify --stack crowsnest\n"), StringComparison.Ordinal);

        var (events, failed) = await CloudEvents.GenerateAsync(at, Events);
        var sent = new List<string>(await path.PutAsync(events[..(Events / 2)]));
        var kills = standIn.KillFunctions();
        sent.AddRange(await path.PutAsync(events[(Events / 2)..]));
        kills += standIn.KillFunctions();
        await path.RepeatAsync(7);
        await CloudPath.UntilAsync(async () => await path.DepthAsync("QueueUrl") is var depth and > 0 ? $"{depth} messages wait in the queue" : "");

        await using var table = await DynamoStore.OpenAsync(
            new DynamoOptions { Identity = new AwsIdentity(new BasicAWSCredentials("test", "test"), RegionEndpoint.EUWest1), Endpoint = standIn.Address, TableName = path.Outputs["TableName"], ReadOnly = true },
            TimeProvider.System, Cancel);
        await StatesAreRightAsync(table, events);
        await EveryFailureIsToldAsync(at, standIn, path, table, failed, kills);
        Assert.Equal((0L, 0L), (await path.DepthAsync("DeadLetterQueueUrl"), await path.DepthAsync("TargetDeadLetterQueueUrl")));
        return sent;
    }

    private static async Task StatesAreRightAsync(DynamoStore table, IEnumerable<JsonObject> events)
    {
        var versions = events.Where(e => e["detail-type"]!.GetValue<string>() == "ECS Task State Change").GroupBy(e => e["detail"]!["taskArn"]!.GetValue<string>())
            .ToDictionary(task => task.Key.Split('/')[^1], task => task.Max(e => e["detail"]!["version"]!.GetValue<long>()));
        var states = new Dictionary<string, ResourceState>();
        await foreach (var state in table.ReadStatesAsync(DateTimeOffset.UnixEpoch, Cancel)) states[state.Key.Split('/')[^1]] = state;
        Assert.NotEmpty(versions);
        Assert.All(versions, task => Assert.Equal(task.Value, states[task.Key].Version));
    }

    private static async Task EveryFailureIsToldAsync(CrowsnestProcess at, StandIn standIn, CloudPath path, DynamoStore table, IReadOnlySet<string> failed, int kills)
    {
        var messages = new List<string>();
        IReadOnlyList<OutboxEntry> outbox = [];
        await CloudPath.UntilAsync(async () =>
        {
            await standIn.ShellAsync(at, "aws lambda invoke --function-name crowsnest --payload fileb://tick.json answer.json > /dev/null || true\n");
            messages.AddRange(await path.ToldAsync());
            var told = messages.SelectMany(CloudPath.IncidentsOf).ToHashSet(StringComparer.Ordinal);
            if (!await table.Incidents.LeadAsync(Cancel)) return "the function has the lease";
            var reached = new HashSet<string>(StringComparer.Ordinal);
            await using (var pass = await table.Incidents.BeginAsync(Cancel))
            {
                foreach (var incident in told)
                    foreach (var firing in await pass.FiringsOfAsync(incident, 10_000, Cancel)) reached.Add(firing.Resource);
            }

            await table.YieldAsync(Cancel);
            outbox = [.. (await table.Incidents.OutboxAsync(null, 10_000, Cancel)).Select(one => one.Entry)];
            return failed.Where(task => !reached.Contains(task)).ToList() is [var first, ..] untold ? $"{untold.Count} of {failed.Count} failed tasks are not told of, as {first}"
                : outbox.Count(entry => entry.State == OutboxState.Waiting) is var waiting and > 0 ? $"{waiting} messages have not left" : "";
        });
        messages.AddRange(await path.ToldAsync());
        var ids = messages.Select(CloudPath.NotificationOf).ToList();
        Assert.Equal(outbox.Select(entry => entry.Notification.NotificationId).Order(StringComparer.Ordinal), ids.Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(ids.Count - ids.Distinct().Count(), 0, kills);
    }
}
