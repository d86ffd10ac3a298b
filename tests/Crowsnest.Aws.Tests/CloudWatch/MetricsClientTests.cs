using System.Globalization;
using Crowsnest.Aws.CloudWatch;

namespace Crowsnest.Aws.Tests.CloudWatch;

/// <summary>Metrics of CloudWatch, from one that nobody here wrote.</summary>
public sealed class MetricsClientTests(Moto moto)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Method: three services have a value each five minutes for a day, by put-metric-data; each is asked for by its dimensions, and one that nobody measured.
    [Fact]
    public async Task What_was_put_is_read_by_its_dimensions()
    {
        var space = $"ECS/ContainerInsights-{Environment.ProcessId}";
        foreach (var n in (int[])[1, 2, 3]) await PutAsync(space, $"svc{n}", Enumerable.Range(0, 288).Select(i => (Start.AddMinutes(5 * i), (1_000.0 * n) + i)));
        using var client = new MetricsClient(Moto.Identity, moto.Address, TimeProvider.System);
        string[] asked = ["svc2", "nobody", "svc3", "svc1"];

        var points = await client.GetAsync(space, [.. asked.Select(s => new MetricQuery("MemoryUtilized", [new("ClusterName", "prod"), new("ServiceName", s)], "Maximum"))], TimeSpan.FromMinutes(5), Start, Start.AddDays(1), Stop);

        Assert.Equal([288, 0, 288, 288], points.Select(p => p.Count));
        Assert.Equal(Enumerable.Range(0, 288).Select(i => new MetricPoint(Start.AddMinutes(5 * i), 2_000.0 + i)), points[0]);
        Assert.Equal((3_000, 1_287), (points[2][0].Value, points[3][^1].Value));
    }

    // Goal: no call asks for more points than CloudWatch answers. Method: thirty metrics of three weeks, of which sixteen are a call's worth; the last is found among its own.
    [Fact]
    public async Task More_than_a_call_answers_is_asked_for_in_several()
    {
        var space = $"ECS/Many-{Environment.ProcessId}";
        await PutAsync(space, "many29", [(Start.AddDays(20), 7)]);
        using var client = new MetricsClient(Moto.Identity, moto.Address, TimeProvider.System);

        var points = await client.GetAsync(space, [.. Enumerable.Range(0, 30).Select(n => new MetricQuery("MemoryUtilized", [new("ClusterName", "prod"), new("ServiceName", $"many{n}")], "Maximum"))], TimeSpan.FromMinutes(5), Start, Start.AddDays(21), Stop);

        Assert.Equal((30, new MetricPoint(Start.AddDays(20), 7)), (points.Count, Assert.Single(points[29])));
        Assert.All(points.Take(29), Assert.Empty);
    }

    private async Task PutAsync(string space, string service, IEnumerable<(DateTimeOffset At, double Value)> points)
    {
        using var client = new AwsQueryClient(Moto.Identity, "monitoring", "2010-08-01", moto.Address, TimeProvider.System);
        foreach (var some in points.Chunk(100))
        {
            var members = new List<KeyValuePair<string, string>> { new("Namespace", space) };
            for (var i = 0; i < some.Length; i++)
            {
                var member = string.Create(CultureInfo.InvariantCulture, $"MetricData.member.{i + 1}.");
                members.AddRange(
                [
                    new(member + "MetricName", "MemoryUtilized"), new(member + "Value", some[i].Value.ToString(CultureInfo.InvariantCulture)), new(member + "Timestamp", some[i].At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                    new(member + "Dimensions.member.1.Name", "ClusterName"), new(member + "Dimensions.member.1.Value", "prod"), new(member + "Dimensions.member.2.Name", "ServiceName"), new(member + "Dimensions.member.2.Value", service),
                ]);
            }

            await client.CallAsync("PutMetricData", members, Stop);
        }
    }
}
