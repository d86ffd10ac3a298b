using Amazon.Runtime.Signing;

namespace Crowsnest.Aws;

/// <summary>How this program talks HTTP to AWS: signed, without redirects, within bounds.</summary>
internal static class AwsHttp
{
    private const int AnswerBytesMax = 16 << 20;

    /// <summary>A client that signs; time bounds are the caller's.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="service">The service's name in signatures, e.g. <c>sqs</c>.</param>
    /// <param name="connections">How many calls at once.</param>
    public static HttpClient Create(AwsIdentity identity, string service, int connections)
    {
#pragma warning disable CA2000 // The client owns its handlers.
        return new HttpClient(new SigV4SigningHandler(identity.Credentials, identity.Region, service, new SocketsHttpHandler
        {
            // A redirect would leave with a signature that is not its own.
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = connections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerBytesMax };
#pragma warning restore CA2000
    }
}
