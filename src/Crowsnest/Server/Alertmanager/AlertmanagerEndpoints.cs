using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Crowsnest.Core.Incidents;
using Crowsnest.Server.Silences;

namespace Crowsnest.Server.Alertmanager;

/// <summary>Alertmanager's API, version 2, for its tools: an incident that fires is an alert. What is made there is nobody's to send: alerts come from events.</summary>
/// <remarks>https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml; what is refused is said in a JSON string, as its tools expect.</remarks>
/// <param name="parts">What the server is made of.</param>
/// <param name="server">How people reach it.</param>
internal sealed class AlertmanagerEndpoints(ServerParts parts, ServerOptions server)
{
    private static readonly Parameter[] AlertParameters =
    [
        new("active", "boolean", "Those that nothing suppresses too; true unless given."), new("silenced", "boolean", "Those that are silenced too; true unless given."),
        new("inhibited", "boolean", "Those that are inhibited too; true unless given."), new("muted", "boolean", "Those outside the hours of their routes too; true unless given."),
        new("unprocessed", "boolean", "Has no meaning here: an incident is processed when it is there."), new("filter", "array", "A matcher, perhaps several times: cluster=\"prod\"."),
        new("receiver", "string", "What the name of one of their receivers is like, as a regular expression."),
    ];

    private static readonly Parameter[] SilenceParameters = [new("filter", "array", "A matcher that is held against a silence's own labels and values, perhaps several times.")];

    private readonly DateTimeOffset _began = parts.Time.GetUtcNow();
    private readonly SilenceDesk _desk = new(parts.Store.Incidents, parts.Time);

    // As the configuration has it now.
    private AlertmanagerAlerts Alerts => new(parts.Store.Incidents, parts.TellingOptions, server.ExternalUrl, parts.Time);

    private IReadOnlyList<string> Receivers => parts.Telling?.Receivers.Keys.Order(StringComparer.Ordinal).ToList() ?? [parts.TellingOptions.Route.Receiver];

