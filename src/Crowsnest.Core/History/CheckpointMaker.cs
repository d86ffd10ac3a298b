using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.History;

/// <summary>Makes the checkpoints, one after the other in the order of time, out of the events that are stored; and makes them anew where much came late.</summary>
/// <remarks>
/// A checkpoint holds what changed since the one before, until that comes to as much as there is: then a whole one follows. So they cost about a state an
/// event, whatever the size of the fleet, and reading one costs about as much as the fleet is large. For one caller at a time.
/// </remarks>
/// <param name="store">Where events and checkpoints are.</param>
/// <param name="diagnoser">What a stop means.</param>
/// <param name="watermark">Events that were received before this are all stored (<see cref="IngestPipeline.Watermark"/>).</param>
/// <param name="options">How far apart they are.</param>
public sealed class CheckpointMaker(IStore store, EventDiagnoser diagnoser, Func<DateTimeOffset> watermark, HistoryOptions options)
{
    private readonly EventsByTime _events = new(store);

    // The states at the last checkpoint, while one is made after the other.
    private PastStates? _states;
    private long _at, _base;
    private DateTimeOffset _knownUntil;
    private int _changes;

    /// <summary>Makes the next one; false when there is not enough for one yet. What it holds in memory then is given back.</summary>
    public async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            var made = await TryNextAsync(cancellationToken).ConfigureAwait(false);
            if (!made) _states = null;
            return made;
        }
        catch
        {
            _states = null;
            throw;
        }
    }

    private async Task<bool> TryNextAsync(CancellationToken cancellationToken)
    {
        var knownUntil = watermark() - options.Slack;
        long? before = await BeginAsync(cancellationToken).ConfigureAwait(false) ? _at : null;
        var after = before ?? long.MinValue / 2;
        if (await EndAsync(after, knownUntil, cancellationToken).ConfigureAwait(false) is not { } at) return false;

        var states = _states ??= new PastStates(diagnoser);
        states.Changed.Clear();
        if (before is { } known && !await FoldLateAsync(states, known, cancellationToken).ConfigureAwait(false)) return true;
        await foreach (var e in _events.SpokenOfAsync(after, at, cancellationToken).ConfigureAwait(false)) states.Fold(e, before);
        await states.CompleteAsync(_events, before, at, cancellationToken).ConfigureAwait(false);
        states.Prune(at);
        await SaveAsync(states, at, knownUntil, before is null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Lets go of the checkpoints for which nothing is stored any more: those before the last whole one that the oldest event needs.</summary>
    public async Task DropOldAsync(CancellationToken cancellationToken)
    {
        if (await _events.NextAsync(long.MinValue / 2, long.MaxValue / 2, 1, cancellationToken).ConfigureAwait(false) is not [var oldest]) return;
        var needed = await store.Checkpoints.ReadAsync(oldest.OccurredAt.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        if (needed.Count > 0) await store.Checkpoints.DropAsync(long.MinValue, needed[0].At, cancellationToken).ConfigureAwait(false);
    }

    // False when there is no checkpoint to begin with.
    private async ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        if (await store.Checkpoints.SpanAsync(cancellationToken).ConfigureAwait(false) is not { } span)
        {
            _states = null;
            return false;
        }

        if (_states is not null && span.Last == _at) return true;
        var chain = await store.Checkpoints.ReadAsync(span.Last, cancellationToken).ConfigureAwait(false);
        try
        {
            _states = PastStates.Read(chain, diagnoser);
        }
        catch (InvalidDataException)
        {
            // They are made anew out of the events, which are what counts.
            await store.Checkpoints.DropAsync(chain[0].At, long.MaxValue, cancellationToken).ConfigureAwait(false);
            return await BeginAsync(cancellationToken).ConfigureAwait(false);
        }

        _states.Prune(span.Last);
        (_at, _base, _knownUntil) = (chain[^1].At, chain[^1].Base, chain[^1].KnownUntil);
        _changes = chain.Skip(1).Sum(c => c.Parts.Sum(CheckpointPart.Count));
        return true;
    }

    // Where the next one ends: before the last of so many events, since others of its time may follow; null when there are fewer, or more may be on their way.
    private async ValueTask<long?> EndAsync(long after, DateTimeOffset knownUntil, CancellationToken cancellationToken)
    {
        // What claims to happen later than now has its turn then.
        var until = (knownUntil - options.Slack).ToUnixTimeMilliseconds();
        for (var count = options.EventsApart; ; count *= 2)
        {
            var next = await _events.NextAsync(after, until, count, cancellationToken).ConfigureAwait(false);
            if (next.Count < options.EventsApart || next.Any(e => e.ReceivedAt >= knownUntil)) return null;
            var last = next[^1].OccurredAt.ToUnixTimeMilliseconds();
            if (next[0].OccurredAt.ToUnixTimeMilliseconds() < last) return last - 1;

            // All of one moment. Where that is all there is, the moment is whole: what comes of it later is late.
            if (next.Count < count) return last;
        }
    }

    // What came after the last checkpoint was made and belongs into it. When that is much, it belongs into many: false, after those were removed.
    private async Task<bool> FoldLateAsync(PastStates states, long at, CancellationToken cancellationToken)
    {
        var (count, oldest) = (0, at);
        await foreach (var e in _events.LateAsync(_knownUntil, at, cancellationToken).ConfigureAwait(false))
        {
            oldest = Math.Min(oldest, EventsByTime.TimeOf(e));
            states.Fold(e, at);
            if (++count <= options.LateMax) continue;
            await store.Checkpoints.DropAsync(oldest, long.MaxValue, cancellationToken).ConfigureAwait(false);
            _states = null;
            return false;
        }

        return true;
    }

    private async Task SaveAsync(PastStates states, long at, DateTimeOffset knownUntil, bool isFirst, CancellationToken cancellationToken)
    {
        var isWhole = isFirst || _changes + states.Changed.Count > states.States.Count;
        var rows = (isWhole ? states.States : states.Changed).Values;

        // What is only counted was a state, and changed, since the checkpoint that this one builds on.
        var checkpoint = new Checkpoint(at, isWhole ? at : _base, knownUntil, CheckpointPart.Write(rows, isWhole ? states.Failed : []));
        await store.Checkpoints.SaveAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        (_at, _base, _knownUntil, _changes) = (at, checkpoint.Base, knownUntil, isWhole ? 0 : _changes + rows.Count);
    }
}
