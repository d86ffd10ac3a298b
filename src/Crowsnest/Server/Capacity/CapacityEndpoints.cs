using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>What is reserved, what remains and what still fits: <c>/capacity</c> and <c>/capacity/{cluster}</c>.</summary>
internal sealed class CapacityEndpoints(ServerParts parts, QueryTurns turns)
{
    private static readonly Parameter[] Paging =
    [
        new("limit", "integer", "How many, 1 to 1000; 100 unless told."), new("cursor", "string", "Where to go on: next of the page before."),
    ];

    private static readonly Parameter[] Which =
    [
        new("account", "string", "Only those whose account is this."), new("region", "string", "Only those whose region is this."),
        new("at", "string", "As it was at this time: ISO 8601, a date, now-15m; as it is unless given."),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity", Access.Viewer, "What each cluster has, what of it is reserved and what remains: CPU units, MiB of memory, GPUs and ports, as container instances say it, and what tasks on Fargate have reserved.",
                [.. Which, Sort($"{string.Join(", ", CapacityLists.SortsOf(null))}"), .. Paging]) { Answer = "CapacityPage" },
            http => GetAsync(http, null));
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}", Access.Viewer,
                "One cluster, by its name or by account:region:name: its total, the largest task that still fits, placement failures with what would have fitted, and lines by instance, service, zone or capacity provider.",
                [
                    .. Which, new Parameter("by", "string", $"What the lines are: {string.Join(", ", CapacityLists.Ways)}; {CapacityLists.ByUnlessTold} unless given."),
                    Sort(string.Join("; ", CapacityLists.Ways.Where(by => by != "provider").Select(by => $"of {by}: {string.Join(", ", CapacityLists.SortsOf(by))}")) + "; provider as zone"), .. Paging,
                ]) { Answer = "CapacityOfCluster" },
            http => GetAsync(http, (string)http.GetRouteValue("cluster")!));
    }

    private static Parameter Sort(string fields) => new("sort", "string", $"By what, the greatest first with a minus before it: {fields}. By name unless given.");

    private async Task<IResult> GetAsync(HttpContext http, string? cluster)
    {
        var wish = Read(http, cluster);
        if (http.ReadMoment("at", parts.Time) is not { } at)
        {
            await parts.Clusters.Loaded.WaitAsync(http.RequestAborted);
            return EventJson.Answer(CapacityLists.Page(parts.Clusters.View, wish));
        }

        var past = await PastViews.AtAsync(parts, turns, at, http.RequestAborted);
        var page = CapacityLists.Page(past.View, wish);
        return EventJson.Answer(json =>
        {
            page(json);
            PastNote.Write(json, past);
        });
    }

    private static CapacityWish Read(HttpContext http, string? cluster)
    {
        var by = http.Query("by") ?? CapacityLists.ByUnlessTold;
        if (!CapacityLists.Ways.Contains(by)) throw ProblemException.BadRequest($"The parameter 'by' must be one of {string.Join(", ", CapacityLists.Ways)}.");
        var filters = new Dictionary<string, string>();
        foreach (var name in (string[])["account", "region"])
        {
            if (http.Query(name) is { } value) filters[name] = value;
        }

        return new CapacityWish(cluster, by, http.ReadList([.. CapacityLists.SortsOf(cluster is null ? null : by)]) with { Filters = filters });
    }
}
