using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;

namespace Crowsnest.Aws;

/// <summary>Calls a service of AWS's query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form out, XML back; signed, and again when that may help.</summary>
public sealed class AwsQueryClient : IDisposable
{
    private const int AttemptsMax = 4;
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(20);

    private readonly Uri _endpoint;
    private readonly string _version;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <summary>A client; nothing is connected to yet. Dispose closes its connections.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="service">The service's name in signatures and in its address, e.g. <c>cloudformation</c>.</param>
    /// <param name="version">The version of its interface.</param>
    /// <param name="endpoint">Where it is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    public AwsQueryClient(AwsIdentity identity, string service, string version, Uri? endpoint, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _endpoint = endpoint ?? new Uri($"https://{service}.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/");
        (_version, _time) = (version, time);
        _http = AwsHttp.Create(identity, service, connections: 2);
    }

    /// <summary>Calls an operation; answers its document.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="members">The members of the request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<XElement> CallAsync(string operation, IEnumerable<KeyValuePair<string, string>> members, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form = [new("Action", operation), new("Version", _version), .. members];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(form, cancellationToken).ConfigureAwait(false);
            }
            catch (AwsException e) when (e.IsTransient && attempt < AttemptsMax)
            {
                await Task.Delay(Jitter.Of(PauseFirst * (1 << attempt)), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>What an answer that is no success says: <c>&lt;ErrorResponse&gt;&lt;Error&gt;&lt;Code&gt;NotFound&lt;/Code&gt;&lt;Message&gt;…</c></summary>
    internal static AwsException Refusal(HttpStatusCode status, string body)
    {
        try
        {
            var error = XDocument.Parse(body).Descendants().FirstOrDefault(e => e.Name.LocalName == "Error");
            if (error is not null && Text(error, "Code") is { Length: > 0 } code) return new AwsException(code, Text(error, "Message") ?? "no words were given", status);
        }
        catch (XmlException)
        {
            // Something in between answered.
        }

        return new AwsException($"Http{(int)status}", $"the answer is {(int)status} and no XML of AWS's", status);
    }

    /// <summary>The text of an element's child, in whatever namespace.</summary>
    internal static string? Text(XElement element, string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    private async Task<XElement> TryAsync(List<KeyValuePair<string, string>> members, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var form = new FormUrlEncodedContent(members);
            using var answer = await _http.PostAsync(_endpoint, form, both.Token).ConfigureAwait(false);
            var body = await answer.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? XDocument.Parse(body).Root! : throw Refusal(answer.StatusCode, body);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AwsException("NoAnswer", $"{_endpoint.Host} took longer than {CallTime.TotalSeconds:0} s.", slow);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or XmlException)
        {
            throw new AwsException("NoAnswer", $"{_endpoint.Host}: {broken.Message}", broken);
        }
        catch (AmazonClientException none)
        {
            throw new AwsException("NoCredentials", $"The credentials cannot be had: {none.Message}", none);
        }
    }
}
