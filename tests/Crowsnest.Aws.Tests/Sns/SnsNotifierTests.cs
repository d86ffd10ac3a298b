using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Crowsnest.Aws.Sns;
using Crowsnest.Aws.Tests.Sqs;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Tests;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>What a topic gets, and what becomes of a message that it does not take.</summary>
public sealed class SnsNotifierTests(Moto moto) : NotifierContract
{
    private readonly List<IDisposable> _held = [];

    [Fact]
    public async Task A_subscriber_gets_subject_text_and_attributes()
    {
        using var queue = new MotoQueue(moto);
        await queue.CreateAsync(30);
        var topic = await MotoTopic.CreateAsync(moto);
        await MotoTopic.SubscribeAsync(moto, topic, queue.Name);
        using var notifier = Notifier(topic, moto.Address, new Uri("https://crowsnest.example.com/"));

        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));

        using var delivered = JsonDocument.Parse(await queue.ReceiveAsync());
        var (subject, text, attributes) = (delivered.RootElement.GetProperty("Subject").GetString()!, delivered.RootElement.GetProperty("Message").GetString()!, delivered.RootElement.GetProperty("MessageAttributes"));
        Assert.Equal("[ERROR] OutOfMemory in prod/api", subject);
        Assert.StartsWith("[ERROR] OutOfMemory in prod/api: Out of memory: the container 'web' was killed.\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\nhttps://crowsnest.example.com/\n", text, StringComparison.Ordinal);
        Assert.Equal(
            ["alertname=task-failed", "cluster=prod", "kind=OutOfMemory", "notificationId=00c0ffee00c0ffee", "service=api", "severity=error", "status=firing"],
            attributes.EnumerateObject().Select(a => $"{a.Name}={a.Value.GetProperty("Value").GetString()}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_topic_that_keeps_order_is_told_by_what_a_repeat_is_known()
    {
        var topic = await MotoTopic.CreateAsync(moto, isFifo: true);
        using var notifier = Notifier(topic, moto.Address);
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));

        var form = SnsMessage.Form(SomeMessage.Of(SomeMessage.Incident()), topic, null).ToDictionary();
        Assert.Equal("00c0ffee00c0ffee", form["MessageDeduplicationId"]);
        Assert.Matches("^[0-9a-f]{32}$", form["MessageGroupId"]);
    }

    [Fact]
    public void A_filter_hears_only_of_what_all_incidents_say()
    {
        var form = SnsMessage.Form(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("worker")), "arn:aws:sns:eu-west-1:123456789012:t", null).ToDictionary();
        Assert.Equal("[ERROR] 2 incidents: OutOfMemory in prod/api and others", form["Subject"]);
        Assert.Contains("cluster", form.Where(m => m.Key.EndsWith(".Name", StringComparison.Ordinal)).Select(m => m.Value));
        Assert.DoesNotContain("service", form.Where(m => m.Key.EndsWith(".Name", StringComparison.Ordinal)).Select(m => m.Value));
    }

    [Fact]
    public void Nothing_passes_the_limits_of_the_service()
    {
        var incident = SomeMessage.Incident(summary: new string('ä', 5_000)) with { Labels = SomeMessage.Incident().Labels.SetItem("service", SomeMessage.Hostile + new string('x', 500)) };
        var form = SnsMessage.Form(SomeMessage.Of([.. Enumerable.Repeat(incident, 2_000)]), "arn:aws:sns:eu-west-1:123456789012:t", new Uri("https://crowsnest.example.com/")).ToDictionary();

        Assert.InRange(form["Subject"].Length, 1, 99);
        Assert.DoesNotContain(form["Subject"], char.IsControl);
        Assert.InRange(form.Where(m => m.Key.StartsWith("Message", StringComparison.Ordinal)).Sum(m => Encoding.UTF8.GetByteCount(m.Value)), 100_000, 256 * 1024);
        Assert.EndsWith("cut here: a message of Amazon SNS has at most 256 KiB\n\nhttps://crowsnest.example.com/\n", form["Message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_refused_in_words()
    {
        using var notifier = Notifier("arn:aws:sns:eu-west-1:123456789012:nowhere", moto.Address);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal((DeliveryOutcome.Refused, "the topic nowhere is not there; check topic_arn"), (delivery.Outcome, delivery.Reason));
    }

    [Fact]
    public async Task Without_credentials_it_waits_for_them()
    {
        using var notifier = new SnsNotifier("arn:aws:sns:eu-west-1:123456789012:t", () => throw new AwsException("NoCredentials", "None.", status: null), null, null, TimeProvider.System);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal((DeliveryOutcome.NotNow, "the topic t: None."), (delivery.Outcome, delivery.Reason));
    }

    [Theory]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:t", "eu-west-1")]
    [InlineData("arn:aws-cn:sns:cn-north-1:123456789012:t.fifo", "cn-north-1")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:t", null)]
    [InlineData("arn:aws:sns:eu-west-1:12345:t", null)]
    [InlineData("t", null)]
    public void An_arn_says_its_region(string arn, string? region) => Assert.Equal(region, SnsNotifier.RegionOf(arn));

    protected override async Task<INotifier> WorkingAsync() => Keep(Notifier(await MotoTopic.CreateAsync(moto), moto.Address));

    protected override Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time)
    {
        var listener = Keep(new TcpListener(IPAddress.Loopback, 0));
        listener.Start();
        var reached = Task.Run(async () => Keep(await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)));
        var notifier = Keep(new SnsNotifier("arn:aws:sns:eu-west-1:123456789012:t", () => Moto.Identity, new Uri($"http://{listener.LocalEndpoint}/"), null, time));
        return Task.FromResult<(INotifier, Task)>((notifier, reached));
    }

    protected override ValueTask CleanUpAsync()
    {
        foreach (var one in _held) one.Dispose();
        return default;
    }

    private static SnsNotifier Notifier(string topic, Uri endpoint, Uri? externalUrl = null) => new(topic, () => Moto.Identity, endpoint, externalUrl, TimeProvider.System);

    private T Keep<T>(T one) where T : IDisposable
    {
        lock (_held) _held.Add(one);
        return one;
    }
}
