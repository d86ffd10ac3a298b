using System.Runtime.CompilerServices;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;
using Crowsnest.Server.Capacity;
using Crowsnest.Server.Lists;
using Crowsnest.Server.Silences;

namespace Crowsnest.Commands;

/// <summary>What commands ask of a Crowsnest: the store in this process, or a server that has it. Each command is written once.</summary>
/// <remarks>Failures are <see cref="UnreachableStoreException"/> (exit code 4) and <see cref="UsageException"/> (what was asked is wrong).</remarks>
internal interface ICrowsnestClient : IAsyncDisposable
{
    /// <summary>Reads a stream in any form that events come in and commits it; <paramref name="progress"/> hears of each part once it is committed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="isTold">Whether rules look at it.</param>
    /// <param name="progress">Hears of each part.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<Accounting> IngestAsync(Stream stream, bool isTold, Action<Accounting> progress, CancellationToken cancellationToken);

    /// <summary>Tells what is due, and does not wait for more; where a server does the telling, in its own time, it only says what will not be told.</summary>
    Task<Told> TellAsync(CancellationToken cancellationToken);

    /// <summary>Events that a query finds, newest first, as the API shows them; at most 1,000 and perhaps fewer than <paramref name="limit"/> a page.</summary>
    Task<RowPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset? to, int limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>A field's values over what a query finds, most first: <c>value</c> and <c>count</c>.</summary>
    Task<RowPage> ValuesAsync(string query, DateTimeOffset? from, DateTimeOffset? to, string field, int limit, CancellationToken cancellationToken);

    /// <summary>Writes all that a query finds, oldest first; ends without an exception only when it is whole.</summary>
    Task ExportAsync(string query, DateTimeOffset? from, DateTimeOffset? to, bool isCsv, string? columns, Stream output, CancellationToken cancellationToken);

    /// <summary>Writes a backup into a folder of the machine that has the store; <paramref name="onStep"/> hears of bytes copied and in all.</summary>
    Task<BackupManifest> BackupAsync(string folder, Action<long, long> onStep, CancellationToken cancellationToken);

    /// <summary>Clusters, services, deployments, tasks or instances as they are, or were; as many as are asked for, however many pages that takes.</summary>
    /// <param name="kind">Which list.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="isStopped">What is over too.</param>
    /// <param name="at">The moment; now when <see langword="null"/>. Of the past, <see cref="RowPage.Cut"/> says what may be missing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<RowPage> ResourcesAsync(string kind, ListRequest request, bool isStopped, DateTimeOffset? at, CancellationToken cancellationToken);

    /// <summary>How things stood at the end of this time, as the API shows it.</summary>
    Task<JsonElement> StatusAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken);

    /// <summary>What is reserved, what remains and what still fits, as the API shows it; as many lines as are asked for, however many pages that takes.</summary>
    /// <param name="wish">What is asked for.</param>
    /// <param name="at">The moment; now when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, or <see langword="null"/> when there is no such cluster.</returns>
    Task<CapacityAnswer?> CapacityAsync(CapacityWish wish, DateTimeOffset? at, CancellationToken cancellationToken);

    /// <summary>How few instances would hold a cluster's tasks, and the steps that lead there, as the API shows it (<see cref="CapacityPlan"/>).</summary>
    /// <param name="cluster">The cluster, as people name it.</param>
    /// <param name="room">What must still be possible (<see cref="CapacityPlan.RoomWords"/>).</param>
    /// <param name="whatIf">What would be otherwise (<see cref="WhatIfText"/>), or empty.</param>
    /// <param name="at">The moment; now when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, or <see langword="null"/> when there is no such cluster.</returns>
    Task<JsonElement?> CapacityPlanAsync(string cluster, string room, string whatIf, DateTimeOffset? at, CancellationToken cancellationToken);

    /// <summary>How a cluster's capacity was over time, as the API shows it (<see cref="CapacitySeriesJson"/>).</summary>
    /// <returns>The answer, or <see langword="null"/> when there is no such cluster.</returns>
    Task<JsonElement?> CapacityHistoryAsync(CapacityStretch stretch, CancellationToken cancellationToken);

    /// <summary>What managed scaling would have done, as the API shows it (<see cref="CapacityScaling"/>).</summary>
    /// <returns>The answer, or <see langword="null"/> when there is no such cluster.</returns>
    Task<JsonElement?> CapacityScalingAsync(ScalingWish wish, CancellationToken cancellationToken);

    /// <summary>What a cluster's services need, as the API shows it (<see cref="CapacityAdvice"/>).</summary>
    /// <param name="cluster">The cluster, as people name it.</param>
    /// <param name="at">The moment; now when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, or <see langword="null"/> when there is no such cluster.</returns>
    Task<JsonElement?> CapacityAdviceAsync(string cluster, DateTimeOffset? at, CancellationToken cancellationToken);

    /// <summary>Silences, as the API shows them; perhaps only those of a state.</summary>
    Task<RowPage> SilencesAsync(string? state, CancellationToken cancellationToken);

    /// <summary>Makes or changes a silence; answers it (<see cref="SilenceItem"/>), or why that was not done.</summary>
    Task<(JsonElement? Silence, string Refusal)> SilenceAsync(SilenceBody body, CancellationToken cancellationToken);

    /// <summary>What a silence would hide (<see cref="SilencePreview"/>).</summary>
    Task<JsonElement> PreviewSilenceAsync(SilenceBody body, CancellationToken cancellationToken);

    /// <summary>Ends a silence; answers why not, or <see langword="null"/> when it was done.</summary>
    Task<string?> ExpireSilenceAsync(string id, CancellationToken cancellationToken);

    /// <summary>Incidents, latest first, as the API shows them; perhaps only those of a state.</summary>
    Task<RowPage> IncidentsAsync(string? state, int limit, CancellationToken cancellationToken);

    /// <summary>An incident with all that became of it, as the API shows it (<see cref="IncidentDetail"/>); <see langword="null"/> when there is none of this id.</summary>
    Task<JsonElement?> IncidentAsync(string id, CancellationToken cancellationToken);

    /// <summary>Does something with an incident; answers why not, or <see langword="null"/> when it was done.</summary>
    Task<string?> ActAsync(string id, IncidentVerb verb, IncidentWish wish, CancellationToken cancellationToken);

    /// <summary>What is in quarantine, newest first.</summary>
    Task<RowPage> QuarantineAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The bytes of one in quarantine, untouched, or <see langword="null"/> when it is not there.</summary>
    Task<byte[]?> QuarantineBytesAsync(long id, CancellationToken cancellationToken);

    /// <summary>Removes one from quarantine for good; false when it was not there.</summary>
    Task<bool> DropAsync(long id, CancellationToken cancellationToken);

    /// <summary>Reads one in quarantine again; <see langword="null"/> when it is not there.</summary>
    Task<ReplayResult?> ReplayAsync(long id, CancellationToken cancellationToken);

    /// <summary>All API tokens ever made, without their secrets.</summary>
    Task<RowPage> TokensAsync(CancellationToken cancellationToken);

    /// <summary>Makes an API token; its secret is in the answer and nowhere else.</summary>
    Task<JsonElement> CreateTokenAsync(string name, TokenRole role, CancellationToken cancellationToken);

    /// <summary>Compares with the ECS API now; answers how that went.</summary>
    Task<JsonElement> ResyncAsync(string? cluster, CancellationToken cancellationToken);

    /// <summary>The last lines that a failed task wrote, as the API shows them (<see cref="TaskLogsBody"/>); <see langword="null"/> when none are read.</summary>
    Task<JsonElement?> LastLinesAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Revokes an API token; false when no valid one has this id.</summary>
    Task<bool> RevokeTokenAsync(string id, CancellationToken cancellationToken);
}

