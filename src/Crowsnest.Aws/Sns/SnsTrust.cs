using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Crowsnest.Aws.Sns;

/// <summary>Whom to believe about SNS, and how its hosts are reached. The default is the machine's roots and the network.</summary>
public sealed record SnsTrust
{
    /// <summary>The roots that alone are trusted, or <see langword="null"/>: the machine's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>Connects to a host and port, or <see langword="null"/>: as its name says.</summary>
    public Func<string, int, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>How a chain is judged at this moment.</summary>
    internal X509ChainPolicy Policy(DateTimeOffset now)
    {
        // Revocation is not asked: the certificate came over TLS from SNS's own host, which is asked again each day, and whoever could serve another one there needs no revoked one.
        var policy = new X509ChainPolicy
        {
            VerificationTimeIgnored = false, VerificationTime = now.UtcDateTime, RevocationMode = X509RevocationMode.NoCheck, UrlRetrievalTimeout = TimeSpan.FromSeconds(5),
        };
        if (Roots is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Roots);
        policy.DisableCertificateDownloads = true;
        return policy;
    }

    /// <summary>A client that follows nothing, keeps nothing, and reads little.</summary>
    internal HttpClient Client(int answerBytesMax)
    {
#pragma warning disable CA2000 // The client owns its handler.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = 4,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
#pragma warning restore CA2000
        if (Connect is { } connect)
        {
            handler.UseProxy = false;
            handler.ConnectCallback = (context, cancellationToken) => connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
        }

        if (Roots is { } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = answerBytesMax };
    }
}
