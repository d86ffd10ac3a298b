using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>A stack that takes events in: what goes onto its bus, what comes out at its topic, and what its store and queues hold.</summary>
internal sealed partial class CloudPath(StandIn standIn, StoreServer? store, CrowsnestProcess at) : IDisposable
{
    /// <summary>Nobody but ECS may send as <c>aws.ecs</c>, so what is sent here has this source, which this deployment's rule takes and its configuration trusts.</summary>
    public const string Source = "crowsnest.load";

    private const int EntriesACall = 10;
    private static readonly string[] Depths = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new();

    /// <summary>The stack's outputs.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; private set; } = new Dictionary<string, string>();

    /// <summary>Deploys a template, taps its rule, and subscribes to its topic.</summary>
    public async Task DeployAsync(string template, string parameters)
    {
        var outputs = await standIn.ShellAsync(at, $"""
            aws cloudformation deploy --stack-name crowsnest --template-file '{Repository.PathOf("deploy", "cloudformation", template)}' --capabilities CAPABILITY_IAM \
              --parameter-overrides {(store is null ? "" : $"StoreUrl={store.Url}")} EventSources=aws.ecs,{Source} 'TrustedSources=aws.*,{Source}' {parameters} > /dev/null
            aws cloudformation describe-stacks --stack-name crowsnest --query 'Stacks[0].Outputs' --output json

            """);
        Outputs = JsonElement.Parse(outputs).EnumerateArray().ToDictionary(o => o.GetProperty("OutputKey").GetString()!, o => o.GetProperty("OutputValue").GetString()!);

        // What a killed process had in its hands comes again after this and not after the template's six minutes.
        await standIn.ShellAsync(at, $$"""
            aws sqs set-queue-attributes --queue-url '{{Outputs["QueueUrl"]}}' --attributes VisibilityTimeout=10
            tap=$(aws sqs create-queue --queue-name tap --query QueueUrl --output text)
            aws events put-rule --name tap --event-pattern '{"source": ["{{Source}}"]}' > /dev/null
            aws events put-targets --rule tap --targets "Id=tap,Arn=$(aws sqs get-queue-attributes --queue-url "$tap" --attribute-names QueueArn --query Attributes.QueueArn --output text)" > /dev/null
            told=$(aws sqs create-queue --queue-name told --query QueueUrl --output text)
            aws sns subscribe --topic-arn '{{Outputs["TopicArn"]}}' --protocol sqs --notification-endpoint "$(aws sqs get-queue-attributes --queue-url "$told" --attribute-names QueueArn --query Attributes.QueueArn --output text)" --attributes RawMessageDelivery=true > /dev/null

            """);
    }

    /// <summary>Puts events on the bus; answers the ids that they got there.</summary>
    public async Task<IReadOnlyList<string>> PutAsync(IEnumerable<JsonObject> events)
    {
        var ids = new List<string>();
        foreach (var some in events.Chunk(EntriesACall))
        {
            var entries = new JsonArray([.. some.Select(e => (JsonNode)new JsonObject
            {
                ["Source"] = Source, ["DetailType"] = e["detail-type"]!.GetValue<string>(), ["Detail"] = e["detail"]!.ToJsonString(),
                ["Time"] = DateTimeOffset.Parse(e["time"]!.GetValue<string>(), CultureInfo.InvariantCulture).ToUnixTimeSeconds(), ["Resources"] = e["resources"]!.DeepClone(),
            })]);
            var answer = await standIn.CallAsync(_http, "events", "AWSEvents.PutEvents", new JsonObject { ["Entries"] = entries }.ToJsonString());
            Assert.Equal(0, answer.GetProperty("FailedEntryCount").GetInt32());
            ids.AddRange(answer.GetProperty("Entries").EnumerateArray().Select(entry => entry.GetProperty("EventId").GetString()!));
        }

        return ids;
    }

    /// <summary>Sends every so many of the bodies that the rule has delivered to the stack's queue once more; answers how many.</summary>
    public async Task<int> RepeatAsync(int every)
    {
        var bodies = await TakeAsync("tap");
        var again = bodies.Where((_, i) => i % every == 0).ToList();
        foreach (var body in again)
            await standIn.CallAsync(_http, "sqs", "AmazonSQS.SendMessage", new JsonObject { ["QueueUrl"] = Outputs["QueueUrl"], ["MessageBody"] = body }.ToJsonString());
        return again.Count;
    }

    /// <summary>Messages that came out at the topic since this was asked last.</summary>
    public Task<IReadOnlyList<string>> ToldAsync() => TakeAsync("told");

