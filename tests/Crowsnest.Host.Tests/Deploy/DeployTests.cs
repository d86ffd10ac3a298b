using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>How it is installed: as the unit and the image run it.</summary>
public sealed partial class DeployTests(ITestOutputHelper output)
{
    // nobody: what is not its own it may only read.
    private const string User = "65534";

    [Fact]
    public async Task It_runs_as_a_user_that_owns_nothing_without_a_home_from_a_folder_that_cannot_be_written()
    {
        var setpriv = Find("setpriv") ?? "";
        if (OperatingSystem.IsWindows() || Environment.UserName != "root" || setpriv.Length == 0)
        {
            Assert.Skip("needs root and setpriv, to become another user");
            return;
        }

        var root = Directory.CreateTempSubdirectory("crowsnest-deploy-").FullName;
        try
        {
            var (program, data) = (Path.Combine(root, "opt"), Path.Combine(root, "data"));
            File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
            await RunAsync("cp", "-r", Path.GetDirectoryName(Repository.Program)!, program);
            await RunAsync("chmod", "-R", "a-w,a+rX", program);
            Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await RunAsync("chown", $"{User}:{User}", data);

            using var up = Start(["up", "--listen", "127.0.0.1:0"], data);
            var started = "";
            while (await up.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("Ctrl-C", StringComparison.Ordinal)) started += line + "\n";
            Assert.True(Address().Match(started) is { Success: true }, started);
            using var client = new HttpClient { BaseAddress = new Uri(Address().Match(started).Value) };
            using var body = new StringContent("""{"detail-type":"x","id":"1"}""", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal("ready\n", await client.GetStringAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken));

            // The other commands, as that user: through the server, and by themselves.
            foreach (var words in (string[][])[["doctor"], ["backup", Path.Combine(data, "backups", "one")], ["search", "*"], ["ingest", "/dev/null"]])
            {
                using var command = Start(words, data);
                command.StandardInput.Close();
                var (said, wrong) = (await command.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await command.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
                await command.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(command.ExitCode == 0, $"{string.Join(' ', words)}: {said}{wrong}");
            }

            await RunAsync("kill", "-TERM", $"{up.Id}");
            await up.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, up.ExitCode);

            Process Start(string[] words, string dataFolder)
            {
                var start = new ProcessStartInfo(setpriv, [$"--reuid={User}", $"--regid={User}", "--clear-groups", "--no-new-privs", Path.Combine(program, "crowsnest"), .. words])
                {
                    WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
                };
                start.Environment.Clear();
                start.Environment["PATH"] = "/usr/bin:/bin";
                start.Environment["CROWSNEST_DATA"] = dataFolder;
                start.Environment["DOTNET_EnableDiagnostics"] = "0";
                if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } runtime) start.Environment["DOTNET_ROOT"] = runtime;
                return Process.Start(start)!;
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task The_unit_is_one_that_systemd_understands_and_calls_safe()
    {
        if (Find("systemd-analyze") is null) Assert.Skip("no systemd-analyze on this machine");
        var folder = Directory.CreateTempSubdirectory("crowsnest-unit-").FullName;
        try
        {
            // The program is not installed here; the unit is looked at with one that is.
            var unit = Path.Combine(folder, "crowsnest.service");
            await File.WriteAllTextAsync(
                unit, Repository.Read("deploy", "systemd", "crowsnest.service").Replace("/opt/crowsnest/crowsnest", Repository.Program, StringComparison.Ordinal), TestContext.Current.CancellationToken);

            Assert.Equal("", await RunAsync("systemd-analyze", "verify", "--man=no", unit));
            var exposure = await RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", unit);
            output.WriteLine(exposure);
            Assert.True(double.Parse(Exposure().Match(exposure).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) <= 2.0, exposure);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The image cannot be built here; what it says must at least be what the program has.
    [Fact]
    public void The_image_runs_what_there_is_as_another_user()
    {
        var lines = Repository.Read("deploy", "docker", "Dockerfile").Split('\n');
        Assert.Contains("USER $APP_UID", lines);
        Assert.Contains("""ENTRYPOINT ["/opt/crowsnest/crowsnest"]""", lines);
        Assert.Contains("""CMD ["up", "--listen", "0.0.0.0:8723"]""", lines);
        Assert.True(Array.IndexOf(lines, "USER $APP_UID") > Array.FindIndex(lines, l => l.StartsWith("COPY", StringComparison.Ordinal)));
        Assert.Equal("crowsnest", Path.GetFileName(Repository.Program));
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);

    private static async Task<string> RunAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {said}");
        return said;
    }

    [GeneratedRegex("http://[0-9.:]+")]
    private static partial Regex Address();

    [GeneratedRegex("Overall exposure level for [^:]*: ([0-9.]+)")]
    private static partial Regex Exposure();
}
