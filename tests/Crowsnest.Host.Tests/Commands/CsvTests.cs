using System.Text;

namespace Crowsnest.Host.Tests.Commands;

/// <summary><c>-o csv</c> of every command that lists something.</summary>
public sealed class CsvTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Every_list_is_csv_with_a_header_and_nothing_that_a_spreadsheet_would_run()
    {
        var hostile = """{"detail-type":"=HYPERLINK(\"http://x\")","source":"my.app","id":"1","time":"2026-03-02T08:00:00Z","detail":{"a":"x, \"y\"\nz"}}""";
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(hostile + "\n-broken, \"line\"\n"));
        var all = new StringBuilder();
        foreach (var command in (string[][])
            [["search", "*"], ["search", "*", "--by", "detailType"], ["explain", "-"], ["quarantine", "list"], ["token", "list"]])
        {
            var answer = await _crowsnest.RunAsync([.. command, "-o", "csv"], Encoding.UTF8.GetBytes(hostile));
            Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
            all.Append(System.Globalization.CultureInfo.InvariantCulture, $"{string.Join(' ', command)}\n{answer.Out}\n");
        }

        // When it was received is another time each time.
        Golden.Equal("csv.txt", System.Text.RegularExpressions.Regex.Replace(all.ToString(), "(?<=\n[0-9]+,)20[0-9-]+T[0-9:.]+Z", "TIME"));
    }

    [Fact]
    public async Task An_event_as_deep_as_can_be_stored_is_found_with_and_without_a_server()
    {
        var deep = $"{{\"detail-type\":\"x\",\"id\":\"deep\",\"detail\":{string.Concat(Enumerable.Repeat("{\"a\":[", 60))}1{string.Concat(Enumerable.Repeat("]}", 60))}}}";
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(deep));

        var local = await _crowsnest.RunAsync(["search", "id:deep", "-o", "ndjson"]);
        Assert.Equal((0, ""), (local.ExitCode, local.Error));
        Assert.Contains(deep, local.Out, StringComparison.Ordinal);
        await using var up = await RunningUp.StartAsync(_crowsnest);
        Assert.Equal(local, await _crowsnest.RunAsync(["search", "id:deep", "-o", "ndjson"]));
    }
}
