using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Commands;

public sealed partial class DoctorCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task All_is_well_with_and_without_a_server()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("2026-03-02T08:00:00Z"));
        var alone = await _crowsnest.RunAsync(["doctor", "--deep", "-o", "table"]);
        Assert.Equal((0, ""), (alone.ExitCode, alone.Error));
        Golden.Equal("doctor.txt", Stable(alone.Out));

        await using var up = await RunningUp.StartAsync(_crowsnest);
        var held = await _crowsnest.RunAsync(["doctor"]);
        Assert.Equal((0, ""), (held.ExitCode, held.Error));
        Assert.Matches("^ok: the Crowsnest that holds the data folder \\(process [0-9]+\\) is ready$", Of(held.Out, "server"));
    }

    [Fact]
    public async Task All_mistakes_of_a_configuration_are_faults_and_the_rest_is_looked_at_all_the_same()
    {
        var config = _crowsnest.Write("bad.yaml", "sever: {}\nretention: {events: soon}\n");
        var answer = await _crowsnest.RunAsync(["doctor", "--config", config]);

        Assert.Equal(1, answer.ExitCode);
        var checks = Checks(answer.Out);
        Assert.Equal(2, checks.Count(c => c.StartsWith("configuration fault:", StringComparison.Ordinal)));
        Assert.Contains(checks, c => c.StartsWith("data folder warning:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damaged_data_is_a_fault_with_a_next_step()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], [.. Enumerable.Range(0, 3_000).SelectMany(i => Event("2026-03-02T08:00:00Z", i))]);
        var data = Path.Combine(_crowsnest.Folder, "crowsnest-data", "crowsnest.db");
        var bytes = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);

        // All of the second half: whatever stands there, something of it is read.
        bytes.AsSpan(bytes.Length / 2).Fill(0x5a);
        await File.WriteAllBytesAsync(data, bytes, TestContext.Current.CancellationToken);

        var answer = await _crowsnest.RunAsync(["doctor", "--deep"]);
        Assert.Equal((1, ""), (answer.ExitCode, answer.Error));
        Assert.StartsWith("fault: ", Of(answer.Out, "data"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receivers_are_looked_up_and_asked_of_the_address_policy_and_nothing_is_sent()
    {
        var config = _crowsnest.Write("crowsnest.yaml", """
            route: {receiver: a}
            receivers:
              - name: a
                webhook_configs: [{url: "https://no-such-host.invalid/T0P5ECRET"}]
              - name: b
                webhook_configs: [{url: "http://localhost:9/x"}]
              - name: c
                webhook_configs: [{url: "http://127.0.0.1:9/x"}]
            """);
        var answer = await _crowsnest.RunAsync(["doctor", "--config", config]);

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("fault: https://no-such-host.invalid: its host cannot be looked up", Of(answer.Out, "receiver a"), StringComparison.Ordinal);
        Assert.Contains("allow_private: true", Of(answer.Out, "receiver b"), StringComparison.Ordinal);
        Assert.StartsWith("ok: http://127.0.0.1:9 ", Of(answer.Out, "receiver c"), StringComparison.Ordinal);
        Assert.DoesNotContain("T0P5ECRET", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "warning: arn:aws:sns:eu-west-1:123456789012:ecs-events may deliver, but server.external_url is not set")]
    [InlineData("server: {external_url: 'https://crowsnest.example.com'}\n", "ok: arn:aws:sns:eu-west-1:123456789012:ecs-events may deliver to https://crowsnest.example.com/api/v1/events")]
    public async Task Topics_that_may_deliver_are_named(string server, string words)
    {
        var config = _crowsnest.Write("crowsnest.yaml", server + "sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:ecs-events']}}");
        var answer = await _crowsnest.RunAsync(["doctor", "--config", config]);
        Assert.StartsWith(words, Of(answer.Out, "topic ecs-events"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_and_a_clock_that_is_behind_are_said()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("2999-01-01T00:00:00Z"));
        var answer = await _crowsnest.RunAsync(["doctor", "--server", "http://127.0.0.1:1"]);

        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("fault: the server at http://127.0.0.1:1/ does not answer", Of(answer.Out, "server"), StringComparison.Ordinal);
        Assert.StartsWith("warning: the newest event says 2999-01-01T00:00:00.000Z", Of(answer.Out, "clock"), StringComparison.Ordinal);
    }

    private static string Of(string output, string check) => Checks(output).First(c => Regex.IsMatch(c, $"^{check} (ok|warning|fault): "))[(check.Length + 1)..];

    private static List<string> Checks(string output) =>
        [.. JsonElement.Parse(output).EnumerateArray().Select(f => $"{f.GetProperty("check").GetString()} {f.GetProperty("status").GetString()}: {f.GetProperty("message").GetString()}")];

    private string Stable(string output) => Numbers().Replace(Times().Replace(output.Replace(_crowsnest.Folder, "FOLDER", StringComparison.Ordinal), "TIME"), "N")
        .Split('\n').Select(line => Spaces().Replace(line, "  ")).Aggregate((a, b) => a + "\n" + b);

    private static byte[] Event(string time, int id = 0) => Encoding.UTF8.GetBytes($"{{\"detail-type\":\"x\",\"id\":\"e{id}\",\"time\":\"{time}\",\"detail\":{{\"n\":\"{id * 7919L % 104729:x}\"}}}}\n");

    [GeneratedRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")]
    private static partial Regex Times();

    [GeneratedRegex("[0-9]([0-9.,]*[0-9])?")]
    private static partial Regex Numbers();

    [GeneratedRegex("  +")]
    private static partial Regex Spaces();
}
