using System.Text;
using Crowsnest.Host.Tests.Server.Capacity;

namespace Crowsnest.Host.Tests.Commands;

public sealed class CapacityCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task The_same_is_said_with_and_without_a_server()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], HarbourEvents.Bytes);
        string[][] asked =
        [
            ["capacity", "-o", "table"], ["capacity", "harbour", "-o", "table"], ["capacity", "harbour", "--by", "service", "--sort=-reservedMemory", "-o", "table"],
            ["capacity", "harbour", "--by", "zone", "-o", "table"], ["capacity", "harbour", "--by", "provider", "-o", "table"], ["capacity", "-o", "csv"], ["capacity", "harbour", "-o", "csv"],
            ["capacity", "harbour", "--by", "service", "-o", "csv"], ["capacity", "harbour", "--by", "zone", "-o", "ndjson"], ["capacity", "harbour", "-o", "json"],
            ["capacity", "arn:aws:ecs:eu-west-1:123456789012:cluster/harbour", "--limit", "1", "-o", "table"], ["capacity", "harbour", "--at", "2026-03-02T08:30:00Z", "-o", "table"], ["capacity", "nobody"],
            ["capacity", "plan", "harbour", "-o", "table"], ["capacity", "plan", "harbour", "--room", "none", "-o", "table"], ["capacity", "plan", "harbour", "--room", "none", "-o", "json"],
            ["capacity", "plan", "harbour", "--room", "none", "--at", "2026-03-02T08:30:00Z", "-o", "csv"], ["capacity", "plan", "nobody"],
            ["capacity", "plan", "harbour", "--room", "none", "--if", "add:m6i.large@eu-west-1a=2,count:jobs=3,size:web=256/512", "-o", "table"], ["capacity", "plan", "harbour", "--if", "drain:i-c,type:m6i.2xlarge", "-o", "table"], ["capacity", "plan", "harbour", "--if", "type:m6i.xlarge", "-o", "table"],
            ["capacity", "plan", "harbour", "--if", "drain:nothing,count:nobody=3,more", "-o", "table"],
            ["capacity", "history", "harbour", "--from", "2026-03-02T07:30:00Z", "--to", "2026-03-02T08:30:00Z", "--points", "5", "-o", "table"],
            ["capacity", "history", "harbour", "--from", "2026-03-02T07:59:59Z", "--to", "2026-03-02T08:00:01Z", "--points", "3", "-o", "json"],
            ["capacity", "history", "harbour", "--from", "2026-03-02T08:00:00Z", "--to", "2026-03-02T09:00:00Z", "--points", "2", "-o", "csv"], ["capacity", "history", "nobody"],
            ["capacity", "scaling", "harbour", "--from", "2026-03-02T08:00:00Z", "--to", "2026-03-02T09:00:00Z", "-o", "table"],
            ["capacity", "scaling", "harbour", "--from", "2026-03-02T08:00:00Z", "--to", "2026-03-02T09:00:00Z", "--target", "50", "-o", "json"], ["capacity", "scaling", "nobody"],
        ];
        var local = new List<(int, string, string)>();
        var text = new StringBuilder();
        foreach (var one in asked)
        {
            var answer = await RunAsync(one);
            local.Add(answer);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"$ crowsnest {string.Join(' ', one)}\n{answer.Out}{answer.Error}exit {answer.Code}\n\n");
        }

        Golden.Equal("capacity.txt", text.ToString());
        await using var up = await RunningUp.StartAsync(_crowsnest);
        for (var i = 0; i < asked.Length; i++) Assert.Equal(local[i], await RunAsync(asked[i]));
    }

    [Fact]
    public async Task More_instances_than_a_page_has_are_all_there_with_a_server_too()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1_100).Select(i => HarbourEvents.Instance($"i{i:0000}", "z", 1_024, i % 512, 2_048, i)))));
        string[] asked = ["capacity", "harbour", "--sort=-remainingMemory", "--limit", "2000", "-o", "csv"];
        var local = await RunAsync(asked);
        await using var up = await RunningUp.StartAsync(_crowsnest);

        Assert.Equal(local, await RunAsync(asked));
        Assert.Equal(1_102, local.Out.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("capacity", "--by", "zone")]
    [InlineData("capacity", "prod", "--by", "colour")]
    [InlineData("capacity", "prod", "--by", "zone", "--sort", "fits")]
    [InlineData("capacity", "prod", "--at", "2999-01-01")]
    [InlineData("capacity", "plan", "prod", "--room", "attic")]
    [InlineData("capacity", "plan", "prod", "--room", "none,zone")]
    [InlineData("capacity", "plan", "prod", "--at", "2999-01-01")]
    [InlineData("capacity", "history", "prod", "--to", "2999-01-01")]
    [InlineData("capacity", "history", "prod", "--from", "2026-03-03", "--to", "2026-03-02")]
    [InlineData("capacity", "history", "prod", "--points", "1")]
    [InlineData("capacity", "scaling", "prod", "--target", "0")]
    [InlineData("capacity", "scaling", "prod", "--target", "80,,90")]
    [InlineData("capacity", "scaling", "prod", "--from", "2026-01-01", "--to", "2026-03-02")]
    public async Task What_cannot_be_is_wrong_usage(params string[] arguments) => Assert.Equal(2, (await _crowsnest.RunAsync(arguments)).ExitCode);

    private async Task<(int Code, string Out, string Error)> RunAsync(string[] arguments)
    {
        var answer = await _crowsnest.RunAsync(arguments);
        return (answer.ExitCode, answer.Out, answer.Error);
    }
}
