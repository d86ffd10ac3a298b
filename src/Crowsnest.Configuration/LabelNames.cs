namespace Crowsnest.Configuration;

/// <summary>Names of incidents' labels.</summary>
internal static class LabelNames
{
    /// <summary>Those of every incident; <c>tag_*</c> besides.</summary>
    public static readonly string[] Known =
        ["alertname", "severity", "kind", "outcome", "account", "region", "cluster", "service", "family", "instance", "provider", "synthetic"];

    /// <summary>Whether an incident may have it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="own">Labels that rules give their incidents.</param>
    public static bool IsKnown(string name, IReadOnlyCollection<string> own) =>
        Known.Contains(name, StringComparer.Ordinal) || name.StartsWith("tag_", StringComparison.Ordinal) || own.Contains(name);

    /// <summary>Whether a rule may give it: Prometheus' names, and none of ours.</summary>
    public static bool MayBeOwn(string name) =>
        name.Length is > 0 and <= 100 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !IsKnown(name, []);
}
