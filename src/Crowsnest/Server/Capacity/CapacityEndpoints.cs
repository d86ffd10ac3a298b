using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.History;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>What is reserved, what remains and what still fits: <c>/capacity</c> and <c>/capacity/{cluster}</c>.</summary>
internal sealed class CapacityEndpoints(ServerParts parts, QueryTurns turns)
{
    // For one answer; half a minute's work.
    private const long EventsMax = 1_000_000;

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
                [.. Which, new Parameter("room", "string", $"What must still be possible afterwards, several with commas between: {string.Join(", ", CapacityPlan.RoomWords)}; {CapacityPlan.RoomUnlessTold} unless given."),
                    new Parameter("if", "string", $"What would be otherwise, several with commas between: {WhatIfText.Forms}."),
                    new Parameter("packing", "boolean", "Whether what would be on each instance is said too.")]) { Answer = "CapacityPlan" },
            PlanAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/packing", Access.Viewer,
                "What is on each container instance of a cluster, by workload: the tasks of a service, or of a group that no service has. An instance's tasks are pairs: the workload's place in workloads, and how many.",
                Which) { Answer = "CapacityPacking" },
            http => AnswerAsync(http, (view, _) => new ValueTask<Action<Utf8JsonWriter>>(PackingJson.Of(CapacityLists.Find(view, (string)http.GetRouteValue("cluster")!, Filters(http))))));
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/history", Access.Viewer,
                "How a cluster's capacity was over time: what it had, what of it was reserved and what remained, its tasks, and the tasks that ECS could not place. Each moment is as 'at' says; all take one pass over the events between.",
                [
                    .. Which.Where(which => which.Name != "at"), new Parameter("from", "string", "The beginning; a day before the end unless given."), new Parameter("to", "string", "The end; now unless given."),
                    new Parameter("points", "integer", $"How many moments, in equal steps and with both ends, 2 to {CapacityStretch.PointsMax}; {CapacityStretch.PointsUnlessTold} unless given."),
                ]) { Answer = "CapacityHistory" },
            HistoryAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/scaling", Access.Viewer,
                "CapacityProviderReservation of a cluster's capacity providers as ECS computes it, and what managed scaling with each target would have done: instance-hours, minutes short and instance-hours idle, beside what was and the least that was needed.",
                [
                    .. Which.Where(which => which.Name != "at"), new Parameter("target", "string", $"Target capacities in per cent, several with commas between; {ScalingWish.TargetsUnlessTold} unless given."),
                    new Parameter("from", "string", "The beginning; seven days before the end unless given, 31 at most."), new Parameter("to", "string", "The end; now unless given."),
                ]) { Answer = "CapacityScaling" },
            ScalingAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/capacity/{cluster}/advice", Access.Viewer,
                "What a cluster's services need by how their tasks stopped and, where it is measured, by what they use: each piece with its formula, its evidence, what it saves or costs, its risk, and why it goes no further. Nothing is changed.",
                Which) { Answer = "CapacityAdvice" },
            AdviseAsync);
    }

    // Reading and folding events takes a processor for as long as it lasts, as a search does.
    private async Task<IResult> HistoryAsync(HttpContext http)
    {
        var (from, to) = Stretch(http, CapacityStretch.Unless);
        var points = CapacityStretch.PointsUnlessTold;
        if (http.Query("points") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out points) || points is < 2 or > CapacityStretch.PointsMax))
            throw ProblemException.BadRequest($"The parameter 'points' must be a whole number from 2 to {CapacityStretch.PointsMax}.");
        var stretch = new CapacityStretch((string)http.GetRouteValue("cluster")!, from, to, points);
        var cluster = (await ClusterAsync(http, to)).Name;
        var series = await turns.TakeAsync(
            () => new ValueTask<CapacitySeries>(Task.Run(
                () => new CapacityHistory(parts.Store, parts.Diagnoser, parts.History).ReadAsync(cluster, from, to, points, EventsMax, http.RequestAborted), http.RequestAborted)),
            http.RequestAborted);
        return EventJson.Answer(json => CapacitySeriesJson.Write(json, cluster, stretch, series));
    }

    private async Task<IResult> ScalingAsync(HttpContext http)
    {
        var (from, to) = Stretch(http, ScalingWish.Unless);
        if (to - from > ScalingWish.Longest) throw ProblemException.BadRequest($"At most {ScalingWish.Longest.Days} days are looked at.");
        var targets = ScalingWish.TargetsOf(http.Query("target") ?? ScalingWish.TargetsUnlessTold) ?? throw ProblemException.BadRequest("The parameter 'target' must be up to ten whole numbers from 1 to 100 with commas between.");
        var cluster = await ClusterAsync(http, to);
        var series = await turns.TakeAsync(
            () => new ValueTask<ScalingSeries>(Task.Run(
                () => new ScalingHistory(parts.Store, parts.Diagnoser, parts.History).ReadAsync(cluster, from, to, EventsMax, http.RequestAborted), http.RequestAborted)),
            http.RequestAborted);
        return EventJson.Answer(json => CapacityScaling.Write(json, cluster.Name, new ScalingWish(cluster.Name.Name, from, to, targets), series));
    }

    private (DateTimeOffset From, DateTimeOffset To) Stretch(HttpContext http, TimeSpan unless)
    {
        var to = http.ReadMoment("to", parts.Time) ?? parts.Time.GetUtcNow();
        var from = http.ReadMoment("from", parts.Time) ?? to - unless;
        return from < to ? (from, to) : throw ProblemException.BadRequest("The end 'to' must be after the beginning 'from'.");
    }

    // One that is gone by now was there then.
    private async Task<ClusterView> ClusterAsync(HttpContext http, DateTimeOffset to)
    {
        var (name, filters) = ((string)http.GetRouteValue("cluster")!, Filters(http));
        await parts.Clusters.Loaded.WaitAsync(http.RequestAborted);
        var now = parts.Clusters.View;
        return CapacityLists.Find(CapacityLists.Has(now, name, filters) ? now : (await PastViews.AtAsync(parts, turns, to, http.RequestAborted)).View, name, filters);
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
        var (filters, whatIf, withPacking) = (Filters(http), http.Query("if") ?? "", http.ReadFlag("packing"));
        return AnswerAsync(http, (view, _) =>
        {
            var cluster = CapacityLists.Find(view, (string)http.GetRouteValue("cluster")!, filters);
            return new ValueTask<Action<Utf8JsonWriter>>(turns.TakeAsync(() => new ValueTask<Action<Utf8JsonWriter>>(Task.Run(() => CapacityPlan.Of(cluster, room, whatIf, withPacking), http.RequestAborted)), http.RequestAborted));
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
