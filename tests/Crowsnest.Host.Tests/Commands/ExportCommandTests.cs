using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crowsnest.Host.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task An_export_goes_in_again_byte_for_byte_with_and_without_a_server()
    {
        var events = Events(2_500);
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(events));

        var local = await _crowsnest.RunAsync(["export"]);
        var csv = await _crowsnest.RunAsync(["export", "id:e7", "-o", "csv"]);
        await using (await RunningUp.StartAsync(_crowsnest))
        {
            Assert.Equal(local, await _crowsnest.RunAsync(["export", "*", "-o", "ndjson"]));
            Assert.Equal(csv, await _crowsnest.RunAsync(["export", "id:e7", "-o", "csv"]));
        }

        Assert.Equal((0, events, ""), (local.ExitCode, local.Out, local.Error));
        Assert.Matches("^time,key,id,[A-Za-z,]+,summary\r\n2026-03-02T08:00:00.007Z,1772438400007-[0-9a-f]{32},e7,x,info,info,.*\r\n$", csv.Out);
        Assert.Contains("\"duplicates\": 2500,", (await _crowsnest.RunAsync(["ingest"], Encoding.UTF8.GetBytes(local.Out))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_there_only_when_it_is_whole()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(3)));
        var file = Path.Combine(_crowsnest.Folder, "out.ndjson");

        var answer = await _crowsnest.RunAsync(["export", "--out", "out.ndjson"]);

        Assert.Equal((0, "", $"crowsnest: wrote out.ndjson, {Events(3).Length} bytes\n"), (answer.ExitCode, answer.Out, answer.Error));
        Assert.Equal(Events(3), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        // What is there stays when the next one fails.
        Assert.Equal(2, (await _crowsnest.RunAsync(["export", "kidn:x", "--out", "out.ndjson"])).ExitCode);
        Assert.Equal(["crowsnest-data", "out.ndjson"], Directory.EnumerateFileSystemEntries(_crowsnest.Folder).Select(Path.GetFileName).Order());
        Assert.Equal(Events(3), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_it_with_1_and_words()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(20_000)));
        using var process = Process.Start(_crowsnest.Start(["export"]))!;
        process.StandardOutput.Close();
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("The export is not whole", error, StringComparison.Ordinal);
    }

    // A server that dies half-way, as its end of the connection looks.
    [Fact]
    public async Task A_server_that_breaks_off_leaves_no_file_and_exits_4()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            using var request = new StreamReader(stream, leaveOpen: true);
            while (await request.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
            {
                // To the end of the request's head.
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"a\":1\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);

        var answer = await _crowsnest.RunAsync(["export", "--server", $"http://{listener.LocalEndpoint}", "--out", "out.ndjson"]);
        await serving;

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("is not whole", answer.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_crowsnest.Folder));
    }

    [Theory]
    [InlineData("export -o json", "an export is ndjson or csv")]
    [InlineData("export --columns time", "--columns goes with -o csv")]
    [InlineData("export -o csv --columns tiem", "did you mean 'time'")]
    [InlineData("export outcom:failure", "did you mean 'outcome'")]
    [InlineData("export --out no/such/folder", "cannot write no/such/folder")]
    public async Task Wrong_usage_exits_2_with_what_would_be_right(string line, string words)
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(1)));
        var answer = await _crowsnest.RunAsync(line.Split(' '));

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(words, answer.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static string Events(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        $"{{\"detail-type\":\"x\",\"id\":\"e{i}\",\"time\":\"{new DateTime(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc).AddMilliseconds(i):yyyy-MM-ddTHH:mm:ss.fffZ}\",\"detail\":{{}}}}\n"));
}
