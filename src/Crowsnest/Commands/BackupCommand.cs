using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>All data into a folder, and back.</summary>
internal static class BackupCommand
{
    private const string DataName = "crowsnest.db";

    /// <summary>Makes one.</summary>
    public static readonly CommandSpec Backup = new()
    {
        Name = "backup",
        Summary = "copies all data into a folder, also while 'up' runs",
        Arguments = "DIR",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest backup /backups/crowsnest-$(date +%F)", "crowsnest backup /var/lib/crowsnest/backups/before-upgrade --data /var/lib/crowsnest"],
        Notes =
        [
            "DIR must be empty or not there yet. The copy is as of one commit and on disk when this ends; it holds the data and crowsnest-backup.json, by which 'crowsnest restore' knows that it is whole.",
            "A server that holds the data folder writes the copy itself, as its own user and on its own machine.",
        ],
        Run = BackupAsync,
    };

    /// <summary>Brings one back.</summary>
    public static readonly CommandSpec Restore = new()
    {
        Name = "restore",
        Summary = "puts a backup into the data folder, after comparing every byte with what was backed up",
        Arguments = "DIR [--force]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options = [new("--force", null, "moves the data that is there into a folder beside it, instead of refusing")],
        Examples = ["crowsnest restore /backups/crowsnest-2026-03-02", "crowsnest restore /backups/crowsnest-2026-03-02 --data /var/lib/crowsnest --force"],
        Notes =
        [
            "Nothing may use the data folder meanwhile: stop 'up' first. Data that is there is never written over, and never removed.",
            "Messages that waited when the backup was made are sent by the next 'up', unless what they tell of is older than outbox.max_age.",
        ],
        Run = RestoreAsync,
    };

    private static async Task<int> BackupAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var folder = invocation.Server is null ? Path.GetFullPath(invocation.Arguments[0]) : invocation.Arguments[0];
        if (!Path.IsPathFullyQualified(folder)) throw new UsageException($"'{folder}': a server writes it on its own machine, so give the whole path");
        var inData = Path.GetRelativePath(invocation.DataFolder, folder);
        if (invocation.Server is null && inData == ".") throw new UsageException($"{folder} is the data folder itself; name another folder");
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        BackupManifest manifest;
        try
        {
            using var bar = new ProgressBar(invocation.Host);
            manifest = await client.BackupAsync(
                folder, (copied, inAll) => bar.Show(() => ProgressBar.Line(copied, inAll, $"{ProgressBar.Bytes(copied)} of {ProgressBar.Bytes(inAll)} copied")), cancellationToken);
        }
        catch (BackupException refused)
        {
            throw new UsageException(refused.Message, refused);
        }

        Write(invocation, manifest, folder);
        return ExitCode.Done;
    }

    private static async Task<int> RestoreAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Server is not null) throw new UsageException("restore works on a data folder of this machine, not through --server");
        var (from, folder) = (Path.GetFullPath(invocation.Arguments[0]), invocation.DataFolder);
        BackupManifest manifest;
        try
        {
            manifest = DataBackup.Read(from);
            using var held = DataFolderLock.TryAcquire(folder, ProductVersion.Text, invocation.Host.Environment("XDG_RUNTIME_DIR")) ?? throw DataFolderLock.InUse(folder);
            var data = Path.Combine(folder, DataName);
            if (File.Exists(data) && !invocation.Has("--force"))
                throw new UsageException($"{folder} holds data already: name another folder with --data, or move that data aside with --force");

            // Whole and compared before anything that is there is touched.
            var restored = data + ".restoring";
            using (var bar = new ProgressBar(invocation.Host))
            {
                await DataBackup.CopyAsync(
                    manifest, from, restored, (done, inAll) => bar.Show(() => ProgressBar.Line(done, inAll, $"{ProgressBar.Bytes(done)} of {ProgressBar.Bytes(inAll)} restored")), cancellationToken);
            }

            await MoveAsideAsync(invocation, folder);
            File.Move(restored, data);
            FolderSync.Flush(folder);
        }
        catch (BackupException failure)
        {
            throw new UnreachableStoreException(failure.Message, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Could not restore into {folder}: {failure.Message}", "Make room, or let this user write there.", isTransient: false, failure);
        }

        Write(invocation, manifest, folder);
        return ExitCode.Done;
    }

    private static async Task MoveAsideAsync(Invocation invocation, string folder)
    {
        // The data first: were it left alone at its place, SQLite would not miss its log. And a log left alone would be taken for that of the data that comes.
        var names = ((string[])[DataName, DataName + "-wal", DataName + "-shm"]).Where(name => File.Exists(Path.Combine(folder, name))).ToList();
        if (names.Count == 0) return;
        var aside = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"before-restore-{invocation.Host.Time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}"));
        Directory.CreateDirectory(aside);
        foreach (var name in names) File.Move(Path.Combine(folder, name), Path.Combine(aside, name));
        FolderSync.Flush(aside);
        await invocation.Host.Error.WriteLineAsync($"crowsnest: what was there is now in {SafeText.Of(aside)}");
    }

    private static void Write(Invocation invocation, BackupManifest manifest, string folder) => RowWriter.WriteOne(
        invocation, invocation.Format(OutputFormat.Json), RowWriter.Object(writer =>
        {
            writer.WriteString("folder", folder);
            foreach (var member in JsonSerializer.SerializeToElement(manifest, ApiJson.Default.BackupManifest).EnumerateObject())
            {
                if (member.Name is not ("file" or "format")) member.WriteTo(writer);
            }
        }));
}
