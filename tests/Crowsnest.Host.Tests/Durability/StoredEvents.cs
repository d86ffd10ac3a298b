using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Sqlite;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>Events that a test can count, and what a folder holds of them after whatever happened to it.</summary>
internal static class StoredEvents
{
    // What failed is told only while it is news, so failures are of now: of one moment, since an event that is sent again must be the same.
    private static readonly string Now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static readonly DateTimeOffset First = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The id of the event with this number.</summary>
    public static string Id(int number) => number.ToString("d7", CultureInfo.InvariantCulture) + "-e1";

    /// <summary>Whether the event with this number is a stop that somebody must be told of: one in forty, each of a service of its own (<see cref="Service"/>).</summary>
    public static bool IsFailure(int number) => number % 40 == 7;

    /// <summary>The service whose task failed.</summary>
    public static string Service(int number) => $"fail{number}";

    /// <summary>Lines of events, numbered from <paramref name="first"/>, of tasks whose states change; some have failed.</summary>
    public static byte[] Lines(int first, int count)
    {
        var lines = new StringBuilder();
        for (var i = first; i < first + count; i++)
        {
            if (IsFailure(i))
            {
                var failed = (0x100000 + i).ToString("x32", CultureInfo.InvariantCulture);
                lines.Append(CultureInfo.InvariantCulture, $$$"""
                    {"version":"0","id":"{{{Id(i)}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"{{{Now}}}","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{failed}}}"],"detail":{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{failed}}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","group":"service:{{{Service(i)}}}","lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","updatedAt":"{{{Now}}}","version":{{{i}}},"containers":[{"name":"web","lastStatus":"STOPPED","exitCode":1,"runtimeId":"{{{i:x16}}}"}]}}

                    """);
                continue;
            }

            var time = First.AddSeconds(i / 10).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var task = (i % 500).ToString("x32", CultureInfo.InvariantCulture);
            lines.Append(CultureInfo.InvariantCulture, $$$"""
                {"version":"0","id":"{{{Id(i)}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"{{{time}}}","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{task}}}"],"detail":{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{{task}}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","group":"service:api{{{i % 7}}}","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":{{{i}}},"containers":[{"name":"web","lastStatus":"RUNNING","runtimeId":"{{{i:x16}}}"}]}}

                """);
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <summary>What is wrong with the folder, or nothing: damage, sums that do not add up, an event twice or missing.</summary>
    /// <param name="folder">The data folder; nobody has it open.</param>
    /// <param name="wanted">Numbers of events that must be there.</param>
    /// <param name="cancellationToken">The test's.</param>
    public static async Task<string> WrongAsync(string folder, IEnumerable<int> wanted, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, "crowsnest.db"))) return wanted.Any() ? "there is no store" : "";
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, TimeProvider.System))
        {
            var sums = (await store.AccountingAsync(cancellationToken)).Values.Aggregate(default(Accounting), Accounting.Add);
            if (sums.Received != sums.Stored + sums.Duplicates + sums.Quarantined) return $"the accounting does not add up: {sums}";
            var all = await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), cancellationToken);
            if (all.Total != sums.Stored) return $"{sums.Stored} counted as stored, {all.Total} found";
            var times = await TimesThereAsync(store, cancellationToken);
            if (times.FirstOrDefault(t => t.Value > 1) is { Value: > 1 } twice) return $"event {twice.Key} is there {twice.Value} times";
            if (times.Count != sums.Stored) return $"{sums.Stored} counted as stored, {times.Count} on the pages";
            foreach (var number in wanted)
            {
                if (!times.ContainsKey(Id(number))) return $"event {number} was acknowledged and is lost";
            }
        }

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "crowsnest.db")};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        return await check.ExecuteScalarAsync(cancellationToken) is "ok" ? "" : "the file is damaged";
    }

    private static async Task<Dictionary<string, int>> TimesThereAsync(SqliteStore store, CancellationToken cancellationToken)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        SearchCursor? after = null;
        do
        {
            var page = await store.Events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, 1_000, after), cancellationToken);
            foreach (var stored in page.Events)
            {
                using var json = JsonDocument.Parse(stored.Raw);
                var id = json.RootElement.GetProperty("id").GetString()!;
                times[id] = times.GetValueOrDefault(id) + 1;
            }

            after = page.Next;
        }
        while (after is not null);
        return times;
    }

    /// <summary>How many events are stored.</summary>
    public static async Task<long> CountAsync(string folder, CancellationToken cancellationToken)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, ReadOnly = true }, TimeProvider.System);
        return (await store.AccountingAsync(cancellationToken)).Values.Sum(a => a.Stored);
    }
}
