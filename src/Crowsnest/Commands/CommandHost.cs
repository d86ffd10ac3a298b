namespace Crowsnest.Commands;

/// <summary>What a command touches of the world outside: streams, environment and clock.</summary>
internal sealed record CommandHost
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Everything else.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens standard output for bytes; nothing was written to <see cref="Out"/> then.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Results go to a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Everything else goes to a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The process's own.</summary>
    public static CommandHost OfProcess() => new()
    {
        // Results are written in one go at the end of each command or row, and a full pipe must not cost a flush per line.
        Out = new StreamWriter(Console.OpenStandardOutput(), new System.Text.UTF8Encoding(false), 1 << 16) { AutoFlush = false, NewLine = "\n" },
        Error = new StreamWriter(Console.OpenStandardError(), new System.Text.UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
        OpenInput = Console.OpenStandardInput,
        OpenOutput = OpenOutputOfProcess,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
        Time = TimeProvider.System,
    };

    // The console's own stream says nothing when a pipe's reader is gone, and half an export would look like a whole one. A file keeps its shared place with the
    // console's stream only, and cannot lose its reader.
    private static Stream OpenOutputOfProcess()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
#pragma warning disable CA2000 // It owns no handle; who asked for it closes it.
        var output = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
#pragma warning restore CA2000
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
