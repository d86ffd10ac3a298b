using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

public sealed class PatternCommandTests : IDisposable
{
    private const string Stopped = """{"detail":{"lastStatus":["STOPPED"]}}""";

    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Check_says_yes_to_a_pattern_on_the_line_in_a_file_or_on_standard_input()
    {
        var file = _crowsnest.Write("pattern.json", Stopped);

        Assert.Equal((0, "", "crowsnest: the pattern is valid\n"), Parts(await _crowsnest.RunAsync(["pattern", "check", Stopped])));
        Assert.Equal(0, (await _crowsnest.RunAsync(["pattern", "check", file])).ExitCode);
        Assert.Equal(0, (await _crowsnest.RunAsync(["pattern", "check", "-"], Encoding.UTF8.GetBytes(Stopped))).ExitCode);
    }

    [Fact]
    public async Task Check_tells_all_mistakes_at_once_each_with_its_place()
    {
        _crowsnest.Write("pattern.json", "{\"source\": \"aws.ecs\",\n \"é\": [{\"prefix\": 1}, {\"cidr\": \"10.0.0.0/33\"}],\n \"b\": []}");

        var answer = await _crowsnest.RunAsync(["pattern", "check", "pattern.json"]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Equal(["pattern.json:1:12", "pattern.json:2:19", "pattern.json:2:32", "pattern.json:3:7"], answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[..l.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("pattern check nothing.json")]
    [InlineData("pattern match {} nothing.ndjson")]
    [InlineData("pattern match --cases nothing.ndjson")]
    [InlineData("pattern bench --rules nothing.json --events nothing.ndjson")]
    public async Task A_file_that_cannot_be_opened_exits_4(string line)
    {
        var answer = await _crowsnest.RunAsync([.. line.Split(' ').Select(w => w == "{}" ? Stopped : w)]);

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("cannot open nothing.", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_shows_the_events_that_match_whatever_lies_between_them()
    {
        var events = Encoding.UTF8.GetBytes("""
            {"id":"1","detail":{"lastStatus":"RUNNING"}}
            [{"id":"2","detail":{"lastStatus":"STOPPED"}},
             {"id":"3",
              "detail":{"lastStatus":"STOPPED","odd":"\ud83d"}}]
            """.Replace("\r", "", StringComparison.Ordinal));

        var answer = await _crowsnest.RunAsync(["pattern", "match", Stopped], events);

        Assert.Equal((0, "{\"id\":\"2\",\"detail\":{\"lastStatus\":\"STOPPED\"}}\n{\"id\":\"3\",   \"detail\":{\"lastStatus\":\"STOPPED\",\"odd\":\"\\ud83d\"}}\n", "crowsnest: 2 of 3 events match\n"), Parts(answer));
    }

    [Theory]
    [InlineData("{}", 1, "0 of 1 events match")]
    [InlineData("{} {", 2, "not JSON")]
    [InlineData("{} 7", 2, "no event")]
    public async Task Match_exits_by_the_answer(string events, int exitCode, string part)
    {
        var answer = await _crowsnest.RunAsync(["pattern", "match", Stopped], Encoding.UTF8.GetBytes(events));

        Assert.Equal((exitCode, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(part, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cases_are_answered_in_order_each_by_itself()
    {
        const string cases = """
            {"id":"a","pattern":{"a":["x"]},"event":{"a":"x"}}
            {"id":2,"patternText":"{\"a\":[1e309]}","eventText":"{\"a\":1e309}"}
            {"id":"c","pattern":{"a":["x"]},"event":{"a":"y"}}

            {"id":"d","patternText":"{\"a\":[{\"wildcard\":\"a**\"}]}","event":{}}
            {"id":"e","pattern":{"a":["x"]},"eventText":"{\"a\":"}
            {"id":"f","pattern":{"a":["x"]}}
            no JSON at all
            """;
        using (var gzip = new GZipStream(File.Create(Path.Combine(_crowsnest.Folder, "cases.ndjson.gz")), CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(cases));

        var answer = await _crowsnest.RunAsync(["pattern", "match", "--cases", "cases.ndjson.gz"]);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.Equal(
            [
                """{"id":"a","matches":true}""", """{"id":2,"matches":true}""", """{"id":"c","matches":false}""",
                """{"id":"d","invalid":"line 1, column 19: a wildcard has no two '*' in a row (character 2 of it)"}""", """{"id":"e","invalid":"the event is not JSON: line 1, byte 6"}""",
                """{"id":"f","invalid":"the case has neither event nor eventText"}""", """{"id":null,"invalid":"line 8 is not JSON"}""",
            ],
            answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Bench_gives_the_names_and_then_what_it_measured()
    {
        _crowsnest.Write("rules.json", """{"z":{"a":["x"]},"b":{"a":[{"prefix":""}]}}""");
        _crowsnest.Write("events.ndjson", "{\"a\":\"x\"}\n{\"a\":\"y\"}\n{\"a\":1}\n");

        var answer = await _crowsnest.RunAsync(["pattern", "bench", "--rules", "rules.json", "--events", "events.ndjson", "--print-matches", "2"]);

        var lines = answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["""["b","z"]""", """["b"]"""], lines[..2]);
        using var measured = JsonDocument.Parse(lines[2]);
        Assert.Equal((2, 3, 3), (measured.RootElement.GetProperty("rules").GetInt32(), measured.RootElement.GetProperty("events").GetInt32(), measured.RootElement.GetProperty("matches").GetInt32()));
        Assert.True(measured.RootElement.GetProperty("eventsPerSecond").GetDouble() > 1_000);
    }

    [Fact]
    public async Task Bench_tells_all_mistakes_of_a_rule_file_at_their_places()
    {
        _crowsnest.Write("rules.json", "{\n  \"one\": {\"a\": [{\"prefix\": 1}]},\n  \"two\": {\"a\": 1}\n}");
        _crowsnest.Write("events.ndjson", "{}\n");

        var answer = await _crowsnest.RunAsync(["pattern", "bench", "--rules", "rules.json", "--events", "events.ndjson"]);

        Assert.Equal((2, "", "rules.json:2:28: one: the operand of prefix is a string\nrules.json:3:16: two: the value of 'a' is a list of what may match, or an object of fields: write [\"…\"]\n"), Parts(answer));
    }

    private static (int ExitCode, string Out, string Error) Parts(CrowsnestProcess.Answer answer) => (answer.ExitCode, answer.Out, answer.Error);
}
