using Crowsnest.Aws;
using Crowsnest.Aws.S3;
using Crowsnest.Aws.SecretsManager;
using Crowsnest.Aws.Ssm;

namespace Crowsnest.Configuration;

/// <summary>Text that is kept in AWS: a configuration, or a secret that one names.</summary>
internal static class RemoteText
{
    private const string Object = "s3://";
    private const string Parameter = "ssm:";
    private const string SecretOfManager = "secretsmanager:";

    /// <summary>Whether this names a configuration in AWS: <c>s3://BUCKET/KEY</c> or <c>ssm:NAME</c>.</summary>
    public static bool IsConfiguration(string place) => place.StartsWith(Object, StringComparison.Ordinal) || place.StartsWith(Parameter, StringComparison.Ordinal);

    /// <summary>Whether this names a secret in AWS: <c>ssm:NAME</c> or <c>secretsmanager:ARN</c>.</summary>
    public static bool IsSecret(string text) => text.StartsWith(Parameter, StringComparison.Ordinal) || text.StartsWith(SecretOfManager, StringComparison.Ordinal);

    /// <summary>Fetches it.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<string> ReadAsync(string place, int bytesMax, TimeProvider time, CancellationToken cancellationToken)
    {
        if (place.StartsWith(Object, StringComparison.Ordinal))
        {
            return place[Object.Length..].Split('/', 2) is [{ Length: > 0 } bucket, { Length: > 0 } key]
                ? await ObjectReader.ReadAsync(bucket, key, bytesMax, AwsIdentity.Resolve(null), Composition.Elsewhere("S3"), time, cancellationToken).ConfigureAwait(false)
                : throw new AwsException("NoKey", "an object of S3 is s3://BUCKET/KEY", status: null);
        }

        var isParameter = place.StartsWith(Parameter, StringComparison.Ordinal);
        var name = place[(isParameter ? Parameter : SecretOfManager).Length..];
        if (name.Length == 0) throw new AwsException("NoName", "a name or an ARN stands behind the colon", status: null);
        var identity = AwsIdentity.Resolve(RegionOf(name));
        return isParameter
            ? await ParameterReader.ReadAsync(name, identity, Composition.Elsewhere("SSM"), time, cancellationToken).ConfigureAwait(false)
            : await SecretValueReader.ReadAsync(name, identity, Composition.Elsewhere("SECRETS_MANAGER"), time, cancellationToken).ConfigureAwait(false);
    }

    // arn:PARTITION:SERVICE:REGION:ACCOUNT:…; a name is in the region of this process.
    private static string? RegionOf(string name) => name.Split(':') is ["arn", _, _, { Length: > 0 } region, _, ..] ? region : null;
}
