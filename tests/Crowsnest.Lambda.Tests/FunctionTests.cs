using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Tests;
using Crowsnest.OpenSearch;
using Crowsnest.OpenSearch.Tests;

[assembly: AssemblyFixture(typeof(OpenSearchServer))]

namespace Crowsnest.Lambda.Tests;

/// <summary>The function against the real store, called by a Runtime API that keeps to the published rules.</summary>
[Trait("Category", "slow")]
public sealed class FunctionTests
{
    private readonly string _prefix = "fn-" + RandomNumberGenerator.GetHexString(12, lowercase: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_larger_than_ten_is_stored_once_and_what_cannot_be_read_is_put_aside()
    {
        await using var function = new RunningFunction(Config());
        var messages = Enumerable.Range(0, 40).Select(i => ($"m{i}", Calls.Task($"t{i}", "RUNNING", 1))).Append(("poison", "no event")).Append(("m0", "{}")).ToList();

        var first = await function.CallAsync(Calls.Batch(messages));
        var again = await function.CallAsync(Calls.Batch(messages));

        Assert.Equal(("""{"batchItemFailures":[]}""", """{"batchItemFailures":[]}"""), (first.GetRawText(), again.GetRawText()));
        await using var store = await StoreAsync();
        var sums = (await store.AccountingAsync(Cancel))["sqs:crowsnest"];
        Assert.Equal((84, 40, 40, 4), (sums.Received, sums.Stored, sums.Duplicates, sums.Quarantined));
        var figures = function.Log.Where(line => line.GetProperty("message").GetString() == "batch").ToList();
        Assert.Equal([40.0, 0.0], figures.Select(line => line.GetProperty("EventsStored").GetDouble()));
        Assert.Equal([0.0, 40.0], figures.Select(line => line.GetProperty("EventsDuplicate").GetDouble()));
    }

    [Fact]
    public async Task Figures_are_in_the_embedded_metric_format()
    {
        await using var function = new RunningFunction(Config());
        await function.CallAsync(Calls.Batch([("m", Calls.Task("t", "RUNNING", 1))]));

        var line = function.Log.Single(line => line.GetProperty("message").GetString() == "batch");
        var metrics = line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0];
        Assert.Equal("Crowsnest", metrics.GetProperty("Namespace").GetString());
        Assert.Equal("[[\"FunctionName\"]]", metrics.GetProperty("Dimensions").GetRawText());
        Assert.Equal("trial", line.GetProperty("FunctionName").GetString());
        Assert.NotEmpty(line.GetProperty("requestId").GetString()!);
        Assert.All(metrics.GetProperty("Metrics").EnumerateArray(), metric => Assert.Equal(JsonValueKind.Number, line.GetProperty(metric.GetProperty("Name").GetString()!).ValueKind));
        Assert.Contains("\"Milliseconds\"", metrics.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_task_is_told_of_once_right_after_it_is_stored()
    {
        using var hook = new Hook();
        await using var function = new RunningFunction(Config(hook));

        await function.CallAsync(Calls.Batch([("a", Calls.Task("t", "STOPPED", 3)), ("b", Calls.Task("t", "DEPROVISIONING", 2))]));
        await function.CallAsync(Calls.Batch([("c", Calls.Task("t", "RUNNING", 1))]));
        await function.CallAsync(Calls.Tick);

        var message = Assert.Single(hook.Posted);
        Assert.Contains("exit", message.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_another_process_had_the_right_to_tell_is_told_by_the_tick()
    {
        using var hook = new Hook();
        await using var function = new RunningFunction(Config(hook));
        await using var other = await StoreAsync();
        Assert.True(await other.Incidents.LeadAsync(Cancel));

        await function.CallAsync(Calls.Batch([("a", Calls.Task("t", "STOPPED", 3))]));
        var without = await function.CallAsync(Calls.Tick);
        Assert.Empty(hook.Posted);
        await other.YieldAsync(Cancel);
        var with = await function.CallAsync(Calls.Tick);

        Assert.Equal((false, true), (without.GetProperty("told").GetBoolean(), with.GetProperty("told").GetBoolean()));
        Assert.Single(hook.Posted);

        // It does not keep the right that it may be frozen with.
        Assert.True(await other.Incidents.LeadAsync(Cancel));
    }

    // Goal: each failure in one message, whichever of the functions has which half of a stop, and every event once.
    // The stream is up to now, as that of a fleet that lives. The second environment has read the clusters before the agent came back, and hears of it from the store.
    [Fact]
    public async Task An_agent_that_stays_away_is_told_by_the_tick_and_that_it_is_back_too()
    {
        using var hook = new Hook();
        await using var function = new RunningFunction(Config(hook));
        await using var other = new RunningFunction(Config(hook));

        await function.CallAsync(Calls.Batch([("a", Calls.Instance("flaps", false, 2, 4)), ("b", Calls.Instance("away", false, 2, 6)), ("d", Calls.Instance("well", true, 1, 0))]));
        await function.CallAsync(Calls.Tick);
        await other.CallAsync(Calls.Tick);
        Assert.Equal("away", Assert.Single(hook.Posted).GetProperty("alerts")[0].GetProperty("labels").GetProperty("instance").GetString());

        await function.CallAsync(Calls.Batch([("c", Calls.Instance("away", true, 3, 1))]));
        await using var store = await StoreAsync();

        // What was written in the last moment may come with a later answer.
        Core.Incidents.Incident incident;
        var ticks = 0;
        do
        {
            await other.CallAsync(Calls.Tick);
            incident = Assert.Single(await store.Incidents.IncidentsAsync(10, Cancel));
        }
        while (incident.State != Core.Incidents.IncidentState.Resolved && ++ticks < 50);
        Assert.Equal(("agent-disconnected", Core.Incidents.IncidentState.Resolved), (incident.Lead.Rule, incident.State));
    }

    [Fact]
    public async Task Several_functions_at_once_lose_nothing_and_tell_once()
    {
        const int Functions = 3, Tasks = 30;
        using var hook = new Hook();
        var functions = Enumerable.Range(0, Functions).Select(_ => new RunningFunction(Config(hook))).ToList();

        // The two events of one stop in batches of two functions, at the same time.
        var stopped = Enumerable.Range(0, Tasks).Select(i => (Id: $"s{i}", Body: Calls.Task($"t{i}", "STOPPED", 3, $"service-{i}"))).ToList();
        var leaving = Enumerable.Range(0, Tasks).Select(i => (Id: $"l{i}", Body: Calls.Task($"t{i}", "DEPROVISIONING", 2, $"service-{i}"))).ToList();
        var batches = stopped.Chunk(5).Concat(leaving.Chunk(5)).Concat(stopped.Chunk(5).Take(2)).ToList();
        var answers = await Task.WhenAll(batches.Select((batch, i) => functions[i % Functions].CallAsync(Calls.Batch(batch))));
        Assert.All(answers, answer => Assert.Equal("""{"batchItemFailures":[]}""", answer.GetRawText()));
        foreach (var function in functions) await function.CallAsync(Calls.Tick);

        await using var store = await StoreAsync();
        await store.RefreshAsync(Cancel);
        var sums = (await store.AccountingAsync(Cancel))["sqs:crowsnest"];
        Assert.Equal(2 * Tasks, sums.Stored);
        var ids = hook.Posted.Select(message => message.GetProperty("notificationId").GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var told = string.Join('\n', hook.Posted.Select(message => message.GetRawText()));
        Assert.All(Enumerable.Range(0, Tasks), i => Assert.Contains($"\"service-{i}\"", told, StringComparison.Ordinal));
        Assert.Equal(Tasks, hook.Posted.Count);
        foreach (var function in functions) await function.DisposeAsync();
    }

    [Fact]
    public async Task Events_come_directly_and_in_SNS_records_too()
    {
        await using var function = new RunningFunction(Config());
        var sns = new JsonObject { ["Records"] = new JsonArray(new JsonObject { ["EventSource"] = "aws:sns", ["EventVersion"] = "1.0", ["Sns"] = new JsonObject { ["Type"] = "Notification", ["Message"] = Calls.Task("t2", "RUNNING", 1) } }) }.ToJsonString();

        Assert.Equal("""{"received":1,"stored":1,"duplicates":0,"quarantined":0}""", (await function.CallAsync(Calls.Task("t1", "RUNNING", 1))).GetRawText());
        Assert.Equal("""{"received":1,"stored":1,"duplicates":0,"quarantined":0}""", (await function.CallAsync(sns)).GetRawText());
        Assert.Equal("""{"received":1,"stored":0,"duplicates":0,"quarantined":1}""", (await function.CallAsync("""{"hello": "world"}""")).GetRawText());
    }

    [Fact]
    public async Task A_store_that_is_away_fails_the_invocation_in_its_words_and_the_next_one_tries_again()
    {
        var port = Peers.FreePort();
        await using var function = new RunningFunction($"store: {{kind: opensearch, url: 'http://127.0.0.1:{port}'}}");

        var failed = await function.Api.InvokeAsync(Calls.Batch([("m", Calls.Task("t", "RUNNING", 1))]), TimeSpan.FromSeconds(30));

        Assert.Equal("StoreException", failed.ErrorType);
        Assert.Contains($"127.0.0.1:{port}", JsonElement.Parse(failed.Body).GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal("StoreException", (await function.Api.InvokeAsync(Calls.Tick, TimeSpan.FromSeconds(30))).ErrorType);
        Assert.Contains(function.Log, line => line.GetProperty("level").GetString() == "WARN" && line.GetProperty("message").GetString()!.StartsWith("not connected yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_hangs_fails_the_invocation_before_its_deadline()
    {
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var function = new RunningFunction($"store: {{kind: opensearch, url: 'http://127.0.0.1:{((IPEndPoint)hanging.LocalEndpoint).Port}'}}");

        var failed = await function.Api.InvokeAsync(Calls.Tick, TimeSpan.FromSeconds(5));

        Assert.Equal("StoreException", failed.ErrorType);
        Assert.Contains("The time of the invocation is over", failed.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_the_service_does_not_take_is_said_and_the_next_invocation_comes()
    {
        await using var function = new RunningFunction(Config());

        Assert.Equal("Sandbox.Refused", (await function.Api.InvokeAsync(Calls.Tick, invocationIdExpected: "of another delivery")).ErrorType);
        await function.CallAsync(Calls.Tick);

        Assert.Equal(["InvalidInvocationId"], function.Api.Refused);
        Assert.Contains(function.Log, line => line.GetProperty("level").GetString() == "ERROR" && line.GetProperty("message").GetString()!.Contains("InvalidInvocationId", StringComparison.Ordinal));
    }

    private string Config(Hook? hook = null) => string.Create(CultureInfo.InvariantCulture, $$"""
        store: {kind: opensearch, url: '{{OpenSearchServer.Address}}', index_prefix: {{_prefix}}, replicas: 0}
        receivers: [{name: ops, {{(hook is null ? "console_configs: [{}]" : $"webhook_configs: [{{url: '{hook.Url}', allow_private: true}}]")}}}]
        route: {receiver: ops, group_by: [service], group_wait: 0s}
        """);

    private ValueTask<OpenSearchStore> StoreAsync() =>
        OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _prefix, Replicas = 0 }, TimeProvider.System, Cancel);
}
