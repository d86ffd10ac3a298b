using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.History;

/// <summary>Finds events by the time that they speak of: <c>detail.updatedAt</c>, else their own time.</summary>
/// <remarks>Searches are ordered by an event's own time, which is mostly a little later, and may be anything.</remarks>
/// <param name="store">Where they are.</param>
/// <param name="only">Which of them; <see langword="null"/> is all.</param>
internal sealed class EventsByTime(IStore store, SearchQuery? only = null)
{
    private const int Page = 2_500;

    // Servers bound how many clauses a query has.
    private const int NamesMax = 500;

    private static readonly FieldRef Time = SearchFields.Ref(SearchFields.Time);
    private static readonly FieldRef ReceivedAt = SearchFields.Ref(SearchFields.ReceivedAt);
    private static readonly FieldRef UpdatedAt = Named("updatedAt");

    // Stored bytes are masked already.
    private readonly EventDecoder _decoder = new(new MaskingOptions { Environment = false });

    /// <summary>Those of a cluster; names that differ in nothing but case are one for it.</summary>
    public static EventsByTime Of(IStore store, ClusterName cluster) =>
        new(store, new SearchQuery.And([Is("cluster", cluster.Name), Is("account", cluster.Account), Is("region", cluster.Region)]));

    /// <summary>The time that the event speaks of, milliseconds since 1970 UTC; when it came, of one that names no time.</summary>
    public static long TimeOf(EcsEvent ecsEvent) => ecsEvent.Detail.UpdatedAt.HasValue ? ecsEvent.Detail.UpdatedAt.UnixMilliseconds : ecsEvent.OccurredAt.ToUnixTimeMilliseconds();

    /// <summary>The next so many events by their own times, after a moment and not after another, oldest first.</summary>
    public async ValueTask<IReadOnlyList<StoredEvent>> NextAsync(long after, long until, int count, CancellationToken cancellationToken) =>
        (await SearchAsync(new SearchRequest(new SearchQuery.All(), Moment(after + 1), Moment(until + 1), count, OldestFirst: true), cancellationToken).ConfigureAwait(false)).Events;

    /// <summary>The events that speak of times after one moment and up to another. Some of them may speak of earlier times.</summary>
    public async IAsyncEnumerable<EcsEvent> SpokenOfAsync(long after, long until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in AllAsync(new SearchQuery.All(), after, until, cancellationToken).ConfigureAwait(false))
        {
            if (TimeOf(e) <= until) yield return e;
        }

        // What was said of it outside of it.
        var spoken = new SearchQuery.Range(UpdatedAt, after, false, until, true);
        await foreach (var e in AllAsync(spoken, until, null, cancellationToken).ConfigureAwait(false)) yield return e;
        await foreach (var e in AllAsync(spoken, null, after, cancellationToken).ConfigureAwait(false)) yield return e;
    }

    /// <summary>The events that were received since a moment and speak of times up to another.</summary>
    public async IAsyncEnumerable<EcsEvent> LateAsync(DateTimeOffset receivedSince, long until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new SearchQuery.And(
        [
            new SearchQuery.Range(ReceivedAt, receivedSince.ToUnixTimeMilliseconds(), true, double.PositiveInfinity, false),
            new SearchQuery.Or([UpTo(Time, until), UpTo(UpdatedAt, until)]),
        ]);
        await foreach (var e in AllAsync(query, null, null, cancellationToken).ConfigureAwait(false))
        {
            if (TimeOf(e) <= until) yield return e;
        }
    }

    /// <summary>Those of the resources that any event speaks of whose own time is not after a moment.</summary>
    public async Task<List<ResourceName>> SpokenOfByAsync(IReadOnlyCollection<ResourceName> names, long moment, CancellationToken cancellationToken)
    {
        var spokenOf = new List<ResourceName>();
        foreach (var some in names.Chunk(NamesMax))
        {
            // Mostly of none: tasks that began long before anything was stored.
            if (!await IsAnyAsync(new SearchQuery.Or([.. some.Select(Is)])).ConfigureAwait(false)) continue;
            foreach (var name in some)
            {
                if (await IsAnyAsync(Is(name)).ConfigureAwait(false)) spokenOf.Add(name);
            }
        }

        return spokenOf;

        async ValueTask<bool> IsAnyAsync(SearchQuery query) =>
            (await store.Events.HistogramAsync(new HistogramRequest(query, null, Moment(moment + 1), null, 1), cancellationToken).ConfigureAwait(false)).Total > 0;
    }

    /// <summary>All events of some resources that speak of times up to a moment, and perhaps others.</summary>
    public async IAsyncEnumerable<EcsEvent> OfAsync(IEnumerable<ResourceName> names, long until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var some in names.GroupBy(name => name.Type).SelectMany(ofType => ofType.Chunk(NamesMax)))
        {
            // A task's events name its instance and service too.
            SearchQuery query = new SearchQuery.Or([.. some.Select(Is)]);
            if (some[0].Type is ResourceName.Instance or ResourceName.Service) query = new SearchQuery.And([query, new SearchQuery.Not(new SearchQuery.Exists(Named("task")))]);
            await foreach (var e in AllAsync(query, null, null, cancellationToken).ConfigureAwait(false))
            {
                if (TimeOf(e) <= until) yield return e;
            }
        }
    }

    private async IAsyncEnumerable<EcsEvent> AllAsync(SearchQuery query, long? after, long? until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SearchCursor? next = null;
        do
        {
            var page = await SearchAsync(new SearchRequest(query, Moment(after + 1), Moment(until + 1), Page, next, OldestFirst: true), cancellationToken).ConfigureAwait(false);
            foreach (var stored in page.Events)
            {
                if (stored.Read(_decoder) is Decoded.Ok { Event: var e }) yield return e;
            }

            next = page.Next;
        }
        while (next is not null);
    }

    // A part of the answer would be a wrong one.
    private async ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        if (only is not null) request = request with { Query = request.Query is SearchQuery.All ? only : new SearchQuery.And([only, request.Query]) };
        var page = await store.Events.SearchAsync(request, cancellationToken).ConfigureAwait(false);
        return page.Cut is null ? page : throw new StoreException("The events of that time could not all be read.", page.Cut, isTransient: true);
    }

    private static SearchQuery.Range UpTo(FieldRef field, long until) => new(field, double.NegativeInfinity, false, until, true);

    private static SearchQuery Is(ResourceName name)
    {
        var (field, value) = name.Type switch
        {
            ResourceName.Task => ("task", name.Id),
            ResourceName.Instance => ("instance", name.Id),
            ResourceName.Service => ("service", name.Id[(name.Id.IndexOf('/', StringComparison.Ordinal) + 1)..]),
            _ => ("deployment", "ecs-svc/" + name.Id),
        };
        return Is(field, value);
    }

    private static SearchQuery.Match Is(string field, string value) => new(Named(field), new SearchValue(NormalForm.Lower(NormalForm.Cut(value, NormalForm.KeywordMax)), 0, []));

    private static FieldRef Named(string name) => SearchFields.TryGet(name, out SearchField? field) ? SearchFields.Ref(field) : throw new ArgumentException(name, nameof(name));

    private static DateTimeOffset? Moment(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, MinMilliseconds, MaxMilliseconds)) : null;

    private static readonly long MinMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
}
