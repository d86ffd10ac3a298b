using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Pipeline;

public class IngestPipelineTests
{
    private static readonly Fault NotJson = new(QuarantineReason.NotJson, "not JSON", default, 3, "00");

    [Fact]
    public async Task A_receipt_adds_up_and_repeats_are_duplicates()
    {
        await using var store = new RecordingStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
        var one = Some.Task("RUNNING", version: 1);

        var receipt = await pipeline.SubmitAsync(Batch([one, one, Some.Task("RUNNING", version: 2)], NotJson), TestContext.Current.CancellationToken);

        Assert.Equal(new Accounting(Received: 4, Stored: 2, Duplicates: 1, Quarantined: 1, IdReused: 0, UnknownKinds: 0), receipt.Accounting);
        Assert.Equal(receipt.Accounting, store.Commits.Select(c => c.Accounting).Aggregate(Accounting.Add));
    }

    [Fact]
    public async Task Rules_see_the_diagnosis_by_all_events_of_the_stop()
    {
        var rules = new RecordingRules();
        await using var store = new RecordingStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules, TimeProvider.System);

        await pipeline.SubmitAsync(Batch([Some.Task("STOPPING", "EssentialContainerExited", version: 1)]), TestContext.Current.CancellationToken);
        await pipeline.SubmitAsync(Batch([Some.Task(containers: [Some.Container(139)], version: 2)]), TestContext.Current.CancellationToken);

