namespace Crowsnest.Core.Tests;

/// <summary>The real samples and the stream generator that stand beside the repository; read in place, never copied. Tests skip aloud without them.</summary>
internal static class Shared
{
    /// <summary>The path under <c>../shared</c>, or a skipped test.</summary>
    public static string Find(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Crowsnest.slnx"))) folder = folder.Parent;
        var found = folder is null ? "" : Path.Combine(folder.FullName, "..", "shared", path);
        if (!Path.Exists(found)) Assert.Skip($"skipped: no ../shared/{path} beside the repository");
        return Path.GetFullPath(found);
    }
}
