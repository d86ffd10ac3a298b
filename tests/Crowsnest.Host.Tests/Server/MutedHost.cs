using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Host.Tests.Server;

/// <summary>What tests of silences share: a server that tells at once, and failures that happened just now.</summary>
internal static class MutedHost
{
    /// <summary>Two receivers, one of them for payments.</summary>
    public static CrowsnestConfig AtOnce { get; } = new()
    {
        Route = new Route
        {
            Receiver = "console", GroupWait = TimeSpan.Zero, GroupInterval = TimeSpan.FromSeconds(1),
            Routes = [new Route { Receiver = "payments", Matchers = MatcherText.Parse("service=~pay.*"), GroupWait = TimeSpan.Zero, GroupInterval = TimeSpan.FromSeconds(1), GroupBy = ["cluster", "service"] }],
        },
        Receivers = [new ReceiverConfig("console", [], new ConsoleConfig()), new ReceiverConfig("payments", [], new ConsoleConfig())],
    };

    /// <summary>Asks until the answer is as it should be.</summary>
    public static async Task<JsonElement> UntilAsync(this RunningHost host, string path, Func<JsonElement, bool> holds)
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

    /// <summary>Tasks of these services failed.</summary>
    public static async Task CrashAsync(this RunningHost host, params string[] services)
    {
        var time = TimeProvider.System.GetUtcNow().AddSeconds(-5).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await host.PostAsync("/api/v1/events", string.Concat(services.Select(service => $$$"""
            {"id":"{{{service}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{time}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/{{{service}}}","group":"service:{{{service}}}","startedBy":"ecs-svc/1","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":5,"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}

            """)), HttpStatusCode.Accepted);
        await host.UntilAsync("/api/v1/incidents?state=open", page => page.GetProperty("items").GetArrayLength() >= services.Length);
    }
}
