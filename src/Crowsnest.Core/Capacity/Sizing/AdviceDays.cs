namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>The days that advice looks at. A need is the greatest that any window of the last days has, which is what keeps advice from going up and down.</summary>
/// <remarks>
/// Windows are of whole UTC days, so that the same window has the same need whoever asks and whenever. Nothing is remembered from one asking to the next: the former target
/// stays as long as the evidence for it is in one of the last <see cref="AdviceOptions.HoldDays"/> windows.
/// </remarks>
internal readonly struct AdviceDays
{
    private readonly AdviceOptions _options;
    private readonly DateTimeOffset _today;

    public AdviceDays(DateTimeOffset now, AdviceOptions options) => (_today, _options, Now) = (new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), options, now);

    /// <summary>The moment that advice is for.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The beginning of the window that ends with today.</summary>
    public DateTimeOffset WindowStart => _today.AddDays(1 - _options.WindowDays);

    /// <summary>Nothing before this is looked at, but OOM kills.</summary>
    public DateTimeOffset Start => _today.AddDays(1 - _options.WindowDays - _options.HoldDays);

    /// <summary>The newest window of days that are over.</summary>
    public (DateTimeOffset From, DateTimeOffset To) NewestWhole => (_today.AddDays(-_options.WindowDays), _today);

    /// <summary>OOM kills before this are forgotten.</summary>
    public DateTimeOffset OomStart => _today.AddDays(1 - Math.Max(_options.OomDays, _options.WindowDays));

    /// <summary>The greatest value of the windows that end with one of the last days that are over.</summary>
    /// <remarks>Not with today: a percentile may still fall while the day goes on.</remarks>
    public double? PeakOfWholeDays(Func<DateTimeOffset, DateTimeOffset, double?> ofWindow) => Peak(_today, ofWindow);

    /// <summary>The same with today: of what only grows while the day goes on.</summary>
    public double? PeakWithToday(Func<DateTimeOffset, DateTimeOffset, double?> ofWindow) => Peak(_today.AddDays(1), ofWindow);

    private double? Peak(DateTimeOffset newest, Func<DateTimeOffset, DateTimeOffset, double?> ofWindow)
    {
        double? peak = null;
        for (var day = 0; day < _options.HoldDays; day++)
        {
            var end = newest.AddDays(-day);
            if (ofWindow(end.AddDays(-_options.WindowDays), end) is { } value && !(value <= peak)) peak = value;
        }

        return peak;
    }
}
