using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Amazon.Runtime;

namespace Crowsnest.Aws;

/// <summary>Calls a service of AWS's JSON protocols (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), signed, and again when that may help.</summary>
public sealed class AwsJsonClient : IDisposable
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(100);

    // A long poll takes twenty seconds.
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(40);

    private readonly Uri _endpoint;
    private readonly string _service;
    private readonly MediaTypeHeaderValue _type;
    private readonly TimeProvider _time;
    private readonly int _attempts;
    private readonly HttpClient _http;

    /// <summary>A client; nothing is connected to yet. Dispose closes its connections.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where the service is.</param>
    /// <param name="service">The service's name in signatures, e.g. <c>sqs</c>.</param>
    /// <param name="target">The service's name before operations, e.g. <c>AmazonSQS</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="connections">How many calls at once.</param>
    /// <param name="type">The version of the protocol, as its media type; 1.0 unless told.</param>
    /// <param name="attempts">How often a call is made at most; 1 for who tries again by himself.</param>
    public AwsJsonClient(
        AwsIdentity identity, Uri endpoint, string service, string target, TimeProvider time, int connections, string type = "application/x-amz-json-1.0", int attempts = 4)
    {
        ArgumentNullException.ThrowIfNull(identity);
        (_endpoint, _service, _time, _type, _attempts) = (endpoint, target, time, new MediaTypeHeaderValue(type), attempts);
        _http = AwsHttp.Create(identity, service, connections);
    }

    /// <summary>Calls an operation; answers its document, which the caller disposes.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="write">Writes the members of the request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<JsonDocument> CallAsync(string operation, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(operation, body.WrittenMemory, cancellationToken).ConfigureAwait(false);
            }
            catch (AwsException e) when (e.IsTransient && attempt < _attempts)
            {
                await Task.Delay(Jitter.Of(PauseFirst * (1 << (attempt * (e.IsThrottled ? 2 : 1)))), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonDocument> TryAsync(string operation, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = _type;
        request.Headers.Add("X-Amz-Target", $"{_service}.{operation}");
        try
        {
            using var answer = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes);
            throw Refusal(answer.StatusCode, bytes);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AwsException("NoAnswer", $"{_endpoint.Host} took longer than {CallTime.TotalSeconds:0} s.", slow);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            throw new AwsException("NoAnswer", $"{_endpoint.Host}: {broken.Message}", broken);
        }
        catch (AmazonClientException none)
        {
            throw new AwsException("NoCredentials", $"The credentials cannot be had: {none.Message}", none);
        }
    }

    // {"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"…"}; what is no JSON comes from something in between.
    private static AwsException Refusal(HttpStatusCode status, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var type = Text(document.RootElement, "__type") ?? Text(document.RootElement, "code") ?? $"Http{(int)status}";
            return new AwsException(type[(type.LastIndexOf('#') + 1)..], Text(document.RootElement, "message") ?? Text(document.RootElement, "Message") ?? "no words were given", status) { Reasons = Reasons(document.RootElement) };
        }
        catch (JsonException)
        {
            return new AwsException($"Http{(int)status}", $"the answer is {(int)status} and no JSON", status);
        }
    }

    private static string[] Reasons(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("CancellationReasons", out var reasons) && reasons.ValueKind == JsonValueKind.Array
            ? [.. reasons.EnumerateArray().Select(reason => Text(reason, "Code") ?? "None")]
            : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Spreads what many would do at the same moment.</summary>
internal static class Jitter
{
    /// <summary>Some time between half of this and all of it.</summary>
    public static TimeSpan Of(TimeSpan pause)
    {
        // Chance only spreads attempts over time; nothing that is kept depends on it.
#pragma warning disable RS0030, CA5394
        return pause * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore RS0030, CA5394
    }
}
