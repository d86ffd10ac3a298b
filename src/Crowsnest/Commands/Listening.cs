using Crowsnest.Aws;
using Crowsnest.Aws.Sns;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Opens the sources that a server reads for as long as it runs.</summary>
internal static class Listening
{
    /// <summary>The queues, which are read from now on.</summary>
    /// <exception cref="ServerRefusedException">There are no credentials for one.</exception>
    public static IReadOnlyList<SqsSource> Queues(CrowsnestConfig config, IngestPipeline pipeline, TimeProvider time)
    {
        try
        {
#pragma warning disable CA2000 // A source owns its queue.
            return [.. config.Sources.Sqs.Select(sqs => new SqsSource(Composition.Queue(sqs, time), pipeline, Composition.Masking(config), time))];
#pragma warning restore CA2000
        }
        catch (AwsException none)
        {
            throw new ServerRefusedException($"sources.sqs: {none.InWords}", none);
        }
    }

    /// <summary>What compares with the ECS API, or <see langword="null"/> when no account is named; it is not begun.</summary>
    public static Resyncing? Resync(CrowsnestConfig config, ResyncParts parts) => config.Resync.Accounts.IsEmpty ? null : new Resyncing(config.Resync, parts);

    /// <summary>The topics that deliver to <c>POST /events</c>, or <see langword="null"/> when none is named.</summary>
    public static SnsInbox? Sns(CrowsnestConfig config, TimeProvider time)
    {
#pragma warning disable CA2000 // The inbox owns its gate.
        return config.Sources.SnsTopics is { IsEmpty: false } topics ? new SnsInbox(new SnsGate(topics, new SnsTrust(), time), time) : null;
#pragma warning restore CA2000
    }
}
