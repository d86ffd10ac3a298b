using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Reads out of the stored events what advice is made from.</summary>
/// <param name="search">The stored events.</param>
/// <param name="options">How far back.</param>
public sealed class AdviceReader(IEventSearch search, AdviceOptions options)
{
    // A service that ends every minute has twenty thousand ends in two weeks, and what is newest says it as well.
    private const int EventsMax = 20_000;

    private const int PageMax = 1_000;

    // What is stored has been masked.
    private readonly EventDecoder _decoder = new(new MaskingOptions { Environment = false });
    private readonly Dictionary<(string TaskId, string Container), ContainerStop> _stops = [];
    private readonly Dictionary<string, EcsEvent> _newest = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    /// <summary>Reads what is known up to a moment.</summary>
    /// <param name="cluster">The cluster as it was then.</param>
    /// <param name="now">The moment.</param>
    /// <param name="source">Who measures; <see langword="null"/> when nobody does.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Pipeline.StoreException">The store cannot be asked.</exception>
    public async Task<AdviceHistory> ReadAsync(ClusterView cluster, DateTimeOffset now, IUsageSource? source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var days = new AdviceDays(now, options);
        var place = $"account:{Quoted(cluster.Name.Account)} region:{Quoted(cluster.Name.Region)} cluster:{Quoted(cluster.Name.Name)}";
        await ReadStopsAsync($"containerReason:OutOfMemory* {place}", days.OomStart, now, cancellationToken).ConfigureAwait(false);
        await ReadStopsAsync($"lastStatus:STOPPED (kind:EssentialContainerExited OR kind:Completed) _exists_:service {place}", days.Start, now, cancellationToken).ConfigureAwait(false);
        var (usage, failure) = await ReadUsageAsync(source, cluster, days, cancellationToken).ConfigureAwait(false);
        var wanted = _stops.Values.Select(s => s.Workload).Concat(usage.Select(s => s.Service)).ToHashSet(StringComparer.Ordinal);
        var sizes = new Dictionary<string, TaskSizes>(StringComparer.Ordinal);
        foreach (var task in NewestOf(cluster, wanted))
        {
            var found = await SearchAsync($"task:{Quoted(task.Name.Id)} {place}", null, now, 1, null, cancellationToken).ConfigureAwait(false);
            var known = TaskSizes.Of(task);
            sizes[known.Workload] = found.Events.Count > 0 && Read(found.Events[0]) is { Detail: TaskDetail } newest ? TaskSizes.Of(newest) : known;
        }

        foreach (var (workload, stopped) in _newest) sizes.TryAdd(workload, TaskSizes.Of(stopped));
        return new AdviceHistory { Stops = [.. _stops.Values], Sizes = sizes, Usage = usage, HasUsage = source is not null, UsageFailure = failure, Notes = _notes };
    }

    private static async Task<(IReadOnlyList<UsageSeries> Usage, string Failure)> ReadUsageAsync(IUsageSource? source, ClusterView cluster, AdviceDays days, CancellationToken cancellationToken)
    {
        if (source is null || MeasuredService.Of(cluster) is not { Count: > 0 } services) return ([], "");
        try
        {
            return (await source.ReadAsync(cluster.Name, services, days.Start, days.Now, cancellationToken).ConfigureAwait(false), "");
        }
        catch (UnreadUsageException e)
        {
            // What rests on events alone is still worth to be said.
            return ([], e.Message);
        }
    }

    private async Task ReadStopsAsync(string query, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        SearchCursor? after = null;
        for (var read = 0; read < EventsMax;)
        {
            var page = await SearchAsync(query, from, to, PageMax, after, cancellationToken).ConfigureAwait(false);
            foreach (var stored in page.Events)
            {
                if (Read(stored) is { } ecsEvent) Take(ecsEvent);
            }

            if (page.Cut is { } cut) _notes.Add($"The stored events were not all looked at: {cut}");
            if (page.Next is null) return;
            (read, after) = (read + page.Events.Count, page.Next);
        }

        _notes.Add($"Of more than {EventsMax} ends of containers the newest were looked at.");
    }

    private void Take(EcsEvent ecsEvent)
    {
        foreach (var stop in ContainerStop.Of(ecsEvent))
        {
            // Two to four events tell of one stop, the newest first here; it happened when the first of them says, and one of them may not know yet that it was killed.
            var key = (stop.TaskId, stop.Container);
            _stops[key] = _stops.TryGetValue(key, out var known) ? (known.IsOutOfMemory || !stop.IsOutOfMemory ? known : stop) with { At = stop.At < known.At ? stop.At : known.At } : stop;
            _newest.TryAdd(stop.Workload, ecsEvent);
        }
    }

    // The newest task that is not STOPPED has what the next will have; of a service without one the newest that is remembered.
    private static IEnumerable<TaskState> NewestOf(ClusterView cluster, HashSet<string> wanted) => cluster.Tasks
        .GroupBy(t => WorkloadName.Of(t.Service, t.Family), StringComparer.Ordinal).Where(g => wanted.Contains(g.Key))
        .Select(g => g.MaxBy(t => (!t.IsStopped, t.Detail.CreatedAt.UnixMilliseconds, t.Name.Id))!); // A group has one at least.

    private ValueTask<SearchPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset to, int limit, SearchCursor? after, CancellationToken cancellationToken) => search.SearchAsync(
        new SearchRequest(QueryParser.Parse(query, to).Query ?? throw new InvalidOperationException(query), from, to, limit, after), cancellationToken);

    private EcsEvent? Read(StoredEvent stored) => stored.Read(_decoder) is Decoded.Ok { Event: var ecsEvent } ? ecsEvent : null;

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
