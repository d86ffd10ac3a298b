using System.Globalization;

namespace Crowsnest.Commands;

/// <summary>How far something is: a line on stderr that rewrites itself, for a person only; where stderr is no terminal it writes nothing.</summary>
internal sealed class ProgressBar(CommandHost host) : IDisposable
{
    private const int Width = 24;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // Work is heard of on different threads.
    private readonly Lock _gate = new();
    private long _shownAt;

    /// <summary>Shows where it is, but not more often than an eye can follow.</summary>
    /// <param name="words">What is known, made only when it is shown.</param>
    public void Show(Func<string> words)
    {
        if (!host.ErrorIsTerminal) return;
        lock (_gate)
        {
            if (_shownAt != 0 && host.Time.GetElapsedTime(_shownAt) < Pace) return;
            _shownAt = host.Time.GetTimestamp();
            host.Error.Write($"\r{words()}\u001b[K");
        }
    }

    /// <summary>A line: the bar where the whole is known, and words.</summary>
    public static string Line(long done, long? inAll, string words)
    {
        if (inAll is not > 0) return words;
        var part = Math.Clamp(done / (double)inAll, 0, 1);
        var full = (int)(part * Width);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('.', Width - full)}] {(int)(part * 100)} %  {words}");
    }

    /// <summary>So many bytes, as people say it.</summary>
    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_shownAt != 0) host.Error.Write("\r\u001b[K");
            _shownAt = 0;
        }
    }
}
