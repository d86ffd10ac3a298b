// Commits batches of events as the server does, and says in a file of the same folder which of them were acknowledged: for the tests of power cuts, which
// watch what it writes and when it syncs.
//
//   Crowsnest.CrashWriter FOLDER sync|nosync EVENTS.ndjson BATCH
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Sqlite;

var (folder, sync, file, batch) = (args[0], args[1] == "sync", args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = sync }, TimeProvider.System);
await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
var decoder = new EventDecoder(new MaskingOptions());
using var acknowledged = File.OpenHandle(Path.Combine(folder, "acknowledged"), FileMode.Create, FileAccess.Write);
var (number, at) = (0, 0L);
await foreach (var lines in File.ReadLinesAsync(file).Chunk(batch))
{
    var now = TimeProvider.System.GetUtcNow();
    var events = lines.Select(l => decoder.Decode(Encoding.UTF8.GetBytes(l), now)).OfType<Decoded.Ok>().Select(d => d.Event).ToArray();
    await pipeline.SubmitAsync(new IngestBatch("test", now, events, []), CancellationToken.None);
    number += lines.Length;
    var line = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n");
    await RandomAccess.WriteAsync(acknowledged, line, at);
    at += line.Length;
}

// It is gone before it can tidy up: a graceful end would write the log back into the file.
Process.GetCurrentProcess().Kill();
