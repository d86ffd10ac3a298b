using System.Collections.Immutable;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads the tree of routes: that of an <c>alertmanager.yml</c> is taken as it is.</summary>
/// <param name="receivers">The names of all receivers.</param>
/// <param name="ownLabels">Labels that rules give their incidents.</param>
/// <param name="intervals">The names of all time intervals.</param>
internal sealed class RouteParser(IReadOnlyCollection<string> receivers, IReadOnlyCollection<string> ownLabels, IReadOnlyCollection<string> intervals)
{
    // Deeper trees are generated, and by mistake.
    private const int DepthMax = 32;

    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);

    /// <summary>The tree. A section that is missing is the default route, where it can be told who is meant.</summary>
    public Route Root(YamlSection? section, YamlSection file)
    {
        var defaults = new Route { Receiver = "console" };
        if (section is null)
        {
            if (receivers.Contains(defaults.Receiver)) return defaults;
            if (receivers.Count == 1) return defaults with { Receiver = receivers.Single() };
            file.Mistake("route", "'route' is missing: say which receiver is told, e.g. route: {receiver: " + (receivers.FirstOrDefault() ?? "ops") + "}");
            return defaults;
        }

        foreach (var key in (string[])["matchers", "match", "match_re", "continue"])
        {
            if (section.Has(key)) section.Mistake(key, "the root route takes everything and has no sibling; put this into one of its routes");
        }

        foreach (var key in (string[])["mute_time_intervals", "active_time_intervals"])
        {
            if (section.Has(key)) section.Mistake(key, "the root route has no hours, or nobody would be told in the others; give them to one of its routes");
        }

        section.Text("receiver", required: true);
        return Node(section, defaults, 0);
    }

    // As Alertmanager has it: what a route does not say is as in the one above it, but for its own hours.
    private Route Node(YamlSection section, Route above, int depth)
    {
        var route = above with
        {
            Receiver = section.Text("receiver") ?? above.Receiver,
            Matchers = [.. MatcherSection.Read(section, "matchers", "match", "match_re", ownLabels)],
            Continue = section.Flag("continue") ?? false,
            GroupBy = section.Words("group_by") ?? above.GroupBy,
            GroupWait = section.Duration("group_wait", TimeSpan.Zero, TimeSpan.FromDays(1)) ?? above.GroupWait,
            GroupInterval = section.Duration("group_interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)) ?? above.GroupInterval,
            RepeatInterval = section.Duration("repeat_interval", TimeSpan.FromSeconds(1), Century) ?? above.RepeatInterval,
            MuteTimeIntervals = TimeIntervalParser.Names(section, "mute_time_intervals", intervals),
            ActiveTimeIntervals = TimeIntervalParser.Names(section, "active_time_intervals", intervals),
            Routes = [],
        };
        if (section.Has("receiver") && !receivers.Contains(route.Receiver))
            section.Mistake("receiver", $"no receiver is named '{route.Receiver}'{Spelling.Hint(route.Receiver, receivers)} (known: {string.Join(", ", receivers)})");

        // As Alertmanager has it: by all labels, alone.
        if (route.GroupBy.Contains("...") && route.GroupBy.Length > 1) section.Mistake("group_by", "'...' groups by every label and stands alone: group_by: ['...']");
        foreach (var label in route.GroupBy.Where(label => section.Has("group_by") && label != "..." && !IsLabel(label)))
            section.Mistake("group_by", $"'{label}' is not a label{Spelling.Hint(label, [.. LabelNames.Known, .. ownLabels])} (known: {string.Join(", ", [.. LabelNames.Known, .. ownLabels])}, tag_NAME, or '...' alone for all)");
        if (section.Has("routes") && depth == DepthMax)
        {
            section.Mistake("routes", $"more than {DepthMax} routes within each other");
            return route;
        }

        route = route with { Routes = [.. section.Sections("routes").Select(branch => Node(branch, route, depth + 1))] };
        section.Done();
        return route;
    }

    private bool IsLabel(string name) => LabelNames.IsKnown(name, ownLabels);
}
