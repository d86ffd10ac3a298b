using System.Globalization;
using Crowsnest.Aws;
using Crowsnest.Aws.Sqs;
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
        try
        {
            using var queue = Composition.Queue(sqs, time);
            return await LookAsync(queue, cancellationToken);
        }
        catch (AwsException none)
        {
            return [Finding.Fault($"queue {sqs.QueueUrl.Segments[^1]}", none.InWords, "Give this process credentials; docs/sqs.md has the policy.")];
        }
    }

    /// <summary>What one queue says of itself.</summary>
    public static async Task<IReadOnlyList<Finding>> LookAsync(SqsQueueClient queue, CancellationToken cancellationToken)
    {
        var check = $"queue {queue.Name}";
        try
        {
            var found = await queue.AttributesAsync(cancellationToken);
            var words = string.Create(CultureInfo.InvariantCulture, $"it answers; {found.Waiting} messages wait, {found.InFlight} are being taken in (whether they may be received and deleted shows when it is read)");
            List<Finding> findings = [Finding.Ok(check, words)];
            if (found.Retention < RetentionMin)
                findings.Add(Finding.Warning(check, $"it keeps messages for {Units.Format(found.Retention)} only", "Set MessageRetentionPeriod to 1209600 (14 days): what comes while Crowsnest is down is lost after that."));
            if (found.DeadLetterArn is null)
                findings.Add(Finding.Warning(check, "it has no dead-letter queue", "Set a RedrivePolicy, as docs/sqs.md does: a message that cannot be stored comes again until it is too old, and is lost then."));
            findings.AddRange(QueuePolicy.Senders(found.Policy) switch
            {
                QueueSenders.None => [Finding.Warning(
                    check, "its policy lets neither a rule of EventBridge nor a topic send", "Let events.amazonaws.com do sqs:SendMessage with a condition on aws:SourceArn, as docs/sqs.md does; ignore this where messages come another way.")],
                QueueSenders.Anybody => [Finding.Warning(
                    check, "its policy lets anybody's rules send: no condition says whose", "Add a condition on aws:SourceArn, the rule's ARN, as docs/sqs.md does.")],
                _ => Array.Empty<Finding>(),
            });
            return findings;
        }
        catch (AwsException failure)
        {
            return [Finding.Fault(check, failure.InWords, "Compare queue_url with 'aws sqs get-queue-url', and the credentials with docs/sqs.md.")];
        }
    }
}