/// <summary>Rows of an answer.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Cut">Why the answer may be incomplete, or <see langword="null"/>.</param>
/// <param name="Next">Where the next page begins, or <see langword="null"/> at the end.</param>
internal sealed record RowPage(IReadOnlyList<JsonElement> Items, string? Cut, string? Next = null);

/// <summary>What is answered of capacity.</summary>
/// <param name="Body">The answer as it came; of several pages the last, which has the same total.</param>
/// <param name="Items">Its lines, of all pages.</param>
/// <param name="Next">Where the next page begins, or <see langword="null"/> at the end.</param>
internal sealed record CapacityAnswer(JsonElement Body, IReadOnlyList<JsonElement> Items, string? Next)
{
    /// <summary>What may be missing of a moment of the past; <see langword="null"/> when nothing is.</summary>
    public string? Note => Body.TryGetProperty("note", out var note) ? note.GetString() : null;

    /// <summary>An answer of the API, or <see langword="null"/> when it is none.</summary>
    public static CapacityAnswer? Read(JsonElement body) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty("items", out var items) && body.TryGetProperty("next", out var next)
        ? new CapacityAnswer(body, [.. items.EnumerateArray()], next.GetString())
        : null;
}

/// <summary>Something of a live tail: an event with its key, or a gap.</summary>
/// <param name="Id">The event's key; for a gap that of the event before.</param>
/// <param name="Event">The event, as the API shows it; <see langword="null"/> for a gap.</param>
/// <param name="Missed">How many went by, or <see langword="null"/> when nobody knows.</param>
internal readonly record struct LiveMessage(string Id, JsonElement? Event, long? Missed);

/// <summary>What is the same for every way to the store.</summary>
internal static class CrowsnestClientPages
{
    private const int PageMax = 1_000;

    /// <summary>Pages until so many events were found, or there are no more; the last one's <see cref="RowPage.Next"/> says which.</summary>
    public static async IAsyncEnumerable<RowPage> PagesAsync(
        this ICrowsnestClient client, string query, DateTimeOffset? from, DateTimeOffset? to, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await client.SearchAsync(query, from, to, Math.Min(limit, PageMax), cursor, cancellationToken);
            limit -= page.Items.Count;
            cursor = page.Items.Count == 0 ? null : page.Next;
            yield return page;
        }
        while (cursor is not null && limit > 0);
    }
}

/// <summary>What was told at the end of an ingest.</summary>
/// <param name="Opened">Incidents that are new; <see langword="null"/> when a server opens them.</param>
/// <param name="Sent">What became of the messages; <see langword="null"/> when a server sends them.</param>
/// <param name="Untold">Failures that are not told.</param>
internal sealed record Told(int? Opened, SendReport? Sent, UntoldBody Untold);

/// <summary>A store or server that cannot be reached or opened: exit code 4. The message says what to do.</summary>
internal sealed class UnreachableStoreException : Exception
{
    /// <summary>It cannot be reached.</summary>
    public UnreachableStoreException(string message)
        : base(message)
    {
    }

    /// <summary>It cannot be reached.</summary>
    public UnreachableStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>It cannot be reached.</summary>
    public UnreachableStoreException()
    {
    }
}
