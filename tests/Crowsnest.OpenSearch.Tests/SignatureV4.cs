using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>AWS Signature Version 4 as its documentation words it, by itself: what we sign is compared with this, and this with the vectors that AWS published.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html</remarks>
internal static class SignatureV4
{
    /// <summary>The header <c>Authorization</c> of a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path as it is sent.</param>
    /// <param name="query">What follows the question mark, as it is sent.</param>
    /// <param name="headers">The headers that are signed.</param>
    /// <param name="bodyHash">The SHA-256 of the body, in hexadecimal.</param>
    /// <param name="scope">Date, region and service.</param>
    /// <param name="keyId">The access key's id.</param>
    /// <param name="secret">The secret access key.</param>
    public static string Authorization(
        string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, string bodyHash, (string Date, string Region, string Service) scope, string keyId, string secret)
    {
        var signed = headers.Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(' ', header.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)))).OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(header => header.Name));
        var sorted = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Parameter).OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Value, StringComparer.Ordinal);

        // Each segment of the path is encoded once more than it is sent: every service but S3.
        var canonical = string.Join('\n',
            method, string.Join('/', path.Split('/').Select(Uri.EscapeDataString)), string.Join('&', sorted.Select(one => $"{one.Name}={one.Value}")),
            string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n")), names, bodyHash);
        var time = signed.Single(header => header.Name == "x-amz-date").Value;
        var credential = $"{scope.Date}/{scope.Region}/{scope.Service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{credential}\n{Hash(canonical)}";
        var key = new[] { scope.Date, scope.Region, scope.Service, "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (step, part) => HMACSHA256.HashData(step, Encoding.UTF8.GetBytes(part)));
        return $"AWS4-HMAC-SHA256 Credential={keyId}/{credential}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}";
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static (string Name, string Value) Parameter(string pair)
    {
        var parts = pair.Split('=', 2);
        return (Encoded(parts[0]), parts.Length > 1 ? Encoded(parts[1]) : "");
    }

    private static string Encoded(string sent) => Uri.EscapeDataString(Uri.UnescapeDataString(sent));
}
