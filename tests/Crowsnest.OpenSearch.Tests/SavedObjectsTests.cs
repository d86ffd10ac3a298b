using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests;
using Crowsnest.OpenSearch.Dashboards;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>What Dashboards and Kibana import: each question in it is asked as they ask it, of the real server, which has events that answer it.</summary>
public sealed partial class SavedObjectsTests : IAsyncDisposable
{
    private readonly OpenSearchPlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _place.DisposeAsync();

    [Theory]
    [InlineData("failures-by-kind", "08:00/EssentialContainerExited=1 08:00/ImagePull=1")]
    [InlineData("failures-by-service", "__missing__/ImagePull=1 checkout/EssentialContainerExited=1")]
    [InlineData("agent-connections", "09:00/false=1 10:00/true=1")]
    public async Task A_chart_counts_what_is_stored(string name, string expected)
    {
        await StoreAsync();
        var chart = Saved($"{_place.Prefix}-{name}");
        var state = Json(chart["attributes"]!["visState"]!);
        var (metric, segment, group) = (Aggregation(state, "metric"), Aggregation(state, "segment"), Aggregation(state, "group"));

        // As Dashboards and Kibana make the request of a chart: the metric inside the group inside the bar.
        var asked = await AskAsync(chart, new JsonObject
        {
            ["size"] = 0,
            ["aggs"] = new JsonObject { ["2"] = With(Bucket(segment), "3", With(Bucket(group), "1", new JsonObject { ["cardinality"] = new JsonObject { ["field"] = (string)metric["params"]!["field"]! } })) },
        });

        var found = asked["aggregations"]!["2"]!["buckets"]!.AsArray().SelectMany(bar => bar!["3"]!["buckets"]!.AsArray().Select(part => $"{Key(bar)}/{Key(part!)}={(int)part!["1"]!["value"]!}"));
        Assert.Equal(expected, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("latest-failures", "a3 a1 a1b")]
    [InlineData("agents-lost", "i1")]
    public async Task A_saved_search_finds_what_is_stored_the_latest_first(string name, string expected)
    {
        await StoreAsync();
        var search = Saved($"{_place.Prefix}-{name}");
        var sort = search["attributes"]!["sort"]!.AsArray().Select(pair => new JsonObject { [(string)pair![0]!] = new JsonObject { ["order"] = (string)pair[1]! } });

        var asked = await AskAsync(search, new JsonObject { ["size"] = 500, ["sort"] = new JsonArray([.. sort]) });

        var hits = asked["hits"]!["hits"]!.AsArray();
        Assert.Equal(expected, string.Join(' ', hits.Select(hit => (string)hit!["_source"]!["id"]!)));
    }

    // Goal: a field that documents do not have is asked for nowhere, since the server would answer with nothing and no word. Method: the server says which
    // fields it knows.
    [Fact]
    public async Task Every_field_that_is_named_is_one_that_the_server_knows()
    {
        await StoreAsync();
        using var http = new HttpClient();
        var known = JsonNode.Parse(await http.GetStringAsync(new Uri(OpenSearchServer.Address, $"{_place.Prefix}-events-*/_field_caps?fields=*"), Cancel))!["fields"]!.AsObject();

        foreach (var field in Named().Distinct()) Assert.True(known.ContainsKey(field), $"{field} is not in the mapping");

        // The index pattern's own list says of each what the server says.
        var pattern = Saved($"{_place.Prefix}-events")["attributes"]!;
        Assert.Equal("@timestamp", (string)pattern["timeFieldName"]!);
        foreach (var field in Json(pattern["fields"]!).AsArray())
        {
            var name = (string)field!["name"]!;
            var caps = known[name]![(string)field["esTypes"]![0]!]!;
            Assert.True((bool)caps["searchable"]! == (bool)field["searchable"]! && (bool)caps["aggregatable"]! == (bool)field["aggregatable"]!, name);
        }
    }

    [Fact]
    public void A_field_that_the_field_table_lacks_is_refused_when_the_file_is_made() =>
        Assert.Throws<System.Diagnostics.UnreachableException>(() => Visualisation.Column("stopedReason"));

    // Goal: an import does not end with a missing reference or an object of a version that Kibana 7.8 does not know (its own, read from its migrations).
    [Fact]
    public void Every_reference_is_to_an_object_of_the_file_and_no_version_is_newer_than_the_oldest_Kibana()
    {
        var objects = All();
        var ids = objects.Select(one => $"{one["type"]}/{one["id"]}").ToHashSet();
        Assert.Equal(objects.Count, ids.Count);
        Assert.Equal(["index-pattern", "visualization", "visualization", "visualization", "search", "search", "dashboard"], objects.Select(one => (string)one["type"]!));
        foreach (var one in objects)
        {
            Assert.All(one["references"]!.AsArray(), reference => Assert.Contains($"{reference!["type"]}/{reference["id"]}", ids));
            var (type, version) = Assert.Single(one["migrationVersion"]!.AsObject());
            Assert.Equal((string)one["type"]!, type);
            Assert.Equal(type switch { "index-pattern" => "7.6.0", "search" => "7.4.0", "visualization" => "7.8.0", _ => "7.3.0" }, (string)version!);
        }

        // What names a reference has one, and no two panels lie on one another.
        var dashboard = objects[^1];
        var panels = Json(dashboard["attributes"]!["panelsJSON"]!).AsArray();
        Assert.Equal(dashboard["references"]!.AsArray().Select(reference => (string)reference!["name"]!), panels.Select(panel => (string)panel!["panelRefName"]!));
        var cells = panels.SelectMany(panel => Cells(panel!["gridData"]!)).ToList();
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 47));
        Assert.All(objects.Where(one => (string)one["type"]! is "search" or "visualization"), one =>
            Assert.Equal((string)Source(one)["indexRefName"]!, (string)Assert.Single(one["references"]!.AsArray())!["name"]!));
    }

    private static IEnumerable<(int X, int Y)> Cells(JsonNode grid) =>
        from x in Enumerable.Range((int)grid["x"]!, (int)grid["w"]!) from y in Enumerable.Range((int)grid["y"]!, (int)grid["h"]!) select (x, y);

    private IEnumerable<string> Named()
    {
        foreach (var one in All())
        {
            foreach (var word in FieldInQuery().Matches((string?)Source(one)?["query"]?["query"] ?? "").Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value)) yield return word;
            foreach (var column in one["attributes"]!["columns"]?.AsArray() ?? []) yield return (string)column!;
            if (one["attributes"]!["visState"] is not { } state) continue;
            foreach (var aggregation in Json(state)["aggs"]!.AsArray()) yield return (string)aggregation!["params"]!["field"]!;
        }
    }

    private static JsonObject Bucket(JsonNode aggregation)
    {
        var parameters = aggregation["params"]!;
        if ((string)aggregation["type"]! == "date_histogram")
            return new JsonObject { ["date_histogram"] = new JsonObject { ["field"] = (string)parameters["field"]!, ["fixed_interval"] = "1h", ["min_doc_count"] = (int)parameters["min_doc_count"]! } };
        Assert.Equal("terms", (string)aggregation["type"]!);
        Assert.True((bool)parameters["missingBucket"]!);
        return new JsonObject { ["terms"] = new JsonObject { ["field"] = (string)parameters["field"]!, ["size"] = (int)parameters["size"]!, ["missing"] = "__missing__" } };
    }

    private static JsonObject With(JsonObject bucket, string name, JsonObject below)
    {
        bucket["aggs"] = new JsonObject { [name] = below };
        return bucket;
    }

    private static string Key(JsonNode bucket) => bucket["key"]! is var key && key.GetValueKind() == JsonValueKind.Number
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)key).ToString("HH:mm", CultureInfo.InvariantCulture)
        : key.ToString();

    private static JsonNode Aggregation(JsonNode state, string schema) => state["aggs"]!.AsArray().Single(one => (string)one!["schema"]! == schema)!;

    private static JsonNode Json(JsonNode text) => JsonNode.Parse((string)text!)!;

    private static JsonNode Source(JsonNode one) => one["attributes"]!["kibanaSavedObjectMeta"] is { } meta ? Json(meta["searchSourceJSON"]!) : null!;

    private List<JsonNode> All() =>
        [.. Encoding.UTF8.GetString(SavedObjects.Of(_place.Prefix)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private JsonNode Saved(string id) => All().Single(one => (string)one["id"]! == id);

    private async Task<JsonNode> AskAsync(JsonNode saved, JsonObject body)
    {
        var query = Source(saved)["query"]!;
        Assert.Equal("lucene", (string)query["language"]!);
        var pattern = (string)Saved((string)saved["references"]![0]!["id"]!)["attributes"]!["title"]!;
        body["query"] = new JsonObject
        {
            ["bool"] = new JsonObject
            {
                ["must"] = new JsonArray(new JsonObject { ["query_string"] = new JsonObject { ["query"] = (string)query["query"]!, ["analyze_wildcard"] = true } }),
                ["filter"] = new JsonArray(new JsonObject { ["range"] = new JsonObject { ["@timestamp"] = new JsonObject { ["gte"] = "2026-03-02T00:00:00Z", ["lte"] = "2026-03-03T00:00:00Z", ["format"] = "strict_date_optional_time" } } }),
            },
        };
        using var http = new HttpClient();
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(OpenSearchServer.Address, pattern + "/_search"), content, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    // Two events of one stop of a service's task, one of a task of no service, one that ended well, and an instance whose agent went and came back.
    private async Task StoreAsync()
    {
        string[] events =
        [
            TaskEvent("a1", "08:10", "service:checkout", "STOPPED", "EssentialContainerExited", "Essential container in task exited", 1),
            TaskEvent("a1b", "08:09", "service:checkout", "DEPROVISIONING", "EssentialContainerExited", "Essential container in task exited", 1),
            TaskEvent("a3", "08:20", "family:job", "STOPPED", "TaskFailedToStart", "CannotPullContainerError: pull image manifest has been retried", null),
            TaskEvent("a4", "08:30", "service:checkout", "STOPPED", "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", 0),
            AgentEvent("i1", "09:00", "false", 1), AgentEvent("i2", "10:00", "true", 2),
        ];
        var decoder = new EventDecoder();
        var store = await _place.OpenAsync();
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), _place.Time);
        var receipt = await pipeline.SubmitAsync(new IngestBatch("test", Some.Noon, [.. events.Select(text => Assert.IsType<Decoded.Ok>(decoder.Decode(Encoding.UTF8.GetBytes(text), Some.Noon)).Event)], []), Cancel);
        Assert.Equal(6, receipt.Accounting.Stored);
    }

    private static string TaskEvent(string id, string time, string group, string lastStatus, string stopCode, string reason, int? exitCode)
    {
        var task = "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + id[..2] + new string('0', 30);
        return $$$"""
            {"version":"0","id":"{{{id}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-02T{{{time}}}:00Z","resources":["{{{task}}}"],
             "detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","taskArn":"{{{task}}}","group":"{{{group}}}","lastStatus":"{{{lastStatus}}}","desiredStatus":"STOPPED","stopCode":"{{{stopCode}}}",
             "stoppedReason":"{{{reason}}}","containers":[{"name":"web","lastStatus":"STOPPED"{{{(exitCode is { } code ? $",\"exitCode\":{code}" : "")}}}}],"updatedAt":"2026-03-02T{{{time}}}:00Z","version":{{{(lastStatus == "STOPPED" ? 7 : 6)}}}}}
            """;
    }

    private static string AgentEvent(string id, string time, string isConnected, int version) => $$$"""
        {"version":"0","id":"{{{id}}}","detail-type":"ECS Container Instance State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-02T{{{time}}}:00Z",
         "resources":["arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/ffffffffffffffffffffffffffffffff"],
         "detail":{"agentConnected":{{{isConnected}}},"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","containerInstanceArn":"arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/ffffffffffffffffffffffffffffffff",
         "ec2InstanceId":"i-0123456789abcdef0","status":"ACTIVE","runningTasksCount":2,"pendingTasksCount":0,"updatedAt":"2026-03-02T{{{time}}}:00Z","version":{{{version}}}}}
        """;

    [GeneratedRegex("_exists_:([\\w.@-]+)|([\\w.@-]+):")]
    private static partial Regex FieldInQuery();
}
