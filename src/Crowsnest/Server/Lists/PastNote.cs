using System.Text.Json;
using Crowsnest.Core.History;

namespace Crowsnest.Server.Lists;

/// <summary>How complete a view of the past is, in words.</summary>
internal static class PastNote
{
    /// <summary>What may be missing; <see langword="null"/> when nothing is.</summary>
    public static string? Of(PastView past) => past switch
    {
        { Since: null } => "No event is stored.",
        { Since: { } since } when past.At < since => $"Nothing is stored from before {EventJson.Time(since)}, so nothing is known of this moment.",
        { ResyncedSince: null, Since: { } since } => $"Until then nothing had been compared with ECS: what had said nothing since {EventJson.Time(since)} is not shown.",
        _ => null,
    };

    /// <summary>The members that an answer about the past ends with: which moment it is, and what may be missing.</summary>
    public static void Write(Utf8JsonWriter json, PastView past)
    {
        json.WriteString("at", EventJson.Time(past.At));
        if (past.Since is { } since) json.WriteString("since", EventJson.Time(since));
        if (past.ResyncedSince is { } resynced) json.WriteString("resyncedSince", EventJson.Time(resynced));
        json.WriteString("note", Of(past));
    }
}

/// <summary>Views of the past for those who list them.</summary>
internal static class PastViews
{
    // A caller's clock may be a little ahead of ours.
    private static readonly TimeSpan ClocksApartMax = TimeSpan.FromMinutes(1);

    /// <summary>The clusters as they were, when it is this request's turn: it reads and folds events.</summary>
    public static Task<PastView> AtAsync(ServerParts parts, QueryTurns turns, DateTimeOffset at, CancellationToken cancellationToken) => at > parts.Time.GetUtcNow() + ClocksApartMax
        ? throw ProblemException.BadRequest("The parameter 'at' lies ahead; how it will be nobody knows.")
        : turns.TakeAsync(() => new ValueTask<PastView>(parts.History.ViewAsync(at, cancellationToken)), cancellationToken);
}
