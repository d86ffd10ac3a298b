using System.Text.Json;
using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>What a page of capacity is of.</summary>
/// <param name="Cluster">The cluster, as people name it; <see langword="null"/> for all of them, a line each.</param>
/// <param name="By">What a cluster is broken down by.</param>
/// <param name="List">Which of it, and in which order.</param>
internal sealed record CapacityWish(string? Cluster, string By, ListRequest List);

/// <summary>Capacity as it is listed, for the API and for a command that has the store itself.</summary>
internal static class CapacityLists
{
    /// <summary>What a cluster is broken down by unless told.</summary>
    public const string ByUnlessTold = "instance";

    private const string ByCluster = "cluster";

    /// <summary>What a cluster can be broken down by.</summary>
    public static readonly string[] Ways = ["instance", "service", "zone", "provider"];

    private static readonly ResourceList<ClusterCapacity> Clusters = new()
    {
        Key = static c => $"{c.Name.Name}\n{c.Name.Account}\n{c.Name.Region}",
        Filters = new Dictionary<string, Func<ClusterCapacity, string?>> { ["account"] = static c => c.Name.Account, ["region"] = static c => c.Name.Region },
        Sorts = SumSorts<ClusterCapacity>(static c => c.Total),
        Write = CapacityJson.Write,
    };

    private static readonly ResourceList<InstanceCapacity> Instances = new()
    {
        Key = static i => i.State.Name.Id,
        Filters = new Dictionary<string, Func<InstanceCapacity, string?>>(),
        Sorts = new Dictionary<string, Func<InstanceCapacity, SortValue>>
        {
            ["status"] = static i => SortValue.Of(i.State.Detail.Status), ["availabilityZone"] = static i => SortValue.Of(i.Zone), ["capacityProviderName"] = static i => SortValue.Of(i.Provider),
            ["reservedCpu"] = static i => SortValue.Of(i.Cpu?.Reserved), ["remainingCpu"] = static i => SortValue.Of(i.Cpu?.Remaining), ["cpuReservation"] = static i => Share(i.Cpu),
            ["reservedMemory"] = static i => SortValue.Of(i.Memory?.Reserved), ["remainingMemory"] = static i => SortValue.Of(i.Memory?.Remaining), ["memoryReservation"] = static i => Share(i.Memory),
            ["remainingGpus"] = static i => SortValue.Of(i.Gpus?.Remaining), ["tasks"] = static i => SortValue.Of(i.Tasks),
        },
        Write = CapacityJson.Write,
    };

    private static readonly ResourceList<ServiceCapacity> Services = new()
    {
        Key = static s => s.Name,
        Filters = new Dictionary<string, Func<ServiceCapacity, string?>>(),
        Sorts = new Dictionary<string, Func<ServiceCapacity, SortValue>>
        {
            ["reservedCpu"] = static s => SortValue.Of(s.Cpu), ["reservedMemory"] = static s => SortValue.Of(s.Memory), ["tasks"] = static s => SortValue.Of(s.Tasks),
            ["fits"] = static s => SortValue.Of(s.Fit?.Tasks), ["stoppedBy"] = static s => SortValue.Of(CapacityJson.StoppedBy(s)),
        },
        Write = CapacityJson.Write,
    };

    private static readonly ResourceList<CapacitySum> Sums = new()
    {
        Key = static s => s.Name, Filters = new Dictionary<string, Func<CapacitySum, string?>>(), Sorts = SumSorts<CapacitySum>(static s => s),
        Write = CapacityJson.Write,
    };

    /// <summary>What a breakdown can be sorted by besides the name; <see langword="null"/> stands for the list of clusters.</summary>
    public static IEnumerable<string> SortsOf(string? by) => by switch
    {
        "instance" => Instances.Sorts.Keys,
        "service" => Services.Sorts.Keys,
        "zone" or "provider" => Sums.Sorts.Keys,
        _ => Clusters.Sorts.Keys,
    };

    /// <summary>Writes the members of an answer: the total, a page of the lines, and where the next page begins.</summary>
    /// <exception cref="ProblemException">There is no such cluster, or several.</exception>
    public static Action<Utf8JsonWriter> Page(FleetView view, CapacityWish wish)
    {
        if (wish.Cluster is { } name) return Page(ClusterCapacity.Of(Find(view, name, wish.List.Filters)), wish);
        List<ClusterCapacity> all = [.. view.Clusters.Where(c => Has(c, wish.List.Filters)).Select(ClusterCapacity.Of)];
        var page = Clusters.Page(all, wish.List);
        return json =>
        {
            json.WriteString("by", ByCluster);
            Lines(json, page, Clusters.Write);
        };
    }

