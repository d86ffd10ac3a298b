using System.Net;
using System.Net.Http.Headers;
using Crowsnest.Host.Tests.Commands;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>
/// Goal: whatever is wrong with the disk or the folder, the program says so in a sentence that tells what to do, damages nothing, and goes on when it is well again.
/// Method: the real program on a disk that fails when it is told to.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();
    private readonly Disk _disk;

    public FaultTests() => _disk = new Disk(Data, _crowsnest.Folder);

    private string Data => Path.Combine(_crowsnest.Folder, "crowsnest-data");

    public void Dispose() => _crowsnest.Dispose();

    [Theory]
    [InlineData("full", "No space left on device")]
    [InlineData("read-only", "Read-only file system")]
    public async Task A_folder_that_takes_nothing_is_refused_in_a_sentence_and_can_still_be_searched(string fault, string why)
    {
        await IngestAsync(0, 100);
        _disk.Becomes(fault);

        foreach (var command in new[] { "ingest", "up" })
        {
            string[] arguments = command == "up" ? ["up", "--listen", "127.0.0.1:0"] : ["ingest", "-"];
            var refused = await _crowsnest.RunAsync(arguments, StoredEvents.Lines(100, 10), _disk.Environment());
            Assert.Equal((4, ""), (refused.ExitCode, refused.Out));
            Assert.Equal($"crowsnest: The data folder {Data} cannot be written: {why}. Make room, let this user write there, or name another folder with --data.\n", refused.Error);
        }

        var found = await _crowsnest.RunAsync(["search", $"id:\"{StoredEvents.Id(42)}\""], null, _disk.Environment());
        Assert.Equal(0, found.ExitCode);
        Assert.Contains(StoredEvents.Id(42), found.Out, StringComparison.Ordinal);

        _disk.Recovers();
        await IngestAsync(0, 200);
        await AssertStoredAsync(200);
    }

    [Fact]
    public async Task A_new_folder_on_a_read_only_disk_is_refused_in_a_sentence()
    {
        _disk.Becomes("read-only");

        var refused = await _crowsnest.RunAsync(["ingest", "-"], StoredEvents.Lines(0, 1), _disk.Environment());

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("cannot be written: Read-only file system. Make room,", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task An_ingest_whose_disk_gets_full_says_what_is_stored_and_can_be_run_again()
    {
        var process = System.Diagnostics.Process.Start(_crowsnest.Start(["ingest", "-"], _disk.Environment()))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.StandardInput.BaseStream.WriteAsync(StoredEvents.Lines(0, 6_000), TestContext.Current.CancellationToken);
        _disk.Becomes("full");
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(StoredEvents.Lines(6_000, 6_000), TestContext.Current.CancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up before it had read all.
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, process.ExitCode);
        Assert.Contains("The disk is full.", await error, StringComparison.Ordinal);
        Assert.Contains("\"received\":", await output, StringComparison.Ordinal);
        Assert.Equal("", await StoredEvents.WrongAsync(Data, [], TestContext.Current.CancellationToken));

        _disk.Recovers();
        await IngestAsync(0, 12_000);
        await AssertStoredAsync(12_000);
    }

    [Theory]
    [InlineData("full", "The disk is full.")]
    [InlineData("read-only", "The disk reported an error.")]
    [InlineData("broken", "Check the disk|If the disk is well")]
    public async Task A_server_whose_disk_fails_stays_alive_says_why_it_is_not_ready_and_recovers_by_itself(string fault, string why)
    {
        await using var up = await RunningUp.StartAsync(_crowsnest, _disk.Environment());
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(up, 0, 100));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(up, "/-/ready")).Status);

        _disk.Becomes(fault);
        var waiting = PostAsync(up, 100, 100);
        (HttpStatusCode Status, string Body) ready;
        do ready = await GetAsync(up, "/-/ready");
        while (ready.Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Contains(why.Split('|'), w => ready.Body.Contains(w, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(up, "/-/healthy")).Status);
        if (fault != "broken")
        {
            var found = await GetAsync(up, $"/api/v1/events?q=id:%22{StoredEvents.Id(42)}%22");
            Assert.Equal(HttpStatusCode.OK, found.Status);
            Assert.Contains(StoredEvents.Id(42), found.Body, StringComparison.Ordinal);
        }

        // Nobody sends anything more: it finds out by itself.
        _disk.Recovers();
        do ready = await GetAsync(up, "/-/ready");
        while (ready.Status != HttpStatusCode.OK);

        // Who waited was answered, or told to send again.
        Assert.Contains(await waiting, new[] { HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable });
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(up, 100, 100));
        Assert.Equal(0, (await up.StopAsync()).ExitCode);
        await AssertStoredAsync(200);
    }

    [Theory]
    [InlineData("nothing of a database", "damaged or cannot be read, or is not one of Crowsnest's")]
    [InlineData("newer", "was written by a newer Crowsnest (schema 999;")]
    public async Task A_file_that_cannot_be_used_is_refused_in_a_sentence_and_left_as_it_is(string what, string why)
    {
        var path = Path.Combine(Data, "crowsnest.db");
        await IngestAsync(0, 100);
        if (what == "newer") SetVersion(path, 999);
        else await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat(what, 1_000)), TestContext.Current.CancellationToken);
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        foreach (var arguments in new string[][] { ["ingest", "-"], ["search", "*"], ["up", "--listen", "127.0.0.1:0"], ["quarantine", "list"] })
        {
            var refused = await _crowsnest.RunAsync(arguments, StoredEvents.Lines(100, 10));
            Assert.Equal((arguments[0], 4), (arguments[0], refused.ExitCode));
            Assert.Contains(why, refused.Error, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed.", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_page_that_is_damaged_later_is_told_and_the_rest_is_left_as_it_is()
    {
        var path = Path.Combine(Data, "crowsnest.db");
        await IngestAsync(0, 3_000);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes.AsSpan(8_192).Fill(0xA5);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        foreach (var arguments in new string[][] { ["ingest", "-"], ["search", "*"] })
        {
            var refused = await _crowsnest.RunAsync(arguments, StoredEvents.Lines(0, 10));
            Assert.Equal((arguments[0], 4), (arguments[0], refused.ExitCode));
            Assert.Contains("damaged", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    private static void SetVersion(string path, int version)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A number.
        command.CommandText = $"PRAGMA user_version={version}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private async Task IngestAsync(int first, int count)
    {
        var done = await _crowsnest.RunAsync(["ingest", "-"], StoredEvents.Lines(first, count), _disk.Environment());
        Assert.Equal((0, ""), (done.ExitCode, done.ExitCode == 0 ? "" : done.Error));
    }

    private async Task AssertStoredAsync(int count)
    {
        Assert.Equal("", await StoredEvents.WrongAsync(Data, Enumerable.Range(0, count), TestContext.Current.CancellationToken));
        Assert.Equal(count, await StoredEvents.CountAsync(Data, TestContext.Current.CancellationToken));
    }


    private static async Task<HttpStatusCode> PostAsync(RunningUp up, int first, int count)
    {
        using var body = new ByteArrayContent(StoredEvents.Lines(first, count));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(RunningUp up, string path)
    {
        using var answer = await up.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
