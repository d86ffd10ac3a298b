using System.Text.Json;
using Crowsnest.Core.History;

namespace Crowsnest.Server.Lists;

/// <summary>The clusters as they are and as they were: <c>/clusters</c>, <c>/services</c>, <c>/deployments</c>, <c>/tasks</c> and <c>/instances</c>.</summary>
internal sealed class ResourceEndpoints(ServerParts parts, QueryTurns turns)
{
    private static readonly Dictionary<string, string> Summaries = new()
    {
        ["clusters"] = "The clusters as they are, by account, region and name: their counts, and for how long nothing was heard of them.",
        ["services"] = "The services as they are: desired, running and pending tasks, each with where it is from and how old it is, their deployments, why tasks are pending, and what failed last.",
        ["deployments"] = "The deployments of services: how far each is, how it ended, and what it was rolled back to.",
        ["tasks"] = "The tasks that are not stopped; with stopped=true all that are stored.",
        ["instances"] = "The container instances that are not INACTIVE; with stopped=true all that are stored.",
    };

    private readonly ResourceLists _lists = new(parts.Store, parts.Diagnoser, parts.Time);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in ResourceLists.Kinds)
        {
            Parameter[] query =
            [
                new Parameter("at", "string", "As it was at this time: ISO 8601, a date, now-15m; as it is unless given."),
                new Parameter("name", "string", "Only those of this name or id; several with commas between."),
                .. ResourceLists.FiltersOf(kind).Where(name => name != "name").Select(name => new Parameter(name, "string", $"Only those whose {name} is this.")),
                new Parameter("sort", "string", $"By what: {string.Join(", ", ResourceLists.SortsOf(kind))}; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile."),
                new Parameter("limit", "integer", "How many, 1 to 1000; 100 unless told."), new Parameter("cursor", "string", "Where to go on: next of the page before."),
                .. HasStopped(kind) ? [new Parameter("stopped", "boolean", "Those that are over too; with at, those that ended in the minutes before, and failures of the hour before.")] : (Parameter[])[],
            ];
            routes.Map(new Operation("GET", "/api/v1/" + kind, Access.Viewer, Summaries[kind], query) { Answer = "ResourcePage" }, http => GetAsync(http, kind));
        }
    }

    /// <summary>Whether of this list something can be over.</summary>
    public static bool HasStopped(string kind) => kind is "tasks" or "instances";

    private async Task<IResult> GetAsync(HttpContext http, string kind)
    {
        var (request, isStopped) = (Read(http, kind), HasStopped(kind) && http.ReadFlag("stopped"));
        if (http.ReadMoment("at", parts.Time) is { } at) return Answer(await PastViews.AtAsync(parts, turns, at, http.RequestAborted), kind, request, isStopped);
        await parts.Clusters.Loaded.WaitAsync(http.RequestAborted);
        var (items, next) = await _lists.PageAsync(kind, parts.Clusters.View, request, isStopped, http.RequestAborted);
        return EventJson.Answer(json => Write(json, items, next));
    }

    private IResult Answer(PastView past, string kind, ListRequest request, bool isStopped)
    {
        var (items, next) = new ResourceLists(parts.Store, parts.Diagnoser, new StandingTime(past.At)).Page(kind, past.View, request, isStopped);
        return EventJson.Answer(json =>
        {
            Write(json, items, next);
            PastNote.Write(json, past);
        });
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Action<Utf8JsonWriter>> items, string? next)
    {
        json.WriteStartArray("items");
        foreach (var item in items) item(json);
        json.WriteEndArray();
        json.WriteString("next", next);
    }

    private static ListRequest Read(HttpContext http, string kind)
    {
        var filters = new Dictionary<string, string>();
        foreach (var name in ResourceLists.FiltersOf(kind).Where(name => name != "name"))
        {
            if (http.Query(name) is { } value) filters[name] = value;
        }

        var names = (http.Query("name") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return http.ReadList([.. ResourceLists.SortsOf(kind)]) with { Filters = filters, Names = names };
    }
}
