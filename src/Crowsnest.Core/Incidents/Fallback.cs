using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Who is told what a receiver could not be told.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="After">How long a message is tried before it is given up for this one.</param>
/// <param name="Media">Its integrations, in order.</param>
public sealed record Fallback(string Receiver, TimeSpan After, ImmutableArray<Medium> Media);

/// <summary>Passes messages that were given up on to the fallback of their receiver, once each.</summary>
/// <remarks>
/// The message for the fallback is in the outbox before the one that failed is recorded as failed, and has an id that follows from that one's: a crash between
/// the two does it again, and finds it done. All integrations of a receiver that fail give one message to its fallback.
/// </remarks>
/// <param name="store">Where the outbox is.</param>
/// <param name="fallbacks">By the receiver's name; the configuration has no loop among them.</param>
internal sealed class Fallbacks(IIncidentStore store, IReadOnlyDictionary<string, Fallback> fallbacks)
{
    /// <summary>How long a receiver's messages are tried before they go to its fallback; <see langword="null"/>: it has none.</summary>
    public TimeSpan? After(string receiver) => fallbacks.GetValueOrDefault(receiver)?.After;

    /// <summary>Passes a message on, where its receiver has a fallback that wants it; answers the entry as it is to be recorded.</summary>
    public async ValueTask<OutboxEntry> PassOnAsync(OutboxEntry failed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var meant = failed.Notification;
        if (!fallbacks.TryGetValue(meant.Receiver, out var fallback)) return failed;
        var told = meant with
        {
            NotificationId = IncidentKeys.Hash($"{meant.NotificationId}\nfallback {fallback.Receiver}"), PreviousId = "", Receiver = fallback.Receiver, At = now,
            Remarks = [.. meant.Remarks, $"Meant for '{meant.Receiver}' ({failed.Kind}), who was not told: {failed.LastError}"],
        };
        var isEnd = told is { IsResolved: true, Truncated: 0 };
        var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (pass.ConfigureAwait(false))
        {
            var messages = 0;
            for (var i = 0; i < fallback.Media.Length; i++)
            {
                if (isEnd && !fallback.Media[i].SendResolved) continue;
                pass.Enqueue(new OutboxEntry { Id = OutboxEntry.IdOf(told.NotificationId, i), Notification = told, Integration = i, Kind = fallback.Media[i].Kind, DueAt = now });
                messages++;
            }

            if (messages == 0) return failed;
            await pass.ExpectAsync(new IncidentNeeds { Incidents = [.. told.Incidents.Select(one => one.Id)] }, cancellationToken).ConfigureAwait(false);
            foreach (var one in told.Incidents)
            {
                if (await pass.IncidentAsync(one.Id, cancellationToken).ConfigureAwait(false) is not { } incident || incident.Steps.Any(step => step.NotificationId == told.NotificationId)) continue;
                pass.Save(incident.With(new IncidentStep(now, StepKind.Told, "", fallback.Receiver, told.NotificationId)));
            }

            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return failed with { ToldBy = told.NotificationId };
    }
}
