using System.Globalization;

namespace Crowsnest.Core.Rules.Expected;

/// <summary>One field of EventBridge's cron expressions that is a set of numbers: minutes, hours, months, years, and the plain forms of days.</summary>
/// <remarks>https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html</remarks>
internal readonly struct CronField
{
    private readonly bool[] _set;
    private readonly int _min;

    private CronField(bool[] set, int min) => (_set, _min) = (set, min);

    /// <summary>Whether a number is in it.</summary>
    public bool Has(int value) => value >= _min && value - _min < _set.Length && _set[value - _min];

    /// <summary>Reads <c>*</c>, numbers, ranges, steps and lists of them; what is wrong with it otherwise.</summary>
    /// <param name="text">The field.</param>
    /// <param name="name">Its name, for the mistake.</param>
    /// <param name="min">The least number.</param>
    /// <param name="max">The greatest.</param>
    /// <param name="names">Names of the numbers from the least on, in upper case; none for a field without.</param>
    /// <param name="field">The field that was read.</param>
    public static string? Parse(string text, string name, int min, int max, ReadOnlySpan<string> names, out CronField field)
    {
        var set = new bool[max - min + 1];
        field = new CronField(set, min);
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? part : part[..slash];
            var step = 1;
            if (slash >= 0 && (!int.TryParse(part[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0)) return $"'{part}' has no step after the '/' in its {name}";
            int first, last;
            if (range is "*")
            {
                (first, last) = (min, max);
            }
            else
            {
                var dash = range.IndexOf('-', StringComparison.Ordinal);
                if (!Number(dash < 0 ? range : range[..dash], min, max, names, out first)) return Wrong(part, name, min, max);
                last = slash >= 0 ? max : first;
                if (dash >= 0 && !Number(range[(dash + 1)..], min, max, names, out last)) return Wrong(part, name, min, max);
            }

            // FRI-MON goes over the end.
            for (var at = first; ; at = at == max ? min : at + 1)
            {
                var distance = at >= first ? at - first : at - first + set.Length;
                if (distance % step == 0) set[at - min] = true;
                if (at == last) break;
            }
        }

        return null;
    }

    /// <summary>A number or a name of one.</summary>
    public static bool Number(string text, int min, int max, ReadOnlySpan<string> names, out int value)
    {
        var named = names.IndexOf(text.ToUpperInvariant());
        if (named < 0) return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
        value = min + named;
        return true;
    }

    private static string Wrong(string part, string name, int min, int max) => string.Create(CultureInfo.InvariantCulture, $"'{part}' is not in {min} to {max}, which its {name} are");
}
