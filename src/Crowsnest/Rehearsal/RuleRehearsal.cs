using System.Collections.Immutable;
using Crowsnest.Configuration;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Sqlite;

namespace Crowsnest.Rehearsal;

/// <summary>
/// Runs a configuration's rules and routes over events in the order of their times, as <c>up</c> would have, with a clock that stands where the events are and a
/// store of its own that is gone afterwards. Nothing leaves: what would have been told is the answer.
/// </summary>
internal sealed class RuleRehearsal : IAsyncDisposable
{
    private const int ToldMax = 10_000;

    // How exact its times are.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    // In a pause of the stream nothing happens but what waits: it is looked at so often.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crowsnest-rehearsal-");
    private readonly RehearsalClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly SqliteStore _store;
    private readonly IngestPipeline _pipeline;
    private readonly IncidentTick _tick;
    private readonly List<EcsEvent> _waiting = [];
    private readonly List<RehearsedItem> _told = [];
    private long _events, _incidents, _messages, _more;
    private DateTimeOffset? _first;
    private DateTimeOffset _last;

    private RuleRehearsal(CrowsnestConfig config)
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.FullName, SyncEachCommit = false }, _clock);
        var diagnoser = Composition.Diagnoser(config);
        var clusters = new ClusterModel(diagnoser, _clock);
        _pipeline = new IngestPipeline(_store, diagnoser, Composition.Rules(config), _clock) { StatesWritten = clusters.Apply };
        _tick = new IncidentTick(
            Telling.OptionsOf(config), config.Receivers.ToDictionary(receiver => receiver.Name, receiver => ImmutableArray.Create(new Medium("rehearsal", receiver.SendsResolved)), StringComparer.Ordinal),
            new ClusterFacts(() => clusters.View), new ConditionWatch(Composition.Conditions(config), () => clusters.View, _store.Events));
    }

    /// <summary>Runs it.</summary>
    /// <param name="config">The rules, routes and receivers.</param>
    /// <param name="pages">Events in the order of their times.</param>
    /// <param name="onEvents">Hears how many were gone through so far.</param>
    /// <param name="cancellationToken">Ends it; nothing stays.</param>
    public static async Task<Rehearsed> RunAsync(CrowsnestConfig config, IAsyncEnumerable<IReadOnlyList<EcsEvent>> pages, Action<long>? onEvents, CancellationToken cancellationToken)
    {
        await using var rehearsal = new RuleRehearsal(config);
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            foreach (var one in page) await rehearsal.TakeAsync(one, cancellationToken);

            // What is read lies in its page's memory.
            await rehearsal.SubmitAsync(cancellationToken);
            onEvents?.Invoke(rehearsal._events);
        }

        return await rehearsal.EndAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task TakeAsync(EcsEvent one, CancellationToken cancellationToken)
    {
        if (_first is null) _clock.GoTo(one.OccurredAt);
        _first ??= one.OccurredAt;
        _last = one.OccurredAt;
        while (one.OccurredAt - _clock.GetUtcNow() >= Step) await GoOnAsync(one.OccurredAt, cancellationToken);
        _waiting.Add(one);
        _events++;
    }

    // To the end of this step, or of this pause, or to where something waits that is due before the next event.
    private async Task GoOnAsync(DateTimeOffset next, CancellationToken cancellationToken)
    {
        await SubmitAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var to = next - now > Pause ? now + Pause : now + Step;
        if (await _store.Incidents.NextDueAsync(cancellationToken) is { } due && due > now && due < to) to = due;
        _clock.GoTo(to);
        await TickAsync(isLast: false, cancellationToken);
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0) return;
        await _pipeline.SubmitAsync(new IngestBatch("rehearsal", _clock.GetUtcNow(), [.. _waiting], []), cancellationToken);
        _waiting.Clear();
    }

    private async Task<Rehearsed> EndAsync(CancellationToken cancellationToken)
    {
        await SubmitAsync(cancellationToken);
        _clock.GoTo(_last);
        await TickAsync(isLast: true, cancellationToken);
        return new Rehearsed(_events, _first?.UtcDateTime, _first is null ? null : _last.UtcDateTime, _incidents, _messages, _told, _more);
    }

    private async Task TickAsync(bool isLast, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (!isLast && (await _store.Incidents.NextDueAsync(cancellationToken) is not { } due || due > now) && !await _tick.HasNewsAsync(now, now, cancellationToken)) return;
        _incidents += (await _tick.RunAsync(_store.Incidents, now, now, isLast, cancellationToken)).Opened;
        while (await _store.Incidents.DueOutboxAsync(now, 100, cancellationToken) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
            {
                await _store.Incidents.RecordAsync([message with { State = OutboxState.Sent, Attempts = 1 }], cancellationToken);
                Tell(message.Notification);
            }
        }
    }

    private void Tell(Notification notification)
    {
        _messages++;
        var room = Math.Max(0, ToldMax - _told.Count);
        _told.AddRange(RehearsedItem.Of(notification).Take(room));
        _more += Math.Max(0, notification.Incidents.Length - room) + notification.Truncated;
    }
}
