using System.Diagnostics;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>
/// Goal: what was acknowledged survives a power cut, whatever the disk made of the writes that no sync had confirmed.
/// Method: a process that commits as the server does runs under a journal of its writes and syncs; the folder is rebuilt as a cut at random moments could have
/// left it, and opened. Without a sync at each commit the same test finds losses. <c>CROWSNEST_SEED</c> decides all.
/// </summary>
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const int Events = 6_000;
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public Task What_was_acknowledged_survives_a_power_cut() => CutAsync(1, 8);

    [Fact]
    [Trait("Category", "slow")]
    public Task What_was_acknowledged_survives_a_power_cut_at_a_hundred_moments() => CutAsync(Seed(), 100);

    [Fact]
    [Trait("Category", "slow")]
    public async Task Without_a_sync_at_each_commit_something_acknowledged_is_lost_and_nothing_is_damaged()
    {
        var cut = await WriteAsync("nosync");
        var wrong = await CutAsync(cut, new Random(Seed()), 100);

        Assert.NotEmpty(wrong);
        Assert.All(wrong, w => Assert.EndsWith("was acknowledged and is lost", w, StringComparison.Ordinal));
        output.WriteLine($"{wrong.Count} of 100 cuts lost something");
    }

    [Fact]
    public async Task What_ingest_says_it_stored_survives_a_power_cut_right_after()
    {
        var data = Path.Combine(_crowsnest.Folder, "data");
        var disk = new Disk(data, _crowsnest.Folder);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", "-", "--data", data], StoredEvents.Lines(0, Events), disk.Environment(journal: true))).ExitCode);
        var cut = disk.Journal();

        for (var seed = 0; seed < 8; seed++)
        {
            var folder = Path.Combine(_crowsnest.Folder, "after");
            cut.Rebuild(cut.Steps, new Random(seed), folder);
            Assert.Equal("", await StoredEvents.WrongAsync(folder, Enumerable.Range(0, Events), TestContext.Current.CancellationToken));
            Assert.Equal(Events, await StoredEvents.CountAsync(folder, TestContext.Current.CancellationToken));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_power_cut_after_ingest_sent_its_message_repeats_it_with_its_id()
    {
        var data = Path.Combine(_crowsnest.Folder, "data");
        var disk = new Disk(data, _crowsnest.Folder);
        var moment = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var target = await WebhookTarget.StartAsync(_ =>
        {
            moment.TrySetResult(disk.Journal().Steps);
            return Task.CompletedTask;
        });
        _crowsnest.Write("crowsnest.yaml", $"{{route: {{receiver: ops}}, receivers: [{{name: ops, webhook_configs: [{{url: \"{target.Url}\"}}]}}]}}");
        var file = _crowsnest.Write("now.json", TellingCommandTests.MovedToNow("t1"));
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", file, "--data", data], null, disk.Environment(journal: true))).ExitCode);

        // The message had just arrived: nothing that was not synced before it left may be needed.
        disk.Journal().Rebuild(await moment.Task, new Random(4), Path.Combine(_crowsnest.Folder, "after"));
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", file, "--data", Path.Combine(_crowsnest.Folder, "after")])).ExitCode);

        var (one, two) = (await target.NextAsync(), await target.NextAsync());
        Assert.Equal(one.GetProperty("notificationId").GetString(), two.GetProperty("notificationId").GetString());
    }

    private async Task CutAsync(int seed, int cuts)
    {
        var cut = await WriteAsync("sync");
        Assert.Equal(Enumerable.Range(0, Events).Count(StoredEvents.IsFailure), cut.Lines("told", cut.Steps).Count);
        Assert.Empty(await CutAsync(cut, new Random(seed), cuts, withMessages: true));
    }

    // What is wrong after each of the cuts at which something is.
    private async Task<List<string>> CutAsync(PowerCut cut, Random random, int cuts, bool withMessages = false)
    {
        var wrong = new List<string>();
        for (var i = 0; i < cuts; i++)
        {
            var moment = random.Next(cut.Steps + 1);
            var folder = Path.Combine(_crowsnest.Folder, "after");
            cut.Rebuild(moment, random, folder);
            var acknowledged = cut.LastNumber("acknowledged", moment);

            var what = await StoredEvents.WrongAsync(folder, Enumerable.Range(0, acknowledged), TestContext.Current.CancellationToken);
            if (what.Length == 0 && withMessages) what = await WronglyToldAsync(folder, cut.Lines("told", moment), acknowledged);
            if (what.Length > 0) wrong.Add(what);
            output.WriteLine($"cut before step {moment} of {cut.Steps}, {acknowledged} acknowledged: {(what.Length > 0 ? what : "all there")}");
            Directory.Delete(folder, recursive: true);
        }

        return wrong;
    }

    // Who was told before the cut is told again at most of one failure and with its id, and of every other that was acknowledged.
    private static async Task<string> WronglyToldAsync(string folder, IReadOnlyList<string> before, int acknowledged)
    {
        var messages = new StoredMessages();
        var wrong = messages.Add(before.Select(line => line.Split(' ')).Select(words => (words[0], words[1])));
        if (wrong.Length == 0) wrong = messages.Add(await StoredMessages.TellAsync(folder, TestContext.Current.CancellationToken));
        if (wrong.Length > 0) return wrong;
        var untold = Enumerable.Range(0, acknowledged).Where(StoredEvents.IsFailure).Select(StoredEvents.Service).Except(messages.Services).FirstOrDefault();
        return untold is null ? "" : $"{untold} was acknowledged and nobody was told";
    }

    private async Task<PowerCut> WriteAsync(string sync)
    {
        var data = Path.Combine(_crowsnest.Folder, "data");
        var disk = new Disk(data, _crowsnest.Folder);
        var lines = Path.Combine(_crowsnest.Folder, "lines.ndjson");
        await File.WriteAllBytesAsync(lines, StoredEvents.Lines(0, Events), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Repository.CrashWriter, [data, sync, lines, "60"]);
        foreach (var (name, value) in disk.Environment(journal: true)) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var cut = disk.Journal();
        Assert.Equal(Events, cut.LastNumber("acknowledged", cut.Steps));
        output.WriteLine($"{cut.Steps} steps, {cut.Syncs} syncs");
        return cut;
    }

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 20261124;
}
