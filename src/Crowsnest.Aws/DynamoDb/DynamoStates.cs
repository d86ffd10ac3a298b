using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>The states of single resources, an item each, written only over what was read.</summary>
/// <remarks>
/// A worker learns from a condition that failed that another was there meanwhile, reads again and folds again: state is a function of the set of events. The
/// index lists them by when they were written, live ones and those that are over apart, each spread over <see cref="Partitions"/>.
/// </remarks>
/// <param name="table">The table.</param>
/// <param name="worker">This process's own name.</param>
/// <param name="kept">How long what is over is kept; <see langword="null"/>: for ever.</param>
/// <param name="time">The clock.</param>
internal sealed class DynamoStates(Table table, string worker, TimeSpan? kept, TimeProvider time)
{
    /// <summary>Partitions of the index for those that live, and as many for those that are over.</summary>
    public const int Partitions = 8;

    private const string Live = "live", Over = "over";
    private const int KnownMax = 200_000;

    // An item is written somewhat after what it tells of, unless a clock is wrong.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    // What each write was named that this process read or made last.
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _writes;

    /// <summary>The stored states of these resources.</summary>
    public async Task<Dictionary<string, ResourceState>> LoadAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, ResourceState>(StringComparer.Ordinal);
        if (keys.Count == 0) return states;

        // Forgetting is harmless: what is written without knowing is refused, and read again.
        if (_known.Count >= KnownMax) _known.Clear();
        foreach (var item in await table.GetAsync([.. keys.Distinct(StringComparer.Ordinal).Select(KeyOf)], cancellationToken).ConfigureAwait(false))
        {
            if (IsExpired(item)) continue;
            var state = Read(item);
            states[state.Key] = state;
            _known[state.Key] = item.Text("rev")!;
        }

