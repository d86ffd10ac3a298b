using System.Text.Json;
using Crowsnest.Aws;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>Dead-letter queues: what has been delivered too often, and another try for it.</summary>
internal static class DlqCommand
{
    private static readonly IReadOnlyList<Column> StatusColumns =
        [new("QUEUE", "queue"), new("WAITING", "waiting"), new("IN FLIGHT", "inFlight"), new("AFTER", "maxReceiveCount"), new("DEAD-LETTER QUEUE", "deadLetterQueue"), new("DEAD", "dead")];

    private static readonly IReadOnlyList<Column> RedriveColumns = [new("QUEUE", "queue"), new("DEAD-LETTER QUEUE", "deadLetterQueue"), new("MOVED", "moved")];

    /// <summary>How full they are.</summary>
    public static readonly CommandSpec Status = new()
    {
        Name = "dlq status",
        Summary = "shows the queues that are read, their dead-letter queues, and how much is in each",
        Examples = ["crowsnest dlq status", "crowsnest dlq status -o json | jq '.[] | select(.dead > 0)'"],
        Notes =
        [
            "The queues are those of sources.sqs, the dead-letter queues those that their redrive policies name. Numbers are SQS's own, and approximate.",
            "A message gets there when it was delivered as often as the policy allows and not stored: what cannot be read never does, since that is in quarantine.",
        ],
        ExitCodes = [(1, "a dead-letter queue holds something")],
        Run = StatusAsync,
    };

    /// <summary>Another try.</summary>
    public static readonly CommandSpec Redrive = new()
    {
        Name = "dlq redrive",
        Summary = "moves what is in dead-letter queues back into the queues that are read",
        Arguments = "[QUEUE...]",
        ArgumentsMax = 100,
        Examples = ["crowsnest dlq redrive", "crowsnest dlq redrive crowsnest"],
        Notes =
        [
            "Without QUEUE all of sources.sqs. Each message is put back before it is deleted here, so that an interruption loses none; what is moved twice is stored once. As many are moved as were there at the start.",
            "It takes sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the dead-letter queue, and sqs:SendMessage on the queue. Events carry no message attributes; those of other messages are not kept.",
        ],
        ExitCodes = [(1, "some could not be put back, and stay where they are")],
        Run = RedriveAsync,
    };

    private static async Task<int> StatusAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var rows = new List<JsonElement>();
        var isEmpty = true;
        await EachAsync(invocation, async (queue, found, dead) =>
        {
            var held = dead is null ? null : await dead.AttributesAsync(cancellationToken);
            isEmpty &= held is null || held.Waiting + held.InFlight == 0;
            rows.Add(RowWriter.Object(writer =>
            {
                writer.WriteString("queue", queue.Name);
                writer.WriteNumber("waiting", found.Waiting);
                writer.WriteNumber("inFlight", found.InFlight);
                RowWriter.WriteKnown(writer, "maxReceiveCount", found.MaxReceiveCount);
                writer.WriteString("deadLetterQueue", dead?.Name);
                RowWriter.WriteKnown(writer, "dead", held?.Waiting + held?.InFlight);
            }));
        }, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), rows, StatusColumns);
        return isEmpty ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<int> RedriveAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var rows = new List<JsonElement>();
        var code = ExitCode.Done;
        await EachAsync(invocation, async (queue, _, dead) =>
        {
            if (dead is null)
            {
                await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(queue.Name)} has no dead-letter queue; docs/sqs.md makes one".AsMemory(), cancellationToken);
                return;
            }

            long moved, failed;
            using (var bar = new ProgressBar(host))
                (moved, failed) = await SqsRedrive.RunAsync(dead, queue, (done, inAll) => bar.Show(() => ProgressBar.Line(done, inAll, $"{done} of {inAll} messages moved")), cancellationToken);
            if (failed > 0)
            {
                await host.Error.WriteLineAsync($"crowsnest: {failed} messages could not be put back into {SafeText.Of(queue.Name)}, and stay in {SafeText.Of(dead.Name)}".AsMemory(), cancellationToken);
                code = ExitCode.No;
            }

            rows.Add(RowWriter.Object(writer =>
            {
                writer.WriteString("queue", queue.Name);
                writer.WriteString("deadLetterQueue", dead.Name);
                writer.WriteNumber("moved", moved);
            }));
        }, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), rows, RedriveColumns);
        return code;
    }

    // Each queue that was asked for, what it says of itself, and its dead-letter queue where it has one.
    private static async Task EachAsync(Invocation invocation, Func<SqsQueueClient, SqsAttributes, SqsQueueClient?, Task> look, CancellationToken cancellationToken)
    {
        foreach (var config in await QueuesAsync(invocation, cancellationToken))
        {
            try
            {
                using var queue = Composition.Queue(config, invocation.Host.Time);
                var found = await queue.AttributesAsync(cancellationToken);
                using var dead = found.DeadLetterArn is { } arn ? Composition.Queue(new SqsConfig(SqsQueueClient.BesideOf(config.QueueUrl, arn)), invocation.Host.Time) : null;
                await look(queue, found, dead);
            }
            catch (AwsException failure)
            {
                throw new UnreachableStoreException($"the queue {config.QueueUrl.Segments[^1]}, or its dead-letter queue: {failure.InWords}", failure);
            }
        }
    }

    private static async Task<IReadOnlyList<SqsConfig>> QueuesAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var all = (await invocation.LoadConfigAsync(cancellationToken)).Sources.Sqs;
        if (all.Length == 0) throw new UsageException("the configuration names no queue: write sources: {sqs: [{queue_url: …}]}, as docs/sqs.md does");
        var names = all.Select(queue => queue.QueueUrl.Segments[^1]).ToArray();
        foreach (var name in invocation.Arguments.Where(name => !names.Contains(name, StringComparer.Ordinal)))
            throw new UsageException($"no queue of sources.sqs is named '{name}'{Spelling.Hint(name, names)} (known: {string.Join(", ", names)})");
        return [.. all.Where(queue => invocation.Arguments.Count == 0 || invocation.Arguments.Contains(queue.QueueUrl.Segments[^1]))];
    }
}
