using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Pipeline;

/// <summary>Makes a commit out of batches: looks their events up, folds them into states, diagnoses, and asks the rules. Used by the pipeline's loop alone.</summary>
/// <remarks>What was prepared last counts as written, so that the next can be prepared meanwhile; when it was not after all, <see cref="Forget"/>.</remarks>
internal sealed class GroupPreparer(IStore store, EventDiagnoser diagnoser, IEventRules? rules, int statesMax, TimeProvider time) : IDisposable
{
    private readonly StateCache _states = new(store, statesMax, time);
    private readonly EventsInFlight _inFlight = new();

    /// <summary>Whether so many more events might not find room; then all that was prepared must reach the store, and be forgotten.</summary>
    public bool IsFull(int events) => _states.IsFull(events);

    /// <summary>What was prepared so far is read from the store again.</summary>
    public void Forget()
    {
        _states.Clear();
        _inFlight.Clear();
    }

    /// <summary>The store cannot be asked about these yet.</summary>
    public void Begin(PreparedGroup group) => _inFlight.Replace(group.Commit.Events);

    /// <summary>Prepares a group of batches of one source.</summary>
    public async Task<PreparedGroup> PrepareAsync(IReadOnlyList<IngestBatch> group, CancellationToken cancellationToken)
    {
        var all = group.SelectMany(batch => batch.Events).ToList();
        var standings = all.Count == 0 ? [] : await store.LookUpAsync(all, cancellationToken).ConfigureAwait(false);
        var fresh = new List<EcsEvent>(all.Count);
        var told = new List<bool>(all.Count);
        var receipts = new Accounting[group.Count];
        var batchOf = new List<int>(all.Count);
        for (int i = 0, at = 0; i < group.Count; i++)
        {
            long stored = 0, idReused = 0, unknown = 0;
            var batch = group[i];
            for (var n = 0; n < batch.Events.Count; n++, at++)
            {
                var standing = _inFlight.Standing(all[at], standings[at]);
                if (standing == EventStanding.Duplicate) continue;
                fresh.Add(all[at]);
                told.Add(batch.IsTold);
                batchOf.Add(i);
                stored++;
                if (standing == EventStanding.NewWithKnownId) idReused++;
                if (all[at].Kind == EventKind.Unknown) unknown++;
            }

            receipts[i] = new Accounting(
                batch.Events.Count + batch.Faults.Count, stored, batch.Events.Count - stored, batch.Faults.Count, idReused, unknown);
        }

        var folded = await _states.FoldAsync(fresh, diagnoser.Trusted, cancellationToken).ConfigureAwait(false);
        var firings = new List<Firing>();
        var firingsOf = new List<Firing>?[group.Count];
        var diagnosed = new DiagnosedEvent[fresh.Count];
        for (var i = 0; i < diagnosed.Length; i++)
        {
            var byItself = diagnoser.Diagnose(fresh[i]);
            diagnosed[i] = new DiagnosedEvent(fresh[i], byItself);
            if (!told[i]) continue;
            var before = firings.Count;
            rules?.Evaluate(fresh[i], folded.Stops[i] is { } stop ? diagnoser.Diagnose(stop) : byItself, firings);
            if (firings.Count > before) (firingsOf[batchOf[i]] ??= []).AddRange(firings.Skip(before));
        }

        return new PreparedGroup(
            [.. receipts.Select((sum, i) => new BatchReceipt(sum, firingsOf[i] ?? []))],
            batchOf,
            new Commit
            {
                Source = group[0].Source,
                ReceivedAt = group[0].ReceivedAt,
                Accounting = receipts.Aggregate(Accounting.Add),
                Events = diagnosed,
                Quarantine = [.. group.SelectMany(batch => batch.Faults)],
                States = folded.Rows,
                Firings = firings,
            },
            folded.Changed);
    }

    /// <inheritdoc/>
    public void Dispose() => _states.Dispose();
}
