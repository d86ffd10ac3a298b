using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Crowsnest.Core.Tests;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>What we sign for Amazon OpenSearch Service, which our server does not look at.</summary>
public sealed partial class SignatureTests
{
    private const string KeyId = "AKIDEXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // AWS's Signature Version 4 test suite (aws-sig-v4-test-suite), each by its name there.
    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-order-value", "GET", "/", "Param1=value2&Param1=value1", "", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694")]
    [InlineData("get-vanilla-utf8-query", "GET", "/", "\u1234=bar", "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("get-utf8", "GET", "/\u1234", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-space-unnormalized", "GET", "/example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("post-header-key-sort", "POST", "/", "", "My-Header1", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    public void The_signature_that_ours_is_compared_with_gives_the_published_ones(string name, string method, string path, string query, string header, string signature)
    {
        Dictionary<string, string> headers = new() { ["Host"] = "example.amazonaws.com", ["X-Amz-Date"] = "20150830T123600Z" };
        if (header.Length > 0) headers[header] = "value1";

        var authorization = SignatureV4.Authorization(method, path, query, headers, SignatureV4.Hash(""), ("20150830", "us-east-1", "service"), KeyId, Secret);

        Assert.True(authorization.EndsWith("Signature=" + signature, StringComparison.Ordinal), $"{name}: {authorization}");
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=", authorization, StringComparison.Ordinal);
    }

    // Goal: each form of request that the store makes arrives with the signature that AWS would reckon from what arrived: commas, stars and encoded characters in
    // paths, queries with lists, bodies as they are and compressed, with and without a session's token.
    [Theory]
    [InlineData("es", false)]
    [InlineData("es", true)]
    [InlineData("aoss", false)]
    [InlineData("aoss", true)]
    public async Task What_arrives_is_signed_as_AWS_reckons_it(string service, bool isSession)
    {
        AWSCredentials credentials = isSession ? new SessionAWSCredentials(KeyId, Secret, "session/token+=") : new BasicAWSCredentials(KeyId, Secret);
        (string Method, string Path, string Body)[] requests =
        [
            ("GET", "", ""),
            ("GET", "crowsnest-*/_settings/index.uuid", ""),
            ("GET", "_index_template/crowsnest-*?filter_path=index_templates.name,index_templates.index_template._meta", ""),
            ("POST", "crowsnest-quarantine,crowsnest-ledger/_refresh?ignore_unavailable=true&allow_no_indices=true", ""),
            ("POST", "_bulk?filter_path=errors,items.*.status,items.*.error.caused_by.reason", "{\"create\":{}}\n{\"a\":\"\u00e4 \u2713\"}\n"),
            ("PUT", $"crowsnest-tokens/_doc/{Uri.EscapeDataString("#0a b=c/d:e@f+g~h")}?version=7&version_type=external_gte", "{}"),
            ("DELETE", "crowsnest-events-2026.03.02", ""),
        ];
        foreach (var gzip in new[] { false, true })
        {
            var options = new OpenSearchOptions { Url = new Uri($"http://127.0.0.1:{Peers.FreePort()}/"), Authentication = new OpenSearchAuthentication.Aws(credentials, RegionEndpoint.EUWest1, service), Gzip = gzip };
            using var listener = new HttpListener();
            listener.Prefixes.Add(options.Url.AbsoluteUri);
            listener.Start();
            using var client = new OpenSearchClient(options, TimeProvider.System);
            foreach (var (method, path, body) in requests)
            {
                var sending = client.TryAsync(new HttpMethod(method), path, Encoding.UTF8.GetBytes(body), isLines: body.EndsWith('\n'), Cancel);
                await CheckAsync(await listener.GetContextAsync(), service, isSession);
                Assert.True((await sending).IsSuccess);
            }
        }
    }

    private static async Task CheckAsync(HttpListenerContext context, string service, bool isSession)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body, Cancel);
        context.Response.Close("{}"u8.ToArray(), willBlock: false);
        var sent = request.Headers["Authorization"]!;
        var parts = Form().Match(sent);
        Assert.True(parts.Success, sent);
        var (date, signed) = (parts.Groups[1].Value, parts.Groups[2].Value.Split(';'));
        var hash = Convert.ToHexStringLower(SHA256.HashData(body.ToArray()));
        var (path, query) = request.RawUrl!.Split('?', 2) is [var before, var after] ? (before, after) : (request.RawUrl!, "");

        Assert.Equal(SignatureV4.Authorization(request.HttpMethod, path, query, signed.Select(name => KeyValuePair.Create(name, request.Headers[name]!)), hash, (date, "eu-west-1", service), KeyId, Secret), sent);
        Assert.StartsWith(date, request.Headers["x-amz-date"]!, StringComparison.Ordinal);

        // Serverless wants the hash of the body in a header and refuses a signed Content-Length.
        // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html
        Assert.Equal(hash, request.Headers["x-amz-content-sha256"]);
        Assert.Contains("host", signed);
        Assert.Contains("x-amz-content-sha256", signed);
        Assert.DoesNotContain("content-length", signed);
        Assert.Equal(isSession ? "session/token+=" : null, request.Headers["x-amz-security-token"]);
        Assert.Equal(isSession, signed.Contains("x-amz-security-token"));
    }

    [GeneratedRegex("^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\\d{8})/eu-west-1/(?:es|aoss)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$")]
    private static partial Regex Form();
}
