using System.Net;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Teams;

/// <summary>Posts messages to a channel of Microsoft Teams by a workflow's webhook.</summary>
/// <remarks>The workflow answers before it posts: what goes wrong in it shows in its own history of runs, and not here.</remarks>
public sealed class TeamsNotifier : INotifier, IDisposable
{
    private readonly TeamsOptions _options;
    private readonly MessageLinks _links;
    private readonly HttpPoster _poster;

    /// <summary>One channel. Dispose closes its connections.</summary>
    public TeamsNotifier(TeamsOptions options, TimeProvider time) : this(options, time, null)
    {
    }

    internal TeamsNotifier(TeamsOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _links) = (options, new MessageLinks(options.ExternalUrl));
        _poster = new HttpPoster(new HttpTarget(options.WebhookUrl), options.AllowPrivate, options.Timeout, time, resolve: resolve);
    }

    /// <inheritdoc/>
    public string Kind => "teams";

    /// <inheritdoc/>
    public bool MayJoin => true;

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return _poster.SendAsync(() => HttpPoster.Json(_options.WebhookUrl, TeamsPayload.Write(notification, _links)), answer => answer.Judge(Hint), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    private static string? Hint(int status) => status switch
    {
        401 or 403 => "webhook_url lacks its signature (sig=…), or the flow lets only some people trigger it; copy the URL anew",
        404 or 410 => "the flow is gone, or turned off",
        400 or 413 => "does webhook_url lead to a flow that begins with 'When a Teams webhook request is received'?",
        _ => null,
    };
}
