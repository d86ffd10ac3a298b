using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>A part of a checkpoint: some states, each behind its key and length, so that one that a later part replaces is passed over unread; compressed.</summary>
internal static class CheckpointPart
{
    // Some hundred kilobytes when compressed: what any store takes as one value.
    private const int StatesMax = 2_000;
    private const int Quality = 4;
    private const int Window = 22;

    /// <summary>The states as parts.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Write(IEnumerable<IResourceState> states) => [.. states.Chunk(StatesMax).Select(WriteOne)];

    /// <summary>How many states are in a part.</summary>
    public static int Count(ReadOnlyMemory<byte> part)
    {
        using var rows = new CheckpointRows();
        rows.Add(part);
        return rows.Newest.Count;
    }

    /// <summary>A row as the state that it is; <see langword="null"/> when it is of a type that this version does not know.</summary>
    public static IResourceState? ReadRow(string key, ReadOnlyMemory<byte> row, TextPool pool)
    {
        var reader = new PartReader(row.Span);
        var (type, account, region, cluster) = (reader.Word(pool), reader.Word(pool), reader.Word(pool), reader.Word(pool));
        var (isStopped, version, at, time) = (reader.Bool(), reader.Int64(), reader.Int64(), reader.Int64());
        var hash = new UInt128((ulong)reader.Int64(), (ulong)reader.Int64());
        return StateDocument.Read(new ResourceState(key, type, account, region, cluster, isStopped, version, at, new EventKey(time, hash), row[reader.Position..]), pool);
    }

    private static ReadOnlyMemory<byte> WriteOne(IResourceState[] states)
    {
        using var raw = new MemoryStream();
        using var writer = new BinaryWriter(raw, Encoding.UTF8);
        foreach (var state in states)
        {
            var row = StateDocument.Write(state);
            writer.Write(row.Key);
            var length = raw.Position;
            writer.Write(0);
            writer.Write(row.Type);
            writer.Write(row.Account);
            writer.Write(row.Region);
            writer.Write(row.Cluster);
            writer.Write(row.IsStopped);
            writer.Write(row.Version);
            writer.Write(row.At);
            writer.Write(row.Event.TimeMilliseconds);
            writer.Write((ulong)(row.Event.Hash >> 64));
            writer.Write((ulong)row.Event.Hash);
            writer.Write(row.Document.Span);
            var end = raw.Position;
            raw.Position = length;
            writer.Write((int)(end - length - sizeof(int)));
            raw.Position = end;
        }

        var part = new byte[sizeof(int) + BrotliEncoder.GetMaxCompressedLength((int)raw.Length)];
        BitConverter.TryWriteBytes(part, (int)raw.Length);
        if (!BrotliEncoder.TryCompress(raw.GetBuffer().AsSpan(0, (int)raw.Length), part.AsSpan(sizeof(int)), out var written, Quality, Window))
            throw new InvalidOperationException("Brotli's own bound was too small.");
        return part.AsMemory(0, sizeof(int) + written);
    }
}
