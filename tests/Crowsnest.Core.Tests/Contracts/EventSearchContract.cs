using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store's search must answer: the same as the search over a list, on random queries and events.</summary>
/// <remarks>A failure names the seed; set <c>CROWSNEST_SEED</c> to it to run the same again.</remarks>
public abstract class EventSearchContract
{
    private const int Events = 400;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var seed) ? seed : Environment.ProcessId;

    /// <summary>How many queries of each sort are compared.</summary>
    protected virtual int Queries => 300;

    /// <summary>A search over a store that holds these events, committed in several batches.</summary>
    protected abstract ValueTask<IEventSearch> LoadAsync(IReadOnlyList<DiagnosedEvent> events, CancellationToken cancellationToken);

    // Goal: the same query gives the same hits in every store. Method: compare each page walk, cursor by cursor, with the reference.
    [Fact]
    public async Task Pages_equal_those_of_the_list()
    {
        var (store, list, queries, random, cancel) = await Start();
        for (var i = 0; i < Queries; i++)
        {
            var query = queries.Next();
            var (from, to) = Span(random);
            var oldestFirst = random.Next(3) == 0;
            var limit = random.Next(1, 120);
            var bytes = random.Next(3) == 0 ? random.Next(20_000) : SearchRequest.UsualBytesMax;
            SearchCursor? expectedAfter = null, after = null;
            do
            {
                var expected = await list.SearchAsync(new SearchRequest(query, from, to, limit, expectedAfter, oldestFirst) { BytesMax = bytes }, cancel);
                var page = await store.SearchAsync(new SearchRequest(query, from, to, limit, after, oldestFirst) { BytesMax = bytes }, cancel);
                Assert.True(page.Events.Count <= 1 || page.Events.Sum(one => (long)one.Raw.Length) <= bytes, $"{Told(query)}: a page of more than {bytes} bytes.");
                Same(expected.Events.Select(one => one.Key.ToString()), page.Events.Select(one => one.Key.ToString()), query);
                Assert.True(expected.Next is null == page.Next is null, $"{Told(query)}: the next page of {expected.Events.Count} hits.");
                (expectedAfter, after) = (expected.Next, page.Next);
            }
            while (expectedAfter is not null);
        }
    }

    [Fact]
    public async Task Histograms_equal_those_of_the_list()
    {
        var (store, list, queries, random, cancel) = await Start();
        for (var i = 0; i < Queries; i++)
        {
            var (from, to) = Span(random);
            FieldRef? by = random.Next(3) == 0 ? null : queries.Field();
            var request = new HistogramRequest(queries.Next(), from, to, by, random.Next(1, 60), random.Next(1, 6));
            var expected = await list.HistogramAsync(request, cancel);
            var histogram = await store.HistogramAsync(request, cancel);
            Assert.True(
                (expected.From, expected.BucketMilliseconds, expected.Total) == (histogram.From, histogram.BucketMilliseconds, histogram.Total),
                $"{Told(request.Query)}: {expected} is not {histogram}.");
            Same(expected.Counts, histogram.Counts, request.Query);
            Same(expected.Series.Select(Line), histogram.Series.Select(Line), request.Query);
        }
    }

    [Fact]
    public async Task Values_equal_those_of_the_list()
    {
        var (store, list, queries, random, cancel) = await Start();
        for (var i = 0; i < Queries; i++)
        {
            var (from, to) = Span(random);
            var request = new ValuesRequest(queries.Next(), from, to, queries.Field(), random.Next(1, 20));
            var expected = await list.ValuesAsync(request, cancel);
            var values = await store.ValuesAsync(request, cancel);
            Same(expected.Values.Select(Lower), values.Values.Select(Lower), request.Query);
            Assert.True((expected.Total, expected.Without) == (values.Total, values.Without), $"{Told(request.Query)} by {request.Field.Path}: {expected} is not {values}.");
        }
    }

    [Fact]
    public async Task Values_are_spelled_as_events_spell_them()
    {
        var (store, _, _, _, cancel) = await Start();
        foreach (var (field, spelled) in new[] { ("kind", "EssentialContainerExited"), ("lastStatus", "STOPPED"), ("detail-type", "ECS Task State Change") })
        {
            Assert.True(SearchFields.TryGet(field, out FieldRef by), field);
            var values = await store.ValuesAsync(new ValuesRequest(new SearchQuery.All(), null, null, by, 20), cancel);
            Assert.Contains(spelled, values.Values.Select(v => v.Value));
            var histogram = await store.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, by, 10, TopValues: 20), cancel);
            Assert.Contains(spelled, histogram.Series.Select(s => s.Value));
        }
    }

    [Fact]
    public async Task Groups_equal_those_of_the_list()
    {
        var (store, list, queries, random, cancel) = await Start();
        for (var i = 0; i < Queries; i++)
        {
            var from = Some.Noon.AddMinutes(-random.Next(320));
            FieldRef[] by = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => GroupFields[random.Next(GroupFields.Length)]).Distinct()];
            var request = new GroupsRequest(
                queries.Next(), from, from.AddMinutes(random.Next(1, 400)), by, random.Next(1, 20), random.Next(4) == 0 ? null : TimeSpan.FromMinutes(random.Next(1, 60)), random.Next(1, 60), random.Next(0, 8));
            var expected = await list.GroupsAsync(request, cancel);
            var groups = await store.GroupsAsync(request, cancel);
            Assert.True(
                (expected.From, expected.BucketMilliseconds, expected.Total, expected.LeftOut) == (groups.From, groups.BucketMilliseconds, groups.Total, groups.LeftOut),
                $"{Told(request.Query)}: {expected} is not {groups}.");
            Same(expected.Groups.Select(Line), groups.Groups.Select(Line), request.Query);
        }
    }

    [Fact]
    public async Task Every_event_is_got_by_key_and_by_id()
    {
        var events = new RandomEvents(Seed).Take(Events);
        var cancel = TestContext.Current.CancellationToken;
        var store = await LoadAsync(events, cancel);
        foreach (var diagnosed in events)
        {
            var ecs = diagnosed.Event;
            var got = await store.GetAsync(ecs.Key, cancel);
            Assert.NotNull(got);
            Assert.Equal(ecs.Raw.ToArray(), got.Raw.ToArray());
            Assert.Equal((ecs.OccurredAt, ecs.ReceivedAt, ecs.TimeUncertain), (got.OccurredAt, got.ReceivedAt, got.TimeUncertain));
            if (ecs.Id.Length > 0) Assert.Contains((await store.GetByIdAsync(ecs.Id, cancel)).Select(one => one.Key), key => key == ecs.Key);
        }

        Assert.Null(await store.GetAsync(new EventKey(1, 1), cancel));
        Assert.Empty(await store.GetByIdAsync("no such id", cancel));
    }

    [Fact]
    public async Task Unlisted_fields_equal_those_of_the_list()
    {
        var (store, list, _, _, cancel) = await Start();
        var expected = await list.UnlistedFieldsAsync(1000, cancel);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await store.UnlistedFieldsAsync(1000, cancel));
    }

    private async Task<(IEventSearch Store, InMemoryEventSearch List, RandomQueries Queries, Random Random, CancellationToken Cancel)> Start()
    {
        var cancel = TestContext.Current.CancellationToken;
        TestContext.Current.TestOutputHelper?.WriteLine($"CROWSNEST_SEED={Seed}");
        var events = new RandomEvents(Seed).Take(Events);
        var list = new InMemoryEventSearch();
        list.Add(events);
        return (await LoadAsync(events, cancel), list, new RandomQueries(Seed, events), new Random(Seed), cancel);
    }

    private static (DateTimeOffset? From, DateTimeOffset? To) Span(Random random)
    {
        DateTimeOffset? from = random.Next(2) == 0 ? null : Some.Noon.AddMinutes(-random.Next(320));
        DateTimeOffset? to = random.Next(2) == 0 ? null : (from ?? Some.Noon.AddMinutes(-300)).AddMinutes(random.Next(1, 200));
        return (from, to);
    }

    // Which of several spellings is shown is the store's choice.
    private static ValueCount Lower(ValueCount value) => value with { Value = value.Value.ToLowerInvariant() };

    private static string Line(HistogramSeries series) => $"{series.Value?.ToLowerInvariant() ?? "(rest)"} {series.Total}: {string.Join(' ', series.Counts)}";

    private static readonly FieldRef[] GroupFields =
        [.. new[] { "account", "cluster", "service", "family", "kind", "outcome", "severity", "resource", "container", "detailType", "task" }.Select(name => SearchFields.TryGet(name, out FieldRef field) ? field : throw new InvalidOperationException(name))];

    private static string Line(EventGroup group) =>
        $"{string.Join('/', group.Values).ToLowerInvariant()} {group.Count}: {group.FirstAt:O} {group.Since:O} {group.LastAt:O} {string.Join(' ', group.Counts)} {group.Newest?.Key}";

    private static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual, SearchQuery query)
    {
        List<T> left = [.. expected], right = [.. actual];
        if (!left.SequenceEqual(right)) Assert.Fail($"{Told(query)}\nexpected {left.Count}: {string.Join(" | ", left.Take(8))}\nactual {right.Count}: {string.Join(" | ", right.Take(8))}");
    }

    private static string Told(SearchQuery query) => $"CROWSNEST_SEED={Seed} {QueryPrinter.Print(query)}";
}
