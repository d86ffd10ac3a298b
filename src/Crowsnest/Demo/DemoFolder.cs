using Crowsnest.Commands;
using Crowsnest.Server;

namespace Crowsnest.Demo;

/// <summary>The demo's own data folder, known by a file that only the demo writes. Each start begins anew, so it is emptied; no other folder ever is.</summary>
internal static class DemoFolder
{
    /// <summary>Where it is when nothing else is said.</summary>
    public const string Name = "crowsnest-demo";

    private const string MarkerName = "crowsnest-demo.txt";

    private const string MarkerText = "'crowsnest demo' made this folder and empties it at each start: everything in it is simulated.\n";

    // All that the store and the lock write; what a person put beside stays.
    private static readonly string[] Ours = ["crowsnest.db", "crowsnest.db-wal", "crowsnest.db-shm", "crowsnest.db-journal", "crowsnest.holder", "crowsnest.sock"];

    /// <summary>Makes the folder, or empties the one that a demo made.</summary>
    /// <exception cref="UsageException">It was not made by a demo.</exception>
    /// <exception cref="Core.Pipeline.StoreException">Another process has it, or it cannot be written.</exception>
    public static void Prepare(string folder, string version, string? runtimeFolder)
    {
        var marker = Path.Combine(folder, MarkerName);
        var isNew = !Path.Exists(folder) || (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any());
        if (!isNew && !File.Exists(marker))
        {
            throw new UsageException(
                $"the folder {folder} was not made by 'crowsnest demo', which empties its folder at each start; it is left as it is. Name another one with --data, or one that is not there yet");
        }

        // Nothing is taken away under a demo that still runs.
        using (DataFolderLock.Acquire(folder, version, runtimeFolder))
        {
            if (isNew) File.WriteAllText(marker, MarkerText);
            foreach (var name in Ours) File.Delete(Path.Combine(folder, name));
        }
    }
}
