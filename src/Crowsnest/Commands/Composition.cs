using Crowsnest.Aws;
using Crowsnest.Aws.Sns;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Makes the parts of Core as the configuration says.</summary>
internal static class Composition
{
    /// <summary>The table of causes, and whose events are believed.</summary>
    public static EventDiagnoser Diagnoser(CrowsnestConfig config) =>
        new([.. config.Diagnosis.Select(Cause)], new TrustedSources(config.Sources.Trusted));

    /// <summary>The shipped rules that are on.</summary>
    public static ShippedRules Rules(CrowsnestConfig config) =>
        new([.. config.Rules.SelectMany(set => ShippedRules.Sets[set.Use].Except(set.Except, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)]);

    /// <summary>What is masked.</summary>
    public static MaskingOptions Masking(CrowsnestConfig config) => new()
    {
        Environment = config.Masking.Environment,
        Paths = config.Masking.Paths,
        Synthetic = config.Verify.Nonce is { } nonce ? new SyntheticSource(config.Verify.Source, nonce.Reveal()) : null,
    };

    /// <summary>The queues, which are read from now on.</summary>
    /// <exception cref="ServerRefusedException">There are no credentials for one.</exception>
    public static IReadOnlyList<SqsSource> Queues(CrowsnestConfig config, IngestPipeline pipeline, TimeProvider time)
    {
        try
        {
#pragma warning disable CA2000 // A source owns its queue.
            return [.. config.Sources.Sqs.Select(sqs => new SqsSource(Queue(sqs, time), pipeline, Masking(config), time))];
#pragma warning restore CA2000
        }
        catch (AwsException none)
        {
            throw new ServerRefusedException($"sources.sqs: {none.InWords}", none);
        }
    }

    /// <summary>The topics that deliver to <c>POST /events</c>, or <see langword="null"/> when none is named.</summary>
    public static SnsInbox? Sns(CrowsnestConfig config, TimeProvider time)
    {
#pragma warning disable CA2000 // The inbox owns its gate.
        return config.Sources.SnsTopics is { IsEmpty: false } topics ? new SnsInbox(new SnsGate(topics, new SnsTrust(), time), time) : null;
#pragma warning restore CA2000
    }

    /// <summary>A queue; nothing is asked yet.</summary>
    /// <exception cref="AwsException">There are no credentials.</exception>
    public static SqsQueueClient Queue(SqsConfig sqs, TimeProvider time) =>
        new(sqs.QueueUrl, AwsIdentity.Resolve(SqsQueueClient.RegionOf(sqs.QueueUrl)), Elsewhere("SQS"), time);

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
