namespace Crowsnest.Commands;

/// <summary>A file that is there only when it is whole: until then it has another name, and is removed unless <see cref="Finish"/> was called.</summary>
internal sealed class WholeFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private bool _isWhole;

    private WholeFile(string path, string partial, FileStream stream) => (_path, _partial, Stream) = (path, partial, stream);

    /// <summary>Where it is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins one; what has its name stays until it is whole.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static WholeFile Create(string path)
    {
        var partial = path + ".partial";
        try
        {
            if (Directory.Exists(path)) throw new UsageException($"cannot write {path}: it is a folder");
#pragma warning disable CA2000 // The file owns it from here on.
            return new WholeFile(path, partial, new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None));
#pragma warning restore CA2000
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {path}: {failure.Message}", failure);
        }
    }

    /// <summary>It is whole: on disk, and under its name.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Finish()
    {
        try
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            File.Move(_partial, _path, overwrite: true);
            _isWhole = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (!_isWhole) File.Delete(_partial);
    }
}

/// <summary>What a command writes cannot be written: a full disk, or a reader that went away.</summary>
internal sealed class OutputException : Exception
{
    /// <summary>It cannot be written.</summary>
    public OutputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>It cannot be written.</summary>
    public OutputException(string message)
        : base(message)
    {
    }

    /// <summary>It cannot be written.</summary>
    public OutputException()
    {
    }
}

/// <summary>A stream that tells how much was written to it, and whose failures are told apart from those of what is read.</summary>
internal sealed class CountedStream(Stream target) : Stream
{
    /// <summary>Bytes so far.</summary>
    public long Written { get; private set; }

    /// <summary>Hears of each write, with the bytes so far.</summary>
    public Action<long>? OnWrite { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await target.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException failure)
        {
            throw new OutputException(failure.Message, failure);
        }

        Written += buffer.Length;
        OnWrite?.Invoke(Written);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await target.FlushAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            throw new OutputException(failure.Message, failure);
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
