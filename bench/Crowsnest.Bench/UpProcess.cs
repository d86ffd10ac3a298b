using System.Diagnostics;
using System.Globalization;

namespace Crowsnest.Bench;

/// <summary>The published build's <c>up</c>, as a process of its own on a free port and a folder of its own.</summary>
internal sealed class UpProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private UpProcess(Process process, string folder, Uri address, TimeSpan ready) => (_process, _folder, Address, Ready) = (process, folder, address, ready);

    public Uri Address { get; }

    /// <summary>From starting the process to the first answer that it is ready.</summary>
    public TimeSpan Ready { get; }

    public string Folder => _folder;

    public static async Task<UpProcess> StartAsync()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../crowsnest/crowsnest"));
        if (!File.Exists(program)) throw new FileNotFoundException("Run ./crowsnest --version once: it publishes what is measured here.", program);
        var folder = Directory.CreateTempSubdirectory("crowsnest-bench-").FullName;
        var watch = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo(program, ["up", "--listen", "127.0.0.1:0", "--data", folder]) { RedirectStandardError = true })!;
        var line = await process.StandardError.ReadLineAsync() ?? "";
        var address = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());
        _ = process.StandardError.ReadToEndAsync();
        using var client = new HttpClient { BaseAddress = address };
        using var answer = await client.GetAsync(new Uri("/-/ready", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return new UpProcess(process, folder, address, watch.Elapsed);
    }

    /// <summary>A line of /proc/PID/status in MiB; 0 where there is none.</summary>
    public long MemoryMiB(string line)
    {
        var path = $"/proc/{_process.Id}/status";
        if (!File.Exists(path)) return 0;
        var found = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(line + ":", StringComparison.Ordinal));
        return found is null ? 0 : long.Parse(found.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
