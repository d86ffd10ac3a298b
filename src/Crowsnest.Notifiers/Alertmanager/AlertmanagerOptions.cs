namespace Crowsnest.Notifiers.Alertmanager;

/// <summary>One target of <c>alertmanager_configs</c>.</summary>
public sealed class AlertmanagerOptions
{
    /// <summary>Where Alertmanager is, without <c>/api/v2/alerts</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>How long an alert goes on there unless it is told again: longer than the route's <c>repeat_interval</c>, or alerts end there that go on here.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromHours(5);

    /// <summary>Whether the host's name may lead to this machine or a private network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for <c>generatorURL</c>, or <see langword="null"/> for none.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
