namespace Crowsnest.Commands;

/// <summary>The files that a command line names: files, folders, and <c>-</c> for standard input.</summary>
internal static class InputFiles
{
    /// <summary>All files, those of a folder in the order of their names, without hidden ones.</summary>
    /// <exception cref="UsageException">Something is not there; all of it is named.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> named)
    {
        var missing = named.Where(n => n != "-" && !Path.Exists(n)).ToList();
        if (missing.Count > 0) throw new UsageException($"there is no file '{string.Join("', '", missing)}'");
        return
        [
            .. named.SelectMany(n => n != "-" && Directory.Exists(n)
                ? Directory.EnumerateFiles(n, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System }).Order(StringComparer.Ordinal)
                : (IEnumerable<string>)[n]),
        ];
    }

    /// <summary>The bytes in all of them, or <see langword="null"/> when that cannot be known.</summary>
    public static long? Length(IReadOnlyList<string> files) => files.Contains("-") ? null : files.Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);

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
}
