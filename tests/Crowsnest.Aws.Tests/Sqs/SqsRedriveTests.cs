using System.Globalization;
using Crowsnest.Aws.Sqs;

namespace Crowsnest.Aws.Tests.Sqs;

public sealed class SqsRedriveTests(Moto moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Goal: what is in a dead-letter queue ends in its queue, each message once, whatever its size. Method: small ones, and some of which a few fill a call.
    [Fact]
    public async Task What_is_in_a_dead_letter_queue_is_put_back_into_the_queue_that_names_it()
    {
        using var dead = new MotoQueue(moto);
        await dead.CreateAsync(60);
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(60);
        await queue.RedriveToAsync(dead.Name, 7);
        for (var i = 0; i < 23; i++) await dead.SendAsync(i.ToString(CultureInfo.InvariantCulture) + (i % 4 == 0 ? new string('x', 100_000) : ""));

        using var client = Client(queue.Url);
        var found = await client.AttributesAsync(Cancel);
        Assert.Equal(7, found.MaxReceiveCount);
        using var from = Client(SqsQueueClient.BesideOf(queue.Url, found.DeadLetterArn!));
        Assert.Equal(dead.Name, from.Name);

        var steps = new List<(long, long)>();
        var (moved, failed) = await SqsRedrive.RunAsync(from, client, (done, inAll) => steps.Add((done, inAll)), Cancel);

        Assert.Equal((23L, 0L), (moved, failed));
        Assert.Equal((23L, 23L), steps[^1]);
        Assert.Equal((0, 0), await dead.CountAsync());
        Assert.Equal((23, 0), await queue.CountAsync());
    }

    [Fact]
    public async Task A_queue_without_one_says_so_and_an_empty_one_moves_nothing()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(60);
        using var client = Client(queue.Url);
        Assert.Null((await client.AttributesAsync(Cancel)).DeadLetterArn);
        Assert.Equal((0L, 0L), await SqsRedrive.RunAsync(client, client, static (_, _) => { }, Cancel));
        Assert.Throws<AwsException>(() => SqsQueueClient.BesideOf(queue.Url, "crowsnest"));
    }

    private static SqsQueueClient Client(Uri url) => new(url, Moto.Identity, null, TimeProvider.System);
}
