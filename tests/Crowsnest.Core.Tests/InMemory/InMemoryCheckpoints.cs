using Crowsnest.Core.History;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>Checkpoints in memory.</summary>
internal sealed class InMemoryCheckpoints : ICheckpointStore
{
    private readonly SortedDictionary<long, Checkpoint> _all = [];

    public ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var whole = _all.Values.LastOrDefault(c => c.At <= notAfter && c.IsWhole);
        return new(whole is null ? [] : [.. _all.Values.Where(c => c.At <= notAfter && c.Base == whole.At)]);
    }

    public ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken) => new(_all.Count == 0 ? null : (_all.Keys.First(), _all.Keys.Last()));

    public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        _all[checkpoint.At] = checkpoint;
        return default;
    }

    public ValueTask DropAsync(long from, long to, CancellationToken cancellationToken)
    {
        foreach (var at in _all.Keys.Where(at => at >= from && at < to).ToList()) _all.Remove(at);
        return default;
    }
}
