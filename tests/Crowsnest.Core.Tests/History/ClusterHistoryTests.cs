using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.History;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.History;

public class ClusterHistoryTests
{
    // A page asks for several lists of one moment at once, and some of who ask go away.
    [Fact]
    public async Task Who_asks_for_a_moment_that_is_on_its_way_waits_for_it_and_does_not_make_it_again()
    {
        var cancel = TestContext.Current.CancellationToken;
        var held = new HeldCheckpoints();
        await using var store = new InMemoryStore(TimeProvider.System) { Checkpoints = held };
        var history = new ClusterHistory(store, new EventDiagnoser(), TimeProvider.System, new HistoryOptions());
        using var away = new CancellationTokenSource();
        var first = history.ViewAsync(Some.Noon, away.Token);
        var others = Enumerable.Range(0, 4).Select(_ => history.ViewAsync(Some.Noon, cancel)).ToList();
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        held.Go.SetResult();
        var views = await Task.WhenAll(others);

        Assert.All(views, view => Assert.Same(views[0], view));
        Assert.Equal(1, held.Reads);
    }

    private sealed class HeldCheckpoints : ICheckpointStore
    {
        private int _reads;

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Reads => _reads;

        public async ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            await Go.Task.WaitAsync(cancellationToken);
            return [];
        }

        public ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken) => new(((long, long)?)null);

        public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken) => default;

        public ValueTask DropAsync(long from, long to, CancellationToken cancellationToken) => default;
    }
}
