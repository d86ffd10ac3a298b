using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Crowsnest.Host.Tests.Durability;

/// <summary>
/// What a process did to the files of a folder, and the folder as a power cut at some moment would have left it: what was synced, and of the rest whatever
/// happened to have reached the disk, torn at 512 bytes.
/// </summary>
internal sealed class PowerCut
{
    private const int Sector = 512;
    private readonly List<Step> _steps = [];

    private PowerCut()
    {
    }

    /// <summary>How many writes, syncs and so on there were; a cut can be before each and after the last.</summary>
    public int Steps => _steps.Count;

    /// <summary>How many times a file was synced.</summary>
    public int Syncs => _steps.Count(s => s.Operation == 's');

    /// <summary>Reads a journal; a last record that is not whole is left out.</summary>
    public static PowerCut Read(string journal)
    {
        var bytes = File.ReadAllBytes(journal).AsMemory();
        var cut = new PowerCut();
        while (bytes.Length >= 2)
        {
            var name = bytes.Span[1];
            if (bytes.Length < 18 + name) break;
            var operation = (char)bytes.Span[0];
            var offset = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[(2 + name)..]);
            var length = operation is 'w' or 'r' ? (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[(10 + name)..]) : 0;
            if (bytes.Length < 18 + name + length) break;
            cut._steps.Add(new Step(operation, Encoding.UTF8.GetString(bytes.Span.Slice(2, name)), offset, bytes.Slice(18 + name, length)));
            bytes = bytes[(18 + name + length)..];
        }

        return cut;
    }

    /// <summary>What a line-by-line file said last before a moment; 0 before its first line.</summary>
    public int LastNumber(string file, int moment)
    {
        var last = _steps.Take(moment).LastOrDefault(s => s.Operation == 'w' && s.Name == file);
        return last is null ? 0 : int.Parse(Encoding.UTF8.GetString(last.Bytes.Span), CultureInfo.InvariantCulture);
    }

    /// <summary>The lines that a line-by-line file was given before a moment.</summary>
    public IReadOnlyList<string> Lines(string file, int moment) =>
        [.. _steps.Take(moment).Where(s => s.Operation == 'w' && s.Name == file).Select(s => Encoding.UTF8.GetString(s.Bytes.Span).TrimEnd('\n'))];

    /// <summary>Makes the folder as a cut before step number <paramref name="moment"/> could have left it.</summary>
    public void Rebuild(int moment, Random random, string folder)
    {
        var (now, onDisk) = (new Dictionary<string, Contents>(StringComparer.Ordinal), new Dictionary<string, Contents>(StringComparer.Ordinal));
        foreach (var step in _steps.Take(moment))
        {
            switch (step.Operation)
            {
                case 'd':
                    now.Remove(step.Name);
                    break;
                case 'r':
                    if (now.Remove(step.Name, out var moved)) now[Encoding.UTF8.GetString(step.Bytes.Span)] = moved;
                    break;
                case 's' when step.Name.Length == 0:
                    onDisk = new Dictionary<string, Contents>(now, StringComparer.Ordinal);
                    break;
                case 's':
                    // Syncing a new file makes its name last too, as ext4 and XFS do it.
                    if (!now.TryGetValue(step.Name, out var synced)) break;
                    synced.Sync();
                    onDisk[step.Name] = synced;
                    break;
                default:
                    if (!now.TryGetValue(step.Name, out var file)) now[step.Name] = file = new Contents();
                    file.Pending.Add(step);
                    break;
            }
        }

        Directory.CreateDirectory(folder);
        var mood = random.Next(4);
        foreach (var (name, file) in random.Next(2) == 0 ? now : onDisk)
        {
            if (!name.EndsWith("-shm", StringComparison.Ordinal)) File.WriteAllBytes(Path.Combine(folder, name), file.AfterCut(random, mood));
        }
    }

    private sealed record Step(char Operation, string Name, long Offset, ReadOnlyMemory<byte> Bytes);

#pragma warning disable CA1001 // A stream in memory holds nothing that must be given back.
    private sealed class Contents
#pragma warning restore CA1001
    {
        private readonly MemoryStream _synced = new();

        public List<Step> Pending { get; } = [];

        public void Sync()
        {
            foreach (var step in Pending) Apply(_synced, step);
            Pending.Clear();
        }

        // By the mood of the disk nothing unsynced got there, or all of it, or some.
        public byte[] AfterCut(Random random, int mood)
        {
            using var file = new MemoryStream();
            _synced.WriteTo(file);
            foreach (var step in Pending.Where(_ => mood != 0))
            {
                if (mood == 1)
                {
                    Apply(file, step);
                    continue;
                }

                if (random.Next(2) == 0) continue;
                if (step.Operation == 't' || random.Next(2) == 0)
                {
                    Apply(file, step);
                    continue;
                }

                for (var at = 0; at < step.Bytes.Length; at += Sector)
                {
                    if (random.Next(2) == 0) Apply(file, step with { Offset = step.Offset + at, Bytes = step.Bytes.Slice(at, Math.Min(Sector, step.Bytes.Length - at)) });
                }
            }

            return file.ToArray();
        }

        private static void Apply(MemoryStream file, Step step)
        {
            if (step.Operation == 't')
            {
                file.SetLength(step.Offset);
                return;
            }

            file.Position = step.Offset;
            file.Write(step.Bytes.Span);
        }
    }
}
