using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;
using Crowsnest.OpenSearch.Incidents;

namespace Crowsnest.OpenSearch;

/// <summary>A store on OpenSearch or Elasticsearch, which any number of processes share.</summary>
/// <remarks>
/// There are no transactions. A commit writes states, then firings, then events by <c>create</c>, then its sums, and each write means the same when it is
/// made again; an event that is there is a duplicate, so all that an event brings is there before it is.
/// </remarks>
public sealed class OpenSearchStore : IStore
{
    private const int IdsAQuery = 1_000, KeysAQuery = 2_000;

    private readonly OpenSearchOptions _options;
    private readonly OpenSearchClient _client;
    private readonly TimeProvider _time;
    private readonly IndexNames _names;
    private readonly Documents _documents;
    private readonly EventPlaces _places;
    private readonly OpenSearchStates _states;
    private readonly OpenSearchQuarantine _quarantine;
    private readonly OpenSearchIncidentStore _incidents;
    private readonly OpenSearchFirings _firings;
    private readonly OpenSearchRetention _retention;
    private readonly OpenSearchEventSearch _events;
    private readonly Ledger _ledger;
    private readonly BulkWriter _bulk;
    private readonly Places _numbers;

    // How far a commit came that failed for now, for when it is tried again.
    private CommitProgress? _last;

    private OpenSearchStore(OpenSearchOptions options, OpenSearchClient client, TimeProvider clock)
    {
        (_options, _client, _time) = (options, client, clock);
        var worker = RandomNumberGenerator.GetHexString(12, lowercase: true);
        _names = new IndexNames(options.IndexPrefix);
        _documents = new Documents(client);
        _numbers = new Places(clock);
        _bulk = new BulkWriter(client, options, clock);
        _ledger = new Ledger(_documents, _names, worker);
        _places = new EventPlaces(_names, options.EventRetention, clock);
        _states = new OpenSearchStates(_documents, _bulk, _names);
        _quarantine = new OpenSearchQuarantine(_documents, _bulk, _numbers, _ledger, _names);
        _firings = new OpenSearchFirings(_documents, _bulk, _numbers, _names);
        _incidents = new OpenSearchIncidentStore(_documents, _bulk, _firings, _numbers, _names, worker, clock);
        _retention = new OpenSearchRetention(client, _documents, _quarantine, _ledger, _numbers, _places, _names);
        _events = new OpenSearchEventSearch(client, _names);
    }

    /// <inheritdoc/>
    public IEventSearch Events => _events;

    /// <inheritdoc/>
    public IQuarantine Quarantine => _quarantine;

    /// <inheritdoc/>
    public IIncidentStore Incidents => _incidents;

    /// <summary>Called after each step of a commit, and between a pass's journal and its writes, with the step's name: where a test ends the process.</summary>
    internal Action<string>? Reached
    {
        get => _incidents.Reached;
        set => _incidents.Reached = value;
    }

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints => new OpenSearchCheckpoints(_documents, _names);

    /// <summary>The API tokens, kept beside.</summary>
    public ITokenStore Tokens => new OpenSearchTokens(_documents, _numbers, _names);

