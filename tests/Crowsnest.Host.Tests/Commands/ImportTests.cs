using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>Events that CloudWatch Logs recorded, in every form in which they come out of there: the same events, whichever way.</summary>
public sealed class ImportTests : IDisposable
{
    // As event capture writes them: an event a message, on one line. With what must survive escaping twice.
    private static readonly string[] Events =
    [
        """{"version":"0","id":"11111111-2222-4333-8444-555555555555","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"2026-03-02T08:00:00Z","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","containers":[{"exitCode":1,"lastStatus":"STOPPED","name":"web","reason":"said \"no\"\tand \\ left: é"}],"desiredStatus":"STOPPED","group":"service:web","lastStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef","updatedAt":"2026-03-02T08:00:00.123Z","version":5}}""",
        """{"version":"0","id":"66666666-2222-4333-8444-555555555555","detail-type":"ECS Service Action","source":"aws.ecs","account":"123456789012","time":"2026-03-02T08:01:00Z","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:123456789012:service/prod/web"],"detail":{"eventType":"INFO","eventName":"SERVICE_STEADY_STATE","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","createdAt":"2026-03-02T08:01:00.1Z"}}""",
    ];

    private readonly CrowsnestProcess _crowsnest = new();

    public static TheoryData<string> Forms => [.. AllForms().Keys];

    public void Dispose() => _crowsnest.Dispose();

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_form_holds_the_same_events(string name)
    {
        var first = JsonElement.Parse((await _crowsnest.RunAsync(["ingest", "--no-notify"], AllForms()[name])).Out);
        Assert.Equal((2, 2, 0), Counts(first));

        var plain = JsonElement.Parse((await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(string.Join('\n', Events)))).Out);
        Assert.Equal((2, 0, 0), Counts(plain));
        Assert.Equal(string.Concat(Events.Select(e => e + "\n")), (await _crowsnest.RunAsync(["export"])).Out);
    }

    [Fact]
    public async Task A_folder_as_an_export_to_s3_leaves_it_is_read_file_by_file_and_only_where_events_may_be()
    {
        var stream = Path.Combine(_crowsnest.Folder, "export", "0a1b2c3d", "log-stream-1");
        Directory.CreateDirectory(stream);
        _crowsnest.Write("export/aws-logs-write-test", "Permission Check Successful");
        _crowsnest.Write("export/index.tsv", "file\tsource\tdetail-type\n");
        _crowsnest.Write("export/empty.json", "");
        _crowsnest.Write("export/spread.json", "\uFEFF\n\n  " + Events[0].Replace(",\"detail\":", ",\n\"detail\":", StringComparison.Ordinal));
        _crowsnest.Write("export/broken.json", "{\"detail-type\":");
        await File.WriteAllBytesAsync(Path.Combine(stream, "000000.gz"), AllForms()["export to S3"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(stream, "readme.gz"), Gzip("# no events"), TestContext.Current.CancellationToken);
        _crowsnest.Write("export/.hidden", Events[0]);

        var answer = await _crowsnest.RunAsync(["ingest", "export", "--no-notify"]);
        var again = await _crowsnest.RunAsync(["ingest", "export", "--no-notify"]);

        Golden.Equal("ingest-folder.txt", answer.Error);
        Assert.Equal((4, 2, 1), Counts(JsonElement.Parse(answer.Out)));
        Assert.Equal((4, 0, 1), Counts(JsonElement.Parse(again.Out)));
    }

    [Fact]
    public async Task A_file_that_is_named_is_read_whatever_it_is_and_needs_no_list()
    {
        _crowsnest.Write("index.tsv", "file\tsource\n");
        var answer = await _crowsnest.RunAsync(["ingest", "index.tsv"]);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.Equal((1, 0, 1), Counts(JsonElement.Parse(answer.Out)));
    }

    private static Dictionary<string, byte[]> AllForms()
    {
        var messages = Events.Select(Text).ToArray();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["filter-log-events"] = $$"""
                {
                    "events": [
                        {"logStreamName": "a/b", "timestamp": 1772438400123, "message": {{messages[0]}}, "ingestionTime": 1772438401000, "eventId": "39812345678901234567890123456789012345678901234567890123"},
                        {"logStreamName": "c", "timestamp": 1772438460100, "message": {{messages[1]}}, "ingestionTime": 1772438461000, "eventId": "39812345678901234567890123456789012345678901234567890124"}
                    ],
                    "searchedLogStreams": []
                }
                """,
            ["get-log-events"] = $$"""
                {"events": [{"timestamp": 1772438400123, "message": {{messages[0]}}, "ingestionTime": 1}, {"timestamp": 1772438460100, "message": {{messages[1]}}, "ingestionTime": 1}],
                 "nextForwardToken": "f/3981", "nextBackwardToken": "b/3981"}
                """,
            ["get-query-results"] = $$"""
                {"queryLanguage": "CWLI", "results": [
                    [{"field": "@timestamp", "value": "2026-03-02 08:00:00.123"}, {"field": "@message", "value": {{messages[0]}}}, {"field": "@ptr", "value": "CmEK"}],
                    [{"field": "@timestamp", "value": "2026-03-02 08:01:00.100"}, {"field": "@message", "value": {{messages[1]}}}, {"field": "@ptr", "value": "CmEL"}]
                 ], "statistics": {"recordsMatched": 2.0, "recordsScanned": 2.0, "bytesScanned": 900.0}, "status": "Complete"}
                """,
            ["Insights' download, messages as text"] = $$"""[{"@timestamp":"2026-03-02 08:00:00.123","@message":{{messages[0]}}},{"@timestamp":"2026-03-02 08:01:00.100","@message":{{messages[1]}}}]""",
            ["Insights' download, messages as objects"] = $$"""[{"@timestamp":"2026-03-02 08:00:00.123","@message":{{Events[0]}}},{"@timestamp":"2026-03-02 08:01:00.100","@message":{{Events[1]}}}]""",
            ["--query messages --output json"] = $"[\n    {messages[0]},\n    {messages[1]}\n]\n",
            ["--query messages --output text"] = $"{Events[0]}\t{Events[1]}\n",
            ["subscription payload"] = $$"""
                {"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/events/ECSStoppedTasksEvent","logStream":"s","subscriptionFilters":["f"],"logEvents":[
                 {"id":"3981","timestamp":1772438400123,"message":{{messages[0]}}},{"id":"3982","timestamp":1772438460100,"message":{{messages[1]}}}]}
                """,
        }.ToDictionary(f => f.Key, f => Encoding.UTF8.GetBytes(f.Value), StringComparer.Ordinal)
            .Append(new("export to S3", Gzip($"2026-03-02T08:00:00.123Z {Events[0]}\n2026-03-02T08:01:00.100Z {Events[1]}\n"))).ToDictionary(StringComparer.Ordinal);
    }

    private static (int Received, int Stored, int Quarantined) Counts(JsonElement summary) =>
        (summary.GetProperty("received").GetInt32(), summary.GetProperty("stored").GetInt32(), summary.GetProperty("quarantined").GetInt32());

    private static string Text(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
