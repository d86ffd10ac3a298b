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
}
