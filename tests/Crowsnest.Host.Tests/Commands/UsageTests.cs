using Crowsnest.Commands;

namespace Crowsnest.Host.Tests.Commands;

public sealed class UsageTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public static TheoryData<string> Commands => [.. AllCommands.Specs.Select(c => c.Name)];

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Version_is_one_line()
    {
        var answer = await _crowsnest.RunAsync(["--version"]);

        Assert.Matches(@"^crowsnest \d+\.\d+\.\d+\n$", answer.Out);
        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
    }

    [Fact]
    public async Task Help_lists_the_commands()
    {
        var answer = await _crowsnest.RunAsync(["--help"]);

        Assert.Equal(0, answer.ExitCode);
        Golden.Equal("help/crowsnest.txt", answer.Out);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_help_with_examples(string name)
    {
        var answer = await _crowsnest.RunAsync([.. name.Split(' '), "--help"]);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.All((string[])[$"crowsnest {name} - ", $"\nUsage: crowsnest {name}", "\nEnvironment:\n", "\nExit codes:\n", $"\nExamples:\n  crowsnest {name}"], part => Assert.Contains(part, answer.Out, StringComparison.Ordinal));
        Golden.Equal($"help/{name.Replace(' ', '-')}.txt", answer.Out);
    }

    [Theory]
    [InlineData("rules chekc x", "did you mean 'check'")]
    [InlineData("rule check x", "did you mean 'rules'")]
    [InlineData("rules", "rules what? One of check")]
    [InlineData("rules check", "something is missing")]
    [InlineData("rules check a b", "'b' is one word too many")]
    [InlineData("rules check a --confg x", "did you mean '--config'")]
    [InlineData("rules check a -o jsn", "did you mean 'json'")]
    [InlineData("rules check a --data", "--data needs a value")]
    [InlineData("rules check a --no-color=yes", "takes no value")]
    public async Task Wrong_usage_exits_2_with_the_nearest_right_word(string line, string part)
    {
        var answer = await _crowsnest.RunAsync(line.Split(' '));

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(part, answer.Error, StringComparison.Ordinal);
    }

    // Where there is no data, what is wrong with a query comes first, and nothing is made by asking.
    [Theory]
    [InlineData("search kidn:x", "no field 'kidn'")]
    [InlineData("search a --by kidn", "'kidn' is not a field")]
    [InlineData("export kidn:x", "no field 'kidn'")]
    [InlineData("tail kidn:x", "no field 'kidn'")]
    public async Task A_wrong_query_exits_2_also_where_there_is_nothing_to_search(string line, string part)
    {
        var answer = await _crowsnest.RunAsync(line.Split(' '));

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(part, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_at_all_is_wrong_usage_and_shows_help()
    {
        var answer = await _crowsnest.RunAsync([]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("Usage: crowsnest COMMAND", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_with_mistakes_exits_2_and_shows_them_all()
    {
        var file = _crowsnest.Write("bad.yaml", "sever: {}\nretention: {events: soon}\n");

        var answer = await _crowsnest.RunAsync(["rules", "check", file]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Equal(["1:1", "2:21"], answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(file.Length + 1)..].Split(": ")[0]));
    }

    [Fact]
    public async Task Control_characters_of_a_mistake_do_not_reach_the_terminal()
    {
        var answer = await _crowsnest.RunAsync(["\u001b[2Jx"]);

        Assert.DoesNotContain('\u001b', answer.Error);
        Assert.Contains(@"\u001b[2Jx", answer.Error, StringComparison.Ordinal);
    }
}
