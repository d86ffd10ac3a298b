using System.Diagnostics;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Sqlite;

namespace Crowsnest.Bench;

/// <summary>A file through the whole pipeline into an embedded store in a temporary folder, and what it then takes on disk.</summary>
internal static class IngestBench
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            await Console.Error.WriteLineAsync("usage: bench ingest EVENTS.ndjson [FOLDER]");
            return 2;
        }

        var folder = arguments.Length > 1 ? arguments[1] : Directory.CreateTempSubdirectory("crowsnest-bench-").FullName;
        NativeHeap.KeepFreedPages();
        var watch = Stopwatch.StartNew();
        var sum = default(Accounting);
        var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = false }, TimeProvider.System);
        var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules([ShippedRules.TaskFailed]), TimeProvider.System);
        await using (var file = File.OpenRead(arguments[0]))
        {
            var reader = new EventStreamReader(TimeProvider.System, new EventStreamOptions());
            var ingest = new StreamIngest(pipeline, TimeProvider.System);
            await ingest.RunAsync(reader.ReadAsync(file, "file", CancellationToken.None), null, CancellationToken.None);
            sum = ingest.Committed;
        }

        await store.SyncAsync(CancellationToken.None);
        var elapsed = watch.Elapsed;
        await pipeline.DisposeAsync();
        await store.DisposeAsync();

        var bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length);
        Console.WriteLine($"{sum}");
        Console.WriteLine(
            $"{sum.Received / elapsed.TotalSeconds:N0} events/s, {elapsed.TotalSeconds:N1} s; {bytes / Math.Max(1, sum.Stored)} B of disk an event; "
            + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB peak; {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:N1} s of processor; "
            + $"{GC.CollectionCount(0)}/{GC.CollectionCount(1)}/{GC.CollectionCount(2)} collections paused it for {GC.GetTotalPauseDuration().TotalSeconds:N2} s, {GC.GetTotalAllocatedBytes() / Math.Max(1, sum.Received):N0} B allocated an event");
        if (arguments.Length < 2) Directory.Delete(folder, recursive: true);
        return 0;
    }
}
