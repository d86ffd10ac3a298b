using Amazon;
using Amazon.Runtime;

namespace Crowsnest.Aws.S3;

/// <summary>Reads objects of Amazon S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).</summary>
public static class ObjectReader
{
    private const string RegionHeader = "x-amz-bucket-region";
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(20);

    /// <summary>The text of an object, as UTF-8.</summary>
    /// <param name="bucket">Its bucket; one in another region is asked there.</param>
    /// <param name="key">Its key.</param>
    /// <param name="bytesMax">A larger one is refused.</param>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where the service is; AWS's own when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<string> ReadAsync(string bucket, string key, int bytesMax, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bucket);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(identity);
        var here = await TryAsync(bucket, key, bytesMax, identity, endpoint, time, cancellationToken).ConfigureAwait(false);
        if (here.Text is { } found) return found;
        var there = await TryAsync(bucket, key, bytesMax, identity with { Region = RegionEndpoint.GetBySystemName(here.Region) }, endpoint, time, cancellationToken).ConfigureAwait(false);
        return there.Text ?? throw new AwsException("WrongRegion", $"the bucket {bucket} sends from region to region", status: null);
    }

    // The text, or the region to ask instead.
    private static async Task<(string? Text, string Region)> TryAsync(
        string bucket, string key, int bytesMax, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = UrlOf(bucket, key, identity.Region, endpoint);
        using var http = AwsHttp.Create(identity, "s3", connections: 1);
        using var limit = new CancellationTokenSource(CallTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var answer = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
            {
                // S3 says it of every object.
                if (answer.Content.Headers.ContentLength > bytesMax) throw new AwsException("TooLarge", $"the object is larger than {bytesMax} bytes", answer.StatusCode);
                return (await answer.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false), "");
            }

            if (answer.Headers.TryGetValues(RegionHeader, out var regions) && regions.FirstOrDefault() is { Length: > 0 } region && region != identity.Region.SystemName) return (null, region);
            throw AwsQueryClient.Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AwsException("NoAnswer", $"{url.Host} took longer than {CallTime.TotalSeconds:0} s.", slow);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new AwsException("NoAnswer", $"{url.Host}: {broken.Message}", broken);
        }
        catch (AmazonClientException none)
        {
            throw new AwsException("NoCredentials", $"The credentials cannot be had: {none.Message}", none);
        }
    }

    // A name with dots fits no certificate of *.s3.REGION.amazonaws.com, and elsewhere names of hosts are not made up.
    private static Uri UrlOf(string bucket, string key, RegionEndpoint region, Uri? endpoint)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var host = $"s3.{region.SystemName}.{region.PartitionDnsSuffix}";
        if (endpoint is not null) return new Uri(endpoint, $"/{bucket}/{path}");
        return bucket.Contains('.', StringComparison.Ordinal) ? new Uri($"https://{host}/{bucket}/{path}") : new Uri($"https://{bucket}.{host}/{path}");
    }
}
