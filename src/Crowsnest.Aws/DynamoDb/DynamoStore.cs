using System.Security.Cryptography;
using Crowsnest.Aws.DynamoDb.Incidents;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Search;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>Where the table is, and how long what is in it is kept.</summary>
public sealed record DynamoOptions
{
    /// <summary>As whom it is used.</summary>
    public required AwsIdentity Identity { get; init; }

    /// <summary>Where DynamoDB is, or <see langword="null"/>: the region's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The table's name.</summary>
    public required string TableName { get; init; }

    /// <summary>How long events, and what is known of what is over, are kept; <see langword="null"/>: for ever.</summary>
    public TimeSpan? EventRetention { get; init; }

    /// <summary>Nothing is made; the table must be there.</summary>
    public bool ReadOnly { get; init; }
}

/// <summary>A store on Amazon DynamoDB, which any number of processes share: states, firings, incidents, messages, quarantine and sums. Of events it keeps that they were there, not what they say.</summary>
/// <remarks>
/// A state is written only over what was read, in one transaction with the firings about it; a pass over incidents is a transaction with the lease. Events are
/// remembered last, so that an event that is known brought all that it brings.
/// </remarks>
public sealed class DynamoStore : IStore
{
    private readonly DynamoOptions _options;
    private readonly TimeProvider _time;
    private readonly AwsJsonClient _client;
    private readonly Table _table;
    private readonly Places _places;
    private readonly DynamoStates _states;
    private readonly DynamoEventKeys _events;
    private readonly DynamoQuarantine _quarantine;
    private readonly DynamoFirings _firings;
    private readonly DynamoIncidentStore _incidents;
    private readonly DynamoLedger _ledger;

    // How far a commit came that failed for now, for when it is tried again.
    private CommitProgress? _last;

    private DynamoStore(DynamoOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var worker = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var endpoint = options.Endpoint ?? new Uri($"https://dynamodb.{options.Identity.Region.SystemName}.{options.Identity.Region.PartitionDnsSuffix}/");
        _client = new AwsJsonClient(options.Identity, endpoint, "dynamodb", "DynamoDB_20120810", time, 2 * Table.RequestsAtOnce);
        _table = new Table(_client, options.TableName, time);
        _places = new Places(time);
        _ledger = new DynamoLedger(_table, worker);
        _states = new DynamoStates(_table, worker, options.EventRetention, time);
        _events = new DynamoEventKeys(_table, options.EventRetention);
        _quarantine = new DynamoQuarantine(_table, _places, _ledger, time);
        _firings = new DynamoFirings(_table, _states, _places, time);
        _incidents = new DynamoIncidentStore(_table, _firings, _places, worker, time);
    }

    /// <summary>Nothing but words: this store keeps no bodies of events.</summary>
    public IEventSearch Events => NoEventBodies.Instance;

    /// <summary>Nothing but words: without events there is no past.</summary>
    public ICheckpointStore Checkpoints => NoEventBodies.Instance;

    /// <inheritdoc/>
    public bool KeepsEvents => false;

    /// <inheritdoc/>
    public IQuarantine Quarantine => _quarantine;

    /// <inheritdoc/>
    public IIncidentStore Incidents => _incidents;

    /// <summary>The API tokens, kept beside.</summary>
    public ITokenStore Tokens => new DynamoTokens(_table, _places);

    /// <summary>Called after each step of a commit, and between a pass's journal and its writes, with the step's name: where a test ends the process.</summary>
    internal Action<string>? Reached
    {
        get => _incidents.Reached;
        set => _incidents.Reached = value;
    }

    /// <summary>Connects; makes the table where it is missing.</summary>
    /// <exception cref="StoreException">It cannot be reached, or is missing and may not be made.</exception>
    public static async ValueTask<DynamoStore> OpenAsync(DynamoOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var store = new DynamoStore(options, time);
        try
        {
            await new TableSetup(store._table, time).EnsureAsync(options.ReadOnly, cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says how the table is.</summary>
    public Task<TableFacts> LookAsync(CancellationToken cancellationToken) => TableFacts.ReadAsync(_table, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        return await _events.LookUpAsync(events, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        return await _states.LoadAsync(keys, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) => _states.ReadAsync(stoppedSince, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IStateFollower?> FollowStatesAsync(CancellationToken cancellationToken) => new(new DynamoStateFollower(_states, _time.GetUtcNow()));

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Once begun it goes on to its end, so that its caller knows what became of it.
        var progress = _last = CommitProgress.Begin(commit, _last, _places, step => Reached?.Invoke(step));
        var whole = progress.Commit;
        await progress.DoAsync("states", () => WriteStatesAsync(whole)).ConfigureAwait(false);
        await progress.DoAsync("quarantine", () => _quarantine.WriteAsync(progress.Unread, progress.Batch, whole, CancellationToken.None)).ConfigureAwait(false);
        await progress.DoAsync("events", async () =>
            progress.Outcome = new CommitOutcome(await _events.WriteAsync(whole.Events, progress.Batch, _time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false), [])).ConfigureAwait(false);
        await progress.DoAsync("sums", () => _ledger.AddAsync(whole.Source, progress.Accounting, whole.Quarantine, CancellationToken.None)).ConfigureAwait(false);
        _last = null;
        return progress.Outcome;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) =>
        (await _ledger.ReadAsync(cancellationToken).ConfigureAwait(false)).Sources;

    /// <summary>Lets go of old quarantine, incidents and messages. Events and what is over leave by the table's time to live, uncounted.</summary>
    public async ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        var dropped = new Dropped(
            0, await _quarantine.DropAsync(retention, now, cancellationToken).ConfigureAwait(false), 0,
            await _incidents.DropAsync(now - retention.Incidents, now - Retention.SyntheticIncidents, cancellationToken).ConfigureAwait(false));
        await _ledger.NoteDropAsync(dropped, cancellationToken).ConfigureAwait(false);
        return dropped;
    }

    /// <inheritdoc/>
    public async ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => await _ledger.DroppedAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Gives away the right to tick and send (<see cref="IIncidentStore.LeadAsync"/>) until it is asked for again.</summary>
    public ValueTask YieldAsync(CancellationToken cancellationToken) => _incidents.YieldAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _incidents.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private async Task WriteStatesAsync(Commit commit)
    {
        var moved = await _firings.WriteAsync(commit.States, commit.Firings, CancellationToken.None).ConfigureAwait(false);
        if (moved > 0) throw new StatesMovedException($"{moved} states were written by another worker meanwhile.");
    }
}