        return states;
    }

    /// <summary>Those that are not over, or not longer than since a moment.</summary>
    public async IAsyncEnumerable<ResourceState> ReadAsync(DateTimeOffset? stoppedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One that is written meanwhile goes behind all others of its partition, or into another that is read later or has it still.
        for (var i = 0; i < Partitions; i++)
        {
            await foreach (var state in ListAsync(Live, i, long.MinValue, null, cancellationToken).ConfigureAwait(false)) yield return state;
        }

        if (stoppedSince is not { } since) yield break;
        var at = since.ToUnixTimeMilliseconds();
        for (var i = 0; i < Partitions; i++)
        {
            var filter = new Condition("#keyTime >= :since", values => values.Add(":since", at));
            await foreach (var state in ListAsync(Over, i, at - (long)Ahead.TotalMilliseconds, filter, cancellationToken).ConfigureAwait(false)) yield return state;
        }
    }

    /// <summary>Those that were written since a moment of their writers' clocks, as they are now, with the name of the write.</summary>
    public async IAsyncEnumerable<(ResourceState State, string Revision, DateTimeOffset WrittenAt)> WrittenSinceAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var kind in (string[])[Live, Over])
        {
            for (var i = 0; i < Partitions; i++)
            {
                await foreach (var item in table.ListAsync(Listed(kind, i), since.ToUnixTimeMilliseconds(), long.MaxValue, cancellationToken).ConfigureAwait(false))
                    yield return (Read(item), item.Text("rev")!, DateTimeOffset.FromUnixTimeMilliseconds(item.Number(TableNames.ListedAt)));
            }
        }
    }

    /// <summary>What writes a state over what was read.</summary>
    public TableWrite WriteOf(ResourceState state, DateTimeOffset now, string revision)
    {
        var isKnown = _known.TryGetValue(state.Key, out var before);
        var at = now.ToUnixTimeSeconds();
        var condition = isKnown
            ? new Condition("#rev = :before", values => values.Add(":before", before!))
            : new Condition($"attribute_not_exists(#{TableNames.Partition}) OR #{TableNames.Expires} < :now", values => values.Add(":now", at));
        return TableWrite.Put(KeyOf(state.Key), item => Write(item, state, now, revision), condition);
    }

    /// <summary>A name for a write that no other has.</summary>
    public string NextRevision() => string.Create(CultureInfo.InvariantCulture, $"{worker}-{Interlocked.Increment(ref _writes)}");

    /// <summary>The state was written under this name.</summary>
    public void Know(string key, string revision) => _known[key] = revision;

    /// <summary>Another wrote the state meanwhile.</summary>
    public void Forget(string key) => _known.TryRemove(key, out _);

    private async IAsyncEnumerable<ResourceState> ListAsync(string kind, int partition, long from, Condition? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in table.ListAsync(Listed(kind, partition), from, long.MaxValue, cancellationToken, filter: filter).ConfigureAwait(false))
        {
            if (!IsExpired(item)) yield return Read(item);
        }
    }

    // Deleted by the service only some hours or days after it expired.
    private bool IsExpired(Item item) => item.Has(TableNames.Expires) && item.Number(TableNames.Expires) < time.GetUtcNow().ToUnixTimeSeconds();

    private static ItemKey KeyOf(string key) => new("state#" + TableNames.Of(key), TableNames.Only);

    private static string Listed(string kind, int partition) => string.Create(CultureInfo.InvariantCulture, $"{kind}#{partition}");

    private void Write(ItemWriter item, ResourceState state, DateTimeOffset now, string revision)
    {
        item.Add("rev", revision).Add("key", state.Key).Add("type", state.Type).Add("account", state.Account).Add("region", state.Region).Add("cluster", state.Cluster)
            .Add("stopped", state.IsStopped).Add("version", state.Version).Add("at", state.At).Add("event", state.Event.ToString()).Add("keyTime", state.Event.TimeMilliseconds)
            .Add("document", Packed.Of(state.Document.Span))
            .Add(TableNames.Listed, Listed(state.IsStopped ? Over : Live, TableNames.Spread(state.Key, Partitions))).Add(TableNames.ListedAt, now.ToUnixTimeMilliseconds());

        // No event says that a service was deleted: one that was not heard of for so long is gone, and so are tags.
        if (kept is { } span && (state.IsStopped || state.Type is "service" or "tags")) item.Add(TableNames.Expires, TableNames.ExpiresAt(now, state.Event.TimeMilliseconds, span));
    }

    private static ResourceState Read(Item item) => new(
        item.Text("key")!, item.Text("type")!, item.Text("account") ?? "", item.Text("region") ?? "", item.Text("cluster") ?? "", item.Is("stopped"), item.Number("version"), item.Number("at"),
        EventKey.TryParse(item.Text("event"), out var key) ? key : default, Packed.Read(item.Bytes("document")));
}

/// <summary>Follows the states that any process writes, by when they were written.</summary>
/// <remarks>
/// Writers have clocks of their own and the index lags, so each answer reads <see cref="Overlap"/> again; what was met under the same name is not answered twice.
/// </remarks>
internal sealed class DynamoStateFollower(DynamoStates states, DateTimeOffset from) : IStateFollower
{
    // Far longer than the clocks of AWS's machines differ and than the index lags.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, (string Revision, DateTimeOffset At)> _met = new(StringComparer.Ordinal);
    private DateTimeOffset _last = from;

    public async IAsyncEnumerable<ResourceState> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = _last;
        await foreach (var (state, revision, at) in states.WrittenSinceAsync(_last - Overlap, cancellationToken).ConfigureAwait(false))
        {
            if (at > last) last = at;
            if (_met.TryGetValue(state.Key, out var met) && met.Revision == revision) continue;
            _met[state.Key] = (revision, at);
            yield return state;
        }

        _last = last;
        foreach (var (key, (_, at)) in _met)
        {
            if (at < last - Overlap) _met.Remove(key);
        }
    }
}
