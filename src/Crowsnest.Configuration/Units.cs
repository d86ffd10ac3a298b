using System.Globalization;
using System.Net;

namespace Crowsnest.Configuration;

/// <summary>How people write durations, sizes and addresses.</summary>
public static class Units
{
    /// <summary>Reads <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>30d</c>, <c>2w</c>, <c>500ms</c>; Prometheus's form.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = default;
        long total = 0;
        var i = 0;
        while (i < text.Length)
        {
            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            // Eight digits of days are far beyond any calendar and far below an overflow.
            if (i == start || i - start > 8) return false;
            var number = long.Parse(text.AsSpan(start, i - start), CultureInfo.InvariantCulture);
            var unit = i;
            while (i < text.Length && char.IsAsciiLetter(text[i])) i++;
            var milliseconds = text.AsSpan(unit, i - unit) switch
            {
                "ms" => 1L,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                "w" => 7 * 86_400_000L,
                "y" => 365 * 86_400_000L,
                _ => 0,
            };
            if (milliseconds == 0) return false;
            total += number * milliseconds;
        }

        if (i == 0 || total > TimeSpan.MaxValue.TotalMilliseconds / 2) return false;
        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>Writes a duration in its largest whole unit.</summary>
    public static string Format(TimeSpan duration) => duration switch
    {
        _ when duration == TimeSpan.Zero => "0s",
        _ when duration.Ticks % TimeSpan.TicksPerDay == 0 => $"{duration.TotalDays}d",
        _ when duration.Ticks % TimeSpan.TicksPerHour == 0 => $"{duration.TotalHours}h",
        _ when duration.Ticks % TimeSpan.TicksPerMinute == 0 => $"{duration.TotalMinutes}m",
        _ when duration.Ticks % TimeSpan.TicksPerSecond == 0 => $"{duration.TotalSeconds}s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms"),
    };

    /// <summary>Reads <c>500MB</c>, <c>50GB</c>, <c>1TB</c>, also <c>50GiB</c>; a unit is needed.</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        if (digits is 0 or > 12) return false;
        var unit = text[digits..].Trim() switch
        {
            "kB" or "KB" => 1_000L,
            "MB" => 1_000_000L,
            "GB" => 1_000_000_000L,
            "TB" => 1_000_000_000_000L,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "TiB" => 1L << 40,
            _ => 0,
        };
        var number = long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        if (unit == 0 || number == 0 || number > long.MaxValue / unit) return false;
        bytes = number * unit;
        return true;
    }

    /// <summary>A size as people say it: <c>1.5 GB</c>.</summary>
    public static string FormatBytes(long bytes) => bytes switch
    {
        >= 1_000_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.#} TB"),
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
    };

    /// <summary>Reads <c>127.0.0.1:8723</c>, <c>[::1]:8723</c> or <c>localhost:8723</c>; the port is needed.</summary>
    public static bool TryParseEndPoint(string text, out IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        var host = text[..colon];
        if (host == "localhost") host = "127.0.0.1";
        if (host.Contains(':', StringComparison.Ordinal) && !(host.StartsWith('[') && host.EndsWith(']'))) return false;
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address)) return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Reads a host and a port, <c>smtp.example.com:587</c> or <c>[::1]:25</c>; <see langword="null"/> when it is none. The host comes without brackets.</summary>
    public static (string Host, int Port)? ParseHostAndPort(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return null;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) return null;
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : (host, port);
    }
}
