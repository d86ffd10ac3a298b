using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

/// <summary>What is exported: all of it, in order, and as it was.</summary>
public class ExportTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task More_than_some_pages_come_oldest_first_without_gap_or_repeat_and_within_the_range()
    {
        await using var host = await RunningHost.StartAsync();
        var random = Seeded(out _);
        var order = Enumerable.Range(0, 5_000).ToArray();
        random.Shuffle(order);
        foreach (var part in order.Chunk(1_000)) await host.PostAsync("/api/v1/events", string.Concat(part.Select(i => Event(i) + "\n")), HttpStatusCode.Accepted);

        var all = await LinesAsync(host, "/api/v1/export");
        Assert.Equal(Enumerable.Range(0, 5_000).Select(Event), all.Order(StringComparer.Ordinal));
        Assert.Equal(all.Select(TimeOf).Order(StringComparer.Ordinal), all.Select(TimeOf));

        var some = await LinesAsync(host, "/api/v1/export?q=detail.even:true&from=2026-03-02T08:00:01Z&to=2026-03-02T08:00:02Z");
        Assert.Equal(Enumerable.Range(0, 1_000).Where(i => i % 2 == 0 && i / 10 is >= 25 and < 50).Select(Event), some.Order(StringComparer.Ordinal));
        Assert.Empty(await ReadAsync(host, "/api/v1/export?q=detail.even:maybe"));
    }

    [Fact]
    public async Task It_is_a_file_with_a_name()
    {
        await using var host = await RunningHost.StartAsync();
        using var answer = await host.Client.GetAsync(new Uri("/api/v1/export?format=csv", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Matches("^attachment; filename=\"?crowsnest-[0-9]{8}-[0-9]{6}\\.csv\"?$", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(ExportColumn.Usual + "\r\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Goal: what comes out goes in again: same keys, same bytes, whatever the bytes are.
    // Method: real samples, and hostile events drawn from a seed, brought in in wrappers too (which let through lines that a plain file would not).
    [Fact]
    public async Task What_comes_out_goes_in_again_byte_for_byte()
    {
        var random = Seeded(out var seed);
        await using var first = await RunningHost.StartAsync();
        foreach (var file in Directory.EnumerateFiles(Repository.Shared("ecs-events"), "*.json"))
            await first.PostAsync("/api/v1/events", await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), HttpStatusCode.Accepted);
        for (var i = 0; i < 20; i++)
        {
            var events = string.Join(",\n", Enumerable.Range(0, 50).Select(_ => HostileEvent.Draw(random)));
            var receipt = await first.PostAsync("/api/v1/events", "{\n\"Records\":[" + events + "]}", HttpStatusCode.Accepted);
            Assert.True(receipt.GetProperty("quarantined").GetProperty("count").GetInt32() == 0, $"seed {seed}: {receipt} {events}");
        }

        var out1 = await ReadAsync(first, "/api/v1/export");
        await using var second = await RunningHost.StartAsync();
        var answer = await second.PostAsync("/api/v1/events", out1, HttpStatusCode.Accepted);

        Assert.Equal(0, answer.GetProperty("quarantined").GetProperty("count").GetInt32());
        Assert.Equal(0, answer.GetProperty("duplicates").GetInt32());
        var (had, has) = (await KeysAsync(first), await KeysAsync(second));
        Assert.True(had.Count > 900, $"only {had.Count}");
        Assert.Equal(had.Keys.Order(StringComparer.Ordinal), has.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, bytes) in had) Assert.True(bytes == has[key], $"seed {seed}, {key}:\n{bytes}\n{has[key]}");

        // And once more into where it came from: nothing new.
        Assert.Equal(had.Count, (await first.PostAsync("/api/v1/events", out1, HttpStatusCode.Accepted)).GetProperty("duplicates").GetInt32());
    }

    [Fact]
    public async Task A_masked_value_comes_out_masked_and_the_event_is_still_the_same_when_it_goes_in()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", """
            {"detail-type":"ECS Task State Change","source":"aws.ecs","id":"1","time":"2026-03-02T08:00:00Z","detail":{"overrides":{"containerOverrides":[{"environment":[{"name":"PASSWORD","value":"hunter2"}]}]}}}
            """, HttpStatusCode.Accepted);

        var export = await ReadAsync(host, "/api/v1/export");
        Assert.Contains("""{"name":"PASSWORD","value":"***"}""", Encoding.UTF8.GetString(export), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Encoding.UTF8.GetString(export), StringComparison.Ordinal);
        Assert.Equal(1, (await host.PostAsync("/api/v1/events", export, HttpStatusCode.Accepted)).GetProperty("duplicates").GetInt32());
    }

    [Fact]
    public async Task Csv_has_a_header_quotes_as_rfc_4180_says_and_runs_nothing()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", """
            {"detail-type":"x","id":"1","time":"2026-03-02T08:00:00Z","detail":{"a":"=1+1","b":"\t=cmd","c":"\r@x","d":"-5","e":"he said \"no\", twice","tags":[{"key":"team","value":"+49 pay"}],
             "list":[{"n":"a"},{"n":"b"}],"half":"\ud800"}}
            """, HttpStatusCode.Accepted);

        var csv = Encoding.UTF8.GetString(await ReadAsync(host, "/api/v1/export?format=csv&columns=id,time,detail.a,detail.b,detail.c,detail.d,detail.e,tag.team,detail.list.n,detail.half,OUTCOME,stopCode"));

        Assert.Equal(
            "id,time,detail.a,detail.b,detail.c,detail.d,detail.e,tag.team,detail.list.n,detail.half,outcome,stopCode\r\n"
            + "1,2026-03-02T08:00:00.000Z,'=1+1,\"' =cmd\",\"' @x\",-5,\"he said \"\"no\"\", twice\",\"'+49 pay\",\"a, b\",\\ud800,info,\r\n", csv);
    }

    [Fact]
    public async Task An_export_that_cannot_go_on_breaks_off_instead_of_ending()
    {
        await using var server = await RunningServer.StartAsync();
        server.Store.Found = new BreakingSearch(Enumerable.Range(0, 3_000).Select(Event), worksFor: 2);

        // The connection may break before the head of the answer was read, or after.
        var broke = await Record.ExceptionAsync(async () =>
        {
            using var answer = await server.Client.GetAsync(new Uri("/api/v1/export", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        });
        Assert.True(broke is HttpRequestException or IOException, $"It ended: {broke}");

        // What fails at once is said in words.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.SendAsync("GET", "/api/v1/export")).Status);
    }

    [Theory]
    [InlineData("q=kidn:x", "did you mean")]
    [InlineData("from=soon", "is not a time")]
    [InlineData("format=xml", "ndjson or csv")]
    [InlineData("columns=id", "format=csv")]
    [InlineData("format=csv&columns=sumary", "did you mean 'summary'")]
    [InlineData("format=csv&columns=clustr", "did you mean 'cluster'")]
    [InlineData("format=csv&columns=text", "is not a column")]
    public async Task A_wrong_question_is_answered_with_what_would_be_right(string query, string words)
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Contains(words, (await host.GetAsync("/api/v1/export?" + query, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    // Every field has a value or none, and none breaks the row.
    [Fact]
    public async Task Every_listed_field_can_be_a_column()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Event(1), HttpStatusCode.Accepted);
        var names = string.Join(',', (await host.GetAsync("/api/v1/fields")).GetProperty("items").EnumerateArray().Select(f => f.GetProperty("name").GetString()).Where(n => n != "text").Append("summary").Append("nextStep").Append("event"));
        var lines = Encoding.UTF8.GetString(await ReadAsync(host, $"/api/v1/export?format=csv&columns={Uri.EscapeDataString(names)}")).Split("\r\n");
        Assert.Equal(names, lines[0]);
        Assert.Equal(3, lines.Length);
    }

    private static string Event(int i) =>
        $$$"""{"detail-type":"x","id":"e{{{i:0000}}}","time":"{{{Now.AddMilliseconds(i / 10 * 40).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}}}","detail":{"even":{{{(i % 2 == 0 ? "true" : "false")}}}}}""";

    private static string TimeOf(string line) => JsonElement.Parse(line).GetProperty("time").GetString()!;

    private static async Task<string[]> LinesAsync(RunningHost host, string path) =>
        Encoding.UTF8.GetString(await ReadAsync(host, path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<byte[]> ReadAsync(RunningHost host, string path)
    {
        using var answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(bytes));
        return bytes;
    }

    private Random Seeded(out int seed)
    {
        seed = int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20261124;
        output.WriteLine($"CROWSNEST_SEED={seed}");
        return new Random(seed);
    }

    // The stored bytes by key, as the API has them verbatim.
    private static async Task<Dictionary<string, string>> KeysAsync(RunningHost host)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await host.GetAsync($"/api/v1/events?limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            foreach (var item in page.GetProperty("items").EnumerateArray()) found.Add(item.GetProperty("key").GetString()!, item.GetProperty("event").GetRawText());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return found;
    }

    /// <summary>Finds what is there so many times, and then the store is away.</summary>
    private sealed class BreakingSearch : IEventSearch
    {
        private readonly InMemoryEventSearch _events = new();
        private int _left;

        public BreakingSearch(IEnumerable<string> events, int worksFor)
        {
            var (decoder, diagnoser) = (new EventDecoder(), new EventDiagnoser());
            _events.Add(events.Select(e => ((Decoded.Ok)decoder.Decode(Encoding.UTF8.GetBytes(e), Now)).Event).Select(e => new DiagnosedEvent(e, diagnoser.Diagnose(e))));
            _left = worksFor;
        }

        public ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken) =>
            _left-- > 0 ? _events.SearchAsync(request, cancellationToken) : throw new StoreException("The disk is away.", "Bring it back.", isTransient: true);

        public ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
