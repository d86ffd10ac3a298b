using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of a deployment made by a stack, in the order in which an event goes through it. Nothing is changed and nothing is sent.</summary>
internal static class StackChecks
{
    /// <summary>A finding or two a part; the first that is no <see cref="FindingStatus.Ok"/> is the one nearest to where events come in.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(StackPlace place, VerifyConfig? verify, CancellationToken cancellationToken)
    {
        var check = $"stack {place.Name}";
        var findings = new List<Finding>();
        var missing = StackPlace.Required.Where(name => place.Output(name) is null).ToList();
        findings.Add(missing.Count > 0
            ? Finding.Fault(check, $"it has no output {string.Join(", ", missing)}", "Deploy a template of Crowsnest's, of this version.")
            : place.Stack.Status.EndsWith("_COMPLETE", StringComparison.Ordinal) && !place.Stack.Status.Contains("ROLLBACK", StringComparison.Ordinal)
                ? Finding.Ok(check, $"{place.Stack.Status}, and its outputs are there")
                : Finding.Warning(check, $"it is {place.Stack.Status}", $"aws cloudformation describe-stack-events --stack-name {place.Name} says why."));
        if (missing.Count > 0) return findings;
        if (verify?.Nonce is { } nonce && (nonce.Reveal() != place.Must("VerifyNonce") || verify.Source != place.Must("VerifySource")))
            findings.Add(Finding.Warning(check, "its VerifyNonce and VerifySource are not verify.nonce and verify.source of this configuration", "Where what takes its events in has this configuration, 'crowsnest verify --stack' ends at 'diagnosed': copy the outputs."));
        try
        {
            await RuleAsync(place, findings, cancellationToken);
        }
        catch (AwsException failure)
        {
            findings.Add(Finding.Warning($"rule {place.Output("RuleName")}", $"cannot be seen. {failure.InWords}", "Give whoever runs this events:DescribeRule and events:ListTargetsByRule."));
        }

        await QueueAsync(place, findings, cancellationToken);
        return findings;
    }

    private static async Task RuleAsync(StackPlace place, List<Finding> findings, CancellationToken cancellationToken)
    {
        var (name, bus, source) = (place.Must("RuleName"), place.Must("EventBusName"), place.Must("VerifySource"));
        var check = $"rule {name}";
        using var client = place.Bus();
        if (await client.RuleAsync(name, cancellationToken) is not { } rule)
        {
            findings.Add(Finding.Fault(check, $"it is not on the bus {bus}", "Somebody removed it: deploy the stack again."));
            return;
        }

        if (rule.State == "DISABLED")
            findings.Add(Finding.Fault(check, "it is disabled, and nothing comes in", $"aws events enable-rule --name {name} --event-bus-name {bus}"));
        else if (!Takes(rule.EventPattern, source))
            findings.Add(Finding.Fault(check, $"it does not take events of the source {source}", "Its pattern was changed: deploy the stack again."));
        else
            findings.Add(Finding.Ok(check, $"it is enabled, and takes events of {source}"));

        using var queue = place.Queue("QueueUrl");
        var arn = queue is null ? "" : (await queue.AttributesAsync(cancellationToken)).Arn;
        var target = (await client.TargetsAsync(name, cancellationToken)).FirstOrDefault(t => t.Arn == arn);
        if (target is null) findings.Add(Finding.Fault(check, "it sends nothing to the stack's queue", "Its target was removed: deploy the stack again."));
        else if (target.DeadLetterArn is null) findings.Add(Finding.Warning(check, "what it cannot deliver is lost after a day", "Give its target a dead-letter queue: deploy the stack again."));
        await EmptyAsync(
            place, "TargetDeadLetterQueueUrl", "events could not be delivered to the queue",
            "Read one ('aws sqs receive-message --message-attribute-names All'): its attribute ERROR_CODE says why; most often the queue's policy does not let the rule send.", findings, cancellationToken);
    }

    private static async Task QueueAsync(StackPlace place, List<Finding> findings, CancellationToken cancellationToken)
    {
        using var queue = place.Queue("QueueUrl");
        if (queue is not null) findings.AddRange(await QueueChecks.LookAsync(queue, cancellationToken));
        await EmptyAsync(
            place, "DeadLetterQueueUrl", "messages were delivered too often and not stored", "See what is wrong with the store, then put them back: 'crowsnest dlq redrive'.", findings, cancellationToken);
    }

    private static async Task EmptyAsync(StackPlace place, string output, string what, string nextStep, List<Finding> findings, CancellationToken cancellationToken)
    {
        using var queue = place.Queue(output);
        if (queue is null) return;
        try
        {
            var held = await queue.AttributesAsync(cancellationToken) is var found ? found.Waiting + found.InFlight : 0;
            findings.Add(held > 0
                ? Finding.Fault($"queue {queue.Name}", string.Create(CultureInfo.InvariantCulture, $"{held} {what}"), nextStep)
                : Finding.Ok($"queue {queue.Name}", "it is empty"));
        }
        catch (AwsException failure)
        {
            findings.Add(Finding.Warning($"queue {queue.Name}", $"cannot be seen. {failure.InWords}", "Give whoever runs this sqs:GetQueueAttributes."));
        }
    }

    // {"source": ["aws.ecs", …]}; a pattern without one takes every source. What else it asks for is not looked at.
    private static bool Takes(string pattern, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(pattern);
            return !document.RootElement.TryGetProperty("source", out var sources) || sources.ValueKind != JsonValueKind.Array
                || sources.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.String || s.GetString() == source);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
