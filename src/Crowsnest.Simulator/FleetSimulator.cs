namespace Crowsnest.Simulator;

/// <summary>What a simulation starts from.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Decides everything: the same seed and start give the same events, byte for byte.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The simulated time at which the fleet comes up, UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>So many of a hundred events are awkward, but valid JSON: unknown kinds and members, missing or null ones, another order.</summary>
    public double OddPercent { get; init; }

    /// <summary>From this moment on the fleet lives <see cref="Pace"/> times faster than its clocks; <see langword="null"/> for never.</summary>
    public DateTimeOffset? PaceFrom { get; init; }

    /// <summary>So many simulated seconds are written as one, from <see cref="PaceFrom"/> on.</summary>
    public double Pace { get; init; } = 1;
}

/// <summary>A simulated event.</summary>
/// <param name="Json">The event as EventBridge would deliver it, UTF-8, one line without its end. Holds until the next call.</param>
/// <param name="At">When it is said, by the clock that its times are written with.</param>
/// <param name="Truth">What it really is.</param>
public readonly record struct SimulatedEvent(ReadOnlyMemory<byte> Json, DateTimeOffset At, EventTruth Truth);

/// <summary>A simulated ECS fleet: three accounts, two regions, six clusters, some fifty services, and what goes right and wrong with them.</summary>
/// <remarks>
/// A discrete-event simulation. All chance comes from the seed, and time is simulated, so a stream is a function of the options. It never ends. The fleet comes
/// up from nothing, so the events say all that there is to know of every resource. Not safe for several threads.
/// </remarks>
public sealed class FleetSimulator : IDisposable
{
    private readonly Timeline _timeline;
    private readonly WireTime _time;
    private readonly EventWriter _writer;

    /// <summary>Makes the fleet; nothing has happened yet.</summary>
    public FleetSimulator(SimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Pace);
        var chance = new Chance(options.Seed);
        _timeline = new Timeline(options.Start.ToUnixTimeMilliseconds());
        _time = new WireTime(options.PaceFrom?.ToUnixTimeMilliseconds() ?? long.MaxValue, options.Pace);
        _writer = new EventWriter(_timeline, _time, chance, new OddEvents(options.OddPercent, new Chance(~options.Seed)));
        var instanceEvents = new InstanceEvents(_writer, _timeline);
        var serviceEvents = new ServiceEvents(_writer, _timeline, chance);
        var tasks = new TaskLife(_timeline, chance, new TaskEvents(_writer, _timeline), instanceEvents);
        var services = new ServiceLife(_timeline, chance, serviceEvents, tasks);
        var builder = new FleetBuilder(_timeline, chance);
        var instances = new InstanceLife(_timeline, chance, instanceEvents, tasks, services, builder.Instance);
        new FleetStory(_timeline, chance, tasks, services, instances, serviceEvents, builder).Begin();
    }

    /// <summary>When the next event is said.</summary>
    public DateTimeOffset NextAt
    {
        get
        {
            long at;
            while (!_writer.TryPeek(out at)) _timeline.Step();
            return DateTimeOffset.FromUnixTimeMilliseconds(_time.Of(at));
        }
    }

    /// <summary>The next event.</summary>
    public SimulatedEvent Next()
    {
        while (true)
        {
            if (_writer.TryTake(out var json, out var at, out var truth)) return new SimulatedEvent(json, DateTimeOffset.FromUnixTimeMilliseconds(_time.Of(at)), truth);
            _timeline.Step();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