    /// <summary>Maps <c>/api/v2</c>.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, Get("/status", "What runs here, and who is told, as an alertmanager.yml without secrets.", "AlertmanagerStatus"), AlertmanagerJson.Default.AmStatus, _ => Task.FromResult(Status()));
        Map(routes, Get("/receivers", "The names of the receivers.", "AlertmanagerReceivers"), AlertmanagerJson.Default.IReadOnlyListAmReceiver, _ =>
            Task.FromResult<IReadOnlyList<AmReceiver>>([.. Receivers.Select(name => new AmReceiver(name))]));
        Map(routes, Get("/alerts", "Incidents that fire, as alerts.", "AlertmanagerAlerts", AlertParameters), AlertmanagerJson.Default.IReadOnlyListAmAlert, http =>
            Alerts.ListAsync(Query(http), http.RequestAborted));
        Map(routes, Get("/alerts/groups", "The same, by what receivers are told of together.", "AlertmanagerAlertGroups", AlertParameters), AlertmanagerJson.Default.IReadOnlyListAmAlertGroup, http =>
            Alerts.GroupsAsync(Query(http), http.RequestAborted));
        Map(routes, Get("/silences", "Silences: active, pending, then those that ended within five days.", "AlertmanagerSilences", SilenceParameters), AlertmanagerJson.Default.IReadOnlyListAmSilence, SilencesAsync);
        Map(routes, Get("/silence/{id}", "One.", "AlertmanagerSilence"), AlertmanagerJson.Default.AmSilence, async http =>
            AmSilence.Of((await parts.Store.Incidents.SilencesAsync(http.RequestAborted)).FirstOrDefault(one => one.Id == Id(http)) ?? throw SilenceDesk.Missing(), parts.Time.GetUtcNow()));
        Map(
            routes, new Operation("POST", "/api/v2/silences", Access.Operator, "Makes one, or changes the one with the id.") { Accepts = ["application/json"], Answer = "AlertmanagerSilenceId" },
            AlertmanagerJson.Default.AmSilenceId, SetAsync);
        routes.Map(new Operation("DELETE", "/api/v2/silence/{id}", Access.Operator, "Ends one now.") { Produces = "text/plain" }, async http => await SaidAsync(async () =>
        {
            await _desk.ExpireAsync(Id(http), http.RequestAborted);
            parts.Teller?.Wake();
            return TypedResults.Ok();
        }, isEnd: true));
    }

    private static Operation Get(string path, string summary, string answer, params Parameter[] query) => new("GET", "/api/v2" + path, Access.Viewer, summary, query) { Answer = answer };

    private static void Map<T>(IEndpointRouteBuilder routes, Operation operation, JsonTypeInfo<T> info, Func<HttpContext, Task<T>> run) =>
        routes.Map(operation, http => SaidAsync(async () => TypedResults.Json(await run(http), info)));

    private static async Task<IResult> SaidAsync(Func<Task<IResult>> run, bool isEnd = false)
    {
        try
        {
            return await run();
        }
        catch (ProblemException e)
        {
            // What Alertmanager's description of its API knows of, or its tools show none of the words: there is no 409.
            var status = e.Status != StatusCodes.Status409Conflict ? e.Status : isEnd ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest;
            return TypedResults.Json(e.Message, AlertmanagerJson.Default.String, statusCode: status);
        }
    }

    // What several processes on one store are is not what Alertmanager calls a cluster.
    private AmStatus Status() => new(
        new AmCluster("disabled", []), new AmVersion("", "", "", "", "", server.Version), new AmConfig(ShownConfig.Of(parts.TellingOptions, Receivers)), _began.UtcDateTime);

    private async Task<IReadOnlyList<AmSilence>> SilencesAsync(HttpContext http)
    {
        var (now, filter) = (parts.Time.GetUtcNow(), Matchers(http));
        var found = (await parts.Store.Incidents.SilencesAsync(http.RequestAborted)).Where(one => AlertmanagerAlerts.Fits(Values(one), filter));
        return [.. SilenceDesk.Ordered(found, now).Select(one => AmSilence.Of(one, now))];

        // Of several matchers of one label the last, as Alertmanager has it.
        static Dictionary<string, string> Values(Silence silence)
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var matcher in silence.Matchers) values[matcher.Name] = matcher.Value;
            return values;
        }
    }

    private async Task<AmSilenceId> SetAsync(HttpContext http)
    {
        AmPostableSilence? body;
        try
        {
            body = await http.Request.ReadFromJsonAsync(AlertmanagerJson.Default.AmPostableSilence, http.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new ProblemException("The body is not a silence of Alertmanager's API: " + e.Message, e);
        }

        if (body?.EndsAt is not { } end) throw ProblemException.BadRequest("endsAt in body is required");
        var wish = new SilenceWish(body.Id ?? "", Matchers(body), body.StartsAt, end, SilencesEndpoints.By(http, body.CreatedBy), body.Comment ?? "");
        var silence = await _desk.SetAsync(wish, http.RequestAborted);
        parts.Teller?.Wake();
        return new AmSilenceId(silence.Id);
    }

    private static ImmutableArray<LabelMatcher> Matchers(AmPostableSilence body)
    {
        if (body.Matchers?.Count > SilenceRules.MatchersMax) throw ProblemException.BadRequest($"A silence has at most {SilenceRules.MatchersMax} matchers.");
        try
        {
            return [.. body.Matchers?.Select(matcher => matcher.Read()) ?? []];
        }
        catch (ArgumentException e)
        {
            throw new ProblemException("A matcher is not a regular expression: " + e.Message, e);
        }
    }

    private static AlertQuery Query(HttpContext http) => new(Flag(http, "active"), Flag(http, "silenced"), Flag(http, "inhibited"), Flag(http, "muted"), Matchers(http), Receiver(http));

    private static bool Flag(HttpContext http, string name) => http.Query(name) switch
    {
        null or "true" or "1" => true,
        "false" or "0" => false,
        _ => throw ProblemException.BadRequest($"'{name}' is true or false."),
    };

    private static ImmutableArray<LabelMatcher> Matchers(HttpContext http)
    {
        try
        {
            return [.. http.Request.Query["filter"].OfType<string>().Where(text => text.Length > 0).SelectMany(text => MatcherText.Parse(text))];
        }
        catch (MatcherException e)
        {
            throw new ProblemException(e.Message, e);
        }
    }

    private static Regex? Receiver(HttpContext http)
    {
        if (http.Query("receiver") is not { } pattern) return null;
        try
        {
            return new Regex("^(?:" + pattern + ")$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ProblemException("'receiver' is not a regular expression: " + e.Message, e);
        }
    }

    private static string Id(HttpContext http) => (string)http.GetRouteValue("id")!; // The route has it.
}
