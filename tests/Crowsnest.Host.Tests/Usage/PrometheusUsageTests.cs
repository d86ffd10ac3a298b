using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Usage;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Host.Tests.Usage;

/// <summary>Usage from a server with Prometheus's HTTP API.</summary>
public sealed class PrometheusUsageTests
{
    private const string Family = "container_label_com_amazonaws_ecs_task_definition_family", Container = "container_label_com_amazonaws_ecs_container_name";

    private static readonly ClusterName Prod = new("123456789012", "eu-west-1", "prod");
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Series_of_cadvisor_are_those_of_the_services_whose_family_they_have()
    {
        await using var server = await OwnPrometheus.StartAsync("geheimes-token");
        server.Series = query => query.Contains("memory", StringComparison.Ordinal)
            ? [(new() { [Family] = "api-def", [Container] = "web" }, at => at % 600 == 0 ? 100 : double.NaN), (new() { [Family] = "other", [Container] = "x" }, _ => 1), (new() { [Container] = "none" }, _ => 1)]
            : [(new() { [Family] = "api-def", [Container] = "web" }, _ => 12.5)];
        using var usage = new PrometheusUsage(Config(server) with { Token = new Secret("geheimes-token") }, TimeProvider.System);

        var series = await usage.ReadAsync(Prod, [new("api", "api-def"), new("api-too", "api-def"), new("lone", "lone-def")], Start, Start.AddDays(1), TestContext.Current.CancellationToken);

        Assert.Equal(["api web Cpu 289", "api web Memory 145", "api-too web Cpu 289", "api-too web Memory 145"], series.Select(s => $"{s.Service} {s.Container} {s.Kind} {s.Points.Count}").Order(StringComparer.Ordinal));
        Assert.Equal((Start, 100.0), (series[2].Points[0].At, series[2].Points[0].Value));
        Assert.Equal(
            [
                $"max by ({Family}, {Container}) (rate(container_cpu_usage_seconds_total{{container_label_com_amazonaws_ecs_cluster=\"prod\"}}[5m])) * 1024",
                $"max by ({Family}, {Container}) (max_over_time(container_memory_working_set_bytes{{container_label_com_amazonaws_ecs_cluster=\"prod\"}}[5m])) / 1048576",
            ],
            server.Asked.Select(a => a.Query));
    }

    [Fact]
    public async Task More_points_than_an_answer_may_have_are_asked_for_in_parts()
    {
        await using var server = await OwnPrometheus.StartAsync();
        server.Series = _ => [(new() { ["svc"] = "api" }, at => at)];
        using var usage = new PrometheusUsage(
            Config(server) with { Step = TimeSpan.FromMinutes(1), ServiceLabel = "svc", CpuQuery = "cpu{c=\"$cluster\"}", MemoryQuery = "memory", TasksQuery = "tasks" }, TimeProvider.System);

        var series = await usage.ReadAsync(Prod with { Name = "a\"b" }, [new("api", "")], Start, Start.AddDays(21), TestContext.Current.CancellationToken);

        Assert.Equal(["cpu{c=\"a\\\"b\"}", "memory", "tasks"], server.Asked.Select(a => a.Query).Distinct());
        Assert.Equal([11_000, 11_000, 8_241], server.Asked.Where(a => a.Query == "tasks").Select(a => a.Points));
        Assert.All(series, s => Assert.Equal(Enumerable.Range(0, (21 * 1_440) + 1).Select(minute => Start.AddMinutes(minute)), s.Points.Select(p => p.At)));
        Assert.Equal([UsageKind.Cpu, UsageKind.Memory, UsageKind.Tasks], series.Select(s => s.Kind));
    }

    [Fact]
    public async Task What_goes_wrong_is_said_without_the_token()
    {
        await using var server = await OwnPrometheus.StartAsync("another");
        async Task<string> WhyAsync(UsageConfig.PrometheusServer config)
        {
            using var usage = new PrometheusUsage(config, TimeProvider.System);
            return (await Assert.ThrowsAsync<UnreadUsageException>(() => usage.ReadAsync(Prod, [new("api", "api")], Start, Start.AddDays(1), TestContext.Current.CancellationToken))).Message;
        }

        Assert.Equal("127.0.0.1: the answer is 401 and none of Prometheus's", await WhyAsync(Config(server) with { Token = new Secret("geheimes-token") }));
        server.Instead = () => Results.Text("""{"status":"error","errorType":"bad_data","error":"it was geheimes-token"}""", statusCode: 400);
        await using var open = await OwnPrometheus.StartAsync();
        open.Instead = server.Instead;
        Assert.Equal("127.0.0.1: bad_data: it was …", await WhyAsync(Config(open) with { Token = new Secret("geheimes-token") }));
        open.Instead = () => Results.Redirect("http://169.254.169.254/");
        Assert.Equal("127.0.0.1: the answer is 302 and none of Prometheus's", await WhyAsync(Config(open)));
        open.Instead = () => Results.Text("""{"status":"success","data":{"resultType":"vector","result":[]}}""");
        Assert.Contains("is a vector and no matrix", await WhyAsync(Config(open)), StringComparison.Ordinal);
        Assert.Contains("metadata address", await WhyAsync(Config(open) with { Url = new Uri("http://169.254.169.254/") }), StringComparison.Ordinal);
        Assert.Contains("allow_private", await WhyAsync(Config(open) with { Url = new Uri($"http://localhost:{open.Url.Port}") }), StringComparison.Ordinal);
    }

    private static UsageConfig.PrometheusServer Config(OwnPrometheus server) => new() { Url = server.Url };
}
