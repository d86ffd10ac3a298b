namespace Crowsnest.Core.Tests;

/// <summary>Text that was read by a person once and must not change unseen. <c>CROWSNEST_UPDATE_GOLDEN=1</c> rewrites it; the difference is the review.</summary>
internal static class Golden
{
    /// <summary>Where these files stand in the repository.</summary>
    public static string Folder(string name)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Crowsnest.slnx"))) at = at.Parent;
        return Path.Combine(at?.FullName ?? ".", "tests", "Crowsnest.Core.Tests", "golden", name);
    }

    public static void Equal(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("CROWSNEST_UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; run once with CROWSNEST_UPDATE_GOLDEN=1 and read it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
