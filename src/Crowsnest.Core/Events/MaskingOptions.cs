namespace Crowsnest.Core.Events;

/// <summary>Which values are replaced by <c>"***"</c> before anything is stored or told.</summary>
public sealed record MaskingOptions
{
    /// <summary>Values of environment variables: in a task's overrides, and in the requests and answers that CloudTrail records.</summary>
    public bool Environment { get; init; } = true;

    /// <summary>
    /// Further paths from the event's root: names joined by dots, <c>[]</c> for each element of an array, <c>*</c> for any name, <c>**</c> for any depth;
    /// e.g. <c>detail.foo[].bar</c>.
    /// </summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Whose nonces are compared, and masked whatever they are; <see langword="null"/>: no event is synthetic.</summary>
    public SyntheticSource? Synthetic { get; init; }

    /// <summary>What becomes of the mark of this program's own events (<see cref="OwnEvents"/>); it is left as it is unless told.</summary>
    public OwnMark Own { get; init; }

    /// <summary>Whether this is such a path: into the detail, without an empty name, and with an end.</summary>
    public static bool IsPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var names = (path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path).Split('.');
        return names.Length > 1 && names[0] == "detail" && names[^1] != "**" && !names.Contains("");
    }
}
