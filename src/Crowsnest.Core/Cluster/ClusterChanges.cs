using System.Globalization;
using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Cluster;

/// <summary>A state as it became, with its place in the order of changes.</summary>
public sealed class ClusterChange
{
    private byte[]? _message;

    internal ClusterChange(long number, IResourceState state) => (Number, State) = (number, state);

    /// <summary>Its place; each is one more than the one before.</summary>
    public long Number { get; }

    /// <summary>The state.</summary>
    public IResourceState State { get; }

    /// <summary>The change as whoever reads it wants it, made once for all of them.</summary>
    public byte[] Message(Func<ClusterChange, byte[]> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return _message ??= write(this);
    }
}

/// <summary>The last changes of state, in the order in which they were committed, for those who follow. Who writes never waits for who follows.</summary>
/// <remarks>
/// All followers read from one ring, each at its own pace; one who falls behind further than the ring reaches is told so and has to begin again. A place is
/// good for this process alone. Of one resource a later change never brings an older state, also where several processes write.
/// </remarks>
public sealed class ClusterChanges(TimeProvider time)
{
    /// <summary>How many changes the ring reaches back.</summary>
    public const int ChangesMax = 8_192;

    /// <summary>Who may follow at once.</summary>
    public const int FollowersMax = 2_000;

    // Numbers of another process mean nothing here.
    private readonly string _process = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private readonly Lock _gate = new();

    // All below is touched under the gate. The ring holds the changes numbered from _first up to _next.
    private readonly ClusterChange?[] _ring = new ClusterChange?[ChangesMax];
    private readonly Dictionary<string, (EventOrder Order, long Number)> _newest = new(StringComparer.Ordinal);
    private long _first;
    private long _next;
    private int _followers;
    private TaskCompletionSource? _news;

    /// <summary>These states were committed, in this order.</summary>
    public void Publish(IReadOnlyCollection<IResourceState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        TaskCompletionSource? news;
        lock (_gate)
        {
            foreach (var state in states) AddLocked(state);
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
    }

    /// <summary>The text by which a follower comes back to behind a change.</summary>
    public string PlaceOf(ClusterChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return string.Create(CultureInfo.InvariantCulture, $"{_process}-{change.Number}");
    }

    /// <summary>Begins to follow behind a place where it is still known, else from now on; <see langword="null"/> when too many follow.</summary>
    public ChangeFollower? TryFollow(string? place)
    {
        lock (_gate)
        {
            if (_followers == FollowersMax) return null;
            _followers++;
            if (place is null) return new ChangeFollower(this, _next, isResumed: true);
            return place.StartsWith(_process + "-", StringComparison.Ordinal)
                && long.TryParse(place.AsSpan(_process.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < _next && number + 1 >= _first
                    ? new ChangeFollower(this, number + 1, isResumed: true)
                    : new ChangeFollower(this, _next, isResumed: false);
        }
    }

    // What comes next for one who has had everything before this number; null when that is no longer known.
    internal IReadOnlyList<ClusterChange>? Take(long position, int most)
    {
        lock (_gate)
        {
            if (position < _first) return null;
            var taken = new ClusterChange[(int)Math.Min(most, _next - position)];
            for (var i = 0; i < taken.Length; i++) taken[i] = _ring[(position + i) % ChangesMax]!; // Within the ring all are there.
            return taken;
        }
    }

    internal Task WaitAsync(long position)
    {
        lock (_gate)
        {
            if (position < _next) return Task.CompletedTask;
            _news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _news.Task;
        }
    }

    internal void Leave()
    {
        lock (_gate) _followers--;
    }

    private void AddLocked(IResourceState state)
    {
        var key = state.Name.Key;
        if (_newest.TryGetValue(key, out var known) && state.Order.CompareTo(known.Order) < 0) return;
        if (_next - _first == ChangesMax)
        {
            var oldest = _ring[_first % ChangesMax]!.State.Name.Key;
            if (_newest[oldest].Number == _first) _newest.Remove(oldest);
            _first++;
        }

        _newest[key] = (state.Order, _next);
        _ring[_next % ChangesMax] = new ClusterChange(_next, state);
        _next++;
    }
}

/// <summary>One who follows, with a place of its own. For one reader at a time; leaves when disposed.</summary>
public sealed class ChangeFollower : IDisposable
{
    private readonly ClusterChanges _changes;
    private long _position;
    private bool _hasLeft;

    internal ChangeFollower(ClusterChanges changes, long position, bool isResumed) => (_changes, _position, IsResumed) = (changes, position, isResumed);

    /// <summary>Nothing lies between the place that was asked for and what comes; false when it is not known any more.</summary>
    public bool IsResumed { get; }

    /// <summary>What has come since, in order, at most so many; <see langword="null"/> when this follower was too slow, and some of it is gone.</summary>
    public IReadOnlyList<ClusterChange>? Take(int most)
    {
        var taken = _changes.Take(_position, most);
        _position += taken?.Count ?? 0;
        return taken;
    }

    /// <summary>Waits until something has come.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _changes.WaitAsync(_position).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasLeft) return;
        _hasLeft = true;
        _changes.Leave();
    }
}
