using Crowsnest.Aws.DynamoDb;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Aws.Tests.DynamoDb;

/// <summary>Many writers of the same states at once, each of which knows one event.</summary>
public sealed class DynamoWritersTests(Ministack ministack, Moto moto, Dynalite dynalite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Category", "slow")]
    public Task A_thousand_end_in_the_right_state() => All_end_in_the_right_state(ministack, 1_000);

    // It copies all it has at each write.
    [Fact, Trait("Category", "slow")]
    public Task Two_hundred_end_in_the_right_state_on_moto() => All_end_in_the_right_state(moto, 200);

    [Fact]
    public Task A_thousand_end_in_the_right_state_without_transactions() => All_end_in_the_right_state(dynalite, 1_000);

    // Goal: whoever writes when, no event is lost. Method: many writers at once, each with one of the shuffled events and no knowledge of the others; one that
    // is refused reads again and folds again. Compare with the fold of all events in the order in which they were drawn.
    private static async Task All_end_in_the_right_state(StandInServer server, int writers)
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var events = SomeCluster.Draw(random, writers, withResync: false);
        var expected = new Dictionary<string, IResourceState>();
        foreach (var e in events) ResourceFold.Fold(expected, e);

        using var client = new AwsJsonClient(StandInServer.Identity, server.Address, "dynamodb", "DynamoDB_20120810", TimeProvider.System, 64);
        var table = new Table(client, "writers-store", TimeProvider.System);
        await new TableSetup(table, TimeProvider.System).EnsureAsync(readOnly: false, Cancel);
        var shuffled = SomeCluster.Shuffled(random, events);
        await Task.WhenAll(shuffled.Select((e, i) => Task.Run(() => WriteAsync(new DynamoStates(table, $"w{i}", null, TimeProvider.System), table, e), Cancel)));

        var loaded = await new DynamoStates(table, "reader", null, TimeProvider.System).LoadAsync(expected.Keys, Cancel);
        foreach (var (key, state) in expected)
            Assert.True(loaded.TryGetValue(key, out var found) && Render(found) == Render(StateDocument.Write(state)), $"CROWSNEST_SEED={seed}, {key}");
    }

    private static async Task WriteAsync(DynamoStates states, Table table, EcsEvent e)
    {
        for (var isWritten = false; !isWritten;)
        {
            var (known, changed) = (new Dictionary<string, IResourceState>(), new Dictionary<string, IResourceState>());
            ResourceFold.Fold(known, e);
            var loaded = await states.LoadAsync([.. known.Keys], Cancel);
            known = loaded.ToDictionary(one => one.Key, one => StateDocument.Read(one.Value)!);
            ResourceFold.Fold(known, e, changed);
            isWritten = true;
            foreach (var state in changed.Values.Select(StateDocument.Write))
            {
                var isDone = await table.WriteAsync(states.WriteOf(state, Some.Noon, states.NextRevision()), Cancel);
                if (!isDone) states.Forget(state.Key);
                isWritten &= isDone;
            }
        }
    }

    private static string Render(ResourceState row) => $"{row with { Document = default }} {Convert.ToHexString(row.Document.Span)}";
}
