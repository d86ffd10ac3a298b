using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary><c>crowsnest verify</c> against a server of this machine, as processes.</summary>
public sealed class VerifyCommandTests
{
    private const string Nonce = "6f2c2b1e-3f57-11f0-b558-0242ac120002";

    [Fact]
    public async Task An_event_goes_all_the_way_to_its_receiver_each_time_it_is_sent()
    {
        using var at = new CrowsnestProcess();
        at.Write("crowsnest.yaml", Config("verify: {nonce: %, receiver: console}"));
        await using var up = await RunningUp.StartAsync(at);

        for (var time = 0; time < 2; time++)
        {
            var answer = await at.RunAsync(["verify", "--timeout", "1m"]);
            Assert.True(answer.ExitCode == 0, answer.Out + answer.Error);
            Assert.Equal(["sent ok", "stored ok", "diagnosed ok", "fired ok", "told ok"], Hops(answer));
            Assert.Contains("console (console)", answer.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(Nonce, answer.Out, StringComparison.Ordinal);
        }

        var status = await at.RunAsync(["status", "-o", "json"]);
        Assert.Equal(0, JsonElement.Parse(status.Out).GetProperty("failureEvents").GetInt32());
        Assert.Equal(2, JsonElement.Parse((await at.RunAsync(["search", "synthetic:true", "-o", "json"])).Out).GetArrayLength());
    }

    [Fact]
    public async Task The_guide_s_configuration_leads_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        at.Write("nonce", Nonce + "\n");
        at.Write("crowsnest.yaml", Repository.Read("docs", "verify.md").Split("```yaml\n")[1].Split("```")[0]);
        await using var up = await RunningUp.StartAsync(at);

        Assert.Equal("told ok", Hops(await at.RunAsync(["verify"]))[^1]);
    }

    [Fact]
    public async Task With_nobody_to_tell_it_is_well_and_says_so()
    {
        using var at = new CrowsnestProcess();
        at.Write("crowsnest.yaml", Config("verify: {nonce: %}"));
        await using var up = await RunningUp.StartAsync(at);

        var answer = await at.RunAsync(["verify"]);

        Assert.Equal((0, "told ok"), (answer.ExitCode, Hops(answer)[^1]));
        Assert.Contains("nobody: verify.receiver names no receiver", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify: {nonce: 0%, receiver: console}", "diagnosed", "What takes events in has another verify.nonce")]
    [InlineData("verify: {nonce: %, receiver: console}\nrules: [{use: default, except: [task-failed]}]", "fired", "See that rules have 'use: default'")]
    [InlineData("verify: {nonce: %, receiver: gone}\nreceivers: [{name: console, console_configs: [{}]}, {name: gone, webhook_configs: [{url: 'http://127.0.0.1:1/'}]}]", "told", "the message to gone (webhook) waits: ")]
    public async Task The_hop_that_is_missing_is_named_with_what_to_do(string running, string hop, string words)
    {
        using var at = new CrowsnestProcess();
        at.Write("running.yaml", Config(running));
        at.Write("crowsnest.yaml", Config("verify: {nonce: %, receiver: console}"));
        await using var up = await RunningUp.StartAsync(at, "--config", "running.yaml");

        var answer = await at.RunAsync(["verify", "--timeout", "3s"]);

        Assert.Equal((1, $"{hop} missing"), (answer.ExitCode, Hops(answer)[^1]));
        Assert.Contains(words, string.Join(' ', JsonElement.Parse(answer.Out).EnumerateArray().Last().EnumerateObject().Select(p => p.Value.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_nonce_or_a_server_it_says_what_it_takes()
    {
        using var at = new CrowsnestProcess();
        var without = await at.RunAsync(["verify"]);
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("write verify: {nonce: NONCE, receiver: NAME}", without.Error, StringComparison.Ordinal);

        at.Write("crowsnest.yaml", Config("verify: {nonce: %}"));
        Assert.Equal(4, (await at.RunAsync(["verify"])).ExitCode);
        Assert.Equal(4, (await at.RunAsync(["verify", "--server", "http://127.0.0.1:1"])).ExitCode);
        foreach (var wrong in new string[][] { ["--through", "queue"], ["--timeout", "5"], ["--timeout", "2h"], ["--region", "eu-west-1"], ["--stack", "s", "--through", "http"] })
            Assert.Equal(2, (await at.RunAsync(["verify", "--server", "http://127.0.0.1:1", .. wrong])).ExitCode);
    }

    internal static string[] Hops(CrowsnestProcess.Answer answer) =>
        [.. JsonElement.Parse(answer.Out).EnumerateArray().Select(row => $"{row.GetProperty("hop").GetString()} {row.GetProperty("status").GetString()}")];

    private static string Config(string text) => text.Contains("receivers", StringComparison.Ordinal) ? "route: {receiver: console}\n" + text.Replace("%", Nonce, StringComparison.Ordinal) : text.Replace("%", Nonce, StringComparison.Ordinal);
}
