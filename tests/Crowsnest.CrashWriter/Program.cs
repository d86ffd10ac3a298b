// Commits batches of events as the server does, tells of failures after each, and says in files of the same folder which events were acknowledged and what was
// told: for the tests of power cuts, which watch what it writes and when it syncs.
//
//   Crowsnest.CrashWriter FOLDER sync|nosync EVENTS.ndjson BATCH
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Sqlite;

var (folder, sync, file, batch) = (args[0], args[1] == "sync", args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder, SyncEachCommit = sync }, TimeProvider.System);
await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), new ShippedRules([ShippedRules.TaskFailed]), TimeProvider.System);
var decoder = new EventDecoder(new MaskingOptions());
using var acknowledged = File.OpenHandle(Path.Combine(folder, "acknowledged"), FileMode.Create, FileAccess.Write);
var (number, at) = (0, 0L);
using var told = new ToldFile(Path.Combine(folder, "told"));
var options = new TellingOptions { Route = new Route { Receiver = "ops" } };
var tick = new IncidentTick(options, new Dictionary<string, ImmutableArray<Medium>> { ["ops"] = [new Medium(told.Kind)] });
var sender = new OutboxSender(store.Incidents, new Dictionary<string, ImmutableArray<INotifier>> { ["ops"] = [told] }, options.MaxAge, TimeProvider.System, () => 0);
await foreach (var lines in File.ReadLinesAsync(file).Chunk(batch))
{
    var now = TimeProvider.System.GetUtcNow();
    var events = lines.Select(l => decoder.Decode(Encoding.UTF8.GetBytes(l), now)).OfType<Decoded.Ok>().Select(d => d.Event).ToArray();
    await pipeline.SubmitAsync(new IngestBatch("test", now, events, []), CancellationToken.None);
    number += lines.Length;
    var line = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n");
    await RandomAccess.WriteAsync(acknowledged, line, at);
    at += line.Length;
    await tick.RunAsync(store.Incidents, now, now, isLast: true, CancellationToken.None);
    await sender.SendDueAsync(CancellationToken.None);
}

// It is gone before it can tidy up: a graceful end would write the log back into the file.
Process.GetCurrentProcess().Kill();

/// <summary>A receiver in the same folder: a line for each failure, with its message's id.</summary>
internal sealed class ToldFile(string path) : INotifier, IDisposable
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
    private long _at;

    public string Kind => "file";

    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        foreach (var incident in notification.Incidents)
        {
            var line = Encoding.UTF8.GetBytes($"{incident.Labels["service"]} {notification.NotificationId}\n");
            await RandomAccess.WriteAsync(_file, line, _at, cancellationToken);
            _at += line.Length;
        }

        return Delivery.Sent;
    }

    public void Dispose() => _file.Dispose();
}
