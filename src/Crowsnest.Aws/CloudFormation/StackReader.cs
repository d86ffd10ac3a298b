using System.Xml.Linq;

namespace Crowsnest.Aws.CloudFormation;

/// <summary>A stack: what it is called, how it is, and what it says of itself.</summary>
/// <param name="Id">Its ARN.</param>
/// <param name="Status">E.g. <c>CREATE_COMPLETE</c>.</param>
/// <param name="Outputs">Its outputs by name.</param>
public sealed record StackDescription(string Id, string Status, IReadOnlyDictionary<string, string> Outputs);

/// <summary>Reads stacks of AWS CloudFormation (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).</summary>
public sealed class StackReader : IDisposable
{
    private readonly AwsQueryClient _client;

    /// <summary>A region's stacks; nothing is asked yet.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where CloudFormation is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    public StackReader(AwsIdentity identity, Uri? endpoint, TimeProvider time) => _client = new AwsQueryClient(identity, "cloudformation", "2010-05-15", endpoint, time);

    /// <summary>The stack with this name or id; <see langword="null"/> when there is none.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<StackDescription?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        XElement answer;
        try
        {
            answer = await _client.CallAsync("DescribeStacks", [new("StackName", name)], cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException none) when (none.Code == "ValidationError" && none.Message.Contains("does not exist", StringComparison.Ordinal))
        {
            return null;
        }

        if (Named(answer, "Stacks").SelectMany(stacks => stacks.Elements()).FirstOrDefault() is not { } stack) return null;
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var output in stack.Elements().Where(e => e.Name.LocalName == "Outputs").SelectMany(e => e.Elements()))
        {
            if (AwsQueryClient.Text(output, "OutputKey") is { } key) outputs[key] = AwsQueryClient.Text(output, "OutputValue") ?? "";
        }

        return new StackDescription(AwsQueryClient.Text(stack, "StackId") ?? "", AwsQueryClient.Text(stack, "StackStatus") ?? "", outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static IEnumerable<XElement> Named(XElement element, string name) => element.Descendants().Where(e => e.Name.LocalName == name);
}
