using Crowsnest.Aws.Sqs;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.Tests.Sqs;

/// <summary>The promise of a queue as a source: what is received is on disk before it is deleted, whatever it is and whatever goes wrong.</summary>
public sealed class SqsSourceTests(Moto moto)
{
    [Fact]
    public async Task All_that_a_queue_holds_is_stored_or_in_quarantine_and_then_gone_from_the_queue()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(30);
        for (var i = 0; i < 31; i++) await queue.SendAsync(Event(i));
        await queue.SendAsync($$"""{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:123456789012:t","Message":{{System.Text.Json.JsonSerializer.Serialize(Event(100), Json.Default.String)}}}""");
        await queue.SendAsync(Event(7));
        await queue.SendAsync("this is no event");
        await using var store = new HeldStore();
        store.LetGo();
        await using var pipeline = Pipeline(store);
        await using var source = queue.Read(pipeline);

        await MotoQueue.UntilAsync(async () => await queue.CountAsync() == (0, 0));

        var sum = (await store.AccountingAsync(TestContext.Current.CancellationToken))["sqs:" + queue.Name];

        // A queue of this kind delivers at least once, so now and then more than was sent.
        Assert.Equal(32, sum.Stored);
        Assert.True(sum is { Received: >= 34, Duplicates: >= 1 }, $"{sum}");
        var kept = await store.Quarantine.ListAsync(null, 10, TestContext.Current.CancellationToken);
        Assert.NotEmpty(kept);
        Assert.All(kept, one => Assert.Equal("this is no event", System.Text.Encoding.UTF8.GetString(one.Fault.Bytes.Span)));
        Assert.Equal("", source.Problem);
    }

    [Fact]
    public async Task What_is_not_on_disk_when_it_ends_comes_again()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(1);
        await queue.SendAsync(Event(1));
        await using var store = new HeldStore();
        await using var pipeline = Pipeline(store);
        await using (queue.Read(pipeline, TimeSpan.Zero)) await store.Begun;

        var (waiting, inFlight) = await queue.CountAsync();
        Assert.Equal(1, waiting + inFlight);

        store.LetGo();
        await using var next = queue.Read(pipeline);
        await MotoQueue.UntilAsync(async () => await queue.CountAsync() == (0, 0) && (await SumAsync()).Received > 1);
        var sum = await SumAsync();
        Assert.Equal((2, 1, 1), (sum.Received, sum.Stored, sum.Duplicates));

        async Task<Accounting> SumAsync() => (await store.AccountingAsync(TestContext.Current.CancellationToken)).GetValueOrDefault("sqs:" + queue.Name);
    }

    [Fact]
    public async Task What_the_store_refuses_stays_in_the_queue()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(1);
        await queue.SendAsync(Event(1));
        await using var store = new HeldStore();
        store.RefuseOnce();
        store.LetGo();
        await using var pipeline = Pipeline(store);
        await using var source = queue.Read(pipeline);

        await MotoQueue.UntilAsync(async () => await queue.CountAsync() == (0, 0));
        Assert.Equal(1, (await store.AccountingAsync(TestContext.Current.CancellationToken)).GetValueOrDefault("sqs:" + queue.Name).Stored);
    }

    // Goal: what waits in the queue holds back what is judged by time. Method: the commit is held, so that the message stays in flight.
    [Fact]
    [Trait("Category", "slow")]
    public async Task The_watermark_waits_for_what_is_in_the_queue()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(30);
        await queue.SendAsync(Event(1));
        var sent = TimeProvider.System.GetUtcNow();
        await using var store = new HeldStore();
        await using var pipeline = Pipeline(store);
        await using var source = queue.Read(pipeline);
        await store.Begun;
        var asked = sent + TimeSpan.FromSeconds(6);
        await MotoQueue.UntilAsync(() =>
        {
            // As the queue's own clock tells it, to the millisecond.
            Assert.True(source.Watermark <= sent.AddMilliseconds(1), $"{source.Watermark:O}");
            return Task.FromResult(TimeProvider.System.GetUtcNow() > asked);
        });

        store.LetGo();
        await MotoQueue.UntilAsync(() => Task.FromResult(source.Watermark > asked));
        Assert.Equal((0, 0), await queue.CountAsync());
    }

    // Goal: what this process has received and not written holds the watermark, whatever the queue says that it holds.
    [Fact]
    [Trait("Category", "slow")]
    public async Task The_watermark_waits_for_what_is_being_written()
    {
        await using var queue = new QueueBacklog { SaysNothing = true };
        var sent = TimeProvider.System.GetUtcNow().AddMinutes(-40);
        queue.Put("a", Event(1), sent);
        queue.Give("a");
        await using var store = new HeldStore();
        await using var pipeline = Pipeline(store);
        await using var source = MotoQueue.Read(queue.Url, pipeline);
        await store.Begun;
        var asked = queue.Asked;
        await MotoQueue.UntilAsync(() => Task.FromResult(queue.Asked >= asked + 2));
        Assert.True(source.Watermark <= sent.AddSeconds(1), $"{source.Watermark:O}");

        store.LetGo();
        await MotoQueue.UntilAsync(() => Task.FromResult(source.Watermark > sent.AddMinutes(40)));
        Assert.Equal(0, source.Depth);
    }

    // Method: the commit takes longer than the queue's own timeout, after which whoever asks would get the message too.
    [Fact]
    [Trait("Category", "slow")]
    public async Task What_is_written_slowly_is_kept_from_others_meanwhile()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(2);
        await queue.SendAsync(Event(1));
        await using var store = new HeldStore();
        await using var pipeline = Pipeline(store);
        await using var source = queue.Read(pipeline);
        await store.Begun;
        var began = TimeProvider.System.GetTimestamp();
        await MotoQueue.UntilAsync(async () =>
        {
            Assert.Equal((0, 1), await queue.CountAsync());
            return TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(5);
        });

        store.LetGo();
        await MotoQueue.UntilAsync(async () => await queue.CountAsync() == (0, 0));
        Assert.Equal(1, (await store.AccountingAsync(TestContext.Current.CancellationToken))["sqs:" + queue.Name].Received);
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_said_and_is_read_once_it_is()
    {
        using var queue = new MotoQueue(moto);
        _ = moto.Address;
        await using var store = new HeldStore();
        store.LetGo();
        await using var pipeline = Pipeline(store);
        await using var source = queue.Read(pipeline);
        await MotoQueue.UntilAsync(() => Task.FromResult(source.Problem.Length > 0));
        Assert.Contains($"The queue {queue.Name} cannot be read.", source.Problem, StringComparison.Ordinal);
        Assert.Contains("QueueDoesNotExist", source.Problem, StringComparison.Ordinal);

        await queue.CreateAsync(30);
        await queue.SendAsync(Event(1));
        await MotoQueue.UntilAsync(async () => await queue.CountAsync() == (0, 0) && source.Problem.Length == 0);
        Assert.Equal(1, (await store.AccountingAsync(TestContext.Current.CancellationToken))["sqs:" + queue.Name].Stored);
    }

    [Fact]
    public async Task Nobody_there_is_said_in_words()
    {
        await using var store = new HeldStore();
        await using var pipeline = Pipeline(store);
        await using var source = MotoQueue.Read(new Uri("http://127.0.0.1:9/123456789012/q"), pipeline);
        await MotoQueue.UntilAsync(() => Task.FromResult(source.Problem.Length > 0));
        Assert.StartsWith("The queue q cannot be read. No answer: 127.0.0.1:", source.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/q", "eu-west-1")]
    [InlineData("https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/q", "us-gov-west-1")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "cn-north-1")]
    [InlineData("https://eu-central-1.queue.amazonaws.com/123456789012/q", "eu-central-1")]
    [InlineData("http://127.0.0.1:4566/123456789012/q", null)]
    public void The_address_of_a_queue_says_its_region(string address, string? region) => Assert.Equal(region, SqsQueueClient.RegionOf(new Uri(address)));

    private static IngestPipeline Pipeline(IStore store) => new(store, new EventDiagnoser(), null, TimeProvider.System);

    private static string Event(int n) =>
        $$"""
        {"version":"0","id":"e-{{n}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"2026-03-02T08:00:00Z","region":"eu-west-1",
         "detail":{"version":{{n}},"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{n:x32}}","lastStatus":"RUNNING"} }
        """;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class Json : System.Text.Json.Serialization.JsonSerializerContext;
