using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>A node of the tree that says who is told of what, and with what else: Alertmanager's route, with its names and defaults.</summary>
public sealed record Route
{
    /// <summary>Who is told.</summary>
    public required string Receiver { get; init; }

    /// <summary>What an incident's labels must be like; the root takes all.</summary>
    public ImmutableArray<LabelMatcher> Matchers { get; init; } = [];

    /// <summary>Later siblings are asked too.</summary>
    public bool Continue { get; init; }

    /// <summary>The labels that join incidents into one message; <c>...</c> alone: all of them.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = ["alertname", "cluster", "service", "instance", "kind"];

    /// <summary>How long the first message of a group waits for more.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long between messages of a group that changed.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long until a group that did not change is told again.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Names of time intervals in which it tells nobody.</summary>
    public ImmutableArray<string> MuteTimeIntervals { get; init; } = [];

    /// <summary>Names of the time intervals in which alone it tells; empty: always.</summary>
    public ImmutableArray<string> ActiveTimeIntervals { get; init; } = [];

    /// <summary>Its branches, asked in order.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    /// <summary>The routes that take these labels, as Alertmanager picks them: of each branch the deepest that match, until one that matches does not continue; itself when none does.</summary>
    /// <returns>Each with its path: the matchers from the root to it, which with the group's labels is the group's key.</returns>
    public IEnumerable<(Route Route, string Path)> Of(ImmutableSortedDictionary<string, string> labels) => Of(labels, "{}");

    /// <summary>The route of this path; <see langword="null"/> when the tree has none any more.</summary>
    public Route? At(string path) => Find("{}", path);

    /// <summary>Those of the labels that its messages are grouped by.</summary>
    public ImmutableSortedDictionary<string, string> GroupLabels(ImmutableSortedDictionary<string, string> labels) =>
        GroupBy is ["..."] ? labels : labels.Where(label => GroupBy.Contains(label.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    private List<(Route Route, string Path)> Of(ImmutableSortedDictionary<string, string> labels, string path)
    {
        var found = new List<(Route, string)>();
        foreach (var (branch, step) in Branches())
        {
            if (!branch.Matchers.All(matcher => matcher.Holds(labels))) continue;
            found.AddRange(branch.Of(labels, path + "/" + step));
            if (!branch.Continue) break;
        }

        if (found.Count == 0) found.Add((this, path));
        return found;
    }

    private Route? Find(string here, string path) =>
        here == path ? this
        : Branches().Select(one => one.Branch.Find(here + "/" + one.Step, path)).FirstOrDefault(found => found is not null);

    // Of branches with the same matchers each is told from those before it.
    private IEnumerable<(Route Branch, string Step)> Branches()
    {
        var steps = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var branch in Routes)
        {
            var step = "{" + string.Join(',', branch.Matchers) + "}";
            var same = steps[step] = steps.GetValueOrDefault(step) + 1;
            yield return (branch, same == 1 ? step : string.Create(CultureInfo.InvariantCulture, $"{step}#{same}"));
        }
    }
}
