using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>How far an event has come, as can be seen from where one looks.</summary>
/// <param name="StoredAt">When it was received; <see langword="null"/> while it is not found.</param>
/// <param name="IsSynthetic">Its nonce was right.</param>
/// <param name="Kind">Why it says that it stopped; empty when it was not diagnosed.</param>
/// <param name="HasFired">An incident was made of it.</param>
/// <param name="Untold">Why nobody is told of that, or empty.</param>
/// <param name="Messages">The messages about it.</param>
internal sealed record VerifySeen(DateTimeOffset? StoredAt, bool IsSynthetic, string Kind, bool HasFired, string Untold, IReadOnlyList<VerifyMessage> Messages);

/// <summary>A message to one integration of a receiver.</summary>
internal sealed record VerifyMessage(string Receiver, string Medium, OutboxState State, string LastError, DateTimeOffset DecidedAt, DateTimeOffset At);

/// <summary>Where one looks how far an event has come.</summary>
internal interface IVerifyView
{
    /// <summary>What can be seen now.</summary>
    Task<VerifySeen> LookAsync(string eventId, string service, CancellationToken cancellationToken);
}

/// <summary>Looks through a server, which shows events and messages.</summary>
internal sealed class ServerView(HttpClientClient server) : IVerifyView
{
    /// <inheritdoc/>
    public async Task<VerifySeen> LookAsync(string eventId, string service, CancellationToken cancellationToken)
    {
        // The newest that has the id: it was sent a moment ago.
        var events = await server.ByIdAsync(eventId, cancellationToken);
        if (events.Items.Count == 0) return new VerifySeen(null, false, "", false, "", []);
        var found = events.Items[^1];
        var isSynthetic = found.TryGetProperty("synthetic", out var synthetic) && synthetic.ValueKind == JsonValueKind.True;
        var kind = found.TryGetProperty("kind", out var named) ? named.GetString() ?? "" : "";
        List<VerifyMessage> messages = [.. (await server.NotificationsAsync(200, cancellationToken)).Items.Where(IsOfService).Select(Message)];
        return new VerifySeen(found.GetProperty("receivedAt").GetDateTimeOffset(), isSynthetic, kind, messages.Count > 0, "", messages);

        bool IsOfService(JsonElement message) => message.GetProperty("incidents").EnumerateArray().Any(incident =>
            incident.GetProperty("labels").TryGetProperty("service", out var label) && label.GetString() == service);
    }

    private static VerifyMessage Message(JsonElement message) => new(
        message.GetProperty("receiver").GetString()!, message.GetProperty("integration").GetString()!, Enum.Parse<OutboxState>(message.GetProperty("state").GetString()!, ignoreCase: true),
        message.GetProperty("lastError").GetString() ?? "", message.GetProperty("decidedAt").GetDateTimeOffset(), message.GetProperty("dueAt").GetDateTimeOffset());
}

/// <summary>Looks into the store itself.</summary>
internal sealed class StoreView(IStore store, EventDiagnoser diagnoser) : IVerifyView
{
    private const int LatestMax = 200;

    private readonly EventDecoder _decoder = EventJson.NewDecoder();

    /// <inheritdoc/>
    public async Task<VerifySeen> LookAsync(string eventId, string service, CancellationToken cancellationToken)
    {
        var events = store.KeepsEvents ? await store.Events.GetByIdAsync(eventId, cancellationToken) : [];
        if (store.KeepsEvents && events.Count == 0) return new VerifySeen(null, false, "", false, "", []);
        var stored = events.Count > 0 ? events[^1] : null;
        var ecsEvent = stored?.Read(_decoder) is Decoded.Ok { Event: var read } ? read : null;
        var incident = (await store.Incidents.IncidentsAsync(LatestMax, cancellationToken)).FirstOrDefault(i => i.Lead.IsSynthetic && i.Lead.Labels.GetValueOrDefault("service") == service);
        var messages = (await store.Incidents.OutboxAsync(null, LatestMax, cancellationToken)).Select(row => row.Entry)
            .Where(entry => entry.Notification.Incidents.Any(i => i.Labels.GetValueOrDefault("service") == service));

        // Where no bodies are kept, its incident is what shows that it came.
        var kind = ecsEvent is not null ? diagnoser.Diagnose(ecsEvent).Kind : incident?.Lead.Labels.GetValueOrDefault("kind") ?? "";
        return new VerifySeen(
            stored?.ReceivedAt ?? incident?.Lead.OccurredAt, store.KeepsEvents ? ecsEvent?.IsSynthetic == true : incident is not null, kind, incident is not null, incident?.Untold ?? "",
            [.. messages.Select(e => new VerifyMessage(e.Notification.Receiver, e.Kind, e.State, e.LastError, e.Notification.At, e.DueAt))]);
    }
}
