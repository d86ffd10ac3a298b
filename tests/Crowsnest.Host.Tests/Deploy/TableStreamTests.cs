using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Amazon;
using Amazon.Runtime;
using Crowsnest.Aws;
using Crowsnest.Aws.DynamoDb;
using Crowsnest.Configuration;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Host.Tests.Commands;
using Crowsnest.Sqlite;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>A generated stream with every disturbance ends in the generator's own state on DynamoDB; 3,000 events, or as many as <c>CROWSNEST_DRILL_EVENTS</c> says.</summary>
[Trait("Category", "slow")]
public sealed class TableStreamTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tasks_and_instances_end_in_the_generators_state()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await GenerateAsync(at);
        var options = new DynamoOptions
        {
            Identity = new AwsIdentity(new BasicAWSCredentials("test", "test"), RegionEndpoint.EUWest1), Endpoint = standIn.Address, TableName = "stream-store",
        };
        var clock = Stopwatch.StartNew();
#pragma warning disable CA2000 // The store of both closes both.
        await using var store = new SplitStore(
            SqliteStore.Open(new SqliteStoreOptions { Folder = Path.Combine(at.Folder, "events"), SyncEachCommit = false }, TimeProvider.System), await DynamoStore.OpenAsync(options, TimeProvider.System, Cancel));
#pragma warning restore CA2000
        var config = new CrowsnestConfig();
        await using (var pipeline = new IngestPipeline(store, Composition.Diagnoser(config), Composition.Rules(config), TimeProvider.System))
        {
            await using var stream = File.OpenRead(Path.Combine(at.Folder, "events.ndjson"));
            await new StreamIngest(pipeline, TimeProvider.System).RunAsync(
                new EventStreamReader(TimeProvider.System, new EventStreamOptions()).ReadAsync(stream, "file", Cancel), static _ => { }, Cancel);
        }

        var sums = (await store.AccountingAsync(Cancel))["file"];
        output.WriteLine($"{sums} in {clock.Elapsed.TotalSeconds:0} s");
        var found = new Dictionary<string, ResourceState>(StringComparer.Ordinal);
        await foreach (var state in store.ReadStatesAsync(DateTimeOffset.MinValue, Cancel)) found[state.Key.Split('/')[^1]] = state;
        var truth = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(at.Folder, "state.json"), Cancel));
        List<string> wrong = [.. Members(truth, "tasks").Select(task => Wrong(task, found, Task)), .. Members(truth, "instances").Select(instance => Wrong(instance, found, Instance))];
        wrong.RemoveAll(words => words.Length == 0);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
        Assert.Equal((Members(truth, "tasks").Count, Members(truth, "instances").Count), (found.Values.Count(state => state.Type == "task"), found.Values.Count(state => state.Type == "instance")));
    }

    private static async Task GenerateAsync(CrowsnestProcess at)
    {
        var generator = Repository.PathOf("..", "shared", "streams", "ecs-stream-gen");
        if (!File.Exists(generator)) Assert.Skip("skipped: no ../shared/streams/ecs-stream-gen beside the repository");
        using var process = Process.Start(new ProcessStartInfo(generator,
        [
            "--events", Environment.GetEnvironmentVariable("CROWSNEST_DRILL_EVENTS") ?? "3000", "--seed", Environment.GetEnvironmentVariable("CROWSNEST_SEED") ?? "1",
            "--duplicates", "5", "--out-of-order", "10", "--version-gaps", "10", "--odd", "5", "--out", Path.Combine(at.Folder, "events.ndjson"), "--state", Path.Combine(at.Folder, "state.json"),
        ]) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }

    private static List<JsonProperty> Members(JsonElement truth, string name) => [.. truth.GetProperty(name).EnumerateObject()];

    private static string Wrong(JsonProperty told, Dictionary<string, ResourceState> found, Func<JsonElement, ResourceState, (string Expected, string Found)> compare)
    {
        if (!found.TryGetValue(told.Name.Split('/')[^1], out var state)) return $"{told.Name} is missing";
        var (expected, actual) = compare(told.Value, state);
        return expected == actual ? "" : $"{told.Name}: {actual}, not {expected}";
    }

    private static (string Expected, string Found) Task(JsonElement told, ResourceState row)
    {
        var task = StateDocument.ReadTask(row);
        return (
            string.Create(CultureInfo.InvariantCulture, $"{Text(told, "lastStatus")} {Text(told, "desiredStatus")} {told.GetProperty("version").GetInt64()} {Text(told, "cluster")} {Text(told, "group")} {Text(told, "stopCode")}"),
            string.Create(CultureInfo.InvariantCulture, $"{task.Detail.LastStatus} {task.Detail.DesiredStatus} {task.Order.Version} {task.Name.Cluster} {task.Detail.Group} {task.StopCode}"));
    }

    private static (string Expected, string Found) Instance(JsonElement told, ResourceState row)
    {
        var instance = StateDocument.ReadInstance(row);
        return (
            string.Create(CultureInfo.InvariantCulture, $"{Text(told, "status")} {told.GetProperty("agentConnected").GetBoolean()} {told.GetProperty("version").GetInt64()} {told.GetProperty("remainingCpu").GetInt64()}"),
            string.Create(CultureInfo.InvariantCulture, $"{instance.Detail.Status} {instance.Detail.AgentConnected} {instance.Order.Version} {instance.Detail.RemainingCpu}"));
    }

    private static string Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
