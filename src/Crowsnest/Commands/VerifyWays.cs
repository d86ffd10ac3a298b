using System.Globalization;
using System.Text;
using Crowsnest.Aws;
using Crowsnest.Aws.EventBridge;
using Crowsnest.Aws.Sqs;

namespace Crowsnest.Commands;

/// <summary>What stands in an event's way, and what to do about it.</summary>
internal sealed record VerifyFault(string Message, string NextStep);

/// <summary>A way on which events come in.</summary>
internal interface IVerifyWay : IDisposable
{
    /// <summary>Where an event is sent, in words.</summary>
    string Name { get; }

    /// <summary>Sends it; answers its id.</summary>
    /// <exception cref="AwsException">It was not taken.</exception>
    Task<string> SendAsync(VerifyEvent trial, CancellationToken cancellationToken);

    /// <summary>Looks along the way for why it has not come out.</summary>
    Task<VerifyFault> WhyAsync(CancellationToken cancellationToken);
}

/// <summary>Straight to a server.</summary>
internal sealed class HttpWay(HttpClientClient server, TimeProvider time) : IVerifyWay
{
    /// <inheritdoc/>
    public string Name => server.Name;

    /// <inheritdoc/>
    public async Task<string> SendAsync(VerifyEvent trial, CancellationToken cancellationToken)
    {
        var id = VerifyEvent.NewId();
        using var body = new MemoryStream(trial.Delivered(id, time.GetUtcNow()));
        var taken = await server.IngestAsync(body, isTold: true, static _ => { }, cancellationToken);
        return taken.Stored == 1 ? id : throw new UnreachableStoreException($"{server.Name} took the event and did not store it ({taken.Quarantined} in quarantine, {taken.Duplicates} known already)");
    }

    /// <inheritdoc/>
    public async Task<VerifyFault> WhyAsync(CancellationToken cancellationToken) => await NotReadyAsync(server, cancellationToken)
        ?? new VerifyFault("the server said that it stored it, and does not find it", "Look at its log; is another store behind it, or is its retention shorter than a day?");

    /// <inheritdoc/>
    public void Dispose()
    {
        // The server's client is whose it was.
    }

    /// <summary>Why a server takes nothing in for now.</summary>
    public static async Task<VerifyFault?> NotReadyAsync(HttpClientClient server, CancellationToken cancellationToken) => await server.ReadyAsync(cancellationToken) is { } reason
        ? new VerifyFault($"{server.Name} is not ready: {reason}", "Do what the reason says; its own log has more.") : null;
}

/// <summary>Into a queue that a server reads.</summary>
internal sealed class QueueWay(SqsQueueClient queue, Func<string, SqsQueueClient> deadLetters, HttpClientClient server, TimeProvider time) : IVerifyWay
{
    /// <inheritdoc/>
    public string Name => $"the queue {queue.Name}";

    /// <inheritdoc/>
    public async Task<string> SendAsync(VerifyEvent trial, CancellationToken cancellationToken)
    {
        var id = VerifyEvent.NewId();
        var refused = await queue.SendAsync([new SqsMessage(id, "", Encoding.UTF8.GetString(trial.Delivered(id, time.GetUtcNow())))], cancellationToken);
        return refused.Count == 0 ? id : throw new AwsException("NotTaken", $"{Name} did not take the message", status: null);
    }

    /// <inheritdoc/>
    public async Task<VerifyFault> WhyAsync(CancellationToken cancellationToken)
    {
        if (await HttpWay.NotReadyAsync(server, cancellationToken) is { } notReady) return notReady;
        var found = await queue.AttributesAsync(cancellationToken);
        if (Held(queue.Name, found) is { } held) return held;
        if (found.DeadLetterArn is { } arn)
        {
            using var dead = deadLetters(arn);
            var fallen = await dead.AttributesAsync(cancellationToken);
            if (fallen.Waiting + fallen.InFlight > 0)
                return new VerifyFault(string.Create(CultureInfo.InvariantCulture, $"the dead-letter queue {dead.Name} holds {fallen.Waiting + fallen.InFlight} messages"), "See what is wrong with the store, then 'crowsnest dlq redrive'.");
        }

        return new VerifyFault($"{Name} is empty, and {server.Name} does not have the event", "Another process took it: does one with another store read the same queue? 'crowsnest quarantine list' shows what could not be read.");
    }

    /// <inheritdoc/>
    public void Dispose() => queue.Dispose();

    /// <summary>What a queue says about why a message in it has not come out; <see langword="null"/> when it is empty.</summary>
    public static VerifyFault? Held(string name, SqsAttributes found)
    {
        if (found.Waiting > 0)
            return new VerifyFault(
                string.Create(CultureInfo.InvariantCulture, $"{found.Waiting} messages wait in the queue {name}, and nobody takes them in ({found.InFlight} are under way)"),
                "See that what reads it runs and may: the function and its event source mapping, or 'crowsnest up' with this queue under sources.sqs.");
        return found.InFlight == 0 ? null : new VerifyFault(
            string.Create(CultureInfo.InvariantCulture, $"{found.InFlight} messages of the queue {name} were taken and are not stored"), "Look at the log of what reads it: the store refuses them, or a message like them ends it.");
    }
}

/// <summary>On the bus of a deployment that a stack made.</summary>
internal sealed class StackWay(StackPlace place) : IVerifyWay
{
    private readonly EventBusClient _bus = place.Bus();

    /// <inheritdoc/>
    public string Name => $"the bus {place.Output("EventBusName")}";

    /// <inheritdoc/>
    public Task<string> SendAsync(VerifyEvent trial, CancellationToken cancellationToken) =>
        _bus.PutAsync(new BusEvent(trial.Source, VerifyEvent.DetailType, trial.Detail, [trial.TaskArn]), cancellationToken);

    /// <inheritdoc/>
    public async Task<VerifyFault> WhyAsync(CancellationToken cancellationToken)
    {
        var findings = await StackChecks.RunAsync(place, verify: null, cancellationToken);
        if (findings.FirstOrDefault(f => f.Status == FindingStatus.Fault) is { } fault) return new VerifyFault($"{fault.Check}: {fault.Message}", fault.NextStep);
        using var queue = place.Queue("QueueUrl");
        if (queue is not null && QueueWay.Held(queue.Name, await queue.AttributesAsync(cancellationToken)) is { } held) return held;
        return new VerifyFault(
            "the rule, its targets and the queues are well and empty, and the store does not have the event",
            $"What reads the queue took it elsewhere: compare its store with {place.Output("StoreUrl") ?? "the server's"}, and look into its quarantine and log.");
    }

    /// <inheritdoc/>
    public void Dispose() => _bus.Dispose();
}
