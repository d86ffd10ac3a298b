using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Resync;

/// <summary>What a resync speaks to: what is known, and the way in.</summary>
/// <param name="Clusters">The clusters as they are, of which all that is stored is in.</param>
/// <param name="Store">Where states are that memory no longer has.</param>
/// <param name="Pipeline">The way in.</param>
/// <param name="Masking">What is masked of what ECS says, as of events.</param>
/// <param name="Watermark">Up to when everything that came in is on disk.</param>
/// <param name="Time">The clock.</param>
public sealed record ResyncParts(ClusterModel Clusters, IStore Store, IngestPipeline Pipeline, MaskingOptions Masking, Func<DateTimeOffset> Watermark, TimeProvider Time);

/// <summary>Takes in what ECS describes, as it comes: what differs from what is known is committed as an event, and counted.</summary>
/// <remarks>
/// A difference that is only just made may be that of an event on its way, which nobody has missed: it waits (<see cref="SettleAsync"/>), and is compared again
/// with what is known by then. For one run, and not for several threads.
/// </remarks>
public sealed class ResyncIntake
{
    /// <summary>What accounting calls it.</summary>
    public const string Source = "resync";

    /// <summary>How long an event may be on its way from ECS to the queue; it is there in a second or two as a rule.</summary>
    public static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(15);

    // A backlog may take longer, and what it brings is missed by nobody; but a run must end.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    // A few kilobytes each.
    private const int HeldMax = 5_000;
    private const int BatchMax = 500;

    private readonly ResyncParts _parts;
    private readonly EventDecoder _decoder;
    private readonly List<Held> _held = [];
    private readonly SortedDictionary<string, long> _drift = new(StringComparer.Ordinal);
    private DateTimeOffset _newestHeld = DateTimeOffset.MinValue;

    /// <summary>For one run.</summary>
    public ResyncIntake(ResyncParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _decoder = new EventDecoder(parts.Masking with { Own = OwnMark.Given });
    }

    /// <summary>What events had missed, by kind: what was committed so far.</summary>
    public IReadOnlyDictionary<string, long> Drift => _drift;

    /// <summary>So many differences wait.</summary>
    public int Waiting => _held.Count;

    /// <summary>Whether memory has a word on this that is younger than <paramref name="age"/>.</summary>
    public bool Knows(Described whose, TimeSpan age)
    {
        ArgumentNullException.ThrowIfNull(whose);
        return _parts.Clusters.View.Find(whose.Name, whose.Place.Cluster) is { } known && whose.Place.AskedAt.ToUnixTimeMilliseconds() - known.Order.At < (long)age.TotalMilliseconds;
    }

    /// <summary>Takes in what one answer described.</summary>
    public Task TakeAsync(IReadOnlyCollection<Described> answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return TakeAsync([.. answer.Select(described => new Held(described.Name, described.Place, described, null))], isLast: false, cancellationToken);
    }

    /// <summary>Takes in that ECS no longer has these, which it listed completely and said of each, when asked for it, that it is missing.</summary>
    public Task CloseAsync(IReadOnlyCollection<IResourceState> gone, ResyncPlace place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gone);
        return TakeAsync([.. gone.Select(known => new Held(known.Name, place, null, known))], isLast: false, cancellationToken);
    }

    /// <summary>Waits until no event can be on its way of what waits, and takes in what then still differs.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_held.Count == 0) return;
        for (var until = _newestHeld + PatienceMax; _parts.Time.GetUtcNow() < until && Horizon() < _newestHeld;) await Task.Delay(Pace, _parts.Time, cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        Held[] held = [.. _held];
        _held.Clear();
        foreach (var some in held.Chunk(BatchMax)) await TakeAsync(some, isLast: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task TakeAsync(IReadOnlyList<Held> items, bool isLast, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return;
        var known = await KnownAsync(items, cancellationToken).ConfigureAwait(false);
        var horizon = Horizon();
        var found = new List<Difference>();
        foreach (var item in items)
        {
            if (item.Compare(known.GetValueOrDefault(item.Name.Key)) is not { } difference) continue;
            if (isLast || difference.HasNoEvents || (difference.Since.ToDateTimeOffset() is { } since && since < horizon))
            {
                found.Add(difference);
                continue;
            }

            _held.Add(item);
            if (item.Place.AskedAt > _newestHeld) _newestHeld = item.Place.AskedAt;
        }

        foreach (var kind in found.GroupBy(difference => difference.Drift, StringComparer.Ordinal)) await CommitAsync(kind.Key, [.. kind], cancellationToken).ConfigureAwait(false);
        if (_held.Count > HeldMax) await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task CommitAsync(string drift, IReadOnlyList<Difference> differences, CancellationToken cancellationToken)
    {
        var now = _parts.Time.GetUtcNow();
        var (events, faults) = (new List<EcsEvent>(differences.Count), new List<Fault>());
        foreach (var difference in differences)
        {
            var decoded = _decoder.Decode(difference.Event, now);
            if (decoded is Decoded.Ok ok) events.Add(ok.Event);
            else if (decoded is Decoded.Failed failed) faults.Add(failed.Fault);
        }

        var receipt = await _parts.Pipeline.SubmitAsync(new IngestBatch(Source, now, events, faults), cancellationToken).ConfigureAwait(false);

        // A repeat is known already, and was counted by whoever brought it.
        if (receipt.Accounting.Stored > 0 && drift != Resync.Drift.Tags) _drift[drift] = _drift.GetValueOrDefault(drift) + receipt.Accounting.Stored;
    }

    // Memory knows what lives and what ended lately; of the rest the store knows.
    private async Task<Dictionary<string, IResourceState>> KnownAsync(IReadOnlyList<Held> items, CancellationToken cancellationToken)
    {
        var view = _parts.Clusters.View;
        var known = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        var elsewhere = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (view.Find(item.Name, item.Place.Cluster) is { } state) known[item.Name.Key] = state;
            else elsewhere.Add(item.Name.Key);
        }

        if (elsewhere.Count == 0) return known;
        foreach (var (key, row) in await _parts.Store.LoadStatesAsync(elsewhere, cancellationToken).ConfigureAwait(false))
        {
            if (StateDocument.Read(row) is { } state) known[key] = state;
        }

        return known;
    }

    // An event of what is older has come in already, if it ever will.
    private DateTimeOffset Horizon()
    {
        var (now, watermark) = (_parts.Time.GetUtcNow(), _parts.Watermark());
        return (watermark < now ? watermark : now) - OnItsWay;
    }

    // What is compared, or what is gone and as what it was known then.
    private sealed record Held(ResourceName Name, ResyncPlace Place, Described? Described, IResourceState? Gone)
    {
        public Difference? Compare(IResourceState? known) =>
            Described is not null ? Reconciler.Compare(Described, known)
            // Something was heard of it since: the next run asks again.
            : known is null || known.Order != Gone!.Order ? null
            : Reconciler.Gone(known, Place);
    }
}
