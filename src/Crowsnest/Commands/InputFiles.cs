using System.IO.Compression;

namespace Crowsnest.Commands;

/// <summary>The files that a command line names: files, folders, and <c>-</c> for standard input.</summary>
/// <param name="Files">What to read, those of a folder in the order of their names.</param>
/// <param name="Skipped">Files of folders that hold no events, by the look of their beginning.</param>
/// <param name="HasFolder">A folder was named.</param>
internal sealed record InputFiles(IReadOnlyList<string> Files, IReadOnlyList<string> Skipped, bool HasFolder)
{
    // Enough to look past any white space that somebody leaves at the top of a file.
    private const int SniffBytes = 4_096;

    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    /// <summary>All files. One that is named is read whatever it is; of a folder only those that may hold events, without hidden ones.</summary>
    /// <exception cref="UsageException">Something is not there; all of it is named.</exception>
    public static InputFiles Find(IReadOnlyList<string> named)
    {
        var missing = named.Where(n => n != "-" && !Path.Exists(n)).ToList();
        if (missing.Count > 0) throw new UsageException($"there is no file '{string.Join("', '", missing)}'");
        var (files, skipped, hasFolder) = (new List<string>(), new List<string>(), false);
        foreach (var name in named)
        {
            if (name == "-" || !Directory.Exists(name))
            {
                files.Add(name);
                continue;
            }

            hasFolder = true;
            foreach (var file in Directory.EnumerateFiles(name, "*", All).Order(StringComparer.Ordinal)) (MayHoldEvents(file) ? files : skipped).Add(file);
        }

        return new InputFiles(files, skipped, hasFolder);
    }

    /// <summary>The bytes in all of them, or <see langword="null"/> when that cannot be known.</summary>
    public long? Length() => Files.Contains("-") ? null : Files.Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);

    /// <summary>Opens one.</summary>
    /// <exception cref="UsageException">It cannot be read.</exception>
    public static Stream Open(string file, CommandHost host)
    {
        if (file == "-") return host.OpenInput();
        try
        {
            return new FileStream(file, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {file}: {failure.Message}", failure);
        }
    }

    /// <summary>Whether bytes that begin so may be events: JSON, or lines of <c>TIMESTAMP {json}</c>.</summary>
    public static bool MayHoldEvents(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith("\uFEFF"u8)) beginning = beginning[3..];
        var text = beginning.TrimStart(" \t\r\n,"u8);
        if (text.IsEmpty) return beginning.Length >= SniffBytes;
        return text[0] is (byte)'{' or (byte)'[' or (byte)'"'
            || (text.Length > 19 && text[..4].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && text[4] == (byte)'-' && text[7] == (byte)'-' && text[10] == (byte)'T');
    }

    // What cannot be looked at is read all the same: then it is said what is wrong with it, and nothing is left out unseen.
    private static bool MayHoldEvents(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var head = new byte[SniffBytes];
            var got = stream.ReadAtLeast(head, SniffBytes, throwOnEndOfStream: false);
            if (got < 2 || head[0] != 0x1f || head[1] != 0x8b) return MayHoldEvents(head.AsSpan(0, got));
            stream.Position = 0;
            using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            got = gzip.ReadAtLeast(head, SniffBytes, throwOnEndOfStream: false);
            return MayHoldEvents(head.AsSpan(0, got));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return true;
        }
    }
}
