using System.Diagnostics;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server;

/// <summary>The real amtool against our server, where it is installed: Debian's is in the package prometheus-alertmanager.</summary>
public class AmtoolTests
{
    private static readonly string? Amtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "amtool")).FirstOrDefault(File.Exists);

    [Fact]
    public async Task Amtool_queries_alerts_and_makes_changes_and_ends_silences()
    {
        await using var host = await StartAsync();
        await host.CrashAsync("web", "pay");

        Assert.Equal(["pay", "web"], await ServicesAsync(host, "alert", "query", "-o", "json"));
        Assert.Equal(["web"], await ServicesAsync(host, "alert", "query", "-o", "json", "service=~we.", "cluster=prod"));
        Assert.Contains("EssentialContainerExited", await RunAsync(host, "alert", "query", "-o", "extended", "kind=EssentialContainerExited"), StringComparison.Ordinal);

        var id = (await RunAsync(host, "silence", "add", "service=web", "severity!=info", "--author=anna", "--comment=deploying 2.4", "--duration=2h")).Trim();
        Assert.Equal("deploying 2.4", (await host.GetAsync("/api/v1/silences/" + id)).GetProperty("comment").GetString());
        Assert.Equal(["pay"], await ServicesAsync(host, "alert", "query", "-o", "json"));
        Assert.Equal(["web"], await ServicesAsync(host, "alert", "query", "-o", "json", "--silenced"));
        Assert.Contains(id, await RunAsync(host, "silence", "query", "-o", "json", "service=web"), StringComparison.Ordinal);
        Assert.DoesNotContain(id, await RunAsync(host, "silence", "query", "-o", "json", "service=pay"), StringComparison.Ordinal);

        await RunAsync(host, "silence", "update", id, "--duration=9h");
        var longer = await host.GetAsync("/api/v1/silences/" + id);
        Assert.Equal(9, Math.Round((longer.GetProperty("endsAt").GetDateTime() - longer.GetProperty("updatedAt").GetDateTime()).TotalHours));

        await RunAsync(host, "silence", "expire", id);
        Assert.Equal("expired", (await host.GetAsync("/api/v1/silences/" + id)).GetProperty("state").GetString());
        Assert.Contains(id, await RunAsync(host, "silence", "query", "--expired", "-q"), StringComparison.Ordinal);
        Assert.Contains("already", await RunAsync(host, 1, "silence", "expire", id), StringComparison.Ordinal);
        Assert.Contains("hide everything", await RunAsync(host, 1, "silence", "add", "service=~.*", "--author=anna", "--comment=x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Amtool_shows_and_tests_the_tree_of_routes()
    {
        await using var host = await StartAsync();

        Assert.Contains("service=~\"pay.*\"", await RunAsync(host, "config", "routes", "show"), StringComparison.Ordinal);
        Assert.Equal("payments", (await RunAsync(host, "config", "routes", "test", "service=payroll")).Trim());
        Assert.Equal("console", (await RunAsync(host, "config", "routes", "test", "service=web")).Trim());
        Assert.Contains("inhibit_rules", await RunAsync(host, "config", "show"), StringComparison.Ordinal);
        Assert.Contains("disabled", await RunAsync(host, "cluster", "show"), StringComparison.Ordinal);
    }

    private static async Task<RunningHost> StartAsync()
    {
        if (Amtool is null) Assert.Skip("skipped: no amtool (on Debian: apt-get install prometheus-alertmanager)");
        return await RunningHost.StartAsync(MutedHost.AtOnce);
    }

    private static async Task<IEnumerable<string?>> ServicesAsync(RunningHost host, params string[] arguments) =>
        JsonElement.Parse(await RunAsync(host, arguments)).EnumerateArray().Select(a => a.GetProperty("labels").GetProperty("service").GetString()).Order();

    private static Task<string> RunAsync(RunningHost host, params string[] arguments) => RunAsync(host, 0, arguments);

    private static async Task<string> RunAsync(RunningHost host, int exitCode, params string[] arguments)
    {
        var start = new ProcessStartInfo(Amtool!, ["--alertmanager.url=" + host.Client.BaseAddress, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = "/nonexistent"; // No configuration of whoever runs the tests.
        using var amtool = Process.Start(start)!;
        var error = amtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await amtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await amtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(exitCode == amtool.ExitCode, $"amtool {string.Join(' ', arguments)}: {amtool.ExitCode} {said} {await error}");
        return said + (exitCode == 0 ? "" : await error);
    }
}
