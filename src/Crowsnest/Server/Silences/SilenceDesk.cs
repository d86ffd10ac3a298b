using System.Collections.Immutable;
using System.Globalization;
using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Server.Silences;

/// <summary>What people do with silences, in the API's words: for the endpoints, and for a command that has the store itself.</summary>
/// <param name="store">Where they are.</param>
/// <param name="time">Our clock.</param>
internal sealed class SilenceDesk(IIncidentStore store, TimeProvider time)
{
    private const int ShownMax = 100;

    /// <summary>The states that a list may be of; <c>open</c>: pending or active.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "pending", "active", "expired"];

    /// <summary>Silences: those that hide, then those that will, each by their end; then those that are over, the latest first.</summary>
    public async Task<Page<SilenceItem>> ListAsync(string? state, CancellationToken cancellationToken)
    {
        if (state is not null && !States.Contains(state)) throw ProblemException.BadRequest($"The state must be one of: {string.Join(", ", States)}.");
        var now = time.GetUtcNow();
        return new Page<SilenceItem>([.. Ordered(await store.SilencesAsync(cancellationToken), now).Where(one => IsIn(one, state, now)).Select(one => SilenceItem.Of(one, now))], null);
    }

    /// <summary>One.</summary>
    /// <exception cref="ProblemException">There is none with this id.</exception>
    public async Task<SilenceItem> GetAsync(string id, CancellationToken cancellationToken) =>
        SilenceItem.Of((await store.SilencesAsync(cancellationToken)).FirstOrDefault(one => one.Id == id) ?? throw Missing(), time.GetUtcNow());

    /// <summary>Makes or changes one.</summary>
    /// <exception cref="ProblemException">It cannot be done.</exception>
    public async Task<SilenceItem> SetAsync(SilenceBody body, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var starts = Moment(body.StartsAt, "startsAt", now);
        var ends = Moment(body.EndsAt, "endsAt", now);
        if (body.Duration is { Length: > 0 } words)
        {
            if (ends is not null) throw ProblemException.BadRequest("Give 'endsAt' or 'duration', not both.");
            if (!Units.TryParseDuration(words, out var duration) || duration > TimeSpan.FromDays(3_650)) throw ProblemException.BadRequest("'duration' is how long, of the form 30m, 2h or 1d12h.");
            ends = (starts is { } later && later > now ? later : now) + duration;
        }

        if (ends is not { } end) throw ProblemException.BadRequest("""Say until when: {"endsAt":"2026-03-02T14:00:00Z"} or {"duration":"2h"}.""");
        return SilenceItem.Of(await SetAsync(new SilenceWish(body.Id ?? "", Matchers(body.Matchers), starts, end, by, body.Comment ?? ""), now, cancellationToken), now);
    }

    /// <summary>Makes or changes one.</summary>
    /// <exception cref="ProblemException">It cannot be done.</exception>
    public Task<Silence> SetAsync(SilenceWish wish, CancellationToken cancellationToken) => SetAsync(wish, time.GetUtcNow(), cancellationToken);

    /// <summary>Ends one now.</summary>
    /// <exception cref="ProblemException">There is none, or it has ended.</exception>
    public async Task<SilenceItem> ExpireAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var result = await SilenceActions.ExpireAsync(store, id, now, cancellationToken);
        if (result.Refusal is { Length: > 0 }) throw new ProblemException(StatusCodes.Status409Conflict, "Not done", result.Refusal);
        return SilenceItem.Of(result.Silence ?? throw Missing(), now);
    }

    /// <summary>What a silence with these matchers would hide.</summary>
    /// <exception cref="ProblemException">They are none.</exception>
    public async Task<SilencePreview> PreviewAsync(SilenceBody body, CancellationToken cancellationToken)
    {
        var (matchers, since) = (Matchers(body.Matchers), time.GetUtcNow() - TimeSpan.FromDays(7));
        var (incidents, isCut) = await OpenIncidents.ReadAsync(store, since, cancellationToken);
        var hidden = incidents.Where(one => (one.IsListed || one.State == IncidentState.Notice) && matchers.All(matcher => matcher.Holds(one.Lead.Labels))).ToList();
        var firing = hidden.FindAll(one => one.State == IncidentState.Firing);
        return new SilencePreview([.. firing.Take(ShownMax).Select(IncidentItem.Of)], firing.Count, hidden.Count(one => one.State == IncidentState.Firing || one.LastAt >= since), isCut);
    }

    /// <summary>In the order in which people look at them: Alertmanager's.</summary>
    public static IEnumerable<Silence> Ordered(IEnumerable<Silence> silences, DateTimeOffset now) => silences
        .OrderBy(one => one.StateAt(now) switch { SilenceState.Active => 0, SilenceState.Pending => 1, _ => 2 })
        .ThenBy(one => one.StateAt(now) switch
        {
            SilenceState.Active => one.EndsAt.UtcTicks, SilenceState.Pending => one.StartsAt.UtcTicks, _ => -one.EndsAt.UtcTicks,
        })
        .ThenBy(one => one.Id, StringComparer.Ordinal);

    /// <summary>There is none with this id.</summary>
    public static ProblemException Missing() => ProblemException.NotFound("There is no silence with this id; one that has ended leaves after five days.");

    private async Task<Silence> SetAsync(SilenceWish wish, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (SilenceRules.Mistakes(wish.At(now), now) is { Count: > 0 } mistakes) throw ProblemException.BadRequest(string.Join(' ', mistakes));
        var result = await SilenceActions.SetAsync(store, wish, now, cancellationToken);
        if (result.Refusal is { Length: > 0 }) throw new ProblemException(StatusCodes.Status409Conflict, "Not done", result.Refusal);
        return result.Silence ?? throw Missing();
    }

    private static bool IsIn(Silence silence, string? state, DateTimeOffset now) => state switch
    {
        null => true,
        "open" => silence.StateAt(now) != SilenceState.Expired,
        _ => SilenceItem.StateOf(silence, now) == state,
    };

    private static ImmutableArray<LabelMatcher> Matchers(IReadOnlyList<string>? texts)
    {
        if (texts is not { Count: > 0 }) throw ProblemException.BadRequest("""Send {"matchers":["cluster=prod","service=~api|web"],…}.""");
        if (texts.Count > SilenceRules.MatchersMax || texts.Any(text => text is null || text.Length > 10_000))
            throw ProblemException.BadRequest(string.Create(CultureInfo.InvariantCulture, $"A silence has at most {SilenceRules.MatchersMax} matchers, each a text."));
        try
        {
            return [.. texts.SelectMany(text => MatcherText.Parse(text))];
        }
        catch (MatcherException e)
        {
            throw ProblemException.BadRequest(e.Message);
        }
    }

    private static DateTimeOffset? Moment(string? text, string name, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return QueryTime.TryParse(text, now, out var moment, out _) ? moment : throw ProblemException.BadRequest($"'{name}' is not a time; write 2026-03-02T14:00:00Z.");
    }
}