    private static Action<Utf8JsonWriter> Page(ClusterCapacity cluster, CapacityWish wish)
    {
        // Which cluster it is has been decided; within it the filters say nothing.
        var request = wish.List with { Filters = new Dictionary<string, string>() };
        return json =>
        {
            ListJson.Where(json, cluster.Name);
            json.WriteStartObject("total");
            CapacityJson.Write(json, cluster.Total);
            json.WriteEndObject();
            CapacityJson.Write(json, "largestByCpu", cluster.LargestByCpu);
            CapacityJson.Write(json, "largestByMemory", cluster.LargestByMemory);
            json.WriteStartArray("placementFailures");
            foreach (var service in cluster.Services)
            {
                if (service.Failure is not { } failure) continue;
                json.WriteStartObject();
                CapacityJson.Write(json, service, failure);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("by", wish.By);
            switch (wish.By)
            {
                case "instance": Lines(json, Instances.Page(cluster.Instances, request), Instances.Write); break;
                case "service": Lines(json, Services.Page(cluster.Services, request), Services.Write); break;
                case "zone": Lines(json, Sums.Page(cluster.Zones, request), Named("availabilityZone")); break;
                default: Lines(json, Sums.Page(cluster.Providers, request), Named("capacityProviderName")); break;
            }
        };
    }

    // A cluster is its name, or account:region:name where a name is several clusters'; the filters tell them apart as well.
    internal static bool Has(FleetView view, string name, IReadOnlyDictionary<string, string> filters) => All(view, name, filters).Any();

    internal static ClusterView Find(FleetView view, string name, IReadOnlyDictionary<string, string> filters)
    {
        List<ClusterView> found = [.. All(view, name, filters)];
        return found switch
        {
            [var one] => one,
            [] => throw ProblemException.NotFound($"There is no cluster '{name}' among those that were heard of."),
            _ => throw ProblemException.BadRequest($"'{name}' is several clusters: {string.Join(", ", found.Take(10).Select(c => c.Name))}. Give one of these instead."),
        };
    }

    private static IEnumerable<ClusterView> All(FleetView view, string name, IReadOnlyDictionary<string, string> filters) =>
        view.Clusters.Where(c => (c.Name.Name == name || c.Name.ToString() == name) && Has(c, filters));

    private static bool Has(ClusterView cluster, IReadOnlyDictionary<string, string> filters) =>
        (!filters.TryGetValue("account", out var account) || account == cluster.Name.Account) && (!filters.TryGetValue("region", out var region) || region == cluster.Name.Region);

    private static void Lines<T>(Utf8JsonWriter json, ListPage<T> page, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray("items");
        foreach (var item in page.Items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next", page.Next);
    }

    private static Action<Utf8JsonWriter, CapacitySum> Named(string member) => (json, sum) =>
    {
        json.WriteString(member, sum.Name);
        CapacityJson.Write(json, sum);
    };

    private static Dictionary<string, Func<T, SortValue>> SumSorts<T>(Func<T, CapacitySum> sum) => new()
    {
        ["instances"] = item => SortValue.Of(sum(item).Instances), ["tasks"] = item => SortValue.Of(sum(item).Tasks), ["reservedCpu"] = item => SortValue.Of(sum(item).Cpu.Reserved),
        ["remainingCpu"] = item => SortValue.Of(sum(item).Cpu.Remaining), ["cpuReservation"] = item => Share(sum(item).Cpu), ["reservedMemory"] = item => SortValue.Of(sum(item).Memory.Reserved),
        ["remainingMemory"] = item => SortValue.Of(sum(item).Memory.Remaining), ["memoryReservation"] = item => Share(sum(item).Memory),
        ["remainingGpus"] = item => SortValue.Of(sum(item).Gpus.Remaining),
    };

    // Places in a list are whole numbers; a hundred-thousandth of the whole tells any two apart that matter.
    private static SortValue Share(Amount? amount) => SortValue.Of(amount?.Reservation is { } percent ? (long)(percent * 1_000) : null);
}
