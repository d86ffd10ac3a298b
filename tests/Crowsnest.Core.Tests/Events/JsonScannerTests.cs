using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Holds our scanner to .NET's reader: the same verdict on any bytes, and the same names and values.</summary>
public class JsonScannerTests(ITestOutputHelper output)
{
    private enum Verdict
    {
        Whole,
        Unfinished,
        Wrong,
    }

    [Fact]
    public void Any_bytes_get_the_verdict_that_the_runtimes_reader_gives()
    {
        var random = Seeds.Random(output, out var seed);
        var counts = new int[3];
        for (var round = 0; round < 50_000; round++)
        {
            var json = Encoding.UTF8.GetBytes(RandomJson.Value(random, 0));
            for (var changes = random.Next(3); changes > 0; changes--) json = Change(json, random);
            var (ours, theirs) = (Ours(json), Theirs(json));
            counts[(int)ours]++;
            Assert.True(ours == theirs, $"seed {seed}, round {round}: {ours}, not {theirs}: {Encoding.UTF8.GetString(json)}");
        }

        output.WriteLine($"{counts[0]} whole, {counts[1]} unfinished, {counts[2]} wrong");
        Assert.All(counts, count => Assert.True(count > 5_000));
    }

    [Fact]
    public void Names_and_strings_are_what_the_runtimes_reader_says()
    {
        var random = Seeds.Random(output, out var seed);
        for (var round = 0; round < 10_000; round++)
        {
            var json = Encoding.UTF8.GetBytes(RandomJson.Value(random, 0));
            var ours = new List<string>();
            var scanner = new JsonScanner(json);
            Walk(ref scanner, ours);
            Assert.True(ours.SequenceEqual(TheirWords(json)), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(json)}");
        }
    }

    [Theory]
    [InlineData(128, '[', true)]
    [InlineData(129, '[', false)]
    [InlineData(128, '{', true)]
    [InlineData(129, '{', false)]
    [InlineData(100_000, '[', false)]
    public void Deeper_than_128_is_too_deep(int depth, char kind, bool fits)
    {
        var json = kind == '[' ? new string('[', depth) + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        var scanner = new JsonScanner(Encoding.UTF8.GetBytes(json));

        Assert.Equal(fits, scanner.Skip());
        Assert.Equal(fits ? ScanStatus.Ok : ScanStatus.TooDeep, scanner.Status);
    }

    // What AWS may send and a stricter reader would refuse or change.
    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":"\u0000\ud800"}""")]
    [InlineData("""{"a":9007199254740993,"b":1e400,"c":-0.0,"d":123456789012345678901234567890}""")]
    public void Repeated_names_odd_escapes_and_any_number_are_whole(string json) => Assert.Equal(Verdict.Whole, Ours(Encoding.UTF8.GetBytes(json)));

    private static Verdict Ours(byte[] json)
    {
        var scanner = new JsonScanner(json);
        if (!scanner.Skip()) return scanner.Status == ScanStatus.Incomplete ? Verdict.Unfinished : Verdict.Wrong;
        return scanner.Peek() == 0 && scanner.Position == json.Length ? Verdict.Whole : Verdict.Wrong;
    }

    private static Verdict Theirs(byte[] json)
    {
        var options = new JsonReaderOptions { MaxDepth = JsonScanner.DepthMax };
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: true, new JsonReaderState(options));
            while (reader.Read())
            {
                // To the end.
            }

            return Verdict.Whole;
        }
        catch (JsonException)
        {
            // Whether more bytes could have mended it, a reader that expects more can tell.
        }

        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(options));
            while (reader.Read())
            {
                // To where it stops.
            }

            return Verdict.Unfinished;
        }
        catch (JsonException)
        {
            return Verdict.Wrong;
        }
    }

    private static void Walk(ref JsonScanner scanner, List<string> words)
    {
        var first = true;
        switch (scanner.Peek())
        {
            case (byte)'{':
                Assert.True(scanner.Enter());
                while (scanner.NextName(ref first, out var name))
                {
                    words.Add("name " + JsonText.String(scanner.Data, name));
                    Walk(ref scanner, words);
                }

                break;
            case (byte)'[':
                Assert.True(scanner.Enter());
                while (scanner.NextElement(ref first)) Walk(ref scanner, words);
                break;
            case (byte)'"':
                Assert.True(scanner.ReadString(out var text));
                words.Add("text " + JsonText.String(scanner.Data, text));
                break;
            default:
                var start = scanner.Position;
                Assert.True(scanner.Skip());
                words.Add(Encoding.UTF8.GetString(scanner.Data[start..scanner.Position]));
                break;
        }
    }

    private static List<string> TheirWords(byte[] json)
    {
        var words = new List<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonScanner.DepthMax });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName: words.Add("name " + reader.GetString()); break;
                case JsonTokenType.String: words.Add("text " + reader.GetString()); break;
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null: words.Add(Encoding.UTF8.GetString(reader.ValueSpan)); break;
            }
        }

        return words;
    }

    private static byte[] Change(byte[] json, Random random)
    {
        var replace = "{}[]\",:\\ue0-1.\n\t\0 +Ex"u8;
        var insert = "{}[]\",:\\tfn0-1.\n\u007f "u8;
        if (json.Length == 0) return json;
        var at = random.Next(json.Length);
        switch (random.Next(4))
        {
            case 0: return json[..at];
            case 1:
                json[at] = replace[random.Next(replace.Length)];
                return json;
            case 2: return [.. json[..at], .. json[random.Next(json.Length)..]];
            default: return [.. json[..at], insert[random.Next(insert.Length)], .. json[at..]];
        }
    }
}
