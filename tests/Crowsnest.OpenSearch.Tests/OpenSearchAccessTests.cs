using System.IO.Enumeration;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>docs/access.md: its table of requests and rights beside the requests that are made, and its roles beside the table.</summary>
public sealed partial class OpenSearchAccessTests : IAsyncDisposable
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Peers.Repository!, "docs", "access.md"));

    private readonly OpenSearchPlace _place = new();
    private readonly RecordingProxy _proxy = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IEnumerable<(string Request, string Right, string On, string[] Who)> Rows =>
        Row().Matches(Guide).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value.Split(", ")));

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task The_table_has_every_request_of_setting_up()
    {
        await using var store = await OpenAsync();
        await store.PutTemplatesAsync(Cancel);
        await store.LookAsync(Cancel);

        AssertSeen("setup");
    }

    // Goal: the table is all that a writer needs. Method: do all that a store can do, as a user who may do nothing with templates.
    [Fact]
    public async Task The_table_has_every_request_of_a_writer_who_may_not_touch_templates()
    {
        await (await OpenAsync()).DisposeAsync();
        _proxy.Forget();
        _proxy.Refuses = static request => request.Contains("_index_template", StringComparison.Ordinal);
        await using var store = await OpenAsync();
        EcsEvent[] events = [Some.Task(containers: [Some.Container(139)], version: 2)];
        for (var time = 0; time < 2; time++)
        {
            await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), _place.Time);
            await pipeline.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, [new Fault(QuarantineReason.NotJson, "Bad.", "{"u8.ToArray(), 1, "00")]), Cancel);
        }

        await store.Tokens.AddAsync(new TokenRecord("t", "ana", TokenRole.Viewer, new byte[] { 1 }, Some.Noon), Cancel);
        await store.Tokens.RevokeAsync("t", Some.Noon, Cancel);
        await using (var pass = await store.Incidents.BeginAsync(Cancel))
        {
            Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            pass.Save(SomeIncident.Of("i"));
            pass.Enqueue(SomeIncident.Message("m"));
            await pass.CommitAsync(Cancel);
        }

        await ReadAsync(store);
        Assert.True(await store.Quarantine.RemoveAsync((await store.Quarantine.ListAsync(null, 9, Cancel))[0].Id, Cancel));
        await store.DropOldAsync(new Retention { Events = TimeSpan.FromDays(1), Incidents = TimeSpan.FromDays(1) }, Some.Noon.AddDays(9), Cancel);

        AssertSeen("writer");
    }

    [Fact]
    public async Task The_table_has_every_request_of_a_reader()
    {
        await (await OpenAsync()).DisposeAsync();
        _proxy.Forget();
        await using var store = await OpenAsync(readOnly: true);
        await store.LookAsync(Cancel);
        await ReadAsync(store);
        await store.Tokens.ListAsync(Cancel);

        AssertSeen("reader");
    }

    // Goal: each role has what its rows need and nothing more, on exactly our indices.
    [Theory]
    [InlineData("crowsnest_writer", "writer", "reader")]
    [InlineData("crowsnest_reader", "reader")]
    public void A_role_has_the_rights_of_its_rows_and_no_others(string role, params string[] who)
    {
        var rights = Role(role);
        var indices = Assert.Single(rights.GetProperty("index_permissions").EnumerateArray());
        Assert.Equal(["crowsnest-*"], Texts(indices.GetProperty("index_patterns")));
        foreach (var (on, given) in new[] { ("cluster", Texts(rights.GetProperty("cluster_permissions"))), ("index", Texts(indices.GetProperty("allowed_actions"))) })
        {
            List<string> needed = [.. Rows.Where(row => row.On == on && row.Who.Intersect(who).Any()).Select(row => row.Right).Distinct()];
            Assert.NotEmpty(needed);
            Assert.DoesNotContain(needed, right => !given.Any(pattern => Matches(pattern, right)));
            Assert.DoesNotContain(given, pattern => !needed.Any(right => Matches(pattern, right)));
        }
    }

    [Fact]
    public void The_domains_policy_allows_each_method_that_is_used_and_names_no_address()
    {
        var policy = JsonElement.Parse(Json().Match(Guide).Groups[1].Value).GetProperty("Statement").EnumerateArray().ToList();

        Assert.Equal(
            Rows.Select(row => row.Request.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal),
            Texts(policy[0].GetProperty("Action")).Select(action => action["es:ESHttp".Length..].ToUpperInvariant()).Order(StringComparer.Ordinal));
        Assert.All(policy, statement => Assert.False(statement.TryGetProperty("Condition", out _)));
        Assert.All(policy, statement => Assert.StartsWith("arn:aws:iam::", statement.GetProperty("Principal").GetProperty("AWS").GetString(), StringComparison.Ordinal));
    }

    private static async Task ReadAsync(OpenSearchStore store)
    {
        var all = new SearchQuery.All();
        await store.Events.SearchAsync(new SearchRequest(all, null, null, 9), Cancel);
        await store.Events.HistogramAsync(new HistogramRequest(all, null, null, null, 9), Cancel);
        await store.Events.GetAsync(new EventKey(Some.Noon.ToUnixTimeMilliseconds(), 1), Cancel);
        await store.Events.GetByIdAsync("x", Cancel);
        await store.Events.UnlistedFieldsAsync(9, Cancel);
        await store.LoadStatesAsync(["task/x"], Cancel);
        await store.AccountingAsync(Cancel);
        await store.DroppedAsync(Cancel);
        await store.Quarantine.ListAsync(null, 9, Cancel);
        await store.Quarantine.CountsAsync(Cancel);
        await store.Incidents.IncidentsAsync(9, Cancel);
        await store.Incidents.OutboxAsync(null, 9, Cancel);
        await store.Incidents.CountsAsync(Cancel);
    }

    private static bool Matches(string pattern, string right) => FileSystemName.MatchesSimpleExpression(pattern, right, ignoreCase: false);

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(one => one.GetString()!)];

    private static JsonElement Role(string name) => JsonElement.Parse(Json().Match(Guide, Guide.IndexOf($"`{name}`{(name == "crowsnest_writer" ? ":" : ",")}", StringComparison.Ordinal)).Groups[1].Value);

    private void AssertSeen(string who)
    {
        var seen = _proxy.Requests.Where(request => !_proxy.Refuses(request)).Select(General).Distinct().Order(StringComparer.Ordinal);
        var listed = Rows.Where(row => row.Who.Contains(who)).Select(row => row.Request).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', listed), string.Join('\n', seen));
    }

    // Without names that differ from request to request.
    private string General(string request)
    {
        var path = request.Split('?')[0];
        path = Regex.Replace(path, $"{_place.Prefix}-[^/]*", "crowsnest-*");
        path = Regex.Replace(path, "/_doc/.*", "/_doc/*");
        return Regex.Replace(path, "/_settings/.*", "/_settings/*");
    }

    private async Task<OpenSearchStore> OpenAsync(bool readOnly = false) => await OpenSearchStore.OpenAsync(
        new OpenSearchOptions { Url = _proxy.Address, IndexPrefix = _place.Prefix, ReadOnly = readOnly, RefreshAtOnce = true }, _place.Time, Cancel);

    [GeneratedRegex("^\\| `([A-Z]+ /[^`]*)` \\| `([^`]+)` \\| (index|cluster) \\| ([a-z, ]+) \\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
