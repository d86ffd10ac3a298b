namespace Crowsnest.Host.Tests;

/// <summary>The repository that the tests were built from, and what stands beside it.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    // debug or release: the configuration of the tests is that of the program they run.
    private static readonly string Build = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public static string Program { get; } = Path.Combine(Root, "artifacts", "bin", "Crowsnest", Build, OperatingSystem.IsWindows() ? "crowsnest.exe" : "crowsnest");

    /// <summary>Commits as the server does; for tests of power cuts.</summary>
    public static string CrashWriter { get; } = Path.Combine(Root, "artifacts", "bin", "Crowsnest.CrashWriter", Build, "Crowsnest.CrashWriter");

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A file or folder of the shared samples; the test is skipped, aloud, where they are not.</summary>
    public static string Shared(params string[] parts)
    {
        for (var folder = new DirectoryInfo(Root).Parent; folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine([folder.FullName, "shared", .. parts]);
            if (Path.Exists(path)) return path;
        }

        Assert.Skip($"no shared samples ({string.Join('/', parts)}) beside the repository");
        return "";
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crowsnest.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run from a build inside the repository.");
    }
}
