using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>The right to write a data folder: one process has it, and the lock file says who and where to speak to it.</summary>
/// <remarks>
/// The operating system holds the lock (<c>flock</c> by way of <see cref="FileShare"/>), so a process that died has released it whatever its file says; a
/// pid in the file is for people only.
/// </remarks>
internal sealed class DataFolderLock : IDisposable
{
    private const string FileName = "crowsnest.lock";

    private const string HolderName = "crowsnest.holder";

    // sun_path is 104 bytes on macOS and 108 on Linux, its end included.
    private const int SocketPathBytesMax = 100;

    private readonly FileStream _file;

    private DataFolderLock(FileStream file, string socketPath)
    {
        _file = file;
        SocketPath = socketPath;
    }

    /// <summary>Where this process listens for other commands on the same folder.</summary>
    public string SocketPath { get; }

    /// <summary>Takes the folder, which is made when it is not there.</summary>
    /// <exception cref="StoreException">Another process has it, or it cannot be written.</exception>
    public static DataFolderLock Acquire(string folder, string version, string? runtimeFolder) => TryAcquire(folder, version, runtimeFolder) ?? throw InUse(folder);

    /// <summary>Takes the folder, which is made when it is not there; <see langword="null"/> when another process has it.</summary>
    /// <exception cref="StoreException">It cannot be written.</exception>
    public static DataFolderLock? TryAcquire(string folder, string version, string? runtimeFolder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            Make(folder);

            // The holder's line goes into a file of its own beside the locked one: a locked file cannot be read through the same API.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Unwritable(folder, failure);
        }
        catch (IOException failure)
        {
            if (IsHeld(failure)) return null;
            throw Unwritable(folder, failure);
        }

        try
        {
            var socket = SocketFor(folder, runtimeFolder);
            File.WriteAllText(Path.Combine(folder, HolderName), string.Create(
                CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{version}\n{socket}\n"));
            return new DataFolderLock(file, socket);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw Unwritable(folder, failure);
        }
    }

    /// <summary>Who holds the folder, or held it last; <see langword="null"/> when nobody did. Whether it lives is seen by speaking to its socket.</summary>
    public static LockHolder? ReadHolder(string folder)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder, HolderName));
            return lines.Length >= 3 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var pid) ? new LockHolder(pid, lines[1], lines[2]) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process has the folder. Nothing is made, and the holder's file stays as it is.</summary>
    public static bool IsTaken(string folder)
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.None);
            return false;
        }
        catch (IOException failure)
        {
            return IsHeld(failure);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Why the folder cannot be taken.</summary>
    public static StoreException InUse(string folder)
    {
        var holder = ReadHolder(folder);
        return new StoreException(
            $"The data folder {folder} is in use by another Crowsnest{(holder is null ? "" : $" (process {holder.ProcessId}, version {holder.Version})")}.",
            "Stop that process, or name another folder with --data.", isTransient: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            File.Delete(SocketPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next holder removes what is left.
        }

        // The lock file stays: were it deleted, a second process could lock a new file of that name while a third still waits on the old one.
        _file.Dispose();
    }

    // EWOULDBLOCK of Linux and of macOS, and Windows' sharing and lock violations: the runtime hands the system's own number on.
    private static bool IsHeld(IOException failure) => (failure.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code is 32 or 33 : code == (OperatingSystem.IsMacOS() ? 35 : 11));

    private static StoreException Unwritable(string folder, Exception failure)
    {
        // The runtime ends the system's own words with the path, which the sentence has already.
        var why = failure is IOException ? failure.Message.Split(" : '")[0].TrimEnd('.', ' ') : "this user may not";
        return new StoreException(
            $"The data folder {folder} cannot be written: {why}.", "Make room, let this user write there, or name another folder with --data.", isTransient: false, failure);
    }

    // What is in it is not masked (quarantine), so a new one is its owner's alone; who made it otherwise knows why.
    private static void Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string SocketFor(string folder, string? runtimeFolder)
    {
        var full = Path.GetFullPath(folder);
        var inFolder = Path.Combine(full, "crowsnest.sock");
        if (Encoding.UTF8.GetByteCount(inFolder) <= SocketPathBytesMax) return inFolder;

        // Another folder's socket must not have this name, and the name must fit.
        var name = $"crowsnest-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)).AsSpan(0, 8))}.sock";
        return Path.Combine(runtimeFolder ?? Path.GetTempPath(), name);
    }
}

/// <summary>The process that holds a data folder.</summary>
internal sealed record LockHolder(int ProcessId, string Version, string SocketPath);
