using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary><c>crowsnest lambda package</c>: what it makes can be run.</summary>
[Trait("Category", "slow")]
public sealed class LambdaPackageTests
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public async Task The_zip_is_small_and_its_bootstrap_starts()
    {
        using var at = new CrowsnestProcess();

        var made = await at.RunAsync(["lambda", "package", "--out", "fn.zip", "-o", "json"]);

        Assert.True(made.ExitCode == 0, made.Error);
        var row = JsonElement.Parse(made.Out)[0];
        Assert.InRange(row.GetProperty("bytes").GetInt64(), 1_000_000, 20_000_000);
        var unpacked = Path.Combine(at.Folder, "unpacked");
        await ZipFile.ExtractToDirectoryAsync(Path.Combine(at.Folder, "fn.zip"), unpacked, TestContext.Current.CancellationToken);
        Assert.Equal(row.GetProperty("files").GetInt32(), Directory.GetFiles(unpacked).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(Executable, File.GetUnixFileMode(Path.Combine(unpacked, "bootstrap")));
        Assert.Empty(Directory.GetFiles(unpacked, "*.pdb").Concat(Directory.GetFiles(unpacked, "*.xml")));

        // Trimmed and by itself, as Lambda has it: no SDK and no runtime beside it.
        var start = new ProcessStartInfo(Path.Combine(unpacked, "bootstrap")) { RedirectStandardOutput = true, WorkingDirectory = unpacked };
        start.Environment.Clear();
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("AWS_LAMBDA_RUNTIME_API is not set", said, StringComparison.Ordinal);
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public async Task A_zip_that_cannot_be_written_and_a_processor_that_is_none_are_refused_first()
    {
        using var at = new CrowsnestProcess();

        Assert.Contains("--arch", (await RefusedAsync("--arch", "sparc")).Error, StringComparison.Ordinal);
        Assert.Contains("no-such-folder", (await RefusedAsync("--out", "no-such-folder/fn.zip")).Error, StringComparison.Ordinal);

        async Task<CrowsnestProcess.Answer> RefusedAsync(params string[] options)
        {
            var answer = await at.RunAsync(["lambda", "package", .. options]);
            Assert.Equal(2, answer.ExitCode);
            Assert.DoesNotContain("building", answer.Error, StringComparison.Ordinal);
            return answer;
        }
    }
}
