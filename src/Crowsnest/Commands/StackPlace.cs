using Crowsnest.Aws;
using Crowsnest.Aws.CloudFormation;
using Crowsnest.Aws.EventBridge;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>A deployment made by a stack of CloudFormation: its parts by the names of the stack's outputs.</summary>
/// <param name="Name">What the stack was called by.</param>
/// <param name="Stack">The stack.</param>
/// <param name="Identity">As whom its parts are asked.</param>
/// <param name="Time">The clock.</param>
internal sealed record StackPlace(string Name, StackDescription Stack, AwsIdentity Identity, TimeProvider Time)
{
    /// <summary>What every deployment has.</summary>
    public static readonly string[] Required = ["QueueUrl", "EventBusName", "RuleName", "VerifySource", "VerifyNonce"];

    /// <summary>The option that names it.</summary>
    public static readonly OptionSpec NameOption = new("--stack", "NAME", "the CloudFormation stack that made the deployment");

    /// <summary>The option that says where it is.</summary>
    public static readonly OptionSpec RegionOption = new("--region", "REGION", "the stack's region; AWS_REGION or the profile's unless given");

    /// <summary>The stack's account.</summary>
    public string Account => Stack.Id.Split(':') is [_, _, _, _, var account, ..] ? account : "000000000000";

    /// <summary>The stack's partition: <c>aws</c>, <c>aws-cn</c>, …</summary>
    public string Partition => Stack.Id.Split(':') is [_, { Length: > 0 } partition, ..] ? partition : "aws";

    /// <summary>An output, or <see langword="null"/>.</summary>
    public string? Output(string name) => Stack.Outputs.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>An output that every deployment has.</summary>
    public string Must(string name) => Output(name)
        ?? throw new UsageException($"the stack {Name} has no output {name}; it takes one of a template of Crowsnest's, of this version (outputs: {string.Join(", ", Stack.Outputs.Keys.Order(StringComparer.Ordinal))})");

    /// <summary>The stack that <c>--stack</c> names.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="UnreachableStoreException">CloudFormation cannot be asked.</exception>
    public static async Task<StackPlace> FindAsync(Invocation invocation, string name, CancellationToken cancellationToken)
    {
        try
        {
            var identity = AwsIdentity.Resolve(invocation.Option(RegionOption.Name));
            using var reader = new StackReader(identity, Composition.Elsewhere("CLOUDFORMATION"), invocation.Host.Time);
            return await reader.ReadAsync(name, cancellationToken) is { } stack
                ? new StackPlace(name, stack, identity, invocation.Host.Time)
                : throw new UsageException($"--stack: there is no stack '{name}' in {identity.Region.SystemName}; --region names another region");
        }
        catch (AwsException failure)
        {
            throw new UnreachableStoreException($"the stack {name} cannot be read. {failure.InWords} It takes cloudformation:DescribeStacks.", failure);
        }
    }

    /// <summary>Its bus.</summary>
    public EventBusClient Bus() => new(Must("EventBusName"), Identity, Composition.Elsewhere("EVENTBRIDGE"), Time);

    /// <summary>One of its queues, by the output that has its URL; <see langword="null"/> when it has none.</summary>
    public SqsQueueClient? Queue(string output) =>
        Output(output) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) ? new SqsQueueClient(url, Identity, Composition.Elsewhere("SQS"), Time) : null;

    /// <summary>Its store, spoken to as the configuration says, or signed for where it is AWS's; <see langword="null"/> when the stack has none.</summary>
    public StoreConfig? Store(StoreConfig config)
    {
        var (server, table) = (Server(config.OpenSearch), Output("TableName") is { } name && name.EndsWith("store", StringComparison.Ordinal) ? new DynamoConfig(name[..^"store".Length], Identity.Region.SystemName) : null);
        return server is null && table is null ? null : new StoreConfig { OpenSearch = server, Dynamo = table };
    }

    private OpenSearchConfig? Server(OpenSearchConfig? config)
    {
        if (Output("StoreUrl") is not { } text || !Uri.TryCreate(text, UriKind.Absolute, out var url)) return null;
        var isAws = url.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) || url.Host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal);
        var known = config ?? new OpenSearchConfig { Url = url, AwsService = isAws ? "es" : null, Region = Identity.Region.SystemName };
        return known with { Url = url, IndexPrefix = Output("IndexPrefix") ?? known.IndexPrefix };
    }
}