    /// <summary>Connects: looks what is there, and makes what is missing.</summary>
    /// <exception cref="StoreException">The server cannot be reached, is none that this works with, or lacks something that this user may not make.</exception>
    public static async ValueTask<OpenSearchStore> OpenAsync(OpenSearchOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
#pragma warning disable CA2000 // The store owns its client.
        var client = new OpenSearchClient(options, clock);
#pragma warning restore CA2000
        var store = new OpenSearchStore(options, client, clock);
        try
        {
            if (options.ReadOnly) await store.MustExistAsync(cancellationToken).ConfigureAwait(false);
            else await store.SetUpAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says what the server is, and how it is.</summary>
    public Task<ServerFacts> LookAsync(CancellationToken cancellationToken) => ServerFacts.ReadAsync(_client, _names, cancellationToken);

    /// <summary>Puts the index templates as this version and these options have them, whatever is there.</summary>
    /// <exception cref="StoreException">They cannot be put.</exception>
    public Task PutTemplatesAsync(CancellationToken cancellationToken) =>
        new StoreSetup(_client, _options, _names).PutAsync(StoreTemplates.All(_options, _names), cancellationToken);

    /// <summary>Makes everything that was written so far be found by searches.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => _documents.RefreshAsync([_names.Events], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        var standings = new EventStanding[events.Count];
        if (events.Count == 0) return standings;
        var (keys, numbers) = (KnownKeysAsync(events, cancellationToken), KnownIdsAsync([.. events.Where(e => e.Id.Length > 0).Select(e => e.Id)], cancellationToken));
        await Task.WhenAll(keys, numbers).ConfigureAwait(false);
        var (known, ids) = (await keys.ConfigureAwait(false), await numbers.ConfigureAwait(false));
        for (var i = 0; i < standings.Length; i++)
        {
            standings[i] = !known.Add(events[i].Key) ? EventStanding.Duplicate
                : events[i].Id.Length > 0 && !ids.Add(events[i].Id) ? EventStanding.NewWithKnownId
                : EventStanding.New;
        }

        return standings;
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
    public async ValueTask<IStateFollower?> FollowStatesAsync(CancellationToken cancellationToken) =>
        new StateFollower(_states, await _states.LastAsync(cancellationToken).ConfigureAwait(false), _time);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Once begun it goes on to its end, so that its caller knows what became of it.
        var progress = _last = CommitProgress.Begin(commit, _last, _numbers, step => Reached?.Invoke(step));
        var whole = progress.Commit;
        await progress.DoAsync("states", () => _states.WriteAsync(whole.States, CancellationToken.None)).ConfigureAwait(false);
        await progress.DoAsync("firings", () => _firings.WriteAsync(whole.Firings, CancellationToken.None)).ConfigureAwait(false);
        await progress.DoAsync("quarantine", () => _quarantine.WriteAsync(progress.Unread, progress.Batch, whole, CancellationToken.None)).ConfigureAwait(false);
        await progress.DoAsync("events", async () => progress.Outcome = await WriteEventsAsync(whole, progress.Batch, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        if (!_options.EventsOnly) await KeepAccountsAsync(whole, progress).ConfigureAwait(false);
        if (_options.RefreshAtOnce) await RefreshTouchedAsync(whole, CancellationToken.None).ConfigureAwait(false);
        _last = null;
        return progress.Outcome;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) =>
        (await _ledger.ReadAsync(cancellationToken).ConfigureAwait(false)).Sources;

    /// <inheritdoc/>
    public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return new ValueTask<Dropped>(_retention.DropAsync(retention, now, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => await _ledger.DroppedAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Gives away the right to tick and send (<see cref="IIncidentStore.LeadAsync"/>) until it is asked for again: a process that may be frozen at any moment does not keep it.</summary>
    /// <exception cref="StoreException">The server is away: others wait until the right has run out.</exception>
    public ValueTask YieldAsync(CancellationToken cancellationToken) => _incidents.YieldAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _incidents.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        var indices = await new StoreSetup(_client, _options, _names).EnsureAsync(cancellationToken).ConfigureAwait(false);
        _places.Know(indices.Where(index => _names.DayOf(index) is not null));
        _numbers.StartAfter(await StoreSetup.LastNumberAsync(_documents, _names, cancellationToken).ConfigureAwait(false));
    }

    private async Task MustExistAsync(CancellationToken cancellationToken)
    {
        var answer = await _client.FirstAsync(HttpMethod.Get, _names.Ledger + "/_settings/index.uuid", cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.NotFound && !answer.IsSuccess) throw _client.Refusal(answer);
        if (!answer.IsSuccess) throw new StoreException($"There is no store of Crowsnest at {_client.Server} ({_names.Ledger} is not there).", "'crowsnest up', 'crowsnest ingest FILE' and 'crowsnest opensearch setup' make one.", isTransient: false);
    }

    private async Task<HashSet<EventKey>> KnownKeysAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
    {
        var places = events.Select(e => e.Key).Distinct().SelectMany(key => EventPlaces.PossibleOf(key, _names).Where(_places.Exists).Select(index => (index, key)));
        var answers = await Task.WhenAll(places.Chunk(KeysAQuery).Select(some => _client.SendAsync(HttpMethod.Post, "_mget", Asking(some), cancellationToken))).ConfigureAwait(false);
        var known = new HashSet<EventKey>();
        foreach (var doc in answers.SelectMany(answer => answer.Items("docs")))
        {
            if (doc.TryGetProperty("found", out var found) && found.GetBoolean() && EventKey.TryParse(doc.GetProperty("_id").GetString(), out var key)) known.Add(key);
        }

        return known;
    }

    private static ReadOnlyMemory<byte> Asking((string Index, EventKey Key)[] some)
    {
        var text = new Utf8Text(some.Length * 128).Append("{\"docs\":["u8);
        for (var i = 0; i < some.Length; i++)
        {
            text.Append(i == 0 ? "{\"_index\":"u8 : ",{\"_index\":"u8).AppendString(some[i].Index).Append(",\"_id\":"u8).AppendString(some[i].Key.ToString()).Append(",\"_source\":false}"u8);
        }

        return text.Append("]}"u8).Memory;
    }

    // As the search sees them: an id that came within the server's refresh interval is not known yet, which is a number in the accounting and nothing else.
    private async Task<HashSet<string>> KnownIdsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(EventIdComparer.Instance);
        SearchFields.TryGet("id", out FieldRef field);
        var answers = await Task.WhenAll(ids.Distinct(EventIdComparer.Instance).Chunk(IdsAQuery).Select(some =>
            _client.PostAsync(_names.Events + "/_search?ignore_unavailable=true&allow_no_indices=true", json =>
            {
                json.WriteNumber("size", 0);
                json.Object("query", q => QueryDsl.AnyOf(q, field, some.Select(id => NormalForm.Lower(NormalForm.Cut(id, NormalForm.KeywordMax)))));
                json.Object("aggs", aggs => FieldCounts.Write(aggs, "ids", field));
            }, cancellationToken))).ConfigureAwait(false);
        foreach (var bucket in answers.SelectMany(answer => answer.Items("aggregations", "ids", "buckets"))) known.Add(bucket.GetProperty("key").GetString()!);

        return known;
    }

    private void Append(Utf8Text text, Commit commit, int place, string batch)
    {
        var diagnosed = commit.Events[place];
        text.Append("{\"create\":{\"_index\":"u8).AppendString(_places.Of(diagnosed.Event.Key)).Append(",\"_id\":"u8).AppendString(diagnosed.Event.Key.ToString()).Append("}}\n"u8);
        EventDocumentWriter.OfThisThread.Write(text, diagnosed, commit.ReceivedAt.ToUnixTimeMilliseconds(), batch);
        text.Append("\n"u8);
    }

    private async Task<CommitOutcome> WriteEventsAsync(Commit commit, string batch, CancellationToken cancellationToken)
    {
        if (commit.Events.Count == 0) return CommitOutcome.AsAsked;
        var results = await _bulk.WriteAsync(commit.Events.Count, (text, place) => Append(text, commit, place, batch), cancellationToken).ConfigureAwait(false);
        List<int> there = [];
        List<(int, Fault)> refused = [];
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].IsConflict)
            {
                there.Add(i);
            }
            else if (!results[i].IsDone)
            {
                var raw = commit.Events[i].Event.Raw;
                refused.Add((i, new Fault(QuarantineReason.Refused, $"The store refused it: {results[i].Words}", raw.ToArray(), raw.Length, Convert.ToHexStringLower(SHA256.HashData(raw.Span)))));
            }
        }

        foreach (var e in commit.Events) _places.Note(e.Event.Key);
        return there.Count == 0 && refused.Count == 0 ? CommitOutcome.AsAsked : new CommitOutcome(await OthersAsync(commit, there, batch, cancellationToken).ConfigureAwait(false), refused);
    }

