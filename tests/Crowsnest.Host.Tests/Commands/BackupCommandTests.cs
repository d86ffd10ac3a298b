using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>All data into a folder and back, whatever happens meanwhile.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task What_was_backed_up_is_restored_with_its_quarantine_and_tokens()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 500) + "not json\n"));
        await _crowsnest.RunAsync(["token", "create", "ci"]);

        var backup = await _crowsnest.RunAsync(["backup", "saved"]);
        var restore = await _crowsnest.RunAsync(["restore", "saved", "--data", "other"]);

        Assert.Equal((0, "", 0, ""), (backup.ExitCode, backup.Error, restore.ExitCode, restore.Error));
        var made = JsonElement.Parse(backup.Out);
        Assert.Equal((501, 500, 1, 500), (Number(made, "received"), Number(made, "stored"), Number(made, "quarantined"), Number(made, "events")));
        foreach (var command in (string[][])[["export"], ["quarantine", "list"], ["token", "list"]])
            Assert.Equal((await _crowsnest.RunAsync(command)).Out, (await _crowsnest.RunAsync([.. command, "--data", "other"])).Out);
        Assert.Equal(["crowsnest-backup.json", "crowsnest.db"], Directory.EnumerateFiles(Path.Combine(_crowsnest.Folder, "saved")).Select(Path.GetFileName).Order());
    }

    // Goal: a copy made while a writer is at work is one commit's, and holds all that was acknowledged before it began.
    [Fact]
    public async Task A_backup_while_events_come_in_holds_all_that_was_acknowledged_before()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var body = new StringContent(Events(acknowledged, 200), Encoding.UTF8, "application/x-ndjson");
                using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
                answer.EnsureSuccessStatusCode();
                Interlocked.Add(ref acknowledged, 200);
            }
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 5; i++)
        {
            var before = Volatile.Read(ref acknowledged);
            var backup = await _crowsnest.RunAsync(["backup", $"saved{i}"]);
            Assert.Equal((0, ""), (backup.ExitCode, backup.Error));
            var made = JsonElement.Parse(backup.Out);
            Assert.InRange(Number(made, "stored"), before, Volatile.Read(ref acknowledged) + 200);
            Assert.Equal(Number(made, "stored"), Number(made, "events"));
        }

        await stop.CancelAsync();
        await writing;
        Assert.Equal(0, (await _crowsnest.RunAsync(["restore", "saved4", "--data", "other"])).ExitCode);
        Assert.Equal(0, (await _crowsnest.RunAsync(["doctor", "--deep", "--data", "other"])).ExitCode);
    }

    // Method: at each step of the copy, what stands in the folder is what a kill would leave.
    [Fact]
    public async Task Whatever_a_kill_leaves_of_a_backup_is_not_restored()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Large(20_000)));
        var folder = Path.Combine(_crowsnest.Folder, "saved");
        var steps = 0;
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = Path.Combine(_crowsnest.Folder, "crowsnest-data"), ReadOnly = true }, TimeProvider.System);
        await DataBackup.WriteAsync(store, folder, "1.2.3", TimeProvider.System, (_, _) =>
        {
            steps++;
            Assert.Throws<BackupException>(() => DataBackup.Read(folder));
        }, TestContext.Current.CancellationToken);

        Assert.True(steps > 1, $"{steps} steps");
        Assert.Equal("1.2.3", DataBackup.Read(folder).Version);
    }

    [Fact]
    public async Task A_killed_backup_is_not_taken_for_one_and_its_folder_is_not_used_again()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Large(20_000)));
        var folder = Path.Combine(_crowsnest.Folder, "saved");
        using (var process = Process.Start(_crowsnest.Start(["backup", "saved"]))!)
        {
            var data = Path.Combine(folder, "crowsnest.db");
            while (!File.Exists(data) && !process.HasExited) await Task.Yield();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // However far it came: either all of it is there, or it is refused.
        var restore = await _crowsnest.RunAsync(["restore", "saved", "--data", "other"]);
        var isWhole = File.Exists(Path.Combine(folder, "crowsnest-backup.json"));
        Assert.Equal(isWhole ? 0 : 4, restore.ExitCode);
        if (!isWhole) Assert.Contains("not finished", restore.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _crowsnest.RunAsync(["backup", "saved"])).ExitCode);
    }

    [Fact]
    public async Task Data_that_is_there_stays_unless_it_is_moved_aside()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 10)));
        await _crowsnest.RunAsync(["backup", "saved"]);
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(10, 10)));

        var refused = await _crowsnest.RunAsync(["restore", "saved"]);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Out));
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);

        var forced = await _crowsnest.RunAsync(["restore", "saved", "--force"]);
        Assert.Equal(0, forced.ExitCode);
        var aside = Assert.Single(Directory.EnumerateDirectories(Path.Combine(_crowsnest.Folder, "crowsnest-data"), "before-restore-*"));
        Assert.Contains(aside, forced.Error, StringComparison.Ordinal);
        Assert.Equal(10, await CountAsync());
        Assert.Equal(20, await CountAsync("--data", aside));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_nothing_is_touched()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 10)));
        await _crowsnest.RunAsync(["backup", "saved"]);
        var data = Path.Combine(_crowsnest.Folder, "saved", "crowsnest.db");
        var bytes = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(data, bytes, TestContext.Current.CancellationToken);

        var answer = await _crowsnest.RunAsync(["restore", "saved", "--force"]);

        Assert.Equal(4, answer.ExitCode);
        Assert.Contains("is damaged", answer.Error, StringComparison.Ordinal);
        Assert.Equal(10, await CountAsync());
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.Combine(_crowsnest.Folder, "crowsnest-data")), p => p.EndsWith(".restoring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_later_version_s_backup_and_what_is_none_are_refused_in_words()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 1)));
        await _crowsnest.RunAsync(["backup", "saved"]);
        var manifest = Path.Combine(_crowsnest.Folder, "saved", "crowsnest-backup.json");
        var text = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, text.Replace("\"schema\":", "\"schema\":9", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var later = await _crowsnest.RunAsync(["restore", "saved", "--data", "other"]);
        var none = await _crowsnest.RunAsync(["restore", "crowsnest-data", "--data", "other"]);

        Assert.Equal((4, 4), (later.ExitCode, none.ExitCode));
        Assert.Contains("Restore it with that version", later.Error, StringComparison.Ordinal);
        Assert.Contains("is no backup", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_a_server_holds_is_not_restored_into_and_only_admins_make_backups()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 1)));
        await _crowsnest.RunAsync(["backup", "saved"]);

        Assert.Equal(4, (await _crowsnest.RunAsync(["restore", "saved", "--force"])).ExitCode);
        var token = JsonElement.Parse((await _crowsnest.RunAsync(["token", "create", "op", "--role", "operator", "-o", "json"])).Out).GetProperty("token").GetString();
        up.Client.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        using var answer = await up.Client.PostAsJsonAsync(new Uri("/api/v1/backup", UriKind.Relative), new BackupWish("/tmp/x"), ApiJson.Default.BackupWish, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_refused()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Events(0, 1)));
        _crowsnest.Write("file", "x");
        Directory.CreateDirectory(Path.Combine(_crowsnest.Folder, "full"));
        _crowsnest.Write("full/file", "x");

        foreach (var (folder, words) in new[] {("full", "is not empty"), ("file", "is a file"), ("crowsnest-data", "is the data folder itself") })
        {
            var answer = await _crowsnest.RunAsync(["backup", folder]);
            Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
            Assert.Contains(words, answer.Error, StringComparison.Ordinal);
        }
    }

    private async Task<int> CountAsync(params string[] at) =>
        JsonElement.Parse((await _crowsnest.RunAsync(["search", "*", "--by", "detailType", .. at])).Out).EnumerateArray().Sum(v => v.GetProperty("count").GetInt32());

    private static int Number(JsonElement from, string name) => from.GetProperty(name).GetInt32();

    // More than one step of the copy, although it is compressed: noise is not.
    private static string Large(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"detail-type\":\"x\",\"id\":\"e{i}\",\"time\":\"2026-03-02T08:00:00Z\",\"detail\":{{\"noise\":\"{Convert.ToHexString(System.Security.Cryptography.SHA512.HashData(BitConverter.GetBytes(i)))}\"}}}}\n")));

    private static string Events(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"detail-type\":\"x\",\"id\":\"e{i}\",\"time\":\"2026-03-02T08:00:00Z\",\"detail\":{{\"n\":\"{i * 7919L % 104729:x}\"}}}}\n")));
}
