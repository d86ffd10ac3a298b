using System.Collections.Immutable;
using Crowsnest.Aws;
using Crowsnest.Aws.Sns;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Console;
using Crowsnest.Notifiers.Webhook;

namespace Crowsnest.Configuration;

/// <summary>Who is told, as the configuration says: the receivers' integrations, and the tick and the sender over a store.</summary>
public sealed class Telling : IDisposable
{
    private readonly TellingOptions _options;
    private readonly Dictionary<string, ImmutableArray<INotifier>> _receivers = new(StringComparer.Ordinal);

    /// <summary>Makes every integration; nothing is connected to yet.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="console">Where console receivers write.</param>
    /// <param name="externalUrl">Where people reach the server, for links; <see langword="null"/> for no links.</param>
    /// <param name="time">The clock.</param>
    public Telling(CrowsnestConfig config, TextWriter console, Uri? externalUrl, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(config);
        var route = config.Route;
        _options = new TellingOptions
        {
            Receiver = route.Receiver, GroupBy = route.GroupBy, GroupWait = route.GroupWait, GroupInterval = route.GroupInterval,
            RepeatInterval = route.RepeatInterval, MaxAge = config.OutboxMaxAge, SyntheticReceiver = config.Verify.Receiver,
        };
        foreach (var receiver in config.Receivers)
        {
            var integrations = receiver.Webhooks.Select(INotifier (hook) => new WebhookNotifier(
                new WebhookOptions { Url = hook.Url, HmacKey = hook.HmacKey?.Reveal(), AllowPrivate = hook.AllowPrivate, ExternalUrl = externalUrl }, time)).ToList();
            integrations.AddRange(receiver.Topics.Select(topic => new SnsNotifier(
                topic.TopicArn, () => AwsIdentity.Resolve(SnsNotifier.RegionOf(topic.TopicArn)), Composition.Elsewhere("SNS"), externalUrl, time)));
            if (receiver.Console) integrations.Add(new ConsoleNotifier(console, time));
            _receivers[receiver.Name] = [.. integrations];
        }
    }

    /// <summary>What happened longer ago is recorded and not told.</summary>
    public TimeSpan MaxAge => _options.MaxAge;

    /// <summary>The tick.</summary>
    public IncidentTick Tick() =>
        new(_options, _receivers.ToDictionary(r => r.Key, r => r.Value.Select(n => n.Kind).ToImmutableArray(), StringComparer.Ordinal));

    /// <summary>The sender over a store's outbox.</summary>
    public OutboxSender Sender(IIncidentStore store, TimeProvider time)
    {
        // Chance only spreads attempts over time; nothing that is kept depends on it.
#pragma warning disable RS0030, CA5394
        var random = new Random();
        return new OutboxSender(store, _receivers, _options.MaxAge, time, random.NextDouble);
#pragma warning restore RS0030, CA5394
    }

    /// <summary>Closes connections.</summary>
    public void Dispose()
    {
        foreach (var notifier in _receivers.Values.SelectMany(r => r).OfType<IDisposable>()) notifier.Dispose();
    }
}
