using System.Net;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Alertmanager;

/// <summary>Posts incidents as alerts to an Alertmanager, which then groups, silences and tells as it is configured.</summary>
public sealed class AlertmanagerNotifier : INotifier, IDisposable
{
    private readonly AlertmanagerOptions _options;
    private readonly Uri _alerts;
    private readonly MessageLinks _links;
    private readonly HttpPoster _poster;

    /// <summary>One Alertmanager. Dispose closes its connections.</summary>
    public AlertmanagerNotifier(AlertmanagerOptions options, TimeProvider time) : this(options, time, null)
    {
    }

    internal AlertmanagerNotifier(AlertmanagerOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _links, _alerts) = (options, new MessageLinks(options.ExternalUrl), new Uri(options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/v2/alerts"));
        _poster = new HttpPoster(new HttpTarget(_alerts), options.AllowPrivate, options.Timeout, time, resolve: resolve);
    }

    /// <inheritdoc/>
    public string Kind => "alertmanager";

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return _poster.SendAsync(AlertmanagerPayload.Write(notification, _links, _options.ResolveTimeout).Select(body => HttpPoster.Json(_alerts, body)), answer => answer.Judge(Hint), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    private static string? Hint(int status) => status switch
    {
        404 or 405 => "does url lead to an Alertmanager of version 0.16 or later, without /api/v2/alerts?",
        _ => null,
    };
}
