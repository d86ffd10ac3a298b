using System.Text.Json;
using Crowsnest.Core.Cluster;
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
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/plan", Access.Viewer,
                "How few of a cluster's instances would hold the same tasks, which could go, what keeps the rest, and the steps that lead there; nothing is changed. Of more than 10,000 steps the first.",
                [.. Which, new Parameter("room", "string", $"What must still be possible afterwards, several with commas between: {string.Join(", ", CapacityPlan.RoomWords)}; {CapacityPlan.RoomUnlessTold} unless given.")]) { Answer = "CapacityPlan" },
            PlanAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/advice", Access.Viewer,
                "What a cluster's services need by how their tasks stopped and, where it is measured, by what they use: each piece with its formula, its evidence, what it saves or costs, its risk, and why it goes no further. Nothing is changed.",
                Which) { Answer = "CapacityAdvice" },
            AdviseAsync);
    }

    private static Parameter Sort(string fields) => new("sort", "string", $"By what, the greatest first with a minus before it: {fields}. By name unless given.");

    private async Task<IResult> GetAsync(HttpContext http, string? cluster)
    {
        var wish = Read(http, cluster);
        return await AnswerAsync(http, (view, _) => new ValueTask<Action<Utf8JsonWriter>>(CapacityLists.Page(view, wish)));
    }

    // It takes a processor for as long as it lasts, so it waits for its turn as a search does.
    private Task<IResult> PlanAsync(HttpContext http)
    {
        var room = CapacityPlan.RoomOf(http.Query("room") ?? CapacityPlan.RoomUnlessTold)
            ?? throw ProblemException.BadRequest($"The parameter 'room' must be one or several of {string.Join(", ", CapacityPlan.RoomWords)}, with commas between.");
        var filters = Filters(http);
        return AnswerAsync(http, (view, _) =>
        {
            var cluster = CapacityLists.Find(view, (string)http.GetRouteValue("cluster")!, filters);
            return new ValueTask<Action<Utf8JsonWriter>>(turns.TakeAsync(() => new ValueTask<Action<Utf8JsonWriter>>(Task.Run(() => CapacityPlan.Of(cluster, room), http.RequestAborted)), http.RequestAborted));
        });
    }

    // It searches the stored events and then takes a processor.
    private Task<IResult> AdviseAsync(HttpContext http)
    {
        var filters = Filters(http);
        return AnswerAsync(http, (view, at) =>
        {
            var cluster = CapacityLists.Find(view, (string)http.GetRouteValue("cluster")!, filters);
            return new ValueTask<Action<Utf8JsonWriter>>(turns.TakeAsync(
                async () => await CapacityAdvice.OfAsync(parts.Store.Events, cluster, at, parts.Advice, parts.Usage, http.RequestAborted), http.RequestAborted));
        });
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Func<FleetView, DateTimeOffset, ValueTask<Action<Utf8JsonWriter>>> members)
    {
        if (http.ReadMoment("at", parts.Time) is not { } at)
        {
            await parts.Clusters.Loaded.WaitAsync(http.RequestAborted);
            return EventJson.Answer(await members(parts.Clusters.View, parts.Time.GetUtcNow()));
        }

        var past = await PastViews.AtAsync(parts, turns, at, http.RequestAborted);
        var page = await members(past.View, past.At);
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
        return new CapacityWish(cluster, by, http.ReadList([.. CapacityLists.SortsOf(cluster is null ? null : by)]) with { Filters = Filters(http) });
    }

    private static Dictionary<string, string> Filters(HttpContext http)
    {
        var filters = new Dictionary<string, string>();
        foreach (var name in (string[])["account", "region"])
        {
            if (http.Query(name) is { } value) filters[name] = value;
        }

        return filters;
    }
}
