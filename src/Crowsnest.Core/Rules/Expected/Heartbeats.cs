using Crowsnest.Core.Search;

namespace Crowsnest.Core.Rules.Expected;

/// <summary>When each stream of events last said that it works: by the events that the templates have EventBridge send on the same way as those of ECS.</summary>
/// <remarks>ECS may have nothing to say for hours, so its silence says nothing. A stream that never sent a heartbeat, or none for <see cref="ForgottenAfter"/>, is not expected to.</remarks>
internal sealed class Heartbeats(IEventSearch search)
{
    /// <summary>The <c>source</c> of a heartbeat, as the templates have it.</summary>
    private const string Source = "crowsnest.heartbeat";

    /// <summary>An account and region that was silent for so long was given up.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(14);

    // What is found late is not older than this.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);
    private const int StreamsMax = 1_000;

    private readonly Dictionary<(string Account, string Region), DateTimeOffset> _last = [];
    private DateTimeOffset? _askedAt;

    /// <summary>Asks what came since it was asked last.</summary>
    public async ValueTask AskAsync(DateTimeOffset watermark, CancellationToken cancellationToken)
    {
        var from = _askedAt is { } asked && asked <= watermark ? asked - Overlap : watermark - ForgottenAfter;
        var found = await search.GroupsAsync(
            new GroupsRequest(QueryParser.Parse($"source:{Source}", watermark).Query!, from, watermark + Overlap, [Field("account"), Field("region")], Buckets: 1, Gap: null, StreamsMax), cancellationToken).ConfigureAwait(false);
        foreach (var group in found.Groups)
        {
            var stream = (group.Values[0], group.Values[1]);
            if (!_last.TryGetValue(stream, out var known) || known < group.LastAt) _last[stream] = group.LastAt;
        }

        if (found.Cut is null) _askedAt = watermark;
        foreach (var forgotten in _last.Where(one => watermark - one.Value > ForgottenAfter).Select(one => one.Key).ToList()) _last.Remove(forgotten);
    }

    /// <summary>Whether the stream of an account and region is expected to say something.</summary>
    public bool Expects(string account, string region) => _last.ContainsKey((account, region));

    /// <summary>Which say nothing for so long.</summary>
    public IEnumerable<(string Account, string Region, DateTimeOffset LastAt)> SilentFor(TimeSpan time, DateTimeOffset watermark) =>
        _last.Where(one => watermark - one.Value >= time)
            .OrderBy(one => one.Key.Account, StringComparer.Ordinal).ThenBy(one => one.Key.Region, StringComparer.Ordinal)
            .Select(one => (one.Key.Account, one.Key.Region, one.Value));

    private static FieldRef Field(string name) => SearchFields.TryGet(name, out FieldRef field) ? field : throw new InvalidOperationException(name);
}
