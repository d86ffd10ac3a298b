using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws;
using Crowsnest.Aws.Tests;
using Crowsnest.Host.Tests.Commands;
using Crowsnest.Host.Tests.Server.Capacity;

namespace Crowsnest.Host.Tests.Usage;

/// <summary>Usage from Container Insights, through the real program and a CloudWatch that nobody here wrote.</summary>
public sealed class CloudWatchUsageTests : IAsyncDisposable
{
    private readonly Moto _moto = new();
    private readonly CrowsnestProcess _crowsnest = new();

    public async ValueTask DisposeAsync()
    {
        _crowsnest.Dispose();
        await _moto.DisposeAsync();
    }

    // Method: Quay's web has one container of 512 CPU units and 1,024 MiB, and of its tasks five days are measured; a kill of the third of March keeps its memory from being lowered.
    [Fact]
    public async Task What_Container_Insights_measured_is_evidence()
    {
        var end = new DateTimeOffset(2026, 3, 25, 0, 0, 0, TimeSpan.Zero);
        await PutAsync("CpuUtilized", end, 100);
        await PutAsync("MemoryUtilized", end, 300);
        await _crowsnest.RunAsync(["ingest", "--no-notify"], QuayEvents.Bytes);
        _crowsnest.Write("crowsnest.yaml", "usage: {kind: cloudwatch}\nresync: {accounts: [{regions: [eu-west-1]}]}\n");

        var answer = await _crowsnest.RunAsync(["capacity", "advice", "quay", "--at", "2026-03-25T12:00:00Z", "-o", "json"], null, Environment());

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        var advice = JsonElement.Parse(answer.Out);
        var item = Assert.Single(advice.GetProperty("items").EnumerateArray());
        Assert.Equal(("lowerCpu", "web", 512, 128), (item.GetProperty("kind").GetString(), item.GetProperty("serviceName").GetString(), Cpu(item, "from"), Cpu(item, "to")));
        Assert.Equal("1440 points over 5 days", item.GetProperty("usage").GetString());
        Assert.Equal(["Of api no usage was found."], advice.GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task A_region_that_is_not_named_is_said()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], QuayEvents.Bytes);
        _crowsnest.Write("crowsnest.yaml", "usage: {kind: cloudwatch}\nresync: {accounts: [{regions: [us-east-1]}]}\n");

        var answer = await _crowsnest.RunAsync(["capacity", "advice", "quay", "--at", "2026-03-03T20:00:00Z", "-o", "table"], null, Environment());

        Assert.Contains("The configuration names neither the account 123456789012 nor the region eu-west-1 under 'resync'.", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Give container web of web 1280 MiB", answer.Out, StringComparison.Ordinal);
    }

    private (string, string)[] Environment() =>
        [("AWS_ENDPOINT_URL_CLOUDWATCH", _moto.Address.AbsoluteUri), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("CROWSNEST_CONFIG", Path.Combine(_crowsnest.Folder, "crowsnest.yaml"))];

    private static int Cpu(JsonElement item, string name) => item.GetProperty(name).GetProperty("cpu").GetInt32();

    private async Task PutAsync(string metric, DateTimeOffset end, double value)
    {
        using var client = new AwsQueryClient(Moto.Identity, "monitoring", "2010-08-01", _moto.Address, TimeProvider.System);
        foreach (var some in Enumerable.Range(1, 1_440).Chunk(480))
        {
            var members = new List<KeyValuePair<string, string>> { new("Namespace", "ECS/ContainerInsights") };
            foreach (var (i, n) in some.Index())
            {
                var member = string.Create(CultureInfo.InvariantCulture, $"MetricData.member.{i + 1}.");
                members.AddRange(
                [
                    new(member + "MetricName", metric), new(member + "Value", value.ToString(CultureInfo.InvariantCulture)), new(member + "Timestamp", end.AddMinutes(-5 * n).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                    new(member + "Dimensions.member.1.Name", "ClusterName"), new(member + "Dimensions.member.1.Value", "quay"), new(member + "Dimensions.member.2.Name", "ServiceName"), new(member + "Dimensions.member.2.Value", "web"),
                ]);
            }

            await client.CallAsync("PutMetricData", members, TestContext.Current.CancellationToken);
        }
    }
}
