using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws.Sqs;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.Tests.Sqs;

/// <summary>A queue on the server, and what a test wants to know of it.</summary>
internal sealed class MotoQueue : IDisposable
{
    private static int _made;

    private readonly AwsJsonClient _client;

    public MotoQueue(Moto moto)
    {
        Name = $"q-{Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture)}";
        Url = new Uri(moto.Address, $"123456789012/{Name}");
        _client = new AwsJsonClient(Moto.Identity, moto.Address, "sqs", "AmazonSQS", TimeProvider.System, 4);
    }

    public string Name { get; }

    public Uri Url { get; }

    public SqsSource Read(IngestPipeline pipeline, TimeSpan? endingTime = null) => Read(Url, pipeline, endingTime);

    public static SqsSource Read(Uri url, IngestPipeline pipeline, TimeSpan? endingTime = null)
    {
#pragma warning disable CA2000 // The source disposes it.
        var client = new SqsQueueClient(url, Moto.Identity, null, TimeProvider.System);
#pragma warning restore CA2000
        return new SqsSource(client, pipeline, new MaskingOptions(), TimeProvider.System) { EndingTime = endingTime ?? TimeSpan.FromSeconds(4) };
    }

    public Task CreateAsync(int visibilitySeconds) => CallAsync("CreateQueue", json =>
    {
        json.WriteString("QueueName", Name);
        json.WriteStartObject("Attributes");
        json.WriteString("VisibilityTimeout", visibilitySeconds.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    /// <summary>What is delivered more often goes to another queue.</summary>
    public Task RedriveToAsync(string dead, int maxReceiveCount) => CallAsync("SetQueueAttributes", json =>
    {
        json.WriteString("QueueUrl", Url.AbsoluteUri);
        json.WriteStartObject("Attributes");
        json.WriteString("RedrivePolicy", $"{{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:123456789012:{dead}\",\"maxReceiveCount\":{maxReceiveCount}}}");
        json.WriteEndObject();
    });

    public Task SendAsync(string body) => CallAsync("SendMessage", json =>
    {
        json.WriteString("QueueUrl", Url.AbsoluteUri);
        json.WriteString("MessageBody", body);
    });

    /// <summary>How many messages wait, and how many were received and not deleted.</summary>
    public async Task<(int Waiting, int InFlight)> CountAsync()
    {
        using var answer = await _client.CallAsync("GetQueueAttributes", json =>
        {
            json.WriteString("QueueUrl", Url.AbsoluteUri);
            json.WriteStartArray("AttributeNames");
            json.WriteStringValue("All");
            json.WriteEndArray();
        }, TestContext.Current.CancellationToken);
        var attributes = answer.RootElement.GetProperty("Attributes");
        return (Number("ApproximateNumberOfMessages"), Number("ApproximateNumberOfMessagesNotVisible"));

        int Number(string name) => int.Parse(attributes.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>The text of a message, once there is one.</summary>
    public async Task<string> ReceiveAsync()
    {
        using var client = new SqsQueueClient(Url, Moto.Identity, null, TimeProvider.System);
        return Assert.Single(await client.ReceiveAsync(SqsQueueClient.WaitSecondsMax, TestContext.Current.CancellationToken)).Body;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Waits until it holds, at most half a minute.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var clock = Stopwatch.StartNew(); !await holds();)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "It did not come to hold.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task CallAsync(string operation, Action<Utf8JsonWriter> write)
    {
        using var answer = await _client.CallAsync(operation, write, TestContext.Current.CancellationToken);
    }
}
