using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>A receiver of the configuration.</summary>
/// <param name="Name">What routes call it.</param>
/// <param name="Integrations">Its media, in order.</param>
/// <param name="Fallback">Who is told what this one cannot be, or empty.</param>
internal sealed record ReceiverItem(string Name, IReadOnlyList<ReceiverIntegration> Integrations, string Fallback);

/// <summary>A medium of a receiver, and how its latest messages fared.</summary>
/// <param name="Integration">The medium.</param>
/// <param name="LastSentAt">When the latest message arrived, of the last thousand to anybody.</param>
/// <param name="Waiting">How many of these wait.</param>
/// <param name="Failed">How many of these failed.</param>
/// <param name="LastError">What went wrong last, or empty.</param>
/// <param name="Health">well, failing (messages are tried again), or away: one message tries it now and then, and the others wait. As the process that tells has seen it since its start.</param>
/// <param name="FailingSince">Since when nothing arrives there.</param>
/// <param name="NextTryAt">When it is tried next.</param>
internal sealed record ReceiverIntegration(
    string Integration, DateTime? LastSentAt, int Waiting, int Failed, string LastError, string Health, DateTime? FailingSince, DateTime? NextTryAt)
{
    /// <summary>A health's public name.</summary>
    public static string NameOf(IntegrationHealth? health) => health is null or { Failures: 0 } ? "well" : health.IsOpen ? "away" : "failing";
}

/// <summary>What came of a sample.</summary>
/// <param name="Name">The receiver's name.</param>
/// <param name="NotificationId">The sample's id.</param>
/// <param name="Integrations">What came of it at each medium.</param>
internal sealed record ReceiverTest(string Name, string NotificationId, IReadOnlyList<IntegrationTest> Integrations)
{
    /// <summary>Sends a sample by every medium of a receiver, side by side; <see langword="null"/> when there is none of this name.</summary>
    public static async Task<ReceiverTest?> RunAsync(Telling telling, string name, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!telling.Receivers.TryGetValue(name, out var notifiers)) return null;
        var sample = SampleNotification.Of(name, time.GetUtcNow());
        var deliveries = await Task.WhenAll(notifiers.Select(notifier => notifier.SendAsync(sample, cancellationToken).AsTask()));
        return new ReceiverTest(name, sample.NotificationId, [.. notifiers.Zip(deliveries, (notifier, delivery) =>
            new IntegrationTest(notifier.Kind, delivery.Outcome == DeliveryOutcome.Sent, delivery.Reason))]);
    }
}

/// <summary>What came of a sample at a medium.</summary>
/// <param name="Integration">The medium.</param>
/// <param name="Sent">It arrived.</param>
/// <param name="Reason">Why not, in words, or empty.</param>
internal sealed record IntegrationTest(string Integration, bool Sent, string Reason);

/// <summary>Receivers: which there are, how their messages fare, and a sample to try one.</summary>
internal static class ReceiversEndpoints
{
    private const int MessagesMax = 1_000;

    /// <summary>Maps <c>/receivers</c>.</summary>
    public static void MapReceivers(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.Map(
            new Operation("GET", "/api/v1/receivers", Access.Viewer, "The receivers of the configuration, and how their latest messages fared.") { Answer = "ReceiverPage" },
            async http => TypedResults.Json(new Page<ReceiverItem>(await ListAsync(parts, http.RequestAborted), null), ApiJson.Default.PageReceiverItem));
        routes.Map(
            new Operation("POST", "/api/v1/receivers/{name}/test", Access.Operator, "Sends a sample, of something that is over already, and answers what came of it at each medium.") { Answer = "ReceiverTest" },
            async http =>
            {
                var name = (string)http.GetRouteValue("name")!; // The route has it.
                var test = parts.Telling is { } telling ? await ReceiverTest.RunAsync(telling, name, parts.Time, http.RequestAborted) : null;
                return TypedResults.Json(test ?? throw ProblemException.NotFound("The configuration has no receiver of this name."), ApiJson.Default.ReceiverTest);
            });
    }

    private static async Task<IReadOnlyList<ReceiverItem>> ListAsync(ServerParts parts, CancellationToken cancellationToken)
    {
        var sent = (await parts.Store.Incidents.OutboxAsync(null, MessagesMax, cancellationToken)).Select(one => one.Entry).ToLookup(entry => (entry.Notification.Receiver, entry.Kind));
        var health = (parts.Teller?.Health ?? []).ToDictionary(one => (one.Receiver, one.Integration));
        return
        [
            .. (parts.Telling?.Receivers ?? new Dictionary<string, IReadOnlyList<INotifier>>()).Select(receiver => new ReceiverItem(
                receiver.Key,
                [.. receiver.Value.Select((notifier, i) => Fared(notifier.Kind, [.. sent[(receiver.Key, notifier.Kind)]], health.GetValueOrDefault((receiver.Key, i))))],
                parts.Telling?.FallbackOf(receiver.Key) ?? "")),
        ];
    }

    // The newest first.
    private static ReceiverIntegration Fared(string kind, IReadOnlyList<OutboxEntry> messages, IntegrationHealth? health) => new(
        kind, messages.FirstOrDefault(entry => entry.State == OutboxState.Sent)?.DueAt.UtcDateTime, messages.Count(entry => entry.State == OutboxState.Waiting),
        messages.Count(entry => entry.State == OutboxState.Failed), messages.FirstOrDefault(entry => entry.LastError.Length > 0)?.LastError ?? "",
        ReceiverIntegration.NameOf(health), health?.FailingSince?.UtcDateTime, health?.NextAt?.UtcDateTime);
}
