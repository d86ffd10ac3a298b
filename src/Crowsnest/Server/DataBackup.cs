using System.Security.Cryptography;
using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.Sqlite;

namespace Crowsnest.Server;

/// <summary>What a backup says of itself. A folder without it is none.</summary>
/// <param name="Format">Of this file: 1.</param>
/// <param name="Version">The Crowsnest that made it.</param>
/// <param name="Schema">The data's schema.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="File">The file beside it that holds the data.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, in hex.</param>
/// <param name="Events">Events that can be found in it.</param>
/// <param name="Received">The accounting's sums.</param>
/// <param name="Stored">Stored ever.</param>
/// <param name="Duplicates">Known already.</param>
/// <param name="Quarantined">Could not be read.</param>
internal sealed record BackupManifest(
    int Format, string Version, int Schema, DateTime CreatedAt, string File, long Bytes, string Sha256, long Events, long Received, long Stored, long Duplicates, long Quarantined);

/// <summary>Makes backups of a store, and checks them.</summary>
/// <remarks>The data first, the manifest last and at once: whatever a crash leaves behind has no manifest, and is no backup.</remarks>
internal static class DataBackup
{
    /// <summary>The manifest's name.</summary>
    public const string ManifestName = "crowsnest-backup.json";

    private const int FormatKnown = 1;
    private const string DataName = "crowsnest.db";

    /// <summary>Writes a backup into a folder that is empty or not there; everything is on disk on return.</summary>
    /// <exception cref="BackupException">The folder is of no use.</exception>
    /// <exception cref="StoreException">It cannot be read or written; nothing is left in the folder.</exception>
    public static async Task<BackupManifest> WriteAsync(SqliteStore store, string folder, string version, TimeProvider time, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        var data = Path.Combine(folder, DataName);
        var manifest = Path.Combine(folder, ManifestName);
        var isNew = !Directory.Exists(folder);
        Prepare(folder);
        try
        {
            var copy = await store.CopyAsync(data, onStep, cancellationToken);
            var (bytes, hash) = await HashAsync(data, null, null, cancellationToken);
            var sums = copy.Accounting;
            var made = new BackupManifest(
                FormatKnown, version, copy.Schema, time.GetUtcNow().UtcDateTime, DataName, bytes, hash, copy.Events, sums.Received, sums.Stored, sums.Duplicates, sums.Quarantined);
            await using (var file = new FileStream(manifest + ".partial", FileMode.CreateNew))
            {
                await JsonSerializer.SerializeAsync(file, made, ApiJson.Default.BackupManifest, cancellationToken);
                ToDisk(file);
            }

            File.Move(manifest + ".partial", manifest);
            FolderSync.Flush(folder);
            return made;
        }
        catch (Exception failure)
        {
            foreach (var name in (string[])[manifest, manifest + ".partial", data, data + "-journal", data + "-wal", data + "-shm"]) File.Delete(name);
            if (isNew) Directory.Delete(folder);
            if (failure is IOException or UnauthorizedAccessException) throw new StoreException($"Could not write the backup to {folder}: {failure.Message}", "Make room, or name another folder.", isTransient: false, failure);
            throw;
        }
    }

    /// <summary>The manifest of a backup that this program can restore.</summary>
    /// <exception cref="BackupException">It is none, or not one that can be restored.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, ManifestName);
        if (!Directory.Exists(folder)) throw new BackupException($"There is no folder {folder}.");
        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiJson.Default.BackupManifest);
        }
        catch (FileNotFoundException missing)
        {
            throw new BackupException($"{folder} is no backup, or one that was not finished: it has no {ManifestName}.", missing);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {failure.Message}", failure);
        }

        if (manifest is null || manifest.File != DataName) throw new BackupException($"{path} is not the manifest of a backup.");
        if (manifest.Format > FormatKnown || manifest.Schema > StoreCopy.SchemaKnown)
            throw new BackupException($"{folder} was made by Crowsnest {manifest.Version} (schema {manifest.Schema}), and this one knows schemas up to {StoreCopy.SchemaKnown}. Restore it with that version.");
        return manifest;
    }

    /// <summary>Copies a backup's data into a file, on disk on return, and compares it with the manifest on the way.</summary>
    /// <exception cref="BackupException">It is not what was backed up; the file is gone.</exception>
    public static async Task CopyAsync(BackupManifest manifest, string folder, string target, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        try
        {
            await using var copy = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None);
            var (bytes, hash) = await HashAsync(Path.Combine(folder, manifest.File), copy, done => onStep?.Invoke(done, manifest.Bytes), cancellationToken);
            if (bytes != manifest.Bytes || hash != manifest.Sha256)
            {
                throw new BackupException(bytes != manifest.Bytes
                    ? $"The backup in {folder} is damaged: its data has {bytes} bytes, and the manifest says {manifest.Bytes}."
                    : $"The backup in {folder} is damaged: its data is not what was backed up (SHA-256 {hash}, and the manifest says {manifest.Sha256}).");
            }

            ToDisk(copy);
        }
        catch (Exception failure)
        {
            File.Delete(target);
            if (failure is IOException or UnauthorizedAccessException) throw new BackupException($"Could not copy the backup from {folder}: {failure.Message}", failure);
            throw;
        }
    }

    private static void ToDisk(FileStream file) => file.Flush(flushToDisk: true);

    private static void Prepare(string folder)
    {
        try
        {
            if (File.Exists(folder)) throw new BackupException($"{folder} is a file; name a folder that is not there yet, or an empty one.");
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new BackupException(File.Exists(Path.Combine(folder, ManifestName))
                    ? $"{folder} holds a backup already. Name another folder; a backup is never written over another."
                    : $"{folder} is not empty, and holds no finished backup. Name another folder, or empty this one.");
            }

            // What is in it is not masked (quarantine), so it is its owner's alone.
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{folder} cannot be written: {failure.Message} (A server writes it as its own user.)", failure);
        }
    }

    private static async Task<(long Bytes, string Hash)> HashAsync(string path, Stream? copy, Action<long>? onStep, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 0 });
        var buffer = new byte[1 << 20];
        long done = 0;
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            sha.AppendData(buffer, 0, read);
            if (copy is not null) await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            onStep?.Invoke(done += read);
        }

        return (file.Length, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }
}

/// <summary>A backup that cannot be made there, or is none; the message says what to do.</summary>
internal sealed class BackupException : Exception
{
    /// <summary>It cannot be.</summary>
    public BackupException(string message)
        : base(message)
    {
    }

    /// <summary>It cannot be.</summary>
    public BackupException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>It cannot be.</summary>
    public BackupException()
    {
    }
}
