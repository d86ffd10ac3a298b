namespace Crowsnest.Core.Events;

/// <summary>
/// One event as EventBridge delivered it, decoded: an ECS event, one of its relatives, or something we do not know and keep.
/// </summary>
/// <remarks>
/// Immutable once decoded, but for <see cref="Tags"/>. <see cref="Raw"/> points into the buffer that it was read from; whoever keeps an event longer than its batch copies it.
/// Names (account, region, cluster, …) are the resource's own, taken from its ARN; what the envelope claims is <see cref="EnvelopeAccount"/>.
/// </remarks>
public sealed class EcsEvent
{
    // Moments and the hash are kept as plain words and made on reading: an event is made hundreds of thousands of times a second.
    private readonly long _keyTime;
    private readonly ulong _hashUpper;
    private readonly ulong _hashLower;
    private readonly long _occurredAt;
    private readonly long _receivedAt;
    private ReadOnlyMemory<byte> _raw;
    private IReadOnlyList<string> _masked = [];
    private bool _isSynthetic;
    private bool _isOwn;
    private EventTags _tags = EventTags.None;
    private string? _id;

    /// <summary>The event's identity.</summary>
    public required EventKey Key
    {
        get => new(_keyTime, new UInt128(_hashUpper, _hashLower));
        init
        {
            _keyTime = value.TimeMilliseconds;
            _hashUpper = (ulong)(value.Hash >> 64);
            _hashLower = (ulong)value.Hash;
        }
    }

    /// <summary>The event's bytes (UTF-8 JSON object), verbatim except for the values at <see cref="Masked"/>.</summary>
    public required ReadOnlyMemory<byte> Raw
    {
        get => _raw;
        init => _raw = value;
    }

    /// <summary>JSON pointers of the values that were replaced by <c>"***"</c>; usually none. Of very many the last entry says how many are not listed.</summary>
    public IReadOnlyList<string> Masked
    {
        get => _masked;
        init => _masked = value;
    }

    /// <summary>
    /// It was sent to try the way (<see cref="SyntheticSource"/>): diagnosed and told like any other, but to a receiver of its own, and no part of what is known of
    /// resources or of how things stand.
    /// </summary>
    public bool IsSynthetic
    {
        get => _isSynthetic;
        init => _isSynthetic = value;
    }

    /// <summary>This program made it itself (<see cref="OwnEvents"/>); one from outside that only has such an event's source is none.</summary>
    public bool IsOwn
    {
        get => _isOwn;
        init => _isOwn = value;
    }

    /// <summary>The tags that were known of what it is about when it was taken in; of an event that was not, or is read again, none.</summary>
    public EventTags Tags
    {
        get => _tags;
        init => _tags = value;
    }

    /// <summary>Which reader understood the detail.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The envelope's <c>detail-type</c>.</summary>
    public required string DetailType { get; init; }

    /// <summary>The envelope's <c>source</c>; empty when it has none.</summary>
    public string Source { get; init; } = "";

    /// <summary>The envelope's <c>id</c>; empty when it has none.</summary>
    /// <remarks>Cut out of <see cref="Raw"/> when first read: most events pass without anyone asking.</remarks>
    public string Id
    {
        get => _id ??= IdRange.IsPresent ? JsonText.String(Raw.Span, IdRange) : "";
        init => _id = value;
    }

    /// <summary>When it happened: the event's own time, else (<see cref="TimeUncertain"/>) when we received it.</summary>
    public required DateTimeOffset OccurredAt
    {
        get => new(_occurredAt, TimeSpan.Zero);
        init => _occurredAt = value.UtcTicks;
    }

    /// <summary>The event names no readable time of its own.</summary>
    public bool TimeUncertain { get; init; }

    /// <summary>When we received it.</summary>
    public required DateTimeOffset ReceivedAt
    {
        get => new(_receivedAt, TimeSpan.Zero);
        init => _receivedAt = value.UtcTicks;
    }

    /// <summary>The envelope's <c>account</c>; may differ from the resource's.</summary>
    public string EnvelopeAccount { get; init; } = "";

    /// <summary>First of the envelope's <c>resources</c>; empty when there is none.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The resource's account.</summary>
    public string Account { get; init; } = "";

    /// <summary>The resource's region.</summary>
    public string Region { get; init; } = "";

    /// <summary>The cluster's name; empty when the event names none.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The service's name; empty when the event is not about one.</summary>
    public string Service { get; init; } = "";

    /// <summary>The task definition's family; empty when the event names none.</summary>
    public string Family { get; init; } = "";

    /// <summary>The task's id (the last part of its ARN, short or long form); empty when the event is not about a task.</summary>
    public string TaskId { get; init; } = "";

    /// <summary>The container instance's id, or the EC2 instance's (<c>i-…</c>) where only that is known; empty when none is named.</summary>
    public string Instance { get; init; } = "";

    /// <summary>The service deployment's id (<c>ecs-svc/N</c>); empty when none is named.</summary>
    public string Deployment { get; init; } = "";

    /// <summary>The typed detail.</summary>
    public required EventDetail Detail { get; init; }

    /// <summary>Where the id stands in <see cref="Raw"/>.</summary>
    internal JsonRange IdRange { get; init; }

    /// <summary>Where in <see cref="Raw"/> begins what only states read: a task's attachments (<see cref="TaskAttachments"/>), of other events the detail; 0 when there is none.</summary>
    internal int StateStart { get; init; }

    /// <summary>The same event, read again from what was kept of it.</summary>
    internal EcsEvent AsKept(IReadOnlyList<string> masked, bool isVerified, bool isOwn)
    {
        var kept = (EcsEvent)MemberwiseClone();
        kept._masked = masked;
        kept._isOwn = isOwn;
        kept._isSynthetic = isVerified && SyntheticSource.IsNear(Key.TimeMilliseconds, ReceivedAt);
        return kept;
    }

    /// <summary>The same event, made by this process.</summary>
    internal EcsEvent AsOwn()
    {
        _isOwn = true;
        return this;
    }

    /// <summary>The pipeline takes it in, with what is known by now: before anybody else sees it, and anew when it has to be prepared anew.</summary>
    internal void TakenIn(EventTags tags) => _tags = tags;

    /// <summary>The same event with bytes of its own, for whoever keeps it longer than its batch.</summary>
    public EcsEvent Keep()
    {
        var kept = (EcsEvent)MemberwiseClone();
        kept._raw = _raw.ToArray();
        return kept;
    }
}
