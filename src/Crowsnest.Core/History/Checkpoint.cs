namespace Crowsnest.Core.History;

/// <summary>The states of all resources as they were at a moment: all of them, or those that changed since the checkpoint before.</summary>
/// <param name="At">The moment, milliseconds since 1970 UTC: what events said of up to it is in.</param>
/// <param name="Base">The moment of the whole checkpoint that this one builds on; its own, when it is whole itself.</param>
/// <param name="KnownUntil">Events that were received before this are in, as far as they speak of times up to <paramref name="At"/>; later ones may be missing.</param>
/// <param name="Parts">The states, as <see cref="CheckpointPart"/> writes them.</param>
public sealed record Checkpoint(long At, long Base, DateTimeOffset KnownUntil, IReadOnlyList<ReadOnlyMemory<byte>> Parts)
{
    /// <summary>It needs no other.</summary>
    public bool IsWhole => At == Base;
}

/// <summary>Where checkpoints are kept. They can always be made anew from the events: what is lost costs time and nothing else.</summary>
public interface ICheckpointStore
{
    /// <summary>
    /// The newest whole checkpoint not after a moment, and those that build on it up to that moment, oldest first: together they are the states at the time of
    /// the last. Empty when there is none.
    /// </summary>
    ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken);

    /// <summary>The moments of the oldest and of the newest; <see langword="null"/> when there is none.</summary>
    ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken);

    /// <summary>Keeps one, whole or not at all for readers; one of the same moment is replaced.</summary>
    ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Removes those from <paramref name="from"/> on and before <paramref name="to"/>.</summary>
    ValueTask DropAsync(long from, long to, CancellationToken cancellationToken);
}
