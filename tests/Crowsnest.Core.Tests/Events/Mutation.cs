using System.Text;
using System.Text.Json;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Damage of the kinds that transports, editors and bugs do to events.</summary>
internal static class Mutation
{
    private static readonly byte[][] Inserts =
    [
        "\""u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ":"u8.ToArray(), ","u8.ToArray(), "\\"u8.ToArray(), "\\u12"u8.ToArray(),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0], "\r"u8.ToArray(), "\uFEFF"u8.ToArray(), "null"u8.ToArray(), "}{"u8.ToArray(), "\"}"u8.ToArray(), "[[[[[[[["u8.ToArray(),
        "{\"detail-type\":"u8.ToArray(), "\\ud800"u8.ToArray(), "1e999"u8.ToArray(),
    ];

    /// <summary>The recorded samples that stand without a wrapper, each as one line.</summary>
    public static byte[][] Lines() => [.. Samples.Files("*--*.json").Where(file => !Path.GetFileName(file).StartsWith("wrapped", StringComparison.Ordinal)).Select(file => Encoding.UTF8.GetBytes(OneLine(File.ReadAllText(file))))];

    /// <summary>One to three changes; no newline comes in by them.</summary>
    public static byte[] Of(byte[] line, Random random)
    {
        for (var changes = 1 + random.Next(3); changes > 0; changes--) line = Once(line, random);
        return line;
    }

    /// <summary>Those changes, and newlines too.</summary>
    public static byte[] WithNewlines(byte[] line, Random random)
    {
        line = Of(line, random);
        for (var i = random.Next(4); i > 0 && line.Length > 0; i--) line[random.Next(line.Length)] = (byte)'\n';
        return line;
    }

    private static byte[] Once(byte[] line, Random random)
    {
        if (line.Length == 0) return line;
        var (at, other) = (random.Next(line.Length), random.Next(line.Length));
        switch (random.Next(6))
        {
            case 0: return line[..at];
            case 1:
                line = [.. line];
                line[at] = (byte)(line[at] ^ (1 << random.Next(8)));
                if (line[at] == (byte)'\n') line[at] = 0;
                return line;
            case 2: return [.. line[..at], .. line[other..]];
            case 3: return [.. line[..Math.Min(at, other)], .. line[Math.Max(at, other)..]];
            default: return [.. line[..at], .. Inserts[random.Next(Inserts.Length)], .. line[at..]];
        }
    }

    private static string OneLine(string json)
    {
        using var document = JsonDocument.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) document.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
