using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Crowsnest.Aws.Tests.Sqs;

/// <summary>A queue on this machine that gives its backlog when a test says so; stand-ins for SQS know no messages that were sent an hour ago.</summary>
public sealed class QueueBacklog : OwnService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Body, DateTimeOffset SentAt)> _waiting = [];
    private readonly HashSet<string> _given = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _more = new(0);

    public Uri Url => new(Address, "123456789012/backlog");

    /// <summary>How often it was asked what it holds.</summary>
    public int Asked { get; private set; }

    /// <summary>It says that it holds nothing, as a queue may, whose counts are only about right.</summary>
    public bool SaysNothing { get; set; }

    /// <summary>A message that waits; <see cref="Give"/> lets it be received.</summary>
    public void Put(string id, string body, DateTimeOffset sentAt)
    {
        lock (_gate) _waiting[id] = (body, sentAt);
    }

    /// <summary>Lets whoever receives next have this one.</summary>
    public void Give(string id)
    {
        lock (_gate) _given.Add(id);
        _more.Release();
    }

    public override async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await base.DisposeAsync();
        _ending.Dispose();
        _more.Dispose();
    }

    protected override async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var request = (await JsonNode.ParseAsync(context.Request.InputStream, cancellationToken: _ending.Token))!;
            var answer = context.Request.Headers["X-Amz-Target"] switch
            {
                "AmazonSQS.ReceiveMessage" => await ReceiveAsync(),
                "AmazonSQS.GetQueueAttributes" => Attributes(),
                "AmazonSQS.DeleteMessageBatch" => Delete(request["Entries"]!.AsArray()),
                _ => [],
            };
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()), _ending.Token);
            context.Response.Close();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpListenerException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    // One at a time, as soon as there is one.
    private async Task<JsonObject> ReceiveAsync()
    {
        await _more.WaitAsync(_ending.Token);
        lock (_gate)
        {
            var id = _given.First();
            _given.Remove(id);
            var (body, sentAt) = _waiting[id];
            return new JsonObject
            {
                ["Messages"] = new JsonArray(new JsonObject
                {
                    ["MessageId"] = id, ["ReceiptHandle"] = id, ["Body"] = body,
                    ["Attributes"] = new JsonObject { ["SentTimestamp"] = sentAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) },
                }),
            };
        }
    }

    private JsonObject Attributes()
    {
        lock (_gate)
        {
            Asked++;
            return new JsonObject { ["Attributes"] = new JsonObject { ["VisibilityTimeout"] = "30", ["ApproximateNumberOfMessages"] = (SaysNothing ? 0 : _waiting.Count).ToString(CultureInfo.InvariantCulture) } };
        }
    }

    private JsonObject Delete(JsonArray entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries) _waiting.Remove((string)entry!["ReceiptHandle"]!);
            return [];
        }
    }
}
