namespace Crowsnest.Aws.Ssm;

/// <summary>Reads parameters of AWS Systems Manager (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html).</summary>
public static class ParameterReader
{
    /// <summary>The value of a parameter, decrypted where it is a <c>SecureString</c>.</summary>
    /// <param name="name">Its name, with <c>:VERSION</c> or <c>:LABEL</c> behind it where one is meant, or its ARN.</param>
    /// <param name="identity">As whom; the region is the parameter's.</param>
    /// <param name="endpoint">Where the service is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<string> ReadAsync(string name, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using var client = new AwsJsonClient(
            identity, endpoint ?? new Uri($"https://ssm.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/"), "ssm", "AmazonSSM", time, connections: 1, "application/x-amz-json-1.1");
        using var answer = await client.CallAsync("GetParameter", json =>
        {
            json.WriteString("Name", name);
            json.WriteBoolean("WithDecryption", true);
        }, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("Parameter", out var parameter) && parameter.TryGetProperty("Value", out var value) && value.GetString() is { } text
            ? text
            : throw new AwsException("NoValue", $"the answer for {name} has no value", status: null);
    }
}
