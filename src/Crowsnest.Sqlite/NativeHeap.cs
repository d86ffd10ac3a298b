using System.Runtime.InteropServices;

namespace Crowsnest.Sqlite;

/// <summary>How the C library's heap treats memory that was freed.</summary>
public static class NativeHeap
{
    // https://man7.org/linux/man-pages/man3/mallopt.3.html
    private const int TrimThreshold = -1, MmapThreshold = -3;

    /// <summary>Keeps freed memory, up to 8 MiB a thread's heap, instead of giving it back to the system at once. Does nothing where the C library is not glibc.</summary>
    /// <remarks>
    /// Brotli allocates its tables, about a megabyte, for each block that it compresses, and frees them. With glibc's defaults the pages go back to the kernel
    /// every time, and faulting them in again takes longer than compressing: 10.4 µs an event instead of 4.2 µs.
    /// </remarks>
    public static void KeepFreedPages()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = SetOption(TrimThreshold, 8 << 20);
            _ = SetOption(MmapThreshold, 8 << 20);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: its own ways then.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}
