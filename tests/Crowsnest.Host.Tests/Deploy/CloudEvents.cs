using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>Events for a deployment, and what must come of them.</summary>
internal static class CloudEvents
{
    /// <summary>
    /// The seed's event, its times moved to now, and distinct ones of the generator that end about now; the failed tasks that the default rules tell of, by their ids: a
    /// Spot reclaim is a failure and a warning, and they tell of errors.
    /// </summary>
    public static async Task<(List<JsonObject> Events, IReadOnlySet<string> Failed)> GenerateAsync(CrowsnestProcess at, int count)
    {
        var generator = Repository.PathOf("..", "shared", "streams", "ecs-stream-gen");
        if (!File.Exists(generator)) Assert.Skip("skipped: no ../shared/streams/ecs-stream-gen beside the repository");
        var now = TimeProvider.System.GetUtcNow();
        var seed = (JsonObject)JsonNode.Parse(Repository.Read("docs", "example-event.json").Replace("2026-03-02T08:1", now.AddMinutes(-10).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)[..^1], StringComparison.Ordinal))!;
        using var process = Process.Start(new ProcessStartInfo(generator,
        [
            "--events", $"{count - 1}", "--failures", "10", "--start", now.AddMinutes(-20).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            "--seed", Environment.GetEnvironmentVariable("CROWSNEST_SEED") ?? "1", "--out", Path.Combine(at.Folder, "events.ndjson"), "--truth", Path.Combine(at.Folder, "truth.ndjson"),
        ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        var events = (await File.ReadAllLinesAsync(Path.Combine(at.Folder, "events.ndjson"), TestContext.Current.CancellationToken)).Select(line => (JsonObject)JsonNode.Parse(line)!).Prepend(seed).ToList();
        var failed = (await File.ReadAllLinesAsync(Path.Combine(at.Folder, "truth.ndjson"), TestContext.Current.CancellationToken)).Select(line => JsonElement.Parse(line))
            .Where(truth => truth.GetProperty("kind").GetString() == "task" && truth.GetProperty("fail").GetBoolean() && truth.GetProperty("class").GetString() != "spot").Select(truth => truth.GetProperty("key").GetString()!)
            .Append(seed["detail"]!["taskArn"]!.GetValue<string>()).Select(arn => arn[(arn.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(failed);
        return (events, failed);
    }
}
