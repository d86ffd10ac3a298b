using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Incidents over HTTP, through the whole system: from a failure to its end, and what people do meanwhile.</summary>
public class IncidentsTests
{
    private static readonly CrowsnestConfig AtOnce = new() { Route = new Route { Receiver = "console", GroupWait = TimeSpan.Zero, GroupInterval = TimeSpan.FromSeconds(1) } };

    [Fact]
    public async Task A_failure_opens_one_people_see_to_it_and_a_steady_state_ends_it()
    {
        await using var host = await RunningHost.StartAsync(AtOnce);
        await host.PostAsync("/api/v1/events", Crash("t1", 60) + Crash("t2", 50), HttpStatusCode.Accepted);
        var id = (await OnlyAsync(host, "?state=open", i => i.GetProperty("toldAt").ValueKind != JsonValueKind.Null)).GetProperty("id").GetString();

        await host.PostAsync($"/api/v1/incidents/{id}/acknowledge", """{"by":"ann","text":"looking"}""", HttpStatusCode.OK);
        await host.PostAsync($"/api/v1/incidents/{id}/acknowledge", """{"by":"bob"}""", HttpStatusCode.Conflict);
        await host.PostAsync($"/api/v1/incidents/{id}/assign", """{"by":"ann","assignee":"bob"}""", HttpStatusCode.OK);
        await host.PostAsync($"/api/v1/incidents/{id}/comments", """{"by":"bob","text":"<b>the new image</b>"}""", HttpStatusCode.OK);
        var seen = (await host.GetAsync("/api/v1/incidents?state=acknowledged")).GetProperty("items")[0];
        Assert.Equal(("acknowledged", "ann", "bob", 2), (Text(seen, "state"), Text(seen, "acknowledgedBy"), Text(seen, "assignee"), seen.GetProperty("count").GetInt32()));
        Assert.Empty((await host.GetAsync("/api/v1/incidents?state=firing")).GetProperty("items").EnumerateArray());

        await host.PostAsync("/api/v1/events", Steady(5), HttpStatusCode.Accepted);
        await OnlyAsync(host, "?state=resolved", _ => true);
        var whole = await UntilAsync(host, $"/api/v1/incidents/{id}", d => d.GetProperty("steps").EnumerateArray().Count(s => Text(s, "kind") == "told" && s.GetProperty("deliveries").EnumerateArray().All(one => Text(one, "state") == "sent")) == 2);
        Assert.Equal("The service reached a steady state.", Text(whole.GetProperty("incident"), "resolution"));
        Assert.Equal(["opened", "told", "acknowledged", "assigned", "commented", "resolved", "told"], whole.GetProperty("steps").EnumerateArray().Select(s => Text(s, "kind")));
        Assert.Equal("console", Text(whole.GetProperty("steps")[1].GetProperty("deliveries")[0], "integration"));
        Assert.NotEmpty(whole.GetProperty("evidence").EnumerateArray());

        await host.PostAsync($"/api/v1/incidents/{id}/reopen", """{"text":"not yet"}""", HttpStatusCode.OK);
        var resolved = await host.PostAsync($"/api/v1/incidents/{id}/resolve", "{}", HttpStatusCode.OK);
        Assert.Equal("Resolved by somebody.", Text(resolved.GetProperty("incident"), "resolution"));
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_with_the_right_status()
    {
        await using var host = await RunningHost.StartAsync(AtOnce);
        await host.PostAsync("/api/v1/events", Crash("t1", 60), HttpStatusCode.Accepted);
        var id = Text(await OnlyAsync(host, "", _ => true), "id");

        Assert.Contains("one of: open", Text(await host.GetAsync("/api/v1/incidents?state=shut", HttpStatusCode.BadRequest), "detail"), StringComparison.Ordinal);
        Assert.Contains("cursor", Text(await host.GetAsync("/api/v1/incidents?cursor=x", HttpStatusCode.BadRequest), "detail"), StringComparison.Ordinal);
        await host.GetAsync("/api/v1/incidents/none", HttpStatusCode.NotFound);
        await host.PostAsync("/api/v1/incidents/none/acknowledge", "{}", HttpStatusCode.NotFound);
        Assert.Contains("not over", Text(await host.PostAsync($"/api/v1/incidents/{id}/reopen", "{}", HttpStatusCode.Conflict), "detail"), StringComparison.Ordinal);
        Assert.Contains("needs a text", Text(await host.PostAsync($"/api/v1/incidents/{id}/comments", "{}", HttpStatusCode.Conflict), "detail"), StringComparison.Ordinal);
        Assert.Contains("assignee", Text(await host.PostAsync($"/api/v1/incidents/{id}/assign", "{}", HttpStatusCode.BadRequest), "detail"), StringComparison.Ordinal);
        await host.PostAsync($"/api/v1/incidents/{id}/comments", """{"text":5}""", HttpStatusCode.BadRequest);
        await host.PostAsync($"/api/v1/incidents/{id}/comments", "nonsense", HttpStatusCode.BadRequest);
        Assert.Contains("2000", Text(await host.PostAsync($"/api/v1/incidents/{id}/comments", $"{{\"text\":\"{new string('x', 2_001)}\"}}", HttpStatusCode.BadRequest), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_goes_on_where_a_page_ended()
    {
        await using var host = await RunningHost.StartAsync(AtOnce);
        await host.PostAsync("/api/v1/events", string.Concat(Enumerable.Range(0, 7).Select(i => Crash("t" + i, 60 - i, "svc" + i))), HttpStatusCode.Accepted);
        await UntilAsync(host, "/api/v1/incidents", page => page.GetProperty("items").GetArrayLength() == 7);

        var (services, next) = (new List<string>(), (string?)null);
        do
        {
            var page = await host.GetAsync("/api/v1/incidents?limit=3" + (next is null ? "" : "&cursor=" + Uri.EscapeDataString(next)));
            services.AddRange(page.GetProperty("items").EnumerateArray().Select(i => Text(i.GetProperty("labels"), "service")));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(["svc6", "svc5", "svc4", "svc3", "svc2", "svc1", "svc0"], services);
    }

    private static async Task<JsonElement> OnlyAsync(RunningHost host, string query, Func<JsonElement, bool> holds) => (await UntilAsync(
        host, "/api/v1/incidents" + query, page => page.GetProperty("items").GetArrayLength() == 1 && holds(page.GetProperty("items")[0]))).GetProperty("items")[0];

    private static async Task<JsonElement> UntilAsync(RunningHost host, string path, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        while (true)
        {
            var answer = await host.GetAsync(path);
            if (holds(answer)) return answer;
            if (either.IsCancellationRequested) Assert.Fail(answer.GetRawText());
        }
    }

    private static string Text(JsonElement of, string member) => of.GetProperty(member).GetString() ?? "";

    private static string Crash(string task, int secondsAgo, string service = "web") => $$$"""
        {"id":"{{{task}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(secondsAgo)}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/{{{task}}}","group":"service:{{{service}}}","startedBy":"ecs-svc/1","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":5,"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}

        """;

    private static string Steady(int secondsAgo) => $$$"""
        {"id":"s","detail-type":"ECS Service Action","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(secondsAgo)}}}","resources":["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","eventType":"INFO","eventName":"SERVICE_STEADY_STATE"}}

        """;

    private static string Time(int secondsAgo) => TimeProvider.System.GetUtcNow().AddSeconds(-secondsAgo).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
