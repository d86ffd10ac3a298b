namespace Crowsnest.Core.Tests.Events;

/// <summary>The real events that lie beside the repository; they are read in place, and tests that need them skip aloud where they are absent.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    public static string Folder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Crowsnest.slnx"))) at = at.Parent;
        var folder = Path.Combine(at?.FullName ?? ".", "..", "shared", "ecs-events");
        if (!Directory.Exists(folder)) Assert.Skip("skipped: no recorded events beside the repository");
        return folder;
    }

    public static IEnumerable<string> Files(string pattern = "*") =>
        Directory.EnumerateFiles(Folder(), pattern, SearchOption.AllDirectories).Where(file => !file.EndsWith(".tsv", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
