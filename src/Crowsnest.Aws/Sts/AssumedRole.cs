using Amazon.Runtime;

namespace Crowsnest.Aws.Sts;

/// <summary>Takes on a role, as AWS STS lets one (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).</summary>
public static class AssumedRole
{
    // What CloudTrail shows beside the role.
    private const string SessionName = "crowsnest";

    /// <summary>The credentials of a role, for an hour, in the identity's region.</summary>
    /// <param name="roleArn">The role.</param>
    /// <param name="identity">Who takes it on.</param>
    /// <param name="endpoint">Where STS is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<AwsIdentity> TakeOnAsync(string roleArn, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using var client = new AwsQueryClient(identity, "sts", "2011-06-15", endpoint, time);
        var answer = await client.CallAsync("AssumeRole", [new("RoleArn", roleArn), new("RoleSessionName", SessionName)], cancellationToken).ConfigureAwait(false);
        var credentials = answer.Descendants().FirstOrDefault(e => e.Name.LocalName == "Credentials");
        return credentials is not null && AwsQueryClient.Text(credentials, "AccessKeyId") is { Length: > 0 } key && AwsQueryClient.Text(credentials, "SecretAccessKey") is { Length: > 0 } secret
            && AwsQueryClient.Text(credentials, "SessionToken") is { Length: > 0 } token
            ? identity with { Credentials = new SessionAWSCredentials(key, secret, token) }
            : throw new AwsException("NoCredentials", $"STS gave no credentials for {roleArn}.", status: null);
    }
}
