using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Crowsnest.OpenSearch.Http;

/// <summary>How this program talks HTTP to the server: authenticated, without redirects, within bounds.</summary>
internal static class OpenSearchHttp
{
    private const int AnswerBytesMax = 256 << 20;

    /// <summary>A client for these options; time bounds are the caller's.</summary>
    public static HttpClient Create(OpenSearchOptions options)
    {
#pragma warning disable CA2000 // The client owns its handlers.
        HttpMessageHandler handler = new SocketsHttpHandler
        {
            // A redirect would take credentials elsewhere.
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = options.Gzip ? DecompressionMethods.GZip : DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = 4 + options.BulkRequests,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = options.CaFile is { } file ? Trusting(file) : new SslClientAuthenticationOptions(),
        };
        if (options.Authentication is OpenSearchAuthentication.Aws aws) handler = new AwsSigningHandler(aws.Credentials, aws.Region, aws.Service, handler);
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerBytesMax };
#pragma warning restore CA2000
        client.DefaultRequestHeaders.Authorization = options.Authentication switch
        {
            OpenSearchAuthentication.Basic basic => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password}"))),
            OpenSearchAuthentication.ApiKey key => new AuthenticationHeaderValue("ApiKey", key.Encoded),
            _ => null,
        };
        return client;
    }

    /// <summary>A body of JSON, or of lines of JSON; compressed where the options say so.</summary>
    public static HttpContent Content(ReadOnlyMemory<byte> body, bool isLines, bool gzip)
    {
        if (gzip) body = Compressed(body);
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(isLines ? "application/x-ndjson" : "application/json");
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static byte[] Compressed(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body.Span);
        return packed.ToArray();
    }

    // The file's certificates count as roots besides the machine's: a name that does not match is refused all the same.
    private static SslClientAuthenticationOptions Trusting(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (errors == SslPolicyErrors.None) return true;
                if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null || chain is null) return false;
                using var own = new X509Chain();
                own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                own.ChainPolicy.CustomTrustStore.AddRange(roots);
                own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
                foreach (var element in chain.ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
                using var leaf = new X509Certificate2(certificate);
                return own.Build(leaf);
            },
        };
    }
}
