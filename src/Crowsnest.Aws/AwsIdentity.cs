using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Crowsnest.Aws;

/// <summary>As whom calls are signed, and for which region.</summary>
/// <param name="Credentials">The keys, which renew themselves where their source can.</param>
/// <param name="Region">The region.</param>
public sealed record AwsIdentity(AWSCredentials Credentials, RegionEndpoint Region)
{
    /// <summary>Finds credentials where every AWS tool does: environment, shared files, web identity, container, instance.</summary>
    /// <param name="region">The region; where it is <see langword="null"/>, AWS_REGION, the profile's or the instance's.</param>
    /// <exception cref="AwsException">There are none, or no region is known.</exception>
    public static AwsIdentity Resolve(string? region)
    {
        try
        {
            using var resolver = new DefaultAWSCredentialsIdentityResolver();
            var credentials = resolver.ResolveIdentity(null);
            var endpoint = region is { Length: > 0 } ? RegionEndpoint.GetBySystemName(region) : FallbackRegionFactory.GetRegionEndpoint();
            return endpoint is null
                ? throw new AwsException("NoCredentials", "No AWS region is known; set AWS_REGION, or a region in the profile.", status: null)
                : new AwsIdentity(credentials, endpoint);
        }
        catch (AmazonClientException none)
        {
            throw new AwsException("NoCredentials", "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role.", none);
        }
    }
}
