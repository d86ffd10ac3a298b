using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The past as a person asks for it: of a generated stream with all disturbances, at moments drawn at random, beside a plain fold of the same lines.</summary>
public class PastDrillTests(ITestOutputHelper output)
{
    private const int Moments = 50;

    [Fact]
    [Trait("Category", "slow")]
    public async Task Tasks_are_right_at_any_moment()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 20261130;
        output.WriteLine($"CROWSNEST_SEED={seed}");
        var random = new Random(seed);
        using var crowsnest = new CrowsnestProcess();
        var lines = await GenerateAsync(seed, crowsnest.Folder);
        var events = lines.Select(line => new EventDecoder().Decode(Encoding.UTF8.GetBytes(line), DateTimeOffset.UnixEpoch)).OfType<Decoded.Ok>().Select(ok => ok.Event).ToList();
        Assert.Equal(0, (await crowsnest.RunAsync(["ingest", "--no-notify", "events"])).ExitCode);
        var (first, last) = (events.Min(TimeOf), events.Max(TimeOf));
        string[] clusters = [.. events.Select(e => e.Cluster).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        var seen = 0;
        for (var i = 0; i < Moments; i++)
        {
            var at = first + (long)((last - first) * random.NextDouble());
            var cluster = clusters[random.Next(clusters.Length)];
            var asked = await crowsnest.RunAsync(["get", "tasks", "--cluster", cluster, "--at", $"{DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-ddTHH:mm:ss.fffZ}", "--limit", "100000", "-o", "ndjson"]);
            Assert.True(asked.ExitCode == 0, asked.Error);
            var found = asked.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).Select(t => $"{t.GetProperty("taskId")} {t.GetProperty("lastStatus")} {t.GetProperty("version")}").Order(StringComparer.Ordinal);
            var expected = Fold(events, at, cluster).Order(StringComparer.Ordinal).ToList();
            Assert.True(expected.SequenceEqual(found), $"CROWSNEST_SEED={seed} {cluster} at {at}: {string.Join(", ", expected.Except(found).Take(5))} are missing, {string.Join(", ", found.Except(expected).Take(5))} are too many");
            seen += expected.Count;
        }

        output.WriteLine($"{events.Count} events, {seen} tasks at {Moments} moments");
        Assert.True(seen > 50 * Moments);
    }

    private static IEnumerable<string> Fold(IEnumerable<EcsEvent> events, long at, string cluster)
    {
        var states = new Dictionary<string, IResourceState>();
        foreach (var e in events.Where(e => e.Source.StartsWith("aws.", StringComparison.Ordinal) && TimeOf(e) <= at)) ResourceFold.Fold(states, e);
        return states.Values.OfType<TaskState>().Where(t => !t.IsStopped && t.Name.Cluster == cluster).Select(t => $"{t.Name.Id} {t.Detail.LastStatus} {t.Order.Version}");
    }

    private static long TimeOf(EcsEvent e) => e.Detail.UpdatedAt.HasValue ? e.Detail.UpdatedAt.UnixMilliseconds : e.OccurredAt.ToUnixTimeMilliseconds();

    private static async Task<string[]> GenerateAsync(int seed, string folder)
    {
        var generator = Repository.PathOf("..", "shared", "streams", "ecs-stream-gen");
        if (!File.Exists(generator)) Assert.Skip("skipped: no ../shared/streams/ecs-stream-gen beside the repository");
        using var run = Process.Start(new ProcessStartInfo(
            "python3", [generator, "--seed", $"{seed}", "--events", "12000", "--tasks", "600", "--instances", "60", "--clusters", "3", "--duplicates", "5", "--out-of-order", "10", "--version-gaps", "10", "--odd", "5", "--out", Path.Combine(folder, "events")])
        {
            RedirectStandardError = true,
        })!;
        var said = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, said);
        return await File.ReadAllLinesAsync(Path.Combine(folder, "events"), TestContext.Current.CancellationToken);
    }
}
