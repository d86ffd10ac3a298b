using System.Runtime.CompilerServices;

namespace Crowsnest.Notifiers.Tests;

/// <summary>Text that was read by a person once and must not change unseen. <c>CROWSNEST_UPDATE_GOLDEN=1</c> rewrites it; the difference is the review.</summary>
internal static class Golden
{
    public static void Equal(string name, string actual, [CallerFilePath] string from = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(from)!, "golden", name);
        if (Environment.GetEnvironmentVariable("CROWSNEST_UPDATE_GOLDEN") == "1") File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"golden/{name} is missing; run once with CROWSNEST_UPDATE_GOLDEN=1 and read it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
