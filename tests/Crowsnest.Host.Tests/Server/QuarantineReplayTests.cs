using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Host.Tests.Server;

public sealed class QuarantineReplayTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crowsnest-replay-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(10, "Only the first", 1)]
    public async Task What_can_be_read_by_now_is_stored_and_leaves_and_what_is_not_whole_stays(int missing, string? refusal, int left)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var bytes = """{"detail-type":"Something New","source":"my.app","id":"1","detail":{}}"""u8.ToArray();
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.FullName }, TimeProvider.System);
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System);
        var fault = new Fault(QuarantineReason.BadWrapper, "An older version could not read it.", bytes, bytes.Length + missing, "ab");
        await pipeline.SubmitAsync(new IngestBatch("http", DateTimeOffset.UnixEpoch, [], [fault]), cancellation);
        var id = (await store.Quarantine.ListAsync(null, 10, cancellation))[0].Id;

        var result = await QuarantineReplay.RunAsync(id, store, pipeline, new MaskingOptions(), TimeProvider.System, cancellation);

        Assert.Equal(refusal is null ? 1 : 0, result!.Accounting.Stored);
        if (refusal is not null) Assert.StartsWith(refusal, result.Refusal, StringComparison.Ordinal);
        Assert.Equal(left, (await store.Quarantine.ListAsync(null, 10, cancellation)).Count);
    }
}
