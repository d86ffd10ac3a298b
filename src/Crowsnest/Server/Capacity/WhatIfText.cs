using System.Globalization;
using Crowsnest.Core.Capacity.Packing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Server.Capacity;

/// <summary>Reads what would be otherwise, as people write it: several wishes with commas between.</summary>
internal static class WhatIfText
{
    /// <summary>How each wish is written.</summary>
    public const string Forms = "add:TYPE@ZONE=3, drain:INSTANCE, count:SERVICE=8, size:SERVICE=512/1024 (CPU units and MiB of a task), type:NEW or type:OLD=NEW";

    /// <summary>The cluster as it would be.</summary>
    /// <param name="text">The wishes; empty for none.</param>
    /// <param name="cluster">The cluster; instances are named by their own id or by EC2's.</param>
    /// <param name="problem">The cluster as it is.</param>
    /// <exception cref="ProblemException">A wish cannot be read, or names what is not there; all of them are said.</exception>
    public static PackingProblem Apply(string text, ClusterView cluster, PackingProblem problem)
    {
        if (text.Length == 0) return problem;
        var (mistakes, whatIf) = (new List<string>(), new WhatIf());
        foreach (var wish in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Read(wish, cluster, problem, whatIf) is { } next) whatIf = next;
            else mistakes.Add($"'{wish}' is none of {Forms}.");
        }

        var (changed, absent) = whatIf.Apply(problem);
        mistakes.AddRange(absent);
        return mistakes.Count == 0 ? changed : throw ProblemException.BadRequest(string.Join(' ', mistakes));
    }

    private static WhatIf? Read(string wish, ClusterView cluster, PackingProblem problem, WhatIf whatIf)
    {
        var colon = wish.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return null;
        var (what, of) = (wish[..colon], wish[(colon + 1)..]);
        var equals = of.LastIndexOf('=');
        var (name, value) = equals < 0 ? (of, "") : (of[..equals], of[(equals + 1)..]);
        if (name.Length == 0) return null;
        return what switch
        {
            "add" when Number(value) is { } count => whatIf with { Add = [.. whatIf.Add, .. Added(name, count, problem)] },
            "drain" when equals < 0 => whatIf with { Drain = [.. whatIf.Drain, cluster.Instances.FirstOrDefault(i => i.State.Detail.Ec2InstanceId == name)?.State.Name.Id ?? name] },
            "count" when Number(value) is { } count => whatIf with { Change = [.. whatIf.Change, new ChangedWorkload(name, Count: count)] },
            "size" when value.Split('/') is [var cpu, var memory] && Number(cpu) is { } units && Number(memory) is { } mebibytes =>
                whatIf with { Change = [.. whatIf.Change, new ChangedWorkload(name, SizeOf(name, problem) with { Cpu = units, Memory = mebibytes })] },
            "type" => whatIf with { Replace = equals < 0 ? new OtherType(name) : new OtherType(value, name) },
            _ => null,
        };
    }

    // Without a zone they come in turn into those that there are.
    private static IEnumerable<AddedInstances> Added(string name, int count, PackingProblem problem)
    {
        if (name.Split('@') is [var type, var zone]) return [new AddedInstances(type, zone, count)];
        List<string> zones = [.. problem.Instances.Select(i => i.Zone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return zones.Count == 0 ? [new AddedInstances(name, "", count)] : zones.Select((zone, n) => new AddedInstances(name, zone, (count / zones.Count) + (n < count % zones.Count ? 1 : 0)));
    }

    private static Amounts SizeOf(string service, PackingProblem problem) => problem.Workloads.FirstOrDefault(w => w.Name == service)?.Size ?? default;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
