using System.Diagnostics;
using System.Text;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The program as a person runs it: the built binary, its own folder, nothing of our environment.</summary>
internal sealed class CrowsnestProcess : IDisposable
{
    public CrowsnestProcess() => Folder = Directory.CreateTempSubdirectory("crowsnest-test-").FullName;

    public string Folder { get; }

    /// <summary>How it is started.</summary>
    public ProcessStartInfo Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Repository.Program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("CROWSNEST_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    public async Task<Answer> RunAsync(string[] arguments, byte[]? input = null, params (string Name, string Value)[] environment)
    {
        using var process = Process.Start(Start(arguments, environment))!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; what it answered is what the test looks at.
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Answer(process.ExitCode, await output, await error);
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Answer(int ExitCode, string Out, string Error);
}
