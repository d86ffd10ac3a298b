using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Commands;

/// <summary>What the <c>pattern</c> commands read: a pattern on the command line or in a file, and files of lines, compressed or not.</summary>
internal static class PatternInput
{
    /// <summary>The pattern that an argument is or names, or <see langword="null"/> when it has mistakes, which are said then, one a line.</summary>
    /// <exception cref="UnreachableStoreException">The file cannot be opened.</exception>
    public static async Task<EventPattern?> ReadPatternAsync(Invocation invocation, string argument, CancellationToken cancellationToken)
    {
        var (name, text) = ("pattern", Encoding.UTF8.GetBytes(argument));
        if (argument == "-" || NamesFile(argument))
        {
            name = argument == "-" ? "standard input" : argument;
            await using var stream = Open(argument, invocation.Host);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            text = bytes.ToArray();
        }

        var pattern = EventPattern.Parse(text, out var mistakes);
        foreach (var mistake in mistakes) await SayAsync(invocation.Host, name, mistake);
        return pattern;
    }

    /// <summary>Says a mistake as compilers do, so that an editor can jump to it.</summary>
    public static Task SayAsync(CommandHost host, string where, PatternMistake mistake) =>
        host.Error.WriteLineAsync(SafeText.Of($"{where}:{mistake.Line}:{mistake.Column}: {mistake.Message}"));

    /// <summary>Opens a file, or standard input for a dash; what is compressed by gzip is unpacked.</summary>
    /// <exception cref="UnreachableStoreException">The file cannot be opened.</exception>
    public static Stream Open(string file, CommandHost host)
    {
        if (file == "-") return host.OpenInput();
        try
        {
            var stream = new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 1 << 16 });
            if (!stream.CanSeek || stream.ReadByte() is not 0x1f || stream.ReadByte() is not 0x8b)
            {
                if (stream.CanSeek) stream.Position = 0;
                return stream;
            }

            stream.Position = 0;
            return new GZipStream(stream, CompressionMode.Decompress);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnreachableStoreException($"cannot open {file}: {failure.Message}", failure);
        }
    }

    /// <summary>The lines of a file that are not empty, with their numbers from 1.</summary>
    /// <exception cref="UnreachableStoreException">The file cannot be opened or read.</exception>
    public static async IAsyncEnumerable<(int Number, string Line)> LinesAsync(string file, CommandHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = Open(file, host);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        for (var number = 1; await NextAsync(reader, file, cancellationToken) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) yield return (number, line);
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, string file, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UnreachableStoreException($"cannot read {file}: {failure.Message}", failure);
        }
    }

    // A pattern begins with a brace; what is no pattern but looks like the name of a file is one that is not there.
    private static bool NamesFile(string argument)
    {
        if (File.Exists(argument)) return true;
        var looksLikeJson = argument.AsSpan().TrimStart() is [] or ['{' or '[' or '"', ..];
        return !looksLikeJson && (argument.Contains('/', StringComparison.Ordinal) || Path.HasExtension(argument));
    }
}
