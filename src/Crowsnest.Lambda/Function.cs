using System.Diagnostics;
using Crowsnest.Aws;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Lambda;

/// <summary>One invocation in, one batch through, one answer out.</summary>
/// <remarks>
/// Between two invocations the environment is frozen, perhaps for ever, so nothing runs on by itself: what is due is told after a commit that wrote firings, and
/// by the tick. The lease is given away at the end of each. What the store did not take is answered as failed, and the queue delivers it again.
/// </remarks>
internal sealed class Function(CrowsnestConfig config, FunctionLog log, TimeProvider time) : IAsyncDisposable
{
    // To answer, and for what is under way to end.
    private static readonly TimeSpan ReserveMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan YieldMax = TimeSpan.FromSeconds(1);

    // The service allows ten seconds before the first invocation, and then begins anew.
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetentionEach = TimeSpan.FromHours(1);

    private FunctionParts? _parts;
    private DateTimeOffset _retainedAt = DateTimeOffset.MinValue;

    /// <summary>Connects before the first invocation; a store that is away then is tried again by the first invocation.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartMax, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await PartsAsync(both.Token);
        }
        catch (StoreException away)
        {
            log.Warn($"not connected yet: {InWords(away)}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            log.Warn($"not connected yet: {config.Store.InWords} has not answered for {StartMax.TotalSeconds:0} s");
        }
    }

    /// <summary>Does what it is called for; answers JSON.</summary>
    /// <exception cref="StoreException">The store is away, and nothing was done.</exception>
    public async Task<byte[]> HandleAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeFor(invocation), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var parts = await PartsAsync(both.Token);
            return FunctionInput.Of(invocation.Body) switch
            {
                FunctionInput.Queue queue => await QueueAsync(parts, queue, both.Token),
                FunctionInput.Tick => await TickAsync(parts, both.Token),
                _ => await EventsAsync(parts, invocation, both.Token),
            };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Abandon();
            throw new StoreException("The time of the invocation is over before it was done.", "See how the store and the receivers are; the function's timeout may be too short for them.", isTransient: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_parts is { } parts) await parts.DisposeAsync();
    }

    private async Task<byte[]> QueueAsync(FunctionParts parts, FunctionInput.Queue queue, CancellationToken giveUp)
    {
        var began = Stopwatch.GetTimestamp();
        var committed = await CommitAsync(parts, queue, giveUp);
        var took = Stopwatch.GetElapsedTime(began);

        // Of a message that was delivered twice within one batch, both.
        var done = committed.Messages.ToHashSet();
        var failed = queue.Messages.Where(message => !done.Contains(message)).Select(message => message.Id).Distinct(StringComparer.Ordinal).ToList();
        var told = committed.HasFirings ? await TellAsync(parts, giveUp) : default;
        log.Figures("batch", [("MessagesReceived", queue.Messages.Count), ("MessagesFailed", failed.Count), .. Sums(committed.Accounting), ("CommitMilliseconds", took.TotalMilliseconds), .. told.Figures]);
        if (failed.Count > 0)
        {
            var why = parts.Pipeline.Health.Reason;
            Abandon();

            // Failing as a whole, the service backs off; it knows what is stored from the rest of the answer otherwise.
            if (committed.Messages.Count == 0) throw new StoreException(why.Length > 0 ? why : "The store took none of the messages.", "", isTransient: true);
            log.Warn($"{failed.Count} of {queue.Messages.Count} messages are not stored and come again: {why}");
        }

        return JsonBytes.Object(json =>
        {
            json.WriteStartArray("batchItemFailures");
            foreach (var id in failed)
            {
                json.WriteStartObject();
                json.WriteString("itemIdentifier", id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<SqsCommitted> CommitAsync(FunctionParts parts, FunctionInput.Queue queue, CancellationToken giveUp)
    {
        var committer = new SqsCommitter(queue.Name, parts.Pipeline, parts.Masking, time);
        if (parts.Queue(queue.Name) is not { } watched) return await committer.CommitAsync(queue.Messages, giveUp);
        var received = watched.Watermark.Received(time.GetUtcNow(), SqsMessage.OldestSent(queue.Messages));
        try
        {
            return await committer.CommitAsync(queue.Messages, giveUp);
        }
        finally
        {
            watched.Watermark.Settled(received);
        }
    }

    private async Task<byte[]> EventsAsync(FunctionParts parts, Invocation invocation, CancellationToken giveUp)
    {
        var began = Stopwatch.GetTimestamp();
        using var body = new MemoryStream(invocation.Body.ToArray());
        var hasFirings = false;
        var ingest = new StreamIngest(parts.Pipeline, time);
        try
        {
            await ingest.RunAsync(
                new EventStreamReader(time, new EventStreamOptions { Masking = parts.Masking }).ReadAsync(body, "lambda", giveUp), receipt => hasFirings |= receipt.Firings.Count > 0, giveUp);
        }
        catch (StoreException)
        {
            Abandon();
            throw;
        }

        var took = Stopwatch.GetElapsedTime(began);
        var told = hasFirings ? await TellAsync(parts, giveUp) : default;
        log.Figures("events", [.. Sums(ingest.Committed), ("CommitMilliseconds", took.TotalMilliseconds), .. told.Figures]);
        return JsonBytes.Object(json =>
        {
            json.WriteNumber("received", ingest.Committed.Received);
            json.WriteNumber("stored", ingest.Committed.Stored);
            json.WriteNumber("duplicates", ingest.Committed.Duplicates);
            json.WriteNumber("quarantined", ingest.Committed.Quarantined);
        });
    }

    private async Task<byte[]> TickAsync(FunctionParts parts, CancellationToken giveUp)
    {
        var depth = 0L;
        foreach (var queue in parts.Queues)
        {
            try
            {
                depth += await queue.AskAsync(giveUp);
            }
            catch (AwsException failure)
            {
                log.Warn($"the queue {queue.Name} cannot be asked what it holds, and nothing ends by silence until it can. {failure.InWords}");
            }
        }

        var now = time.GetUtcNow();
        Told told;
        try
        {
            told = await TellAsync(parts, giveUp, mustWork: true, whileOurs: now - _retainedAt >= RetentionEach ? () => RetainAsync(parts, now, giveUp) : null);
        }
        finally
        {
            // Also of one that failed: what the next invocation knows of the clusters would be as old.
            parts.Clusters?.Close();
        }

        var watermark = parts.Watermark(now);
        log.Figures("tick", [("QueueDepth", depth), ("WatermarkAgeSeconds", watermark == DateTimeOffset.UnixEpoch ? 0 : (now - watermark).TotalSeconds), .. told.Figures]);
        return JsonBytes.Object(json =>
        {
            json.WriteBoolean("told", told.IsOurs);
            json.WriteNumber("opened", told.Opened);
            json.WriteNumber("sent", told.Sent);
        });
    }

    private async Task RetainAsync(FunctionParts parts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dropped = await parts.Store.DropOldAsync(config.Retention, now, cancellationToken);
        _retainedAt = now;
        if (dropped.Events > 0) log.Info($"{dropped.Events} events left by retention");
    }

    // What is stored is stored: a failure to tell is said, and the next tick tells.
    private async Task<Told> TellAsync(FunctionParts parts, CancellationToken giveUp, bool mustWork = false, Func<Task>? whileOurs = null)
    {
        try
        {
            var incidents = parts.Store.Incidents;
            if (!await incidents.LeadAsync(giveUp)) return default;
            try
            {
                // The watermark first: what is stored by now is seen by the tick.
                var (watermark, now) = (parts.Watermark(time.GetUtcNow()), time.GetUtcNow());
                if (mustWork && parts.Clusters is { } clusters)
                {
                    // Another environment may have told since.
                    await clusters.ReadAsync(giveUp);
                    parts.Tick.Forget();
                }

                var report = (await incidents.NextDueAsync(giveUp) is { } due && due <= now) || await parts.Tick.HasNewsAsync(now, watermark, giveUp) ? await parts.Tick.RunAsync(incidents, now, watermark, isLast: false, giveUp) : default;
                var sent = await parts.Sender.SendDueAsync(giveUp);
                if (sent.LastError.Length > 0) log.Warn($"a message was not sent: {sent.LastError}");
                if (report.TooOld > 0) log.Warn($"{report.TooOld} failures are recorded and not told, since they happened longer ago than {Units.Format(config.OutboxMaxAge)} (outbox.max_age)");
                if (whileOurs is not null) await whileOurs();
                return new Told(true, report.Opened, report.TooOld, sent.Sent, sent.Failed, sent.Waiting);
            }
            finally
            {
                await YieldAsync(parts);
            }
        }
        catch (Exception failure) when (!mustWork && failure is StoreException or OperationCanceledException)
        {
            log.Warn($"what is due was not told, and the next tick tells it: {(failure is StoreException store ? InWords(store) : "the time of the invocation is over")}");
            return default;
        }
    }

    // Not given away, the lease runs out by itself a little later; the invocation does not fail for it.
    private async Task YieldAsync(FunctionParts parts)
    {
        using var limit = new CancellationTokenSource(YieldMax, time);
        try
        {
            await parts.Shared.YieldAsync(limit.Token);
        }
        catch (Exception failure) when (failure is StoreException or OperationCanceledException)
        {
            log.Warn("the lease could not be given away; whoever tells next waits for its end");
        }
    }

    private async Task<FunctionParts> PartsAsync(CancellationToken cancellationToken) => _parts ??= await FunctionParts.OpenAsync(config, time, cancellationToken);

    // What is under way in them ends by itself, or with the environment; the next invocation begins anew.
    private void Abandon()
    {
        if (_parts is not { } parts) return;
        _parts = null;
        _ = Task.Run(async () =>
        {
            try
            {
                await parts.DisposeAsync();
            }
            catch (StoreException)
            {
                // It is away, which was said.
            }
        });
    }

    private TimeSpan TimeFor(Invocation invocation)
    {
        var left = invocation.Deadline - time.GetUtcNow();
        if (left > TimeSpan.FromHours(1)) return TimeSpan.FromHours(1);
        var reserve = left / 5 < ReserveMax ? left / 5 : ReserveMax;
        return left > reserve ? left - reserve : TimeSpan.Zero;
    }

    private static (string, double)[] Sums(Accounting sums) =>
        [("EventsReceived", sums.Received), ("EventsStored", sums.Stored), ("EventsDuplicate", sums.Duplicates), ("EventsQuarantined", sums.Quarantined)];

    /// <summary>A store's failure in one line.</summary>
    public static string InWords(StoreException failure) => failure.Hint.Length > 0 ? $"{failure.Message} {failure.Hint}" : failure.Message;

    // What a pass of telling did; nothing when another process had the lease.
    private readonly record struct Told(bool IsOurs, int Opened, int TooOld, int Sent, int Failed, int Waiting)
    {
        public (string, double)[] Figures => !IsOurs ? []
            : [("IncidentsOpened", Opened), ("FiringsTooOld", TooOld), ("NotificationsSent", Sent), ("NotificationsFailed", Failed), ("NotificationsWaiting", Waiting)];
    }
}