        Assert.Equal([("Unknown", EventOutcome.Unknown), ("EssentialContainerExited", EventOutcome.Failure)], rules.Seen.Select(d => (d.Kind, d.Outcome)));
        Assert.Equal(40, rules.Seen[1].Rank);
    }

    [Fact]
    public async Task A_store_that_fails_for_now_is_tried_again_and_for_good_is_told()
    {
        await using var store = new RecordingStore { Failures = new([new StoreException("full", "free some space", isTransient: true), new StoreException("damaged")]) };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);

        var failed = await Assert.ThrowsAsync<StoreException>(() => pipeline.SubmitAsync(Batch([Some.Task("RUNNING")]), TestContext.Current.CancellationToken));
        Assert.Equal(("damaged", false), (failed.Message, pipeline.Health.IsReady));

        var receipt = await pipeline.SubmitAsync(Batch([Some.Task("RUNNING")]), TestContext.Current.CancellationToken);
        Assert.Equal((1, true), (receipt.Accounting.Stored, pipeline.Health.IsReady));
        Assert.Single(store.Commits);
        Assert.Single(store.Commits[0].States);
    }

    [Fact]
    public async Task The_watermark_is_when_the_oldest_batch_was_received_that_is_not_on_disk_or_now()
    {
        var time = new ManualTime(Some.Noon);
        await using var store = new RecordingStore { HoldsFirstCommit = true };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, time);
        Assert.Equal(Some.Noon, pipeline.Watermark);

        var first = pipeline.SubmitAsync(new IngestBatch("test", time.GetUtcNow(), [Some.Task("RUNNING")], []), TestContext.Current.CancellationToken);
        await store.FirstCommitBegun;
        time.Advance(TimeSpan.FromMinutes(1));
        var second = pipeline.SubmitAsync(new IngestBatch("test", time.GetUtcNow(), [Some.Task("RUNNING", version: 2)], []), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Some.Noon, pipeline.Watermark);

        store.Release();
        await Task.WhenAll(first, second);
        Assert.Equal(Some.Noon.AddMinutes(2), pipeline.Watermark);
    }

    [Fact]
    public async Task What_is_being_written_is_known_to_the_batch_after_it()
    {
        var rules = new RecordingRules();
        await using var store = new RecordingStore { HoldsFirstCommit = true };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules, TimeProvider.System);
        var stopping = Some.Task("STOPPING", "EssentialContainerExited", version: 1);

        var first = pipeline.SubmitAsync(Batch([stopping]), TestContext.Current.CancellationToken);
        await store.FirstCommitBegun;
        var second = pipeline.SubmitAsync(Batch([stopping, Some.Task(containers: [Some.Container(139)], version: 2)]), TestContext.Current.CancellationToken);
        await rules.SeenTwo;
        store.Release();

        Assert.Equal((1, 0), ((await first).Accounting.Stored, (await first).Accounting.Duplicates));
        Assert.Equal((1, 1), ((await second).Accounting.Stored, (await second).Accounting.Duplicates));
        Assert.Equal(EventOutcome.Failure, rules.Seen[1].Outcome);
    }

    [Fact]
    public async Task A_batch_that_counted_on_one_that_failed_is_prepared_anew()
    {
        var rules = new RecordingRules();
        await using var store = new RecordingStore { HoldsFirstCommit = true, Failures = new([new StoreException("damaged")]) };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules, TimeProvider.System);
        var stopping = Some.Task("STOPPING", "EssentialContainerExited", version: 1);

        var first = pipeline.SubmitAsync(Batch([stopping]), TestContext.Current.CancellationToken);
        await store.FirstCommitBegun;
        var second = pipeline.SubmitAsync(Batch([stopping, Some.Task("RUNNING", version: 2)]), TestContext.Current.CancellationToken);
        await rules.SeenTwo;
        store.Release();

        await Assert.ThrowsAsync<StoreException>(() => first);
        Assert.Equal((2, 0), ((await second).Accounting.Stored, (await second).Accounting.Duplicates));
        Assert.Equal((await second).Accounting, store.Commits.Single().Accounting);
    }

    // Goal: with several workers on one store, what one saw of a stop counts for the other. Method: the other worker writes the state between loading and
    // committing; the commit is refused once, as a shared store does.
    [Fact]
    public async Task A_batch_whose_states_another_process_wrote_meanwhile_is_prepared_anew_with_them()
    {
        var rules = new RecordingRules();
        await using var store = new RecordingStore { HoldsFirstCommit = true, Failures = new([new StatesMovedException()]) };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules, TimeProvider.System);

        var first = pipeline.SubmitAsync(Batch([Some.Task(containers: [Some.Container(139)], version: 2)]), TestContext.Current.CancellationToken);
        await store.FirstCommitBegun;
        var (_, elsewhere) = TaskState.Observe(null, Some.Task("STOPPING", "EssentialContainerExited", version: 1));
        store.Put(StateDocument.Write(elsewhere));
        store.Release();

        Assert.Equal(1, (await first).Accounting.Stored);
        Assert.Equal((40, EventOutcome.Failure), (rules.Seen[^1].Rank, rules.Seen[^1].Outcome));
        Assert.Single(store.Commits);
        Assert.Equal("EssentialContainerExited", StateDocument.ReadTask(store.Commits[0].States.Single()).Stop!.StopCode);
    }

    [Fact]
    public async Task Nobody_waits_for_a_batch_that_could_not_be_prepared_anew()
    {
        await using var store = new RecordingStore { Failures = new([new StatesMovedException()]), LoadsMax = 1 };
#pragma warning disable CA2000 // Disposing it is what is looked at.
        var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
#pragma warning restore CA2000

        await Assert.ThrowsAsync<TimeoutException>(() => pipeline.SubmitAsync(Batch([Some.Task("RUNNING")]), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<TimeoutException>(() => pipeline.Completion);
        await Assert.ThrowsAsync<TimeoutException>(async () => await pipeline.DisposeAsync());
    }

    [Fact]
    public async Task What_others_stored_first_is_a_duplicate_and_what_the_store_never_takes_is_in_quarantine()
    {
        await using var store = new RecordingStore { Outcomes = new([new CommitOutcome([1], [(2, NotJson)])]) };
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
        using var listening = pipeline.Live.TryListen(null)!;

        var receipt = await pipeline.SubmitAsync(Batch([.. Enumerable.Range(1, 4).Select(version => Some.Task("RUNNING", version: version))]), TestContext.Current.CancellationToken);

        Assert.Equal(new Accounting(Received: 4, Stored: 2, Duplicates: 1, Quarantined: 1, IdReused: 0, UnknownKinds: 0), receipt.Accounting);
        Assert.Equal(2, listening.Take(9, out _).Count);
    }

    [Fact]
    public async Task States_that_are_forgotten_are_read_from_the_store_again()
    {
        var rules = new RecordingRules();
        await using var store = new RecordingStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules, TimeProvider.System, statesMax: 1);

        await pipeline.SubmitAsync(Batch([Some.Task("STOPPING", "EssentialContainerExited", version: 1)]), TestContext.Current.CancellationToken);
        await pipeline.SubmitAsync(Batch([Some.Task(containers: [Some.Container(139)], version: 2)]), TestContext.Current.CancellationToken);

        Assert.Equal(EventOutcome.Failure, rules.Seen[1].Outcome);
    }

    [Fact]
    public async Task An_untrusted_source_changes_no_state()
    {
        await using var store = new RecordingStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);

        await pipeline.SubmitAsync(Batch([Some.Task(source: "my.app")]), TestContext.Current.CancellationToken);

        Assert.Empty(store.Commits.Single().States);
        Assert.Single(store.Commits.Single().Events);
    }

    [Fact]
    public async Task After_stopping_nothing_is_taken()
    {
        await using var store = new RecordingStore();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
        await pipeline.StopAsync(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<Exception>(() => pipeline.SubmitAsync(Batch([]), TestContext.Current.CancellationToken));
    }

    private static IngestBatch Batch(EcsEvent[] events, params Fault[] faults) => new("test", Some.Noon, events, faults);

    private sealed class RecordingRules : IEventRules
    {
        private readonly TaskCompletionSource _seenTwo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<EventDiagnosis> Seen { get; } = [];

        public Task SeenTwo => _seenTwo.Task;

        public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
        {
            Seen.Add(diagnosis);
            if (Seen.Count == 2) _seenTwo.TrySetResult();
        }
    }

    private sealed class RecordingStore : IStore
    {
        private readonly Lock _gate = new();
        private readonly HashSet<EventKey> _keys = [];
        private readonly Dictionary<string, ResourceState> _states = [];
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HoldsFirstCommit { get; init; }

        public Task FirstCommitBegun => _begun.Task;

        public Queue<Exception> Failures { get; init; } = new();

        public Queue<CommitOutcome> Outcomes { get; init; } = new();

        public List<Commit> Commits { get; } = [];

        public IEventSearch Events => throw new NotSupportedException();

        public Crowsnest.Core.History.ICheckpointStore Checkpoints => throw new NotSupportedException();

        public IQuarantine Quarantine => throw new NotSupportedException();

        public IIncidentStore Incidents => throw new NotSupportedException();

        public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                var seen = new HashSet<EventKey>(_keys);
                return ValueTask.FromResult(events.Select(e => seen.Add(e.Key) ? EventStanding.New : EventStanding.Duplicate).ToArray());
            }
        }

        /// <summary>Loading states breaks after so many times.</summary>
        public int LoadsMax { get; set; } = int.MaxValue;

        public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
        {
            if (LoadsMax-- <= 0) throw new TimeoutException("broken");
            lock (_gate) return ValueTask.FromResult<IReadOnlyDictionary<string, ResourceState>>(_states.Where(s => keys.Contains(s.Key)).ToDictionary());
        }

        public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
        {
            if (HoldsFirstCommit && _begun.TrySetResult()) await _released.Task;
            lock (_gate)
            {
                if (Failures.TryDequeue(out var failure)) throw failure;
                Commits.Add(commit);
                _keys.UnionWith(commit.Events.Select(e => e.Event.Key));
                foreach (var state in commit.States) _states[state.Key] = state;
                return Outcomes.TryDequeue(out var outcome) ? outcome : CommitOutcome.AsAsked;
            }
        }

        /// <summary>Another process writes a state.</summary>
        public void Put(ResourceState state)
        {
            lock (_gate) _states[state.Key] = state;
        }

        public void Release() => _released.TrySetResult();

        public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
