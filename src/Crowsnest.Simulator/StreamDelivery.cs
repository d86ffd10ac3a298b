using System.Text;

namespace Crowsnest.Simulator;

/// <summary>How a stream is delivered: EventBridge promises "at least once" and no order. All are percents of the lines.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Repeats of an earlier line: 70 in a hundred with the same id, the others with a new one and the same <c>detail.version</c>.</summary>
    public double Duplicates { get; init; }

    /// <summary>Lines that come later than they should.</summary>
    public double OutOfOrder { get; init; }

    /// <summary>Changes of a task or an instance that raise its version and are never said; its last one always is.</summary>
    public double VersionGaps { get; init; }
}

/// <summary>A line as it is delivered.</summary>
/// <param name="Json">The event. Holds until the next call.</param>
/// <param name="At">When the event was said.</param>
/// <param name="Truth">What it really is.</param>
/// <param name="DuplicateOf">The id of the event that it repeats, or <see langword="null"/>.</param>
/// <param name="Late">How many lines later it comes than it should.</param>
public readonly record struct DeliveredLine(ReadOnlyMemory<byte> Json, DateTimeOffset At, EventTruth Truth, string? DuplicateOf, int Late);

/// <summary>Delivers a fleet's events as badly as asked, by a chance of its own, so that the fleet behind is the same however it is delivered.</summary>
public sealed class StreamDelivery(FleetSimulator fleet, DeliveryOptions options, ulong seed)
{
    private const int LateMax = 200;
    private const int RepeatedAfterMax = 2000;

    private readonly Chance _chance = new(seed ^ 0xD1B54A32D192ED03);
    private readonly PriorityQueue<DeliveredLine, (long Slot, long Number)> _held = new();
    private long _slot;

    /// <summary>The next line.</summary>
    public DeliveredLine Next()
    {
        while (true)
        {
            if (_held.TryPeek(out var held, out var due) && due.Slot < _slot)
            {
                _held.Dequeue();
                return held;
            }

            var next = fleet.Next();
            if (options.VersionGaps > 0 && _chance.Percent(options.VersionGaps) && IsBetween(next.Truth)) continue;
            var late = options.OutOfOrder > 0 && _chance.Percent(options.OutOfOrder) ? LogUniform(LateMax) : 0;
            var isRepeated = options.Duplicates > 0 && _chance.Percent(100 * options.Duplicates / (100 - options.Duplicates));
            var line = new DeliveredLine(late > 0 || isRepeated || _held.Count > 0 ? next.Json.ToArray() : next.Json, next.At, next.Truth, null, late);
            var slot = _slot++;
            if (isRepeated)
            {
                var repeat = _chance.Percent(30) ? WithOtherId(line) : line;
                _held.Enqueue(repeat with { DuplicateOf = line.Truth.Id, Late = 0 }, (_slot + LogUniform(RepeatedAfterMax), _slot));
                _slot++;
            }

            if (late == 0 && !(_held.TryPeek(out _, out due) && due.Slot < slot)) return line;
            _held.Enqueue(line, (slot + late, slot));
        }
    }

    // Of what changes again: the last word on a resource is never lost.
    private static bool IsBetween(EventTruth truth) => truth.State is TaskTruth { LastStatus: not "STOPPED" } or InstanceTruth { Status: not "INACTIVE" };

    private int LogUniform(int most) => Math.Max(1, (int)Math.Exp(_chance.Fraction() * Math.Log(most)));

    private DeliveredLine WithOtherId(DeliveredLine line)
    {
        var id = _chance.Uuid();
        var json = line.Json.ToArray();
        var old = Encoding.ASCII.GetBytes(line.Truth.Id);
        Encoding.ASCII.GetBytes(id, json.AsSpan(json.AsSpan().IndexOf(old)));
        return line with { Json = json, Truth = line.Truth with { Id = id } };
    }
}
