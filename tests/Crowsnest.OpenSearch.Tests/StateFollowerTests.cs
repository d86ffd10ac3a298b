using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

public sealed class StateFollowerTests : IAsyncDisposable
{
    private readonly OpenSearchPlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    // Goal: a page on a store that several workers write shows what all of them know. Method: three processes write the same and different resources at the same time
    // while a fourth follows, by a clock that goes on meanwhile; at the end it has the newest of each, and nothing of before it began.
    [Fact(Timeout = 120_000)]
    public async Task What_other_processes_write_is_followed_and_none_is_passed_over()
    {
        await using var reader = await OpenAsync();
        await WriteAsync(reader, "before", 1);
        var follower = await reader.FollowStatesAsync(Cancel);
        Assert.NotNull(follower);
        var seen = new Dictionary<string, long>();

        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            await using var store = await OpenAsync();
            for (var i = 0; i < 60; i++) await WriteAsync(store, string.Create(CultureInfo.InvariantCulture, $"{worker}-{i % 20}"), i + 1);
        }, Cancel)));
        while (!writing.IsCompleted)
        {
            await FollowAsync();
            _place.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await writing;
        while (seen.Count < 60 || seen.Values.Any(version => version < 41)) await FollowAsync();

        Assert.Equal(60, seen.Count);
        Assert.All(seen.Values, version => Assert.InRange(version, 41, 60));

        async Task FollowAsync()
        {
            await foreach (var state in follower.ReadAsync(Cancel)) seen[state.Key] = state.Version;
        }
    }

    private ValueTask<OpenSearchStore> OpenAsync() =>
        OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _place.Prefix }, _place.Time, Cancel);

    private static async Task WriteAsync(OpenSearchStore store, string task, long version)
    {
        var key = "task/1/r/" + task;
        await store.LoadStatesAsync([key], Cancel);
        await store.CommitAsync(
            new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, States = [new ResourceState(key, "task", "1", "r", "c", version % 3 == 0, version, version, new EventKey(version, (UInt128)(ulong)version), "{}"u8.ToArray())] }, Cancel);
    }
}
