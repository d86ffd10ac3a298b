using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Answers searches from the segments, each query on one snapshot.</summary>
internal sealed class SqliteEventSearch(SqliteDatabase database, SegmentCatalogue catalogue, TimeProvider clock) : IEventSearch
{
    private const string CutMessage = "The search met its time bound; narrow the time range, or avoid a * that is not at the end.";
    private static readonly TimeSpan TimeBound = TimeSpan.FromSeconds(10);

    public ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken) =>
        Ask(connection => Page(connection, request, cancellationToken));

    public ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken) =>
        Ask(connection => new HistogramBuilder(Walk(connection, request.Query, request.From, request.To, cancellationToken)).Build(request));

    public ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken) =>
        Ask(connection => FieldCounts.Top(Walk(connection, request.Query, request.From, request.To, cancellationToken), request.Field, request.Limit));

    public ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken) => Ask(connection =>
    {
        var walk = Walk(connection, request.Query, request.From, request.To, cancellationToken);
        return new EventGrouper(request).Group(walk, connection, cancellationToken);
    });

    public ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken) => Ask(connection =>
    {
        foreach (var row in catalogue.List(connection).Where(r => r.Day == EventDay.Of(key)))
        {
            var segment = catalogue.Open(connection, row);
            var ordinal = Array.IndexOf(segment.ReadKeys(), key);
            if (ordinal >= 0) return EventLoader.Load(connection, [new EventHit(segment, ordinal)], 0)[0];
        }

        return null;
    });

    public ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken) => Ask(connection =>
    {
        // An event whose id is empty has none.
        if (id.Length == 0) return [];
        var field = SearchFields.TryGet("id", out SearchField? listed) ? SearchFields.Ref(listed) : default;
        var query = new SearchQuery.Match(field, new SearchValue(NormalForm.Lower(NormalForm.Cut(id, NormalForm.KeywordMax)), 0, []));
        var page = Page(connection, new SearchRequest(query, null, null, 100, OldestFirst: true) { BytesMax = long.MaxValue }, cancellationToken);
        return page.Events;
    });

    public ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken) => Ask<IReadOnlyList<string>>(connection =>
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var row in catalogue.List(connection))
        {
            foreach (var field in catalogue.Open(connection, row).Directory.Fields)
            {
                if (field.Id < 0) paths.Add(field.Path);
            }
        }

        return [.. paths.Take(limit)];
    });

    private ValueTask<T> Ask<T>(Func<SqliteConnection, T> answer)
    {
        try
        {
            using var snapshot = database.Read();
            return ValueTask.FromResult(answer(snapshot.Connection));
        }
        catch (Exception exception) when (exception is SqliteException or InvalidDataException)
        {
            throw SqliteFault.Translate(exception, "search", database.Path);
        }
    }

    private SearchPage Page(SqliteConnection connection, SearchRequest request, CancellationToken cancellationToken)
    {
        var rows = catalogue.List(connection).Where(r => Overlaps(r, request.From, request.To));
        rows = request.OldestFirst ? rows.OrderBy(r => r.MinTime) : rows.OrderByDescending(r => r.MaxTime);
        var deadline = Deadline();
        var found = new PageHits(request);
        var cut = false;
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (found.IsBeyond(request.OldestFirst ? row.MinTime : row.MaxTime)) break;
            var segment = catalogue.Open(connection, row);
            var query = new SegmentQuery(segment, deadline);
            found.Add(segment, query.Evaluate(request.Query));
            cut |= query.WasCut;
        }

        var (events, next) = found.Load(connection);
        return new SearchPage(events, next, cut ? CutMessage : null);
    }

    private SegmentWalk Walk(SqliteConnection connection, SearchQuery query, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        var walk = new SegmentWalk(CutMessage);
        var deadline = Deadline();
        foreach (var row in catalogue.List(connection).Where(r => Overlaps(r, from, to)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var segment = catalogue.Open(connection, row);
            var asked = new SegmentQuery(segment, deadline);
            var hits = asked.Evaluate(query);
            TimeRange.Keep(segment, hits, from, to);
            walk.Add(segment, hits, asked.WasCut);
        }

        return walk;
    }

    private Func<bool> Deadline()
    {
        var started = clock.GetTimestamp();
        return () => clock.GetElapsedTime(started) > TimeBound;
    }

    private static bool Overlaps(SegmentRow row, DateTimeOffset? from, DateTimeOffset? to) =>
        (from is not { } first || row.MaxTime >= first.ToUnixTimeMilliseconds()) && (to is not { } end || row.MinTime < end.ToUnixTimeMilliseconds());
}
