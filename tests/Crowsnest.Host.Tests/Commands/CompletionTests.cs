using System.Diagnostics;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>Completion, asked of the shells themselves; skipped, aloud, where one is not installed.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public static TheoryData<string, string, string> Lines => new()
    {
        { "sea", "search", "token" },
        { "quarantine ", "list show replay drop", "search" },
        { "quarantine sh", "show", "list" },
        { "capacity ", "plan", "search" },
        { "capacity --b", "--by", "--room" },
        { "capacity plan --r", "--room", "--by" },
        { "search --fr", "--from", "--out" },
        { "--data x exp", "export explain", "search" },
        { "token create x --role ", "viewer operator admin ingest", "--role" },
        { "search x -o ", "table json ndjson csv", "search" },
        { "completion ", "bash zsh fish", "search" },
        { "export --o", "--out", "--strict" },
        { "ingest ev", "events.ndjson", "--strict" },
    };

    public void Dispose() => _crowsnest.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Bash_completes(string line, string expected, string never)
    {
        const string ask = """
            source completion.bash
            line="crowsnest $1"
            read -ra COMP_WORDS <<< "$line"
            [[ $line == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line}
            spec=$(complete -p crowsnest)
            [[ $spec == *'-F _crowsnest crowsnest' ]] || exit 9
            _crowsnest crowsnest "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Check(await AskAsync("bash", ask, line), expected, never);
    }

    // zsh completes only at a prompt: its own builtins are replaced by ones that say what they are given.
    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Zsh_completes(string line, string expected, string never)
    {
        const string ask = """
            compdef() { :; }
            compadd() { shift; local w; for w; do [[ $w == $PREFIX* ]] && print -r -- $w; done; }
            _files() { local f; for f in $PREFIX*(N); do print -r -- $f; done; }
            source completion.zsh
            words=(crowsnest ${=1})
            [[ $1 == *' ' ]] && words+=('')
            CURRENT=${#words} PREFIX=${words[-1]}
            _crowsnest
            """;
        Check(await AskAsync("zsh", ask, line), expected, never);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Fish_completes(string line, string expected, string never) =>
        Check(await AskAsync("fish", "source completion.fish; complete -C \"crowsnest $argv[1]\" | string split -f 1 \\t", line), expected, never);

    [Fact]
    public async Task Another_shell_is_refused_with_the_nearest() =>
        Assert.Contains("did you mean 'fish'?", (await _crowsnest.RunAsync(["completion", "fihs"])).Error, StringComparison.Ordinal);

    private static void Check(string answer, string expected, string never)
    {
        var words = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.All(expected.Split(' '), word => Assert.Contains(word, words));
        Assert.DoesNotContain(never, words);
    }

    private async Task<string> AskAsync(string shell, string ask, string line)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, shell)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"no {shell} on this machine");
        _crowsnest.Write("events.ndjson", "");
        _crowsnest.Write($"completion.{shell}", (await _crowsnest.RunAsync(["completion", shell])).Out);
        string[] arguments = shell == "bash" ? ["--norc", "-c", ask, "bash", line] : shell == "zsh" ? ["-f", "-c", ask, "zsh", line] : ["-c", ask, "--", line];
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = _crowsnest.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _crowsnest.Folder;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output;
    }
}
