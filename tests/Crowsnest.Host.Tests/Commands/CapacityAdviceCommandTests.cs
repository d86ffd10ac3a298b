using System.Text;
using Crowsnest.Host.Tests.Server.Capacity;

namespace Crowsnest.Host.Tests.Commands;

public sealed class CapacityAdviceCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task The_same_is_said_with_and_without_a_server()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], [.. QuayEvents.Bytes, .. HarbourEvents.Bytes]);
        string[][] asked =
        [
            ["capacity", "advice", "quay", "--at", "2026-03-03T20:00:00Z", "-o", "table"], ["capacity", "advice", "quay", "--at", "2026-03-03T20:00:00Z", "-o", "json"], ["capacity", "advice", "quay", "--at", "2026-03-03T20:00:00Z", "-o", "csv"],
            ["capacity", "advice", "quay", "--at", "2026-03-02T00:00:00Z", "-o", "table"], ["capacity", "advice", "arn:aws:ecs:eu-west-1:123456789012:cluster/quay", "-o", "ndjson"], ["capacity", "advice", "nobody"],
            ["capacity", "advice", "--at", "2026-03-03T20:00:00Z", "-o", "table"], ["capacity", "advice", "--at", "2026-03-03T20:00:00Z", "-o", "csv"], ["capacity", "advice", "-o", "json"],
        ];
        var local = new List<(int, string, string)>();
        var text = new StringBuilder();
        foreach (var one in asked)
        {
            var answer = await RunAsync(one);
            local.Add(answer);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"$ crowsnest {string.Join(' ', one)}\n{answer.Out}{answer.Error}exit {answer.Code}\n\n");
        }

        Golden.Equal("capacity-advice.txt", text.ToString());
        await using var up = await RunningUp.StartAsync(_crowsnest);
        for (var i = 0; i < asked.Length; i++) Assert.Equal(local[i], await RunAsync(asked[i]));
    }

    [Theory]
    [InlineData("capacity", "advice", "prod", "harbour")]
    [InlineData("capacity", "advice", "prod", "--at", "2999-01-01")]
    [InlineData("capacity", "advice", "prod", "--by", "zone")]
    public async Task What_cannot_be_is_wrong_usage(params string[] arguments) => Assert.Equal(2, (await _crowsnest.RunAsync(arguments)).ExitCode);

    private async Task<(int Code, string Out, string Error)> RunAsync(string[] arguments)
    {
        var answer = await _crowsnest.RunAsync(arguments);
        return (answer.ExitCode, answer.Out, answer.Error);
    }
}
