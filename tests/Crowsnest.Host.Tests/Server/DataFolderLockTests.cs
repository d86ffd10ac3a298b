using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crowsnest-lock-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_second_writer_is_told_who_holds_the_folder_and_what_to_do()
    {
        using var held = DataFolderLock.Acquire(_folder.FullName, "1.2.3", runtimeFolder: null);
        var refused = Assert.Throws<StoreException>(() => DataFolderLock.Acquire(_folder.FullName, "1.2.3", runtimeFolder: null));
        Assert.Contains($"process {Environment.ProcessId}, version 1.2.3", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Hint, StringComparison.Ordinal);
        Assert.Equal(new LockHolder(Environment.ProcessId, "1.2.3", held.SocketPath), DataFolderLock.ReadHolder(_folder.FullName));
    }

    [Fact]
    public void A_lock_file_that_nobody_holds_is_no_lock()
    {
        DataFolderLock.Acquire(_folder.FullName, "1.2.3", runtimeFolder: null).Dispose();
        using var again = DataFolderLock.TryAcquire(_folder.FullName, "1.2.3", runtimeFolder: null);
        Assert.NotNull(again);
        Assert.Null(DataFolderLock.TryAcquire(_folder.FullName, "1.2.3", runtimeFolder: null));
    }

    [Fact]
    public void A_socket_whose_path_would_be_too_long_lies_in_the_runtime_folder()
    {
        var deep = Path.Combine(_folder.FullName, new string('d', 100));
        using var held = DataFolderLock.Acquire(deep, "1", runtimeFolder: "/run/user/1000");
        Assert.StartsWith("/run/user/1000/crowsnest-", held.SocketPath, StringComparison.Ordinal);
        Assert.True(held.SocketPath.Length <= 100);
    }
}