    /// <summary>How many messages a queue of the stack holds, waiting or in somebody's hands.</summary>
    public async Task<long> DepthAsync(string output)
    {
        var answer = await standIn.CallAsync(_http, "sqs", "AmazonSQS.GetQueueAttributes", new JsonObject { ["QueueUrl"] = Outputs[output], ["AttributeNames"] = new JsonArray("All") }.ToJsonString());
        var attributes = answer.GetProperty("Attributes");
        return Depths.Sum(name => attributes.TryGetProperty(name, out var value) ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>The ids of the events in the store that were put on the bus, each as often as it is there.</summary>
    public async Task<IReadOnlyList<string>> StoredAsync()
    {
        // What was written within the last second is not found yet.
        using var refreshed = await _http.PostAsync(new Uri($"{store!.Url}/{Outputs["IndexPrefix"]}-events-*/_refresh"), null, TestContext.Current.CancellationToken);
        refreshed.EnsureSuccessStatusCode();
        var answer = await at.RunAsync(
            ["export", $"source:{Source}", "-o", "csv", "--columns", "id", "--config", at.Write("reads.yaml", $"store: {{kind: opensearch, url: '{store.Url}', index_prefix: {Outputs["IndexPrefix"]}}}")]);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return [.. answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim())];
    }

    /// <summary>Every firing in the store, with the incident that it was given, if it was.</summary>
    public async Task<IReadOnlyList<(Firing Firing, string Incident)>> FiringsAsync() =>
        [.. (await DocumentsAsync("firings")).Select(d => (
            IncidentDocument.ReadFiring(System.Text.Encoding.UTF8.GetBytes(d.GetProperty("document").GetString()!)), d.TryGetProperty("incidentName", out var name) ? name.GetString()! : ""))];

    /// <summary>Every message in the store.</summary>
    public async Task<IReadOnlyList<OutboxEntry>> OutboxAsync() =>
        [.. (await DocumentsAsync("outbox")).Select(d => IncidentDocument.ReadOutboxEntry(System.Text.Encoding.UTF8.GetBytes(d.GetProperty("document").GetString()!)))];

    /// <summary>Waits until something is so, and says what it is otherwise.</summary>
    public static async Task UntilAsync(Func<Task<string>> missing)
    {
        var clock = Stopwatch.StartNew();
        while (await missing() is { Length: > 0 } what)
        {
            Assert.True(clock.Elapsed < Patience, what);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The id of a message on the topic.</summary>
    public static string NotificationOf(string message) => Notification().Match(message).Groups[1].Value;

    /// <summary>The incidents that a message on the topic is about.</summary>
    public static IEnumerable<string> IncidentsOf(string message) => IncidentLine().Matches(message).Select(m => m.Groups[1].Value);

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<JsonElement>> DocumentsAsync(string index)
    {
        var place = $"{store!.Url}/{Outputs["IndexPrefix"]}-{index}";
        using var refreshed = await _http.PostAsync(new Uri($"{place}/_refresh"), null, TestContext.Current.CancellationToken);
        var answer = JsonElement.Parse(await _http.GetStringAsync(new Uri($"{place}/_search?size=10000"), TestContext.Current.CancellationToken));
        return [.. answer.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_source"))];
    }

    private async Task<IReadOnlyList<string>> TakeAsync(string queue)
    {
        var url = Outputs["QueueUrl"][..(Outputs["QueueUrl"].LastIndexOf('/') + 1)] + queue;
        var taken = new List<string>();
        while (true)
        {
            var answer = await standIn.CallAsync(_http, "sqs", "AmazonSQS.ReceiveMessage", new JsonObject { ["QueueUrl"] = url, ["MaxNumberOfMessages"] = 10 }.ToJsonString());
            if (!answer.TryGetProperty("Messages", out var messages) || messages.GetArrayLength() == 0) return taken;
            foreach (var message in messages.EnumerateArray())
            {
                taken.Add(message.GetProperty("Body").GetString()!);
                await standIn.CallAsync(_http, "sqs", "AmazonSQS.DeleteMessage", new JsonObject { ["QueueUrl"] = url, ["ReceiptHandle"] = message.GetProperty("ReceiptHandle").GetString() }.ToJsonString());
            }
        }
    }

    [GeneratedRegex(@"^ +incident +\S+, message (\S+) to ", RegexOptions.Multiline)]
    private static partial Regex Notification();

    [GeneratedRegex(@"^ +incident +(\S+), message ", RegexOptions.Multiline)]
    private static partial Regex IncidentLine();
}
