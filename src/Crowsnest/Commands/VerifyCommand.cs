using System.Globalization;
using Crowsnest.Aws;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>Sends a synthetic event through a deployment and waits until it has come out: whether all of it works, and if not, where it ends.</summary>
internal static class VerifyCommand
{
    private const string Through = "--through";
    private const string Timeout = "--timeout";

    private static readonly TimeSpan TimeUnlessTold = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TimeMax = TimeSpan.FromHours(1);

    private static readonly IReadOnlyList<Column> Columns =
        [new("HOP", "hop"), new("STATUS", "status"), new("AT", "at"), new("SECONDS", "seconds"), new("WHAT", "message", 100), new("NEXT STEP", "nextStep")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "verify",
        Summary = "sends a synthetic event through a deployment and waits until it has come out",
        Arguments = "[--through queue|http | --stack NAME [--region R]] [--timeout T]",
        Options =
        [
            new(Through, "WAY", "how it goes in: the first queue of sources.sqs where there is one, else POST /api/v1/events", "queue", "http"),
            StackPlace.NameOption, StackPlace.RegionOption,
            new(Timeout, "T", "how long it may take, 1s to 1h (2m)"),
        ],
        Examples = ["crowsnest verify", "crowsnest verify --through http --server https://crowsnest.example.com", "crowsnest verify --stack crowsnest --region eu-west-1"],
        Notes =
        [
            "The event is a task's stop that never was, with the nonce of verify.nonce (of a stack: its output). It is diagnosed and told like any other, but to verify.receiver alone, and counts in no state, status or gauge.",
            "Without --stack it goes to the server that --server names or that holds the data folder. With --stack it goes to the stack's bus, and is looked for in the stack's store, or, where it has none, through that server.",
        ],
        ExitCodes = [(1, "it did not come out; the last row says where it ended and what to do")],
        Run = RunAsync,
    };

    private static Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var timeout = invocation.Option(Timeout) is not { } text ? TimeUnlessTold
            : Units.TryParseDuration(text, out var given) && given >= TimeSpan.FromSeconds(1) && given <= TimeMax ? given
            : throw new UsageException($"{Timeout}: '{text}' is not a duration from 1s to 1h, as 30s or 2m");
        if (invocation.Option(StackPlace.NameOption.Name) is not { } stack)
        {
            if (invocation.Option(StackPlace.RegionOption.Name) is not null) throw new UsageException("--region goes with --stack");
            return ServerAsync(invocation, timeout, cancellationToken);
        }

        if (invocation.Option(Through) is not null) throw new UsageException("--stack sends through the stack's bus; --through is for a server");
        return StackAsync(invocation, stack, timeout, cancellationToken);
    }

    private static async Task<int> ServerAsync(Invocation invocation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var config = await invocation.LoadConfigAsync(cancellationToken);
        var nonce = config.Verify.Nonce
            ?? throw new UsageException("the configuration has no verify.nonce, so no event is synthetic; write verify: {nonce: NONCE, receiver: NAME} with what 'uuidgen' prints, here and where events are taken in, and start that again");
        await using var server = await ServerAsync(invocation, cancellationToken);
        var queue = config.Sources.Sqs.FirstOrDefault();
        var isQueue = invocation.Option(Through) is { } asked ? asked == "queue" : queue is not null;
        if (isQueue && queue is null) throw new UsageException($"{Through} queue: sources.sqs names no queue");
        try
        {
            var region = (isQueue ? SqsQueueClient.RegionOf(queue!.QueueUrl) : null) ?? invocation.Host.Environment("AWS_REGION") ?? "us-east-1";
            var account = isQueue && queue!.QueueUrl.Segments is [_, var owner, _] && owner.Trim('/') is { Length: 12 } digits ? digits : "000000000000";
#pragma warning disable CA2000 // The way owns its queue.
            using IVerifyWay way = isQueue
                ? new QueueWay(
                    Composition.Queue(queue!, invocation.Host.Time), arn => Composition.Queue(new SqsConfig(SqsQueueClient.BesideOf(queue!.QueueUrl, arn)), invocation.Host.Time), server, invocation.Host.Time)
                : new HttpWay(server, invocation.Host.Time);
#pragma warning restore CA2000
            var trial = VerifyEvent.Make(config.Verify.Source, nonce.Reveal(), "aws", account, region, invocation.Host.Time.GetUtcNow());
            return await FollowAsync(invocation, way, new ServerView(server), config.Verify.Receiver is not null, trial, timeout, cancellationToken);
        }
        catch (AwsException none)
        {
            throw new UnreachableStoreException($"sources.sqs: {none.InWords}", none);
        }
    }

    private static async Task<int> StackAsync(Invocation invocation, string stack, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var config = await invocation.LoadConfigAsync(cancellationToken);
        var place = await StackPlace.FindAsync(invocation, stack, cancellationToken);
        foreach (var name in StackPlace.Required) place.Must(name);
        var now = invocation.Host.Time.GetUtcNow();
        var trial = VerifyEvent.Make(place.Must("VerifySource"), place.Must("VerifyNonce"), place.Partition, place.Account, place.Identity.Region.SystemName, now);
        using var way = new StackWay(place);
        if (place.Store(config.Store) is { } store)
        {
            // Before anything is sent: a store that cannot be looked into would answer nothing.
            await using var opened = await OpenedStore.OnServerAsync(store, config.Retention, readOnly: true, invocation.Host.Time, cancellationToken);
            return await FollowAsync(invocation, way, new StoreView(opened.Store, Composition.Diagnoser(config)), isTold: true, trial, timeout, cancellationToken);
        }

        await using var server = await ServerAsync(invocation, cancellationToken);
        return await FollowAsync(invocation, way, new ServerView(server), config.Verify.Nonce is null || config.Verify.Receiver is not null, trial, timeout, cancellationToken);
    }

    private static async Task<int> FollowAsync(
        Invocation invocation, IVerifyWay way, IVerifyView view, bool isTold, VerifyEvent trial, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var hops = new VerifyHops(way, view, isTold, invocation.Host.Time);
        bool isOut;
        using (var bar = new ProgressBar(invocation.Host))
        {
            isOut = await hops.FollowAsync(
                trial, timeout,
                (hop, waited) => bar.Show(() => ProgressBar.Line((long)waited.TotalMilliseconds, (long)timeout.TotalMilliseconds, string.Create(CultureInfo.InvariantCulture, $"until it is {hop}, {waited.TotalSeconds:0} s"))),
                cancellationToken);
        }

        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), hops.Rows, Columns);
        return isOut ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<HttpClientClient> ServerAsync(Invocation invocation, CancellationToken cancellationToken) =>
        await Clients.FindServerAsync(invocation, cancellationToken)
        ?? throw new UnreachableStoreException($"no Crowsnest holds {invocation.DataFolder}; start one with 'crowsnest up', or name one with --server");
}
