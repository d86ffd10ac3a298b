using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Sqlite;

namespace Crowsnest.Bench;

/// <summary>Searches over a full store while a writer adds 500 events a second: four kinds of question, their values drawn from stored events.</summary>
internal static class QueriesBench
{
    private const int QueriesAKind = 1000;
    private const int EventsASecond = 500;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length < 3)
        {
            await Console.Error.WriteLineAsync("usage: bench queries FOLDER LIVE.ndjson EVENTS.ndjson…   (FOLDER is filled with EVENTS when it is empty; LIVE is written meanwhile)");
            return 2;
        }

        NativeHeap.KeepFreedPages();
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = arguments[0], SyncEachCommit = true }, TimeProvider.System);
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules([ShippedRules.TaskFailed]), TimeProvider.System);
        if ((await store.AccountingAsync(CancellationToken.None)).Count == 0)
        {
            foreach (var file in arguments[2..]) await IngestAsync(pipeline, file);
        }

        await store.SettleAsync(CancellationToken.None);
        Console.WriteLine($"{(await store.AccountingAsync(CancellationToken.None)).Values.Sum(a => a.Stored):N0} events stored");

        var random = new Random(1);
        var drawn = await DrawAsync(store, random);
        var (service, unlisted, phrase) = (drawn.Services, drawn.Unlisted, drawn.Phrases);
        using var stop = new CancellationTokenSource();
        var writer = WriteAsync(pipeline, arguments[1], stop.Token);
        await MeasureAsync("page of 50 by service and outcome", 20, () => PageAsync(store, service[random.Next(service.Count)]));
        await MeasureAsync("page of 50 by an unlisted field", 50, () => PageAsync(store, unlisted[random.Next(unlisted.Count)]));
        await MeasureAsync("histogram of 24 h by outcome", 60, () => HistogramAsync(store, drawn.Times[random.Next(drawn.Times.Count)]));
        await MeasureAsync("page of 50 by a phrase", 50, () => PageAsync(store, phrase[random.Next(phrase.Count)]));
        await stop.CancelAsync();
        Console.WriteLine($"{await writer:N0} events written meanwhile");
        return 0;
    }

    private static async Task IngestAsync(IngestPipeline pipeline, string path)
    {
        await using var file = File.OpenRead(path);
        var reader = new EventStreamReader(TimeProvider.System, new EventStreamOptions());
        await new StreamIngest(pipeline, TimeProvider.System).RunAsync(reader.ReadAsync(file, "file", CancellationToken.None), null, CancellationToken.None);
    }

    private sealed record Drawn(List<string> Services, List<string> Unlisted, List<string> Phrases, List<DateTimeOffset> Times);

    // Events from all over the time that is stored, and of each a service with its outcome, an unlisted field with its value, two words of a reason.
    private static async Task<Drawn> DrawAsync(SqliteStore store, Random random)
    {
        var drawn = new Drawn([], [], [], []);
        var decoder = new EventDecoder(new MaskingOptions { Environment = false });
        var diagnoser = new EventDiagnoser();
        var everything = await store.Events.HistogramAsync(new HistogramRequest(Parse("_exists_:id"), null, null, null, 1000), CancellationToken.None);
        while (drawn.Services.Count < QueriesAKind)
        {
            var at = everything.From.AddMilliseconds(random.NextInt64(everything.BucketMilliseconds * everything.Counts.Count));
            foreach (var stored in (await store.Events.SearchAsync(new SearchRequest(Parse("_exists_:id"), null, at, 20), CancellationToken.None)).Events)
            {
                if (decoder.Decode(stored.Raw, stored.ReceivedAt) is not Decoded.Ok { Event: var e }) continue;
                drawn.Times.Add(e.OccurredAt);
                if (e.Service.Length > 0) drawn.Services.Add($"service:\"{e.Service}\" AND outcome:{diagnoser.Diagnose(e).Outcome}");
                using var document = JsonDocument.Parse(stored.Raw);
                foreach (var (path, value) in Leaves(document.RootElement, ""))
                {
                    if (!SearchFields.TryGet(path, out SearchField? _) && value.Length < 200 && !value.Any(char.IsControl)) drawn.Unlisted.Add($"{path}:\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"");
                    if (path != "detail.stoppedReason") continue;
                    var words = value.Split([' ', '(', ')', ':', ',', '.', '/', '"', '-'], StringSplitOptions.RemoveEmptyEntries);
                    if (words.Length < 2) continue;
                    var first = random.Next(words.Length - 1);
                    drawn.Phrases.Add($"\"{words[first]} {words[first + 1]}\"");
                }
            }
        }

        return drawn;
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Leaves(m.Value, path.Length == 0 ? m.Name : path + "." + m.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(i => Leaves(i, path)),
        JsonValueKind.String => [(path, element.GetString()!)],
        _ => [],
    };

    private static SearchQuery Parse(string text) =>
        QueryParser.Parse(text, TimeProvider.System) is { Query: { } query } ? query : throw new InvalidOperationException(text);

    private static async Task<long> PageAsync(SqliteStore store, string query) =>
        (await store.Events.SearchAsync(new SearchRequest(Parse(query), null, null, 50), CancellationToken.None)).Events.Count;

    private static async Task<long> HistogramAsync(SqliteStore store, DateTimeOffset around)
    {
        SearchFields.TryGet("outcome", out FieldRef outcome);
        var request = new HistogramRequest(Parse("_exists_:id"), around.AddHours(-12), around.AddHours(12), outcome, 96);
        return (await store.Events.HistogramAsync(request, CancellationToken.None)).Total;
    }

    private static async Task MeasureAsync(string what, int target, Func<Task<long>> ask)
    {
        for (var i = 0; i < 50; i++) await ask();
        var times = new double[QueriesAKind];
        var (hits, empty) = (0L, 0);
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var found = await ask();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            hits += found;
            if (found == 0) empty++;
        }

        Array.Sort(times);
        Console.WriteLine($"{what,-36} p50 {times[500],6:N1} ms   p99 {times[990],6:N1} ms (target {target})   max {times[^1],6:N1} ms   {hits / times.Length} hits on average, {empty} without");
    }

    private static async Task<long> WriteAsync(IngestPipeline pipeline, string path, CancellationToken cancellationToken)
    {
        const int Batch = 50;
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Batch / EventsASecond), TimeProvider.System);
        var decoder = new EventDecoder(new MaskingOptions());
        var written = 0L;

        // Ids of this run's own, so that a second run over the same folder writes new events and not repeats.
        var run = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture);
        try
        {
            await foreach (var lines in File.ReadLinesAsync(path, CancellationToken.None).Chunk(Batch))
            {
                await pace.WaitForNextTickAsync(cancellationToken);
                var events = lines.Select(l => decoder.Decode(Encoding.UTF8.GetBytes(l.Replace("\"id\":\"", "\"id\":\"" + run, StringComparison.Ordinal)), TimeProvider.System.GetUtcNow())).OfType<Decoded.Ok>().Select(d => d.Event).ToArray();
                written += (await pipeline.SubmitAsync(new IngestBatch("live", TimeProvider.System.GetUtcNow(), events, []), CancellationToken.None)).Accounting.Stored;
            }
        }
        catch (OperationCanceledException)
        {
            // The questions are answered.
        }

        return written;
    }
}
