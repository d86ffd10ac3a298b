using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>
/// Damaged events: nothing throws, nothing hangs, and nothing is lost. Conservation is held byte by byte: what comes out of a stream (events and faults, in
/// their order) is what went in, apart from white space, byte order marks and the punctuation between items.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    private static readonly EventStreamOptions Unmasked = new() { Masking = new MaskingOptions { Environment = false } };
    private static readonly SearchValues<byte> Between = SearchValues.Create(" \n\r\t,[]\uFEFF"u8);

    /// <summary>A tenth in the inner loop; the rest is slow and has another seed.</summary>
    public static IEnumerable<TheoryDataRow<int>> Counts(int all) => [new(all / 10), new(all - (all / 10)) { Traits = { ["Category"] = ["slow"] } }];

    [Theory]
    [MemberData(nameof(Counts), 120_000)]
    public void One_damaged_event_is_an_event_or_a_fault_with_all_its_bytes(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        var decoder = new EventDecoder(Unmasked.Masking);
        var diagnoser = new EventDiagnoser();
        var stored = 0;
        for (var round = 0; round < count; round++)
        {
            var line = Mutation.WithNewlines(lines[random.Next(lines.Length)], random);
            var decoded = decoder.Decode(line, Samples.Now);
            Assert.True(EventDecoder.Trim(line).Span.SequenceEqual(Bytes(decoded).Span), Told(seed, round, line));
            if (decoded is not Decoded.Ok ok) continue;
            stored++;
            var diagnosis = diagnoser.Diagnose(ok.Event);
            Assert.True(diagnosis.Summary.Length > 0 && diagnosis.Evidence.All(said => said.Length <= Sentence.LengthMax), Told(seed, round, line));
        }

        output.WriteLine($"{count} mutations, {stored} of them still events");
        Assert.InRange(stored, count / 50, count / 2);
    }

    [Theory]
    [MemberData(nameof(Counts), 120_000)]
    public async Task A_stream_of_damaged_lines_loses_no_byte_and_no_neighbour(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        for (var round = 0; round * 30 < count; round++)
        {
            using var stream = new MemoryStream();
            for (var i = 0; i < 30; i++)
            {
                stream.Write(Encoding.UTF8.GetBytes(Marker(i)));
                stream.Write(Mutation.Of(lines[random.Next(lines.Length)], random));
                stream.Write("\n"u8);
            }

            var bytes = stream.ToArray();
            var items = await Streams.ReadAsync(bytes, Unmasked, random.Next(8) == 0 ? random : null);
            Conserved(bytes, items, seed, round);
            Assert.True(Enumerable.Range(0, 30).SequenceEqual(Markers(items)), Told(seed, round, bytes));
        }
    }

    // Here what is broken may run into what follows it, and no neighbour is safe; but no byte is lost.
    [Theory]
    [MemberData(nameof(Counts), 60_000)]
    public async Task A_stream_damaged_anywhere_loses_no_byte(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        for (var round = 0; round * 10 < count; round++)
        {
            using var stream = new MemoryStream();
            var array = random.Next(2) == 0;
            if (array) stream.Write("["u8);
            for (var i = 0; i < 10; i++)
            {
                stream.Write(Mutation.WithNewlines(lines[random.Next(lines.Length)], random));
                stream.Write(array ? ",\n"u8 : random.Next(2) == 0 ? "\n"u8 : []);
            }

            var bytes = stream.ToArray();
            Conserved(bytes, await Streams.ReadAsync(bytes, Unmasked, random), seed, round);
        }
    }

    [Theory]
    [MemberData(nameof(Counts), 60_000)]
    public async Task Damaged_messages_in_whole_wrappers_lose_no_byte(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        for (var round = 0; round * 10 < count; round++)
        {
            var messages = Enumerable.Range(0, 10).Select(_ => Mutation.Of(lines[random.Next(lines.Length)], random)).ToArray();
            var items = await Streams.ReadAsync(Encoding.ASCII.GetBytes(Wrap(messages, random)), Unmasked);
            Conserved([.. messages.SelectMany(m => m)], items, seed, round);
        }
    }

    [Theory]
    [MemberData(nameof(Counts), 30_000)]
    public async Task Damaged_wrappers_cost_no_neighbour(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        for (var round = 0; round * 3 < count; round++)
        {
            using var stream = new MemoryStream();
            for (var i = 0; i < 3; i++)
            {
                stream.Write(Encoding.UTF8.GetBytes(Marker(i)));
                stream.Write(Mutation.Of(Encoding.ASCII.GetBytes(Wrap([lines[random.Next(lines.Length)], lines[random.Next(lines.Length)]], random)), random));
                stream.Write("\n"u8);
            }

            var items = await Streams.ReadAsync(stream.ToArray(), Unmasked);
            Assert.True(Enumerable.Range(0, 3).SequenceEqual(Markers(items)), string.Join(' ', Markers(items)) + Told(seed, round, stream.ToArray()));
        }
    }

    [Theory]
    [MemberData(nameof(Counts), 10_000)]
    public async Task Damaged_gzip_keeps_what_came_out_and_the_compressed_rest(int count)
    {
        var random = Start(count, out var seed);
        var lines = Mutation.Lines();
        var cut = 0;
        for (var round = 0; round < count; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 1 + random.Next(12)).Select(i => Marker(i) + Encoding.UTF8.GetString(lines[random.Next(lines.Length)]) + "\n"));
            var whole = Gzip(Encoding.UTF8.GetBytes(text), random);
            byte[] bytes = random.Next(2) == 0 ? whole[..random.Next(2, whole.Length)] : [.. whole];
            if (bytes.Length == whole.Length) bytes[2 + random.Next(bytes.Length - 2)] ^= (byte)(1 << random.Next(8));

            var items = await Streams.ReadAsync(bytes, Unmasked);
            var faults = items.OfType<Decoded.Failed>().Where(f => f.Fault.Reason == QuarantineReason.BadCompression).ToArray();
            if (bytes.Length < whole.Length || faults.Length > 0) cut++;

            // Whole after all (a bit of the header that nobody reads), or the last fault is the compressed end or what stood unfinished.
            if (faults.Length == 0) Assert.True(bytes.Length == whole.Length && Markers(items).Any(), Told(seed, round, bytes));
            else Assert.True(ReferenceEquals(items[^1], faults[^1]), Told(seed, round, bytes));
            if (bytes.Length < whole.Length)
            {
                // What came out is the beginning of what went in.
                var came = Filtered(items.Where(item => Bytes(item).Span is not [0x1f, 0x8b, ..]));
                Assert.True(Filtered(Encoding.UTF8.GetBytes(text)).AsSpan().StartsWith(came), Told(seed, round, bytes));
            }
            else if (faults.Length > 0)
            {
                Assert.True(bytes.AsSpan().EndsWith(Bytes(faults[^1]).Span), Told(seed, round, bytes));
            }
        }

        Assert.True(cut > count * 8 / 10, $"{cut} of {count} were noticed");
    }

    private Random Start(int count, out int seed)
    {
        Seeds.Random(output, out seed);
        return new Random(seed + count);
    }

    private static string Marker(int i) => string.Create(CultureInfo.InvariantCulture, $"{{\"detail-type\":\"marker\",\"id\":\"{i}\"}}\n");

    private static IEnumerable<int> Markers(IEnumerable<Decoded> items) =>
        items.OfType<Decoded.Ok>().Where(ok => ok.Event.DetailType == "marker").Select(ok => int.Parse(ok.Event.Id, CultureInfo.InvariantCulture));

    private static ReadOnlyMemory<byte> Bytes(Decoded item)
    {
        if (item is not Decoded.Ok ok) return ((Decoded.Failed)item).Fault.Bytes;

        // A splice can make a bare detail, which got an envelope.
        var raw = ok.Event.Raw;
        var envelope = Encoding.UTF8.GetBytes($"{{\"detail-type\":\"{ok.Event.DetailType}\",\"source\":\"aws.ecs\",\"detail\":");
        return raw.Span.StartsWith(envelope) ? raw[envelope.Length..^1] : raw;
    }

    private static void Conserved(byte[] bytes, List<Decoded> items, int seed, int round)
    {
        var (went, came) = (Filtered(bytes), Filtered(items));
        if (went.AsSpan().SequenceEqual(came)) return;
        var at = Math.Max(0, went.AsSpan().CommonPrefixLength(came) - 80);
        Assert.Fail($"after {at} of {went.Length}: went {Told(seed, round, went, at)}\n  came {Told(seed, round, came, Math.Min(at, came.Length))}");
    }

    private static byte[] Filtered(IEnumerable<Decoded> items)
    {
        using var all = new MemoryStream();
        foreach (var item in items) all.Write(Bytes(item).Span);
        return Filtered(all.ToArray());
    }

    private static byte[] Filtered(byte[] bytes) => [.. bytes.Where(b => !Between.Contains(b))];

    private static string Wrap(byte[][] messages, Random random)
    {
        var data = messages.Select(Convert.ToBase64String).ToArray();
        var text = random.Next(3) switch
        {
            0 => "{\"Records\":[" + string.Join(',', data.Select(d => "{\"kinesis\":{\"partitionKey\":\"1\",\"data\":\"" + d + "\"}}")) + "]}",
            1 => "{\"records\":[" + string.Join(',', data.Select(d => "{\"data\":\"" + d + "\"}")) + "],\"invocationId\":\"i\"}",
            _ => "{\"Messages\":[" + string.Join(',', data.Select(d => "{\"Body\":\"{\\\"isBase64Encoded\\\":true,\\\"body\\\":\\\"" + d + "\\\"}\"}")) + "]}",
        };
        return random.Next(3) == 0 ? "{\"awslogs\":{\"data\":\"" + Convert.ToBase64String(Gzip(Encoding.ASCII.GetBytes(text), random)) + "\"}}" : text;
    }

    private static byte[] Gzip(byte[] bytes, Random random)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private static string Told(int seed, int round, byte[] bytes, int at = 0) =>
        $"CROWSNEST_SEED={seed}, round {round}: {Encoding.Latin1.GetString(bytes.AsSpan(at, Math.Min(300, bytes.Length - at)))}";
}
