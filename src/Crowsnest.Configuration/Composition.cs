using Crowsnest.Aws;
using Crowsnest.Aws.CloudWatch;
using Crowsnest.Aws.Ecs;
using Crowsnest.Aws.Logs;
using Crowsnest.Aws.Sqs;
using Crowsnest.Aws.Sts;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Configuration;

/// <summary>Makes the parts of Core as the configuration says.</summary>
public static class Composition
{
    /// <summary>The table of causes, and whose events are believed.</summary>
    public static EventDiagnoser Diagnoser(CrowsnestConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new([.. config.Diagnosis.Select(Cause)], new TrustedSources(config.Sources.Trusted));
    }

    /// <summary>The rules that look at events.</summary>
    public static RuleSet Rules(CrowsnestConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(config.Rules.Shipped, config.Rules.Events);
    }

    /// <summary>The rules that look at how things are.</summary>
    public static ConditionRules Conditions(CrowsnestConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new([.. new ShippedRules(config.Rules.Shipped).Conditions, .. config.Rules.Conditions]);
    }

    /// <summary>What is masked.</summary>
    public static MaskingOptions Masking(CrowsnestConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new MaskingOptions
        {
            Environment = config.Masking.Environment,
            Paths = config.Masking.Paths,
            Own = OwnMark.TakenAway,
            Synthetic = config.Verify.Nonce is { } nonce ? new SyntheticSource(config.Verify.Source, nonce.Reveal()) : null,
        };
    }

    /// <summary>A queue; nothing is asked yet.</summary>
    /// <exception cref="AwsException">There are no credentials.</exception>
    public static SqsQueueClient Queue(SqsConfig sqs, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sqs);
        return new(sqs.QueueUrl, AwsIdentity.Resolve(SqsQueueClient.RegionOf(sqs.QueueUrl)), Elsewhere("SQS"), time);
    }

    /// <summary>The ECS of an account and region. A role is taken on with this; of ECS nothing is asked yet.</summary>
    /// <exception cref="AwsException">There are no credentials, or the role cannot be taken on.</exception>
    public static async Task<EcsClient> EcsAsync(string? roleArn, string region, EcsBudget budget, TimeProvider time, CancellationToken cancellationToken) =>
        new(await IdentityAsync(roleArn, region, time, cancellationToken).ConfigureAwait(false), Elsewhere("ECS"), budget, time);

    /// <summary>The logs of an account and region, as <see cref="EcsAsync"/>.</summary>
    /// <exception cref="AwsException">There are no credentials, or the role cannot be taken on.</exception>
    public static async Task<LogsClient> LogsAsync(string? roleArn, string region, EcsBudget budget, TimeProvider time, CancellationToken cancellationToken) =>
        new(await IdentityAsync(roleArn, region, time, cancellationToken).ConfigureAwait(false), Elsewhere("CLOUDWATCH_LOGS"), budget, time);

    /// <summary>The metrics of an account and region, as <see cref="EcsAsync"/>.</summary>
    /// <exception cref="AwsException">There are no credentials, or the role cannot be taken on.</exception>
    public static async Task<MetricsClient> MetricsAsync(string? roleArn, string region, TimeProvider time, CancellationToken cancellationToken) =>
        new(await IdentityAsync(roleArn, region, time, cancellationToken).ConfigureAwait(false), Elsewhere("CLOUDWATCH"), time);

    private static async Task<AwsIdentity> IdentityAsync(string? roleArn, string region, TimeProvider time, CancellationToken cancellationToken)
    {
        var identity = AwsIdentity.Resolve(region);
        return roleArn is null ? identity : await AssumedRole.TakeOnAsync(roleArn, identity, Elsewhere("STS"), time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where a service is when <c>AWS_ENDPOINT_URL_SERVICE</c> or <c>AWS_ENDPOINT_URL</c> lead elsewhere than to AWS, as they do for AWS's own tools.</summary>
    public static Uri? Elsewhere(string service) => Uri.TryCreate(
        Environment.GetEnvironmentVariable($"AWS_ENDPOINT_URL_{service}") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL"), UriKind.Absolute, out var url) ? url : null;

    private static StopCause Cause(CauseConfig row) => new()
    {
        Kind = row.Kind,
        Severity = Enum.Parse<Severity>(row.Severity, ignoreCase: true),
        Words = row.Words,
        NextStep = row.NextStep,
        StopCodes = row.StopCode.Length > 0 ? [row.StopCode] : [],
        ReasonContains = row.ReasonContains.Length > 0 ? [row.ReasonContains] : [],
        ExitCodes = row.ExitCode is { } code ? [code] : [],
    };
}
