using Crowsnest.Aws.Sns;

namespace Crowsnest.Server;

/// <summary>The topics that deliver here, and what their owner should hear of deliveries.</summary>
/// <remarks>From any thread. Whoever reaches the address can be refused as often as they like: that is counted, and spoken of once a minute.</remarks>
internal sealed class SnsInbox(SnsGate gate, TimeProvider time) : IDisposable
{
    private const int NoticesMax = 64;
    private static readonly TimeSpan RefusalsEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<string> _notices = new();
    private DateTimeOffset _saidAt = DateTimeOffset.MinValue;
    private long _said;
    private long _refused;
    private string _lastRefusal = "";

    /// <summary>Who is let in.</summary>
    public SnsGate Gate => gate;

    /// <summary>What accounting calls what a topic delivers: <c>sns:TOPIC</c>.</summary>
    public static string SourceOf(SnsTopic topic) => $"sns:{topic.Name}";

    /// <summary>The sources, by name.</summary>
    public IReadOnlyList<string> Sources => [.. gate.Topics.Select(SourceOf).Distinct(StringComparer.Ordinal)];

    /// <summary>Deliveries that were refused for good since the start.</summary>
    public long Refused
    {
        get
        {
            lock (_lock) return _refused;
        }
    }

    /// <summary>Something that is to be known once. Of too many the first are kept.</summary>
    public void Say(string notice)
    {
        lock (_lock)
        {
            if (_notices.Count < NoticesMax) _notices.Enqueue(notice);
        }
    }

    /// <summary>A delivery was refused for good: SNS does not send it again.</summary>
    public void Refuse(string why)
    {
        lock (_lock) (_refused, _lastRefusal) = (_refused + 1, why);
    }

    /// <summary>What is to be said now, once.</summary>
    public IReadOnlyList<string> Hear()
    {
        lock (_lock)
        {
            var heard = _notices.ToList();
            _notices.Clear();
            var now = time.GetUtcNow();
            if (_refused == _said || now - _saidAt < RefusalsEvery) return heard;
            heard.Add($"{_refused - _said} {(_refused - _said == 1 ? "delivery of SNS was" : "deliveries of SNS were")} refused and will not come again; of the last: {_lastRefusal}");
            (_said, _saidAt) = (_refused, now);
            return heard;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();
}