    // Of what was there already: what an earlier attempt of this very write did not put there.
    private async Task<List<int>> OthersAsync(Commit commit, List<int> there, string batch, CancellationToken cancellationToken)
    {
        var others = new List<int>();
        foreach (var some in there.Chunk(1_000))
        {
            var answer = await _client.PostAsync("_mget", json => json.Objects("docs", some.Select(i => (Action<Utf8JsonWriter>)(doc =>
            {
                doc.WriteString("_index", _places.Of(commit.Events[i].Event.Key));
                doc.WriteString("_id", commit.Events[i].Event.Key.ToString());
                OpenSearchEventSearch.Source(doc, [EventFieldNames.Facts + ".batch"]);
            }))), cancellationToken).ConfigureAwait(false);
            var at = 0;
            foreach (var doc in answer.Json.GetProperty("docs").EnumerateArray())
            {
                var isOurs = doc.TryGetProperty("_source", out var source) && source.GetProperty(EventFieldNames.Facts).GetProperty("batch").GetString() == batch;
                if (!isOurs) others.Add(some[at]);
                at++;
            }
        }

        return others;
    }

    private async Task KeepAccountsAsync(Commit whole, CommitProgress progress)
    {
        await progress.DoAsync("refused", () => _quarantine.WriteAsync(progress.Refused, progress.Batch, whole, CancellationToken.None)).ConfigureAwait(false);
        await progress.DoAsync("sums", () => _ledger.AddAsync(
            whole.Source, progress.Accounting, [.. whole.Quarantine, .. progress.Outcome.Refused.Select(one => one.Fault)], CancellationToken.None)).ConfigureAwait(false);
    }

    private Task RefreshTouchedAsync(Commit commit, CancellationToken cancellationToken)
    {
        var touched = commit.Events.Select(e => _places.Of(e.Event.Key)).Distinct(StringComparer.Ordinal).ToList();
        return touched.Count == 0 ? Task.CompletedTask : _documents.RefreshAsync(touched, cancellationToken);
    }
}
