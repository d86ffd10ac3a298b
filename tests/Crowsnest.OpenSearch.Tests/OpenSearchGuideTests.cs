using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>docs/opensearch.md as its reader meets it: each of its commands, run by the built program against the server.</summary>
public sealed partial class OpenSearchGuideTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-guide-").FullName;
    private readonly Uri _server = OpenSearchServer.Address;

    private static string Root => Peers.Repository!;

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        using var http = new HttpClient();
        using var answer = await http.DeleteAsync(new Uri(_server, "crowsnest-*"));
    }

    [Fact]
    public async Task Every_command_of_the_guide_works_and_what_was_brought_in_is_found_and_served()
    {
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "events.ndjson"),
            Enumerable.Range(0, 5).Select(i => $$$"""{"id":"e{{{i}}}","detail-type":"Shop Order","source":"shop","time":"2026-03-02T12:00:0{{{i}}}Z","detail":{"note":"n{{{i}}}"}}""").Append("not JSON"),
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "crowsnest.yaml"), $"store: {{kind: opensearch, url: '{_server}'}}", TestContext.Current.CancellationToken);
        var guide = await File.ReadAllTextAsync(Path.Combine(Root, "docs", "opensearch.md"), TestContext.Current.CancellationToken);
        Assert.Equal(4, (await RunAsync("search n3 --data none", 4)).Code);

        var commands = ShellBlock().Matches(guide).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.NotEmpty(commands);
        foreach (var command in commands) await RunAsync(command["crowsnest ".Length..].Replace("http://127.0.0.1:9200", _server.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal), 0);

        Assert.Contains("\"e3\"", (await RunAsync("search n3 -o json", 0)).Out, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse((await RunAsync("quarantine list -o json", 0)).Out).RootElement.GetArrayLength());
        var doctor = JsonDocument.Parse((await RunAsync("doctor -o json", 0)).Out).RootElement;
        Assert.Contains(doctor.EnumerateArray(), f => f.GetProperty("message").GetString()!.StartsWith("OpenSearch 2.", StringComparison.Ordinal));
        var imported = await File.ReadAllTextAsync(Path.Combine(_folder, "crowsnest.ndjson"), TestContext.Current.CancellationToken);
        Assert.Equal(imported, (await RunAsync("opensearch setup --store http://127.0.0.1:1 --dashboards -", 0)).Out);
        Assert.Contains("snapshot", (await RunAsync("backup elsewhere", 2)).Error, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", (await RunAsync("ingest events.ndjson --store http://127.0.0.1:1", 4)).Error, StringComparison.Ordinal);
        Assert.Contains("password", (await RunAsync("ingest events.ndjson --store http://a:b@127.0.0.1:1", 2)).Error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(string arguments, int expected)
    {
        var program = Path.Combine(Root, "artifacts", "bin", "Crowsnest", "release", OperatingSystem.IsWindows() ? "crowsnest.exe" : "crowsnest");
        using var process = Process.Start(new ProcessStartInfo(program, arguments.Split(' ')) { WorkingDirectory = _folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == expected, $"crowsnest {arguments}: exit {process.ExitCode}\n{await output}\n{await error}");
        return (process.ExitCode, await output, await error);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
