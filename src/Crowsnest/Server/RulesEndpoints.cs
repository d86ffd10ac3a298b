using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Rehearsal;

namespace Crowsnest.Server;

/// <summary>A rule that is on.</summary>
/// <param name="Name">Its name, and the <c>alertname</c> of its incidents.</param>
/// <param name="Form"><c>event</c>, <c>count</c>, <c>notice</c> or <c>condition</c>.</param>
/// <param name="IsShipped">It comes with the program.</param>
/// <param name="Severity">Of its incidents; <see langword="null"/>: that of what happened.</param>
/// <param name="For">How long a condition holds first, as a configuration has it (<c>5m</c>); <see langword="null"/> of other rules.</param>
/// <param name="Summary">What it tells; empty for one of the user's own.</param>
/// <param name="Incidents">Its incidents of the last seven days, notices included; of the latest 10,000 of all.</param>
/// <param name="Firing">How many of them go on.</param>
/// <param name="LastAt">When the latest of it happened.</param>
/// <param name="Counts">How many of them began in each six hours of those days, the oldest first.</param>
internal sealed record RuleItem(string Name, string Form, bool IsShipped, string? Severity, string? For, string Summary, int Incidents, int Firing, DateTime? LastAt, IReadOnlyList<int> Counts);

/// <summary>What is to be tried.</summary>
/// <param name="Config">A configuration's text; secrets that it names are not read.</param>
/// <param name="From">Not before.</param>
/// <param name="To">Before.</param>
internal sealed record RehearsalWish(string? Config, DateTime? From, DateTime? To);

/// <summary>Rules: which are on, and what others would have told.</summary>
internal static class RulesEndpoints
{
    private const int LookedAt = 10_000;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Bucket = TimeSpan.FromHours(6);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Maps <c>/rules</c>.</summary>
    public static void MapRules(this IEndpointRouteBuilder routes, ServerParts parts, QueryTurns turns)
    {
        // One at a time: each takes a processor for as long as it lasts.
        var isBusy = 0;
        routes.Map(
            new Operation("GET", "/api/v1/rules", Access.Viewer, "The rules that are on, and their last week.") { Answer = "RulePage" },
            async http => TypedResults.Json(new Page<RuleItem>(await ListAsync(parts, http.RequestAborted), null), ApiJson.Default.PageRuleItem));
        routes.Map(
            new Operation("POST", "/api/v1/rules/test", Access.Operator, "What a configuration's rules would have told, when and to whom, over what is stored. Nothing is sent.") { Answer = "Rehearsed" },
            async http =>
            {
                var wish = await WishAsync(http);
                if (Interlocked.Exchange(ref isBusy, 1) == 1) throw new ProblemException(StatusCodes.Status409Conflict, "Another is running", "Another trial of rules is running; wait until it has ended.");
                try
                {
                    return TypedResults.Json(await RehearseAsync(http, wish, parts, turns), ApiJson.Default.Rehearsed);
                }
                finally
                {
                    Volatile.Write(ref isBusy, 0);
                }
            });
    }

    private static async Task<IReadOnlyList<RuleItem>> ListAsync(ServerParts parts, CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        var since = now - Week;
        var week = (await parts.Store.Incidents.IncidentsAsync(LookedAt, cancellationToken))
            .Where(i => i.LastAt >= since && (i.IsListed || i.State == IncidentState.Notice)).ToLookup(i => i.Lead.Rule, StringComparer.Ordinal);
        var own = parts.Rules;
        var shipped = new ShippedRules(own.Shipped);
        return
        [
            .. own.Events.Select(rule => Of(rule, isShipped: false, week[rule.Name], now)), .. own.Conditions.Select(rule => Of(rule, isShipped: false, week[rule.Name], now)),
            .. shipped.Events.Select(rule => Of(rule, isShipped: true, week[rule.Name], now)), .. shipped.Conditions.Select(rule => Of(rule, isShipped: true, week[rule.Name], now)),
        ];
    }

    private static RuleItem Of(EventRule rule, bool isShipped, IEnumerable<Incident> week, DateTimeOffset now) =>
        Of(rule.Name, rule.IsNotice ? "notice" : rule.Count is null ? "event" : "count", isShipped, rule.Severity, null, week, now);

    private static RuleItem Of(ConditionRule rule, bool isShipped, IEnumerable<Incident> week, DateTimeOffset now) => Of(rule.Name, "condition", isShipped, rule.Severity, rule.For, week, now);

    private static RuleItem Of(string name, string form, bool isShipped, Severity? severity, TimeSpan? held, IEnumerable<Incident> week, DateTimeOffset now)
    {
        var all = week.ToList();
        var counts = new int[(int)(Week / Bucket)];

        // What began before the week and went on in it is counted at its beginning.
        foreach (var incident in all) counts[Math.Clamp(counts.Length - 1 - (int)((now - incident.FirstAt) / Bucket), 0, counts.Length - 1)]++;
        return new RuleItem(
            name, form, isShipped, severity?.ToString().ToLowerInvariant(), held is { } time ? Units.Format(time) : null, isShipped ? ShippedRuleWords.Of(name) : "", all.Count,
            all.Count(i => i.State == IncidentState.Firing), all.Count == 0 ? null : all.Max(i => i.LastAt).UtcDateTime, counts);
    }

    private static async Task<Rehearsed> RehearseAsync(HttpContext http, RehearsalWish wish, ServerParts parts, QueryTurns turns)
    {
        using var limit = new CancellationTokenSource(Longest, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            var config = ConfigFile.ParseWithoutSecrets("config", wish.Config ?? throw ProblemException.BadRequest("'config' is missing: the text of a crowsnest.yaml."));
            var pages = StoredStream.PagesAsync(parts.Store.Events, Utc(wish.From), Utc(wish.To), search => turns.TakeAsync(search, either.Token), either.Token);
            return await RuleRehearsal.RunAsync(config, pages, null, either.Token);
        }
        catch (ConfigException mistakes)
        {
            throw ProblemException.BadRequest(mistakes.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw ProblemException.BadRequest("It took longer than two minutes; try a shorter time with 'from' and 'to'.");
        }
    }

    private static DateTimeOffset? Utc(DateTime? time) => time is { } at ? new DateTimeOffset(at.ToUniversalTime()) : null;

    private static async Task<RehearsalWish> WishAsync(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFromJsonAsync(ApiJson.Default.RehearsalWish, http.RequestAborted) ?? new RehearsalWish(null, null, null);
        }
        catch (JsonException)
        {
            throw ProblemException.BadRequest("""Send {"config":"the text of a crowsnest.yaml","from":"2026-03-02T08:00:00Z","to":null}.""");
        }
    }
}
