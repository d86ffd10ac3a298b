using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Rules.Expected;

/// <summary>What rules expect to come and did not: it is in no cluster's state, so the stored events are asked for it.</summary>
/// <remarks>
/// A store is asked seldom: of a schedule once when its time and its grace are over, and each minute while its task is missing; of heartbeats several times within
/// the time after which a stream is called silent.
/// </remarks>
internal sealed class ExpectedEvents(IReadOnlyList<ConditionRule> rules, IEventSearch search)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly Heartbeats _heartbeats = new(search);
    private readonly Dictionary<string, Expectation> _scheduled = new(StringComparer.Ordinal);
    private DateTimeOffset? _heartbeatsAskedAt;

    /// <summary>Whether a rule asks for events, and not for how clusters are.</summary>
    public static bool Is(ConditionRule rule) => rule.Condition is ConditionKind.ScheduleMissed or ConditionKind.StreamSilent;

    /// <summary>Asks the store for what is not known yet.</summary>
    /// <exception cref="Pipeline.StoreException">It cannot be asked.</exception>
    public async ValueTask AskAsync(DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        foreach (var rule in rules)
        {
            if (rule.Scheduled is { } task)
            {
                _scheduled[rule.Name] = await AskAsync(task, rule.For, _scheduled.GetValueOrDefault(rule.Name), watermark, cancellationToken).ConfigureAwait(false);
            }
            else if (_heartbeatsAskedAt is not { } asked || watermark < asked || watermark - asked >= rule.For / 5)
            {
                await _heartbeats.AskAsync(watermark, cancellationToken).ConfigureAwait(false);
                _heartbeatsAskedAt = watermark;
            }
        }
    }

    /// <summary>What did not come, as far as the store was asked.</summary>
    public IEnumerable<(ConditionRule Rule, ClusterName Place, ConditionSubject Subject)> Missing(DateTimeOffset watermark)
    {
        foreach (var rule in rules)
        {
            if (rule.Scheduled is { } task)
            {
                if (_scheduled.GetValueOrDefault(rule.Name) is { IsMissing: true, DueAt: { } due }) yield return (rule, task.Place, Missed(task, due));
            }
            else
            {
                foreach (var (account, region, last) in _heartbeats.SilentFor(rule.For, watermark)) yield return (rule, new ClusterName(account, region, ""), Silent(account, region, last));
            }
        }
    }

    /// <summary>Whether it is known whether what a firing is about came.</summary>
    public bool Knows(Firing firing) =>
        rules.FirstOrDefault(rule => rule.Name == firing.Rule) is { } rule
        && (rule.Scheduled is not null ? _scheduled.ContainsKey(rule.Name) : _heartbeats.Expects(firing.Labels.GetValueOrDefault("account", ""), firing.Labels.GetValueOrDefault("region", "")));

    private async ValueTask<Expectation> AskAsync(ScheduledTask task, TimeSpan grace, Expectation? known, DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        if (known is { IsMissing: false, LookAt: { } look } && watermark < look && watermark >= known.AskedAt) return known;
        if (known is { IsMissing: true } && watermark - known.AskedAt is var since && since >= TimeSpan.Zero && since < AskAgain) return known;

        // Times are whole minutes.
        var next = watermark.AddTicks(AskAgain.Ticks - (watermark.UtcTicks % AskAgain.Ticks));
        if (task.Schedule.LastUpTo(watermark - grace) is not { } due) return new Expectation(null, false, watermark, next);
        if (known is { IsMissing: false } && known.DueAt == due) return known with { AskedAt = watermark, LookAt = next };
        if (await IsThereAsync(task, due, watermark, cancellationToken).ConfigureAwait(false) is not { } isThere) return known ?? new Expectation(null, false, watermark, next);
        return new Expectation(due, !isThere, watermark, next);
    }

    // Null: nobody can say, since the store looked at a part only.
    private async ValueTask<bool?> IsThereAsync(ScheduledTask task, DateTimeOffset due, DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        var place = Place("account", task.Place.Account) + Place("region", task.Place.Region) + Place("cluster", task.Place.Name);
        var run = await FirstAsync($"family:{Quoted(task.Family)}{place} createdAt:[{due.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} TO *] NOT synthetic:true", due, oldestFirst: false).ConfigureAwait(false);
        if (run.Events.Count > 0) return true;
        if (run.Cut is not null) return null;

        // Of a time before anything was heard nobody knows.
        var heard = await FirstAsync(place, null, oldestFirst: true).ConfigureAwait(false);
        return heard.Events.Count == 0 || heard.Events[0].OccurredAt > due;

        ValueTask<SearchPage> FirstAsync(string query, DateTimeOffset? from, bool oldestFirst) => search.SearchAsync(
            new SearchRequest(QueryParser.Parse(query, watermark).Query ?? throw new InvalidOperationException(query), from, null, Limit: 1, OldestFirst: oldestFirst), cancellationToken);
    }

    private static string Place(string field, string value) => value.Length > 0 ? $" {field}:{Quoted(value)}" : "";

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static ConditionSubject Missed(ScheduledTask task, DateTimeOffset due) => new(
        task.Family, new EventTime(due.ToUnixTimeMilliseconds()),
        string.Create(CultureInfo.InvariantCulture, $"No task of {task.Family} was started{(task.Schedule.Rate is null ? " at" : " since")} {due.UtcDateTime:yyyy-MM-dd HH:mm} UTC, as its schedule says."))
    {
        Family = task.Family, Evidence = [$"schedule {task.Schedule.Text}"],
    };

    private static ConditionSubject Silent(string account, string region, DateTimeOffset last) => new(
        $"{account}/{region}", new EventTime(last.ToUnixTimeMilliseconds()), $"No events come from account {account} in {region} any more: its heartbeat is missing.")
    {
        Evidence = [string.Create(CultureInfo.InvariantCulture, $"the last heartbeat was of {last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")],
    };

    /// <summary>What is known of a scheduled task.</summary>
    /// <param name="DueAt">Since when it must have been started; <see langword="null"/>: there is no such time yet.</param>
    /// <param name="IsMissing">It was not.</param>
    /// <param name="AskedAt">Up to when the store was asked.</param>
    /// <param name="LookAt">When there may be another time.</param>
    private sealed record Expectation(DateTimeOffset? DueAt, bool IsMissing, DateTimeOffset AskedAt, DateTimeOffset LookAt);
}
