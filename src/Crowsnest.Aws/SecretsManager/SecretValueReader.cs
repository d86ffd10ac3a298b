using System.Text.Json;

namespace Crowsnest.Aws.SecretsManager;

/// <summary>Reads secrets of AWS Secrets Manager (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).</summary>
public static class SecretValueReader
{
    /// <summary>The current value of a secret that is text.</summary>
    /// <param name="id">Its ARN or its name; behind a <c>#</c> the name of a member, where the secret is a JSON object of several.</param>
    /// <param name="identity">As whom; the region is the secret's.</param>
    /// <param name="endpoint">Where the service is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<string> ReadAsync(string id, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(identity);
        using var client = new AwsJsonClient(
            identity, endpoint ?? new Uri($"https://secretsmanager.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/"),
            "secretsmanager", "secretsmanager", time, connections: 1, "application/x-amz-json-1.1");
        var (secret, member) = id.Split('#', 2) is [var before, var behind] ? (before, behind) : (id, null);
        using var answer = await client.CallAsync("GetSecretValue", json => json.WriteString("SecretId", secret), cancellationToken).ConfigureAwait(false);
        if (!answer.RootElement.TryGetProperty("SecretString", out var value) || value.GetString() is not { } text)
            throw new AwsException("NoValue", $"the secret {secret} is not text", status: null);
        return member is null ? text : Member(text, member) ?? throw new AwsException("NoValue", $"the secret {secret} is no JSON object with a text '{member}'", status: null);
    }

    private static string? Member(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
