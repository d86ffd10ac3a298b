using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Configuration;

namespace Crowsnest.Host.Tests.Server;

/// <summary>An event that only tries the way, over HTTP: told and found, and no part of how things stand.</summary>
public class SyntheticTests
{
    private const string Nonce = "6f2c2b1e-3f57-11f0-b558-0242ac120002";

    private static readonly CrowsnestConfig Verifying = new() { Verify = new VerifyConfig { Nonce = new Secret(Nonce), Receiver = "console" } };

    [Fact]
    public async Task It_is_told_and_found_and_nothing_that_says_how_things_stand_has_it()
    {
        await using var host = await RunningHost.StartAsync(Verifying);

        await host.PostAsync("/api/v1/events", Event("crowsnest.verify", Nonce), HttpStatusCode.Accepted);
        var told = await ToldAsync(host);

        Assert.Equal(("true", "console"), (told.GetProperty("incidents")[0].GetProperty("labels").GetProperty("synthetic").GetString(), told.GetProperty("receiver").GetString()));
        var found = (await host.GetAsync("/api/v1/events?q=synthetic:true")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal((true, "failure", "EssentialContainerExited"), (found.GetProperty("synthetic").GetBoolean(), found.GetProperty("outcome").GetString(), found.GetProperty("kind").GetString()));
        Assert.DoesNotContain(Nonce, found.GetRawText(), StringComparison.Ordinal);

        var status = await host.GetAsync("/api/v1/status");
        Assert.Equal((0, 0, 0), (status.GetProperty("events").GetInt32(), status.GetProperty("failureEvents").GetInt32(), status.GetProperty("servicesFailing").GetInt32()));
        Assert.Empty(status.GetProperty("clusters").EnumerateArray());
        Assert.Empty(status.GetProperty("failures").EnumerateArray());
        Assert.Empty(status.GetProperty("strip").GetProperty("kinds").EnumerateArray());
        var metrics = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("crowsnest_incidents{state=\"firing\"} 0", metrics, StringComparison.Ordinal);
        Assert.Contains("crowsnest_incidents{state=\"expired\"} 0", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("crowsnest_ingest_lag_seconds", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_nonce_it_is_kept_and_says_nothing()
    {
        await using var host = await RunningHost.StartAsync(Verifying);

        await host.PostAsync("/api/v1/events", Event("crowsnest.verify", "0" + Nonce), HttpStatusCode.Accepted);

        var found = (await host.GetAsync("/api/v1/events")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(("info", false), (found.GetProperty("outcome").GetString(), found.TryGetProperty("synthetic", out _)));
        Assert.Empty((await host.GetAsync("/api/v1/notifications")).GetProperty("items").EnumerateArray());
    }

    private static async Task<JsonElement> ToldAsync(RunningHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        while (true)
        {
            var sent = (await host.GetAsync("/api/v1/notifications")).GetProperty("items").EnumerateArray().Where(m => m.GetProperty("state").GetString() == "sent").ToList();
            if (sent.Count > 0) return sent.Single();
            either.Token.ThrowIfCancellationRequested();
        }
    }

    private static string Event(string source, string nonce) => $$$"""
        {"id":"1","detail-type":"ECS Task State Change","source":"{{{source}}}","account":"111122223333","region":"eu-west-1","time":"{{{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}}",
         "detail":{"crowsnest":{"synthetic":{"nonce":"{{{nonce}}}"}},"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/crowsnest-verify","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/crowsnest-verify/0123456789abcdef",
         "group":"service:trial","lastStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}
        """;
}
