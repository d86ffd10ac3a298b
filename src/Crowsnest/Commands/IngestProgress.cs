using System.Globalization;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Commands;

/// <summary>How far an ingest is: a bar on stderr that rewrites itself, for a person only.</summary>
internal sealed class IngestProgress(CommandHost host, long? bytesInAll) : IDisposable
{
    private const int Width = 24;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // Read and committed are heard of on different threads.
    private readonly Lock _gate = new();
    private long _bytes;
    private Accounting _committed;
    private long _shownAt;

    /// <summary>So many more bytes were read.</summary>
    public void Read(int bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
            Show();
        }
    }

    /// <summary>So much is committed in all.</summary>
    public void Committed(Accounting total)
    {
        lock (_gate)
        {
            _committed = total;
            Show();
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_shownAt != 0) host.Error.Write("\r\u001b[K");
            _shownAt = 0;
        }
    }

    /// <summary>The bar's line.</summary>
    public static string Line(long bytes, long? bytesInAll, Accounting committed)
    {
        var read = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB read");
        var events = string.Create(CultureInfo.InvariantCulture, $"{committed.Stored:N0} stored, {committed.Duplicates:N0} duplicates, {committed.Quarantined:N0} quarantined");
        if (bytesInAll is not > 0) return $"{read}, {events}";
        var part = Math.Min(1, bytes / (double)bytesInAll);
        var full = (int)(part * Width);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('.', Width - full)}] {(int)(part * 100)} %  {read}, {events}");
    }

    private void Show()
    {
        if (!host.ErrorIsTerminal || (_shownAt != 0 && host.Time.GetElapsedTime(_shownAt) < Pace)) return;
        _shownAt = host.Time.GetTimestamp();
        host.Error.Write($"\r{Line(_bytes, bytesInAll, _committed)}\u001b[K");
    }
}
