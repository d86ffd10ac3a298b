using System.IO.Compression;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>A part of a checkpoint: some states, each behind its key and length, so that one that a later part replaces is passed over unread; compressed.</summary>
internal static class CheckpointPart
{
    // Some hundred kilobytes when compressed: what any store takes as one value.
    private const int StatesMax = 2_000;
    private const int Quality = 4;
    private const int Window = 22;

    // A part of another version is made anew out of the events. Before it had a number, a length stood here.
    private const byte Version = 0xf3;
    private const int Header = 1 + sizeof(int);

    // Beside the types of resources.
    private const string FailedType = "failed";

    /// <summary>The states, and what is only counted any more, as parts.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Write(IEnumerable<IResourceState> states, IEnumerable<KeyValuePair<string, FailedTask>> failed) =>
        [.. states.Chunk(StatesMax).Select(some => Pack(writer => WriteStates(writer, some))), .. failed.Chunk(StatesMax).Select(some => Pack(writer => WriteFailed(writer, some)))];

    /// <summary>How many states are in a part.</summary>
    public static int Count(ReadOnlyMemory<byte> part)
    {
        using var rows = new CheckpointRows();
        rows.Add(part);
        return rows.Newest.Count;
    }

    /// <summary>Opens a part into room of its length (<see cref="Length"/>).</summary>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    public static void Open(ReadOnlyMemory<byte> part, Span<byte> room)
    {
        if (!BrotliDecoder.TryDecompress(part.Span[Header..], room, out var written) || written != room.Length) throw new InvalidDataException("A checkpoint's part cannot be decompressed.");
    }

    /// <summary>How long a part is when it is open, in bytes.</summary>
    /// <exception cref="InvalidDataException">It is of another version, or none.</exception>
    public static int Length(ReadOnlyMemory<byte> part)
    {
        if (part.Length < Header || part.Span[0] != Version) throw new InvalidDataException("A checkpoint's part was written by another version.");
        return BitConverter.ToInt32(part.Span[1..]);
    }

    /// <summary>A row as the state, or the <see cref="FailedTask"/>, that it is; <see langword="null"/> when it is of a type that this version does not know.</summary>
    public static object? ReadRow(string key, ReadOnlyMemory<byte> row, string[] words)
    {
        var reader = new PartReader(row.Span, words);
        var (type, account, region, cluster) = (reader.Word(), reader.Word(), reader.Word(), reader.Word());
        if (type == FailedType)
        {
            var heardAt = reader.Number();
            return new FailedTask(
                new ClusterName(account, region, cluster), reader.Word(), reader.Word(), reader.Time(heardAt), heardAt, reader.Time(heardAt), reader.WordOrNone());
        }

        var (isStopped, version, at, time, hash) = (reader.Bool(), reader.Number(), reader.Number(), reader.Number(), reader.UInt128());
        var order = new EventOrder(version, at, new EventKey(time, hash));
        if (type == ResourceName.Task) return TaskRow.Read(ref reader, new ResourceName(type, account, region, cluster, key[(type.Length + account.Length + region.Length + 3)..]), order);
        return StateDocument.Read(new ResourceState(key, type, account, region, cluster, isStopped, version, at, order.Key, row[reader.Position..]));
    }

    private static void WriteStates(PartWriter writer, IResourceState[] states)
    {
        foreach (var state in states)
        {
            writer.Row(state.Name.Key, row =>
            {
                row.Word(state.Name.Type);
                row.Word(state.Name.Account);
                row.Word(state.Name.Region);
                row.Word(state.Name.Cluster);
                row.Bool(state.IsStopped);
                row.Number(state.Order.Version);
                row.Number(state.Order.At);
                row.Number(state.Order.Key.TimeMilliseconds);
                row.UInt128(state.Order.Key.Hash);
                if (state is TaskState task) TaskRow.Write(row, task);
                else row.Raw(StateDocument.Write(state).Document.Span);
            });
        }
    }

    private static void WriteFailed(PartWriter writer, KeyValuePair<string, FailedTask>[] some)
    {
        foreach (var (key, failed) in some)
        {
            writer.Row(key, row =>
            {
                row.Word(FailedType);
                row.Word(failed.Cluster.Account);
                row.Word(failed.Cluster.Region);
                row.Word(failed.Cluster.Name);
                row.Number(failed.HeardAt);
                row.Word(failed.Service);
                row.Word(failed.Deployment);
                row.Time(failed.StoppedAt, failed.HeardAt);
                row.Time(failed.CreatedAt, failed.HeardAt);
                row.Word(failed.TaskDefinitionArn);
            });
        }
    }

    private static ReadOnlyMemory<byte> Pack(Action<PartWriter> write)
    {
        var writer = new PartWriter();
        write(writer);
        var raw = writer.ToArray();
        var part = new byte[Header + BrotliEncoder.GetMaxCompressedLength(raw.Length)];
        part[0] = Version;
        BitConverter.TryWriteBytes(part.AsSpan(1), raw.Length);
        if (!BrotliEncoder.TryCompress(raw, part.AsSpan(Header), out var written, Quality, Window)) throw new InvalidOperationException("Brotli's own bound was too small.");
        return part.AsMemory(0, Header + written);
    }
}
