using System.Globalization;
using Crowsnest.Aws.Sqs;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Aws.Tests.Sqs;

public sealed class SqsCommitterTests
{
    private const int Pollers = 8, Rounds = 40, Messages = 10;

    // Goal: pollers that commit side by side lose nothing, and nothing of one message gets into another.
    [Fact]
    public async Task Messages_of_several_pollers_are_committed_side_by_side()
    {
        await using var store = new InMemoryStore(TimeProvider.System);
        await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), rules: null, TimeProvider.System);
        var committer = new SqsCommitter("q", pipeline, new MaskingOptions(), TimeProvider.System);

        var committed = await Task.WhenAll(Enumerable.Range(0, Pollers).Select(poller => Task.Run(async () =>
        {
            var sums = default(Accounting);
            for (var round = 0; round < Rounds; round++)
            {
                var messages = Enumerable.Range(0, Messages).Select(i => Message($"{poller}-{round}-{i}")).ToList();
                var done = await committer.CommitAsync(messages, TestContext.Current.CancellationToken);
                Assert.Equal(messages, done.Messages);
                sums += done.Accounting;
            }

            return sums;
        })));

        var all = committed.Aggregate(Accounting.Add);
        Assert.Equal((Pollers * Rounds * Messages, Pollers * Rounds * Messages, 0L, 0L), (all.Received, all.Stored, all.Duplicates, all.Quarantined));
    }

    // With escapes and some length, so that reading one takes what reading another would disturb.
    private static SqsMessage Message(string name) => new(name, name, string.Create(CultureInfo.InvariantCulture, $$$$"""
        {"version":"0","id":"{{{{name}}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"2026-01-01T00:00:00Z","region":"eu-west-1",
         "resources":["arn:aws:ecs:eu-west-1:123456789012:task/shop/{{{{name}}}}"],
         "detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/shop","taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/shop/{{{{name}}}}","group":"service:\u00fc-{{{{name}}}}",
          "lastStatus":"STOPPED","stoppedReason":"{{{{new string('x', name.Length * 100)}}}}\n\u2603 {{{{name}}}}","version":3,"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":"{{{{name}}}}"}]}]}}}
        """));
}
