using System.Globalization;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Commands;

/// <summary>How far an ingest is.</summary>
internal sealed class IngestProgress(CommandHost host, long? bytesInAll) : IDisposable
{
    private readonly ProgressBar _bar = new(host);

    // Read and committed are heard of on different threads.
    private readonly Lock _gate = new();
    private long _bytes;
    private Accounting _committed;

    /// <summary>So many more bytes were read.</summary>
    public void Read(int bytes)
    {
        lock (_gate) _bytes += bytes;
        Show();
    }

    /// <summary>So much is committed in all.</summary>
    public void Committed(Accounting total)
    {
        lock (_gate) _committed = total;
        Show();
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose() => _bar.Dispose();

    private void Show() => _bar.Show(() =>
    {
        lock (_gate)
        {
            var events = string.Create(CultureInfo.InvariantCulture, $"{_committed.Stored:N0} stored, {_committed.Duplicates:N0} duplicates, {_committed.Quarantined:N0} quarantined");
            return ProgressBar.Line(_bytes, bytesInAll, $"{ProgressBar.Bytes(_bytes)} read, {events}");
        }
    });
}
