using System.Collections.Immutable;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Configuration;

/// <summary>Who is told, as the configuration says: the receivers' integrations, and the tick and the sender over a store.</summary>
public sealed class Telling : IDisposable
{
    private readonly TellingOptions _options;
    private readonly Dictionary<string, (string Receiver, TimeSpan After)> _fallbacks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<(INotifier Notifier, bool SendResolved)>> _receivers = new(StringComparer.Ordinal);

    /// <summary>Makes every integration; nothing is connected to yet.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="output">Where console receivers write.</param>
    /// <param name="externalUrl">Where people reach the server, for links; <see langword="null"/> for no links.</param>
    /// <param name="time">The clock.</param>
    public Telling(CrowsnestConfig config, TextWriter output, Uri? externalUrl, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(config);
        _options = OptionsOf(config);
        foreach (var receiver in config.Receivers)
        {
            _receivers[receiver.Name] = [.. Integrations.Of(receiver, output, externalUrl, time)];
            if (receiver.Fallback is { } fallback) _fallbacks[receiver.Name] = (fallback, receiver.FallbackAfter);
        }
    }

    /// <summary>Who is told of what, and what is muted.</summary>
    public TellingOptions Options => _options;

    /// <summary>Who is told of what, and what is muted, as a configuration says.</summary>
    public static TellingOptions OptionsOf(CrowsnestConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new TellingOptions
        {
            Route = config.Route, InhibitRules = config.InhibitRules, TimeIntervals = config.TimeIntervals, MaxAge = config.OutboxMaxAge, SyntheticReceiver = config.Verify.Receiver,
        };
    }

    /// <summary>What happened longer ago is recorded and not told.</summary>
    public TimeSpan MaxAge => _options.MaxAge;

    /// <summary>The receivers by name, each with its integrations in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<INotifier>> Receivers =>
        _receivers.ToDictionary(r => r.Key, IReadOnlyList<INotifier> (r) => [.. r.Value.Select(one => one.Notifier)], StringComparer.Ordinal);

    /// <summary>The tick.</summary>
    /// <param name="clusters">What is known of the clusters beside incidents.</param>
    /// <param name="conditions">What holds of the clusters, where they are known.</param>
    public IncidentTick Tick(IClusterFacts? clusters = null, ConditionWatch? conditions = null) =>
        new(_options, _receivers.ToDictionary(r => r.Key, r => Media(r.Key), StringComparer.Ordinal), clusters, conditions);

    /// <summary>Who is told what a receiver cannot be; <see langword="null"/>: nobody.</summary>
    public string? FallbackOf(string receiver) => _fallbacks.TryGetValue(receiver, out var fallback) ? fallback.Receiver : null;

    /// <summary>What people do with incidents.</summary>
    public IncidentActions Actions() => new(_options);

    /// <summary>The sender over a store's outbox.</summary>
    public OutboxSender Sender(IIncidentStore store, TimeProvider time, Func<Notification, CancellationToken, ValueTask<Notification>>? complete = null)
    {
        // Chance only spreads attempts over time; nothing that is kept depends on it.
#pragma warning disable RS0030, CA5394
        var random = new Random();
        var notifiers = _receivers.ToDictionary(r => r.Key, r => r.Value.Select(one => one.Notifier).ToImmutableArray(), StringComparer.Ordinal);
        var fallbacks = _fallbacks.ToDictionary(f => f.Key, f => new Fallback(f.Value.Receiver, f.Value.After, Media(f.Value.Receiver)), StringComparer.Ordinal);
        return new OutboxSender(store, notifiers, _options.MaxAge, time, random.NextDouble, fallbacks, complete);
#pragma warning restore RS0030, CA5394
    }

    private ImmutableArray<Medium> Media(string receiver) => [.. _receivers[receiver].Select(one => new Medium(one.Notifier.Kind, one.SendResolved))];

    /// <summary>Closes connections.</summary>
    public void Dispose()
    {
        foreach (var notifier in _receivers.Values.SelectMany(r => r).Select(one => one.Notifier).OfType<IDisposable>()) notifier.Dispose();
    }
}
