using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server;

/// <summary>How things stand, over HTTP.</summary>
public class StatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Nothing_stored_is_nothing_broken()
    {
        await using var host = await RunningHost.StartAsync();

        var status = await host.GetAsync("/api/v1/status");

        Assert.Equal((0, 0), (status.GetProperty("events").GetInt32(), status.GetProperty("servicesFailing").GetInt32()));
        Assert.Equal(JsonValueKind.Null, status.GetProperty("failingSince").ValueKind);
        Assert.Empty(status.GetProperty("clusters").EnumerateArray());
    }

    [Fact]
    public async Task A_service_fails_until_ECS_says_that_it_is_steady_again()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines(Stopped("web", 1, Now.AddMinutes(-20)), Stopped("web", 1, Now.AddMinutes(-18)), Stopped("api", 137, Now.AddMinutes(-5))), HttpStatusCode.Accepted);

        var broken = await StatusAsync(host, Now);
        Assert.Equal((2, 1, 3, 3), (Number(broken, "servicesFailing"), Number(broken, "clustersFailing"), Number(broken, "failureEvents"), Number(broken, "failureEventsLately")));
        Assert.Equal(Now.AddMinutes(-20).UtcDateTime, broken.GetProperty("failingSince").GetDateTime());
        var web = Assert.Single(broken.GetProperty("failures").EnumerateArray(), f => Text(f, "service") == "web");
        Assert.Equal(("failing", "shop", 2, "EssentialContainerExited"), (Text(web, "state"), Text(web, "cluster"), Number(web, "count"), Text(web, "kind")));
        Assert.Contains("exit code 1", Text(web, "summary"), StringComparison.Ordinal);
        Assert.Equal(2, web.GetProperty("counts").EnumerateArray().Sum(c => c.GetInt32()));

        await host.PostAsync("/api/v1/events", Lines(Steady("web", Now.AddMinutes(-2))), HttpStatusCode.Accepted);
        var mended = await StatusAsync(host, Now);
        Assert.Equal(1, Number(mended, "servicesFailing"));
        Assert.Equal(["api failing", "web recovered"], mended.GetProperty("failures").EnumerateArray().Select(f => $"{Text(f, "service")} {Text(f, "state")}"));
        var services = Assert.Single(mended.GetProperty("clusters").EnumerateArray()).GetProperty("services").EnumerateArray();
        Assert.Equal(["api failing", "web healthy"], services.Select(s => $"{Text(s, "name")} {Text(s, "state")}"));
    }

    [Fact]
    public async Task A_service_that_crashes_again_and_again_is_not_steady_for_a_moment_of_quiet()
    {
        await using var host = await RunningHost.StartAsync();
        var crashes = Enumerable.Range(0, 10).Select(i => Stopped("web", 1, Now.AddMinutes(-20 + (i * 2))));
        await host.PostAsync("/api/v1/events", Lines([.. crashes, Steady("web", Now.AddMinutes(-1))]), HttpStatusCode.Accepted);

        var looping = Assert.Single((await StatusAsync(host, Now)).GetProperty("failures").EnumerateArray());
        var over = Assert.Single((await StatusAsync(host, Now.AddMinutes(9))).GetProperty("failures").EnumerateArray());

        Assert.Equal(("failing", "recovered"), (Text(looping, "state"), Text(over, "state")));
    }

    [Fact]
    public async Task What_failed_over_an_hour_ago_is_no_longer_failing_and_a_pause_begins_a_new_run()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines(Stopped("web", 1, Now.AddHours(-5)), Stopped("web", 1, Now.AddMinutes(-130)), Stopped("web", 1, Now.AddMinutes(-80))), HttpStatusCode.Accepted);

        var later = Assert.Single((await StatusAsync(host, Now)).GetProperty("failures").EnumerateArray());
        var then = Assert.Single((await StatusAsync(host, Now.AddMinutes(-79))).GetProperty("failures").EnumerateArray());

        Assert.Equal(("earlier", "failing"), (Text(later, "state"), Text(then, "state")));
        Assert.Equal((Now.AddHours(-5).UtcDateTime, Now.AddMinutes(-130).UtcDateTime), (later.GetProperty("firstAt").GetDateTime(), later.GetProperty("since").GetDateTime()));
    }

    [Fact]
    public async Task A_deployment_shows_in_the_strip_and_in_its_service()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines(Deployment("web", "SERVICE_DEPLOYMENT_IN_PROGRESS", Now.AddMinutes(-3)), Deployment("api", "SERVICE_DEPLOYMENT_COMPLETED", Now.AddHours(-2))), HttpStatusCode.Accepted);

        var status = await StatusAsync(host, Now);

        Assert.Equal(["web started", "api completed"], status.GetProperty("strip").GetProperty("deployments").EnumerateArray().Select(d => $"{Text(d, "service")} {Text(d, "what")}"));
        Assert.Equal(["api healthy", "web progress"], status.GetProperty("clusters")[0].GetProperty("services").EnumerateArray().Select(s => $"{Text(s, "name")} {Text(s, "state")}"));
    }

    [Fact]
    public async Task An_end_before_the_beginning_is_refused_in_words()
    {
        await using var server = await RunningServer.StartAsync();

        var (status, body) = await server.SendAsync("GET", "/api/v1/status?from=2026-03-02&to=2026-03-01");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("must be after", body, StringComparison.Ordinal);
    }

    private static Task<JsonElement> StatusAsync(RunningHost host, DateTimeOffset to) =>
        host.GetAsync("/api/v1/status?to=" + Uri.EscapeDataString(to.AddMilliseconds(1).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static byte[] Lines(params string[] events) => Encoding.UTF8.GetBytes(string.Join('\n', events));

    private static string Stopped(string service, int exitCode, DateTimeOffset at) => Event("ECS Task State Change", at, "arn:aws:ecs:eu-west-1:111122223333:task/shop/" + Id(service, at), $$"""
        {"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/shop/{{Id(service, at)}}","group":"service:{{service}}","lastStatus":"STOPPED",
        "desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","version":5,"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/{{service}}:1",
        "containers":[{"name":"main","lastStatus":"STOPPED","exitCode":{{exitCode}}}]}
        """);

    private static string Steady(string service, DateTimeOffset at) => Event("ECS Service Action", at, "arn:aws:ecs:eu-west-1:111122223333:service/shop/" + service,
        """{"eventType":"INFO","eventName":"SERVICE_STEADY_STATE","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop"}""");

    private static string Deployment(string service, string name, DateTimeOffset at) => Event("ECS Deployment State Change", at, "arn:aws:ecs:eu-west-1:111122223333:service/shop/" + service,
        $$"""{"eventType":"INFO","eventName":"{{name}}","deploymentId":"ecs-svc/12345","updatedAt":"{{at:yyyy-MM-ddTHH:mm:ssZ}}","reason":"as asked","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop"}""");

    private static string Event(string type, DateTimeOffset at, string resource, string detail) =>
        $$"""{"version":"0","id":"{{Id(type + resource, at)}}","detail-type":"{{type}}","source":"aws.ecs","account":"111122223333","time":"{{at:yyyy-MM-ddTHH:mm:ssZ}}","region":"eu-west-1","resources":["{{resource}}"],"detail":{{detail.ReplaceLineEndings("")}}}""";

    private static string Id(string of, DateTimeOffset at) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(of + at.ToString("O", CultureInfo.InvariantCulture))))[..32];
}
