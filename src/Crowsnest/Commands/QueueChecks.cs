using System.Globalization;
using Crowsnest.Aws;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of the queues: that they can be asked, and keep what comes. Nothing is received.</summary>
internal static class QueueChecks
{
    // EventBridge itself gives up after a day.
    private static readonly TimeSpan RetentionMin = TimeSpan.FromDays(1);

    /// <summary>A finding or two a queue.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var sqs in config.Sources.Sqs) findings.AddRange(await LookAsync(sqs, time, cancellationToken));
        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(SqsConfig sqs, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = $"queue {sqs.QueueUrl.Segments[^1]}";
        try
        {
            using var queue = Composition.Queue(sqs, time);
            var found = await queue.AttributesAsync(cancellationToken);
            var words = string.Create(CultureInfo.InvariantCulture, $"it answers; {found.Waiting} messages wait, {found.InFlight} are being taken in (whether they may be received and deleted shows when it is read)");
            List<Finding> findings = [Finding.Ok(check, words)];
            if (found.Retention < RetentionMin)
                findings.Add(Finding.Warning(check, $"it keeps messages for {Units.Format(found.Retention)} only", "Set MessageRetentionPeriod to 1209600 (14 days): what comes while Crowsnest is down is lost after that."));
            if (found.DeadLetterArn is null)
                findings.Add(Finding.Warning(check, "it has no dead-letter queue", "Set a RedrivePolicy, as docs/sqs.md does: a message that cannot be stored comes again until it is too old, and is lost then."));
            return findings;
        }
        catch (AwsException failure)
        {
            return [Finding.Fault(check, failure.InWords, "Compare queue_url with 'aws sqs get-queue-url', and the credentials with docs/sqs.md.")];
        }
    }
}
