using System.Net;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.PagerDuty;

/// <summary>Sends incidents to PagerDuty as events: each triggers an alert there, and resolves it when it is over.</summary>
public sealed class PagerDutyNotifier : INotifier, IDisposable
{
    private readonly PagerDutyOptions _options;
    private readonly MessageLinks _links;
    private readonly HttpPoster _poster;

    // How far the last message that did not arrive whole has come: an account takes only so many events a minute, and the next attempt must get further than this one.
    // Messages of one integration are sent in turn; should they not be, events are repeated, which dedup_key makes harmless.
    private volatile Progress? _progress;

    /// <summary>One integration of a service of PagerDuty. Dispose closes its connections.</summary>
    public PagerDutyNotifier(PagerDutyOptions options, TimeProvider time) : this(options, time, null)
    {
    }

    internal PagerDutyNotifier(PagerDutyOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _links) = (options, new MessageLinks(options.ExternalUrl));
        _poster = new HttpPoster(new HttpTarget(options.Url, options.RoutingKey), options.AllowPrivate, options.Timeout, time, resolve: resolve);
    }

    /// <inheritdoc/>
    public string Kind => "pagerduty";

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var arrived = _progress is { } before && before.NotificationId == notification.NotificationId ? before.Events : 0;
        var remark = string.Join('\n', MessageText.Remarks(notification));
        var requests = PagerDutyEvent.Of(notification).Skip(arrived).Select(one => HttpPoster.Json(_options.Url, PagerDutyEvent.Write(one.Incident, one.IsEnd, _options.RoutingKey, _links, remark)));
        var delivery = await _poster.SendAsync(
            requests,
            answer =>
            {
                var judged = answer.Judge(Hint);
                if (judged.Outcome == DeliveryOutcome.Sent) arrived++;
                return judged;
            },
            cancellationToken).ConfigureAwait(false);
        _progress = delivery.Outcome == DeliveryOutcome.NotNow ? new Progress(notification.NotificationId, arrived) : null;
        return delivery;
    }

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    private static string? Hint(int status) => status switch
    {
        400 => "check routing_key: the integration key of an 'Events API v2' integration",
        401 or 403 or 404 => "check url",
        _ => null,
    };

    private sealed record Progress(string NotificationId, int Events);
}
