using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>What incidents, groups and messages are known by: made of their content, so that a repeat gives the same.</summary>
internal static class IncidentKeys
{
    /// <summary>The rule and the labels that it groups by; of a synthetic firing and of a notice also itself: each of them is told.</summary>
    public static string OfIncidents(Firing firing) =>
        firing.Rule + "\n" + string.Join('\n', firing.GroupBy.Select(name => name + "=" + firing.Labels.GetValueOrDefault(name, "")))
        + (firing.IsSynthetic || firing.IsNotice ? "\nalone=" + firing.Id : "");

    /// <summary>A route's path and those of the labels that it groups by, as Alertmanager writes a group's key.</summary>
    public static string GroupKey(string route, ImmutableSortedDictionary<string, string> labels) =>
        route + ":{" + string.Join(", ", labels.Select(l => $"{l.Key}=\"{l.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")) + "}";

    /// <summary>16 hexadecimal digits that stand for the text.</summary>
    public static string Hash(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
}
