using Crowsnest.Commands;
using Crowsnest.Core.Pipeline;
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
    private static readonly string[] OfStore = ["crowsnest.db", "crowsnest.db-wal", "crowsnest.db-shm", "crowsnest.db-journal"];
    private static readonly string[] OfLock = ["crowsnest.lock", "crowsnest.holder", "crowsnest.sock"];

    /// <summary>Makes the folder, or empties the one that a demo made.</summary>
    /// <exception cref="UsageException">It was not made by a demo.</exception>
    /// <exception cref="StoreException">Another process has it, or it cannot be written.</exception>
    public static void Prepare(string folder, string version, string? runtimeFolder)
    {
        var marker = Path.Combine(folder, MarkerName);
        try
        {
            if (!File.Exists(marker) && !IsFree(folder))
            {
                throw new UsageException(
                    $"the folder {folder} was not made by 'crowsnest demo', which empties its folder at each start; it is left as it is. Name another one with --data, or one that is not there yet");
            }

            // Nothing is taken away under a demo that still runs.
            using var held = DataFolderLock.Acquire(folder, version, runtimeFolder);
            File.WriteAllText(marker, MarkerText);
            foreach (var name in OfStore) File.Delete(Path.Combine(folder, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder {folder} cannot be emptied: {failure.Message}", "Name another one with --data.", isTransient: false, failure);
        }
    }

    // A lock alone holds nothing: a demo that was killed before it could mark its folder left it.
    private static bool IsFree(string folder) =>
        !Path.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).All(e => OfLock.Contains(Path.GetFileName(e))));
}
