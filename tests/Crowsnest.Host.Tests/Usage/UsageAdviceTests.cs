using System.Net;
using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Host.Tests.Commands;
using Crowsnest.Host.Tests.Server;
using Crowsnest.Host.Tests.Server.Capacity;

namespace Crowsnest.Host.Tests.Usage;

/// <summary>Advice from usage, through the whole system.</summary>
public sealed class UsageAdviceTests
{
    // Method: Harbour's web has 512 CPU units and 2,048 MiB in each of two tasks and its api 1,024 of each twice on Fargate; Prometheus knows web's family only.
    [Fact]
    public async Task What_is_never_used_is_lowered_and_what_that_saves_is_told_in_money()
    {
        await using var prometheus = await OwnPrometheus.StartAsync();
        prometheus.Series = query => query == "cpu" ? [(new() { ["service"] = "api" }, _ => 100)]
            : query == "memory" ? [(new() { ["service"] = "api" }, _ => 400), (new() { ["service"] = "web" }, at => at % 7_200 == 0 ? 700 : 650)] : [];
        var config = new CrowsnestConfig
        {
            Sizing = new SizingConfig
            {
                Usage = new UsageConfig.PrometheusServer { Url = prometheus.Url, ServiceLabel = "service", CpuQuery = "cpu", MemoryQuery = "memory" },
                Options = new AdviceOptions { Prices = new PriceTable { Currency = "EUR", FargateCpuHour = 0.04m, FargateMemoryHour = 0.004m } },
            },
        };
        await using var host = await RunningHost.StartAsync(config);
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        var advice = await host.GetAsync("/api/v1/capacity/harbour/advice?at=2026-03-25T12:00:00Z");
        var items = advice.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("serviceName").GetString()!);

        Assert.Equal("""{"cpu":256,"memory":512}""", items["api"].GetProperty("to").GetRawText());
        Assert.Equal(("resizeTask", 768, 1_536, 26.28m, "EUR"), (
            items["api"].GetProperty("kind").GetString(), Saved(items["api"], "cpu"), Saved(items["api"], "memory"), items["api"].GetProperty("saving").GetProperty("perMonth").GetDecimal(),
            items["api"].GetProperty("saving").GetProperty("currency").GetString()));
        Assert.Equal("greatest use 700 MiB + 15 % = 805 MiB, rounded up to steps of 64 MiB: 832 MiB", items["web"].GetProperty("formula").GetString());
        Assert.Equal(("lowerMemory", 2 * (2_048 - 832), false), (items["web"].GetProperty("kind").GetString(), Saved(items["web"], "memory"), items["web"].GetProperty("reservationsOnly").GetBoolean()));
        Assert.Equal(["Of jobs no usage was found."], advice.GetProperty("notes").EnumerateArray().Select(n => n.GetString()).Where(n => n!.StartsWith("Of ", StringComparison.Ordinal)));

        // Within a quarter of an hour it is not asked for again.
        var asked = prometheus.Asked.Count;
        await host.GetAsync("/api/v1/capacity/harbour/advice?at=2026-03-25T12:00:00Z");
        Assert.Equal(asked, prometheus.Asked.Count);
    }

    [Fact]
    public async Task When_usage_cannot_be_read_the_rest_is_said_and_why()
    {
        await using var prometheus = await OwnPrometheus.StartAsync("token");
        await using var host = await RunningHost.StartAsync(new CrowsnestConfig { Sizing = new SizingConfig { Usage = new UsageConfig.PrometheusServer { Url = prometheus.Url } } });
        await host.PostAsync("/api/v1/events", QuayEvents.Bytes, HttpStatusCode.Accepted);

        var advice = await host.GetAsync("/api/v1/capacity/quay/advice?at=2026-03-03T20:00:00Z");

        Assert.Equal(3, advice.GetProperty("items").EnumerateArray().Count(i => i.GetProperty("kind").ValueEquals("raiseMemory")));
        Assert.Equal(["Usage could not be read, so this rests on reservations and on how tasks stopped: 127.0.0.1: the answer is 401 and none of Prometheus's"], advice.GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public async Task Doctor_tells_whether_it_answers_and_lets_in()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var prometheus = await OwnPrometheus.StartAsync("geheimes-token");
        crowsnest.Write("token", "geheimes-token\n");
        string Config(string more) => crowsnest.Write("crowsnest.yaml", $"usage: {{kind: prometheus, url: '{prometheus.Url.AbsoluteUri}'{more}}}\n");

        var well = await crowsnest.RunAsync(["doctor", "--config", Config(", token_file: token"), "-o", "ndjson"]);
        var ill = await crowsnest.RunAsync(["doctor", "--config", Config(""), "-o", "ndjson"]);

        Assert.Contains("it answers, and understands what it is asked", well.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("geheimes", well.Out + well.Error, StringComparison.Ordinal);
        Assert.Contains("the answer is 401 and none of Prometheus", ill.Out, StringComparison.Ordinal);
        Assert.Equal(1, ill.ExitCode);
    }

    private static int Saved(JsonElement item, string amount) => item.GetProperty("saving").GetProperty(amount).GetInt32();
}
