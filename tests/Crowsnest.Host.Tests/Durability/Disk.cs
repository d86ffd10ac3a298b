using System.Diagnostics;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>The disk under one folder of a process: it can write down all that is done to it, and it can fail (<c>tests/disk/disk.c</c>).</summary>
internal sealed class Disk(string folder, string scratch)
{
    // Built once a run, beside the tests; null where there is no compiler.
    private static readonly Lazy<string?> Library = new(() =>
    {
        var library = Path.Combine(AppContext.BaseDirectory, "disk.so");
        try
        {
            using var compiler = Process.Start(
                new ProcessStartInfo("cc", ["-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", library, Repository.PathOf("tests", "disk", "disk.c"), "-ldl"]))!;
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
            return library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    });

    private string FaultFile => Path.Combine(scratch, "disk-fault");

    private string JournalFile => Path.Combine(scratch, "disk-journal");

    /// <summary>What a process starts with to have this disk; the test is skipped, aloud, where that cannot be.</summary>
    public (string Name, string Value)[] Environment(bool journal = false)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The disk that can fail is made for Linux.");
        if (Library.Value is null) Assert.Skip("no C compiler (cc) to build tests/disk/disk.c with");
        (string, string)[] always = [("LD_PRELOAD", Library.Value!), ("CROWSNEST_DISK", folder + "/"), ("CROWSNEST_DISK_FAULT", FaultFile)];
        return journal ? [.. always, ("CROWSNEST_DISK_JOURNAL", JournalFile)] : always;
    }

    /// <summary>All that was done to it so far.</summary>
    public PowerCut Journal() => PowerCut.Read(JournalFile);

    /// <summary>From now on nothing grows (<c>full</c>), nothing changes (<c>read-only</c>), or nothing works (<c>broken</c>).</summary>
    public void Becomes(string fault) => File.WriteAllText(FaultFile, fault);

    /// <summary>It is well again.</summary>
    public void Recovers() => File.Delete(FaultFile);
}
