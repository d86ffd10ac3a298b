using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Simulator;

namespace Crowsnest.Demo;

/// <summary>Brings a simulated fleet's events in on the way that all events come: first what lies behind, at once, then each when it is said.</summary>
internal sealed class SimulatorSource(FleetSimulator fleet, IngestPipeline pipeline, MaskingOptions masking, TimeProvider time)
{
    /// <summary>What accounting calls events that come this way.</summary>
    public const string Source = "simulator";

    // What is said within a moment commits together, so that a fleet that lives fast does not cost a commit an event.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    // A machine that slept for a week finds a week's events; they are held in memory until they are stored, some 2 KB each.
    private const int AtOnceMax = 5_000;

    private static readonly TimeSpan StuckPause = TimeSpan.FromSeconds(1);

    /// <summary>Brings in all that was said up to a moment; gives how many events that are, and how many of them failures.</summary>
    /// <exception cref="StoreException">The store cannot write.</exception>
    public async Task<(int Events, int Failures)> BacklogAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var stream = new FleetStream(fleet, until, int.MaxValue);
        await IngestAsync(stream, cancellationToken);
        return (stream.Events, stream.Failures);
    }

    /// <summary>Brings in what is said from now on, until it is cancelled.</summary>
    public async Task LiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = fleet.NextAt - time.GetUtcNow();
            await Task.Delay(wait > Moment ? wait : Moment, time, cancellationToken);
            using var said = new MemoryStream();
            await using (var stream = new FleetStream(fleet, time.GetUtcNow(), AtOnceMax)) await stream.CopyToAsync(said, cancellationToken);
            while (!await TryIngestAsync(said, cancellationToken)) await Task.Delay(StuckPause, time, cancellationToken);
        }
    }

    // The fleet says nothing twice, so what a stuck store did not take is kept; what it had taken of it is a duplicate then.
    private async Task<bool> TryIngestAsync(MemoryStream said, CancellationToken cancellationToken)
    {
        try
        {
            said.Position = 0;
            await IngestAsync(said, cancellationToken);
            return true;
        }
        catch (StoreException)
        {
            // Whoever watches the pipeline's health is told why.
            return false;
        }
    }

    private Task IngestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = new EventStreamReader(time, new EventStreamOptions { Masking = masking, BatchBytesMax = 1 << 20 });
        return new StreamIngest(pipeline, time).RunAsync(reader.ReadAsync(stream, Source, cancellationToken), null, cancellationToken);
    }
}
