using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;

namespace Crowsnest.OpenSearch.Http;

/// <summary>Signs each request for AWS, with the body's hash in a header.</summary>
/// <remarks>
/// The SDK's own handler signs <c>Content-Length</c> too, and OpenSearch Serverless refuses that:
/// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html
/// </remarks>
internal sealed class AwsSigningHandler(AWSCredentials credentials, RegionEndpoint region, string service, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = new AWSSigningRequest { HttpMethod = request.Method, RequestUri = request.RequestUri };
        if (request.Content is { } content)
        {
            asked.Content = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (content.Headers.ContentType is { } type) asked.Headers["content-type"] = type.ToString();
        }

        var signed = await AWSSigV4Signer.SignAsync(asked, new AWSSigV4Parameters { Credentials = credentials, Region = region, Service = service }, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
