namespace Crowsnest.Aws.Sqs;

/// <summary>Moves messages from a dead-letter queue back to where they came from.</summary>
/// <remarks>SQS has an operation for it (StartMessageMoveTask), which FIFO queues, and what else speaks SQS's language, lack; this needs nothing but receiving, sending and deleting.</remarks>
public static class SqsRedrive
{
    /// <summary>Moves as many as are there at the start: what comes back meanwhile is not moved for ever.</summary>
    /// <param name="from">The dead-letter queue.</param>
    /// <param name="to">The queue.</param>
    /// <param name="onStep">Told how many are moved, of how many.</param>
    /// <param name="cancellationToken">Ends it; what was received and not moved is visible again after the queue's own timeout.</param>
    /// <returns>How many were moved, and how many could not be put back.</returns>
    /// <exception cref="AwsException">A queue did not answer as it should.</exception>
    public static async Task<(long Moved, long Failed)> RunAsync(SqsQueueClient from, SqsQueueClient to, Action<long, long> onStep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(onStep);
        var inAll = (await from.AttributesAsync(cancellationToken).ConfigureAwait(false)).Waiting;
        var (moved, failed) = (0L, 0L);
        while (moved + failed < inAll)
        {
            // A second, since a short poll asks only some of the queue's servers.
            var messages = await from.ReceiveAsync(1, cancellationToken).ConfigureAwait(false);
            if (messages.Count == 0) break;
            var refused = await to.SendAsync(messages, cancellationToken).ConfigureAwait(false);
            var sent = messages.Where(message => !refused.Contains(message.Id)).ToList();
            await from.DeleteAsync(sent, CancellationToken.None).ConfigureAwait(false);
            moved += sent.Count;
            failed += refused.Count;
            onStep(moved, Math.Max(inAll, moved));
        }

        return (moved, failed);
    }
}
