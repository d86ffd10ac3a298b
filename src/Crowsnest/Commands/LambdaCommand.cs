using System.Diagnostics;
using System.IO.Compression;

namespace Crowsnest.Commands;

/// <summary>Makes the zip of the function, from the source that this program was built from.</summary>
internal static class LambdaCommand
{
    private const string Arch = "--arch";
    private const string Out = "--out";
    private const string FileUnlessTold = "crowsnest-lambda.zip";

    // Lambda's own limit of a zip that is uploaded directly is 50 MB; a start reads all of it.
    private const long BytesMax = 20_000_000;

    // Owner, group and others may read and run it: rwxr-xr-x and rw-r--r-- of a regular file, in the upper half of a zip's external attributes.
    private const int Executable = unchecked((int)(0x81EDu << 16));
    private const int Plain = unchecked((int)(0x81A4u << 16));

    // The same source gives the same zip, whenever it is made: the earliest time that a zip can have.
    private static readonly DateTimeOffset Fixed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // For debuggers, profilers and another collector than the one that is used.
    private static readonly string[] Unused = ["libclrgc.so", "libclrgcexp.so", "libcoreclrtraceptprovider.so", "libmscordaccore.so", "libmscordbi.so"];

    private static readonly IReadOnlyList<Column> Columns = [new("FILE", "file"), new("ARCH", "arch"), new("FILES", "files"), new("BYTES", "bytes")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Package = new()
    {
        Name = "lambda package",
        Summary = "makes the function's zip for AWS Lambda (provided.al2023), from the source of this program",
        Arguments = "[--arch x86_64|arm64] [--out FILE]",
        Options =
        [
            new(Arch, "NAME", "the processor that the function has (x86_64)", "x86_64", "arm64"),
            new(Out, "FILE", $"the zip, which is replaced where it is there ({FileUnlessTold})"),
        ],
        Examples = ["crowsnest lambda package", "crowsnest lambda package --arch arm64 --out /tmp/crowsnest-arm64.zip"],
        Notes =
        [
            "It builds with the .NET SDK, in a clone of the repository: about a minute the first time. For another processor than this machine's, the SDK fetches that runtime.",
            "docs/serverless.md puts it into a stack.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var root = Clone() ?? throw new UsageException("the function is built from source, and this program is not in a clone of its repository: clone it and run ./crowsnest lambda package there");
        var arch = invocation.Option(Arch) ?? "x86_64";
        var file = Path.GetFullPath(invocation.Option(Out) ?? FileUnlessTold);
        if (!Directory.Exists(Path.GetDirectoryName(file))) throw new UsageException($"{Out}: there is no folder {Path.GetDirectoryName(file)}");
        var folder = Directory.CreateTempSubdirectory("crowsnest-lambda-");
        try
        {
            using (await AloneAsync(root, invocation.Host, cancellationToken))
                await PublishAsync(invocation.Host, root, arch == "arm64" ? "linux-arm64" : "linux-x64", folder.FullName, cancellationToken);
            var files = Zip(folder.FullName, file);
            var bytes = new FileInfo(file).Length;
            if (bytes > BytesMax) await invocation.Host.Error.WriteLineAsync($"crowsnest: the zip is larger than {BytesMax / 1_000_000} MB, and will start slowly".AsMemory(), cancellationToken);
            RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), [RowWriter.Object(writer =>
            {
                writer.WriteString("file", file);
                writer.WriteString("arch", arch);
                writer.WriteNumber("files", files);
                writer.WriteNumber("bytes", bytes);
            })], Columns);
            return ExitCode.Done;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The source that this program was built from, or nothing when it was taken out of its clone.
    private static string? Clone()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "src", "Crowsnest.Lambda", "Crowsnest.Lambda.csproj"))) folder = folder.Parent;
        return folder?.FullName;
    }

    // Two at a time would write the same files.
    private static async Task<FileStream> AloneAsync(string root, CommandHost host, CancellationToken cancellationToken)
    {
        var place = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "artifacts")).FullName, "lambda.lock");
        while (true)
        {
            try
            {
                return new FileStream(place, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), host.Time, cancellationToken);
            }
            catch (UnauthorizedAccessException denied)
            {
                throw new UsageException($"the clone cannot be built in: {denied.Message}", denied);
            }
        }
    }

    private static async Task PublishAsync(CommandHost host, string root, string runtime, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            "publish", Path.Combine(root, "src", "Crowsnest.Lambda", "Crowsnest.Lambda.csproj"), "-c", "Release", "-r", runtime, "--self-contained",
            "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true", "-p:DebugType=none", "-p:RunAnalyzers=false", "-o", folder,
            // Beside the clone's own build, which may go on at the same time.
            "--artifacts-path", Path.Combine(root, "artifacts", "lambda"), "-v", "q", "--nologo", "-nodeReuse:false",
        ]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var build = Process.Start(start)!;
            var output = build.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = build.StandardError.ReadToEndAsync(CancellationToken.None);
            using (var bar = new ProgressBar(host))
            {
                var began = host.Time.GetTimestamp();
                var ended = build.WaitForExitAsync(cancellationToken);
                while (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1), host.Time, cancellationToken)) != ended && !cancellationToken.IsCancellationRequested)
                    bar.Show(() => $"building for {runtime}, {host.Time.GetElapsedTime(began).TotalSeconds:0} s");
                await EndAsync(build, ended);
            }

            if (build.ExitCode == 0) return;
            throw new UsageException($"the build for {runtime} failed:\n{(await output).Trim()}\n{(await error).Trim()}".TrimEnd());
        }
        catch (System.ComponentModel.Win32Exception none)
        {
            throw new UsageException($"the .NET SDK ('dotnet') is not on PATH: {none.Message}", none);
        }
    }

    // A build that nobody waits for any more does not go on.
    private static async Task EndAsync(Process build, Task ended)
    {
        try
        {
            await ended;
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            throw;
        }
    }

    // A publish leaves documentation beside the program and its libraries.
    private static int Zip(string folder, string file)
    {
        var names = Directory.GetFiles(folder).Select(Path.GetFileName).OfType<string>()
            .Where(name => Path.GetExtension(name) is "" or ".dll" or ".so" or ".json" && !Unused.Contains(name, StringComparer.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var temporary = file + ".new";
        try
        {
            using (var zip = new ZipArchive(File.Create(temporary), ZipArchiveMode.Create))
            {
                foreach (var name in names)
                {
                    var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize);
                    entry.LastWriteTime = Fixed;
                    entry.ExternalAttributes = name == "bootstrap" ? Executable : Plain;
                    using var from = File.OpenRead(Path.Combine(folder, name));
                    using var into = entry.Open();
                    from.CopyTo(into);
                }
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{Out}: {failure.Message}", failure);
        }

        return names.Count;
    }
}
