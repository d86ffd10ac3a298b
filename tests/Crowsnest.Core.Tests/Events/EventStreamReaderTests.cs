using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

public class EventStreamReaderTests
{
    private const string One = """{"detail-type":"x","source":"s","id":"1","detail":{"a":1}}""";
    private const string Two = """{"detail-type":"x","source":"s","id":"2","detail":{"a":2}}""";
    private const string Three = """{"detail-type":"x","source":"s","id":"3","detail":{"a":3}}""";

    public static TheoryData<string> Wrapped() =>
    [
        $"{One}\n{Two}\n\n{Three}\n",
        $"\uFEFF{One}\r\n{Two}\r\n{Three}",
        One + Two + Three,
        $"[{One},{Two},\n{Three}]",
        $"[[{One},{Two}],[{Three}]]",
        One.Replace(",", ",\n  ", StringComparison.Ordinal) + "\n" + Two + Three,
        $"2026-01-01T00:00:00.000Z {One}\n2026-01-01T00:00:00.001Z {Two}\n2026-01-01T00:00:00Z {Three}\n",
        $$$$$$"""{"Messages":[{"Body":{{{{{{Text(One)}}}}}}},{"Body":{{{{{{Text(Two + Three)}}}}}}}]}""",
        $$$$$$"""{"Records":[{"body":{{{{{{Text(One)}}}}}}},{"body":{{{{{{Text($$$$$$"""{"Type":"Notification","Message":{{{{{{Text(Two)}}}}}}}""")}}}}}}},{"Sns":{"Message":{{{{{{Text(Three)}}}}}}}}]}""",
        $$$$$$"""{"Records":[{"kinesis":{"data":"{{{{{{Base64(One)}}}}}}"}},{"kinesis":{"data":"{{{{{{Base64(Two)}}}}}}"}}]}{"records":[{"data":"{{{{{{Base64(Three)}}}}}}"}]}""",
        $$$$$$"""{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"x"}]}{"messageType":"DATA_MESSAGE","logEvents":[{"message":{{{{{{Text(One)}}}}}}},{"message":{{{{{{Text(Two)}}}}}}}]}{{{{{{Three}}}}}}""",
        $$$$$$"""{"events":[{"message":{{{{{{Text(One)}}}}}}}]}{"results":[[{"field":"@timestamp","value":"1"},{"field":"@message","value":{{{{{{Text(Two)}}}}}}}]]}{{{{{{Three}}}}}}""",
        $$$$$$"""{"awslogs":{"data":"{{{{{{Convert.ToBase64String(Gzip($$$$$$"""{"logEvents":[{"message":{{{{{{Text(One)}}}}}}}]}"""))}}}}}}"}}{{{{{{Two}}}}}}{{{{{{Three}}}}}}""",
        Text(One) + "\n" + Text(Two) + "\n" + Text(Three) + "\n",
    ];

    [Theory]
    [MemberData(nameof(Wrapped))]
    public async Task Every_wrapper_gives_the_events_in_it(string text)
    {
        var items = await ReadAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal(["1", "2", "3"], Ids(items));
        Assert.DoesNotContain(items, item => item is Decoded.Failed);
    }

    [Theory]
    [MemberData(nameof(Wrapped))]
    public async Task So_does_gzip_of_more_than_one_member(string text)
    {
        var half = text.Length / 2;
        var bytes = Gzip(text[..half]).Concat(Gzip(text[half..])).ToArray();

        Assert.Equal(["1", "2", "3"], Ids(await ReadAsync(bytes)));
    }

    [Theory]
    [MemberData(nameof(Wrapped))]
    public async Task So_does_gzip_within_gzip(string text)
    {
        var inner = Gzip(text[..(text.Length / 2)]).Concat(Gzip(text[(text.Length / 2)..])).ToArray();

        Assert.Equal(["1", "2", "3"], Ids(await ReadAsync(Gzip(Gzip(inner)))));
    }

    [Fact]
    public async Task Of_gzip_within_gzip_that_is_cut_off_what_came_out_is_kept()
    {
        var whole = Gzip(Gzip(Encoding.UTF8.GetBytes(One + "\n" + Two)));

        for (var length = 3; length < whole.Length; length += 7)
        {
            var items = await ReadAsync(whole[..length]);
            Assert.All(items.Skip(Ids(items).Count), item => Assert.Equal(QuarantineReason.BadCompression, Assert.IsType<Decoded.Failed>(item).Fault.Reason));
            Assert.True(items.Count > Ids(items).Count, $"Cut at {length}, and nobody says so.");
        }
    }

    [Fact]
    public async Task Files_that_were_put_together_may_each_begin_with_a_byte_order_mark()
    {
        Assert.Equal(["1", "2", "3"], Ids(await ReadAsync(Encoding.UTF8.GetBytes($"\uFEFF{One}\n\uFEFF{Two}\uFEFF[{Three}]"))));
    }

    // Goal: what is no event costs its neighbours nothing, wherever it stands in an array and however long that is.
    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("-1.5e3")]
    [InlineData("true")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("[1,2]")]
    public async Task An_arrays_element_that_is_no_event_costs_its_neighbours_nothing(string element)
    {
        foreach (var (before, after, many) in new[] { (0, 3, 1), (1, 2, 1), (2, 1, 2), (3, 0, 1), (1, 3_000, 3), (0, 9_000, 1), (9_000, 1, 1) })
        {
            foreach (var separator in new[] { ",", " ,\n  " })
            {
                string[] elements =
                [
                    .. Enumerable.Range(0, before).Select(Numbered), .. Enumerable.Repeat(element, many), .. Enumerable.Range(before, after).Select(Numbered),
                ];
                var items = await ReadAsync(Encoding.UTF8.GetBytes($"[{string.Join(separator, elements)}]"));
                Assert.Equal(Enumerable.Range(0, before + after).Select(i => "n" + i), Ids(items));
                if (element != "[]") Assert.Equal(many, items.Count(item => item is Decoded.Failed { Fault.Reason: QuarantineReason.NotAnObject }));
                Assert.DoesNotContain(items, item => item is Decoded.Failed { Fault.Reason: QuarantineReason.TooLarge });
            }
        }

        static string Numbered(int i) => $$$"""{"detail-type":"x","source":"s","id":"n{{{i}}}","detail":{"a":"{{{new string('.', 300)}}}"}}""";
    }

    [Theory]
    [InlineData("{\"detail-type\":\"x\",\"detail\":")]
    [InlineData("{\"detail-type\":\"x\",")]
    [InlineData("{\"detail-type\":\"x")]
    [InlineData("{\"detail-type\":\"x\",\"detail\":{\"a\":[1,2")]
    [InlineData("garbage")]
    [InlineData("}")]
    public async Task A_broken_line_is_one_entry_and_costs_its_neighbours_nothing(string broken)
    {
        var items = await ReadAsync(Encoding.UTF8.GetBytes($"{One}\n{broken}\n{Two}\n{Three}\n"));

        Assert.Equal(["1", "2", "3"], Ids(items));
        Assert.Equal(broken, Encoding.UTF8.GetString(Assert.IsType<Decoded.Failed>(items[1]).Fault.Bytes.Span));
    }

    [Fact]
    public async Task A_broken_element_is_one_entry()
    {
        var items = await ReadAsync(Encoding.UTF8.GetBytes($$$$$$"""[{{{{{{One}}}}}},{"detail-type":"x" "detail":{}},{{{{{{Two}}}}}},{{{{{{Three}}}}}}]"""));

        Assert.Equal(["1", "2", "3"], Ids(items));
        Assert.Equal(4, items.Count);
    }

    [Fact]
    public async Task A_gzip_stream_that_is_cut_off_keeps_what_was_readable()
    {
        var bytes = Gzip(string.Join('\n', Enumerable.Range(0, 2000).Select(i => One.Replace("\"1\"", $"\"{i * 7919}\"", StringComparison.Ordinal))));
        var items = await ReadAsync(bytes[..(bytes.Length / 2)]);

        Assert.True(items.Count > 100);
        Assert.All(items.SkipLast(1), item => Assert.IsType<Decoded.Ok>(item));
        Assert.Equal(QuarantineReason.BadCompression, Assert.IsType<Decoded.Failed>(items[^1]).Fault.Reason);
    }

    // Goal: what cannot be decompressed is kept, from no later than the damage on. Method: in stored blocks a lost header is noticed at once.
    [Theory]
    [InlineData(300_000, false)]
    [InlineData(4_000_000, true)]
    public async Task What_follows_the_damage_in_a_gzip_stream_is_kept(int size, bool isLong)
    {
        var text = string.Concat(Enumerable.Repeat(One + "\n", size / One.Length));
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.NoCompression)) gzip.Write(Encoding.UTF8.GetBytes(text));
        var bytes = stream.ToArray();
        var at = bytes.Length / 3;
        bytes.AsSpan(at, 70_000).Fill(0xff);
        var items = await ReadAsync(bytes);

        var rest = Assert.IsType<Decoded.Failed>(items[^1]).Fault;
        Assert.Equal(QuarantineReason.BadCompression, rest.Reason);
        Assert.True(rest.Length >= bytes.Length - at - 70_000, $"{rest.Length} of {bytes.Length} bytes, and the damage at {at}");
        var from = (int)(bytes.Length - rest.Length);
        Assert.Equal(bytes.AsSpan(from, isLong ? 65536 : (int)rest.Length).ToArray(), rest.Bytes.ToArray());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(from))), rest.Hash);
        Assert.True(items.OfType<Decoded.Ok>().Count() > 500);
    }

    [Fact]
    public async Task What_only_begins_like_gzip_is_kept_whole()
    {
        byte[] bytes = [0x1f, 0x8b, .. "\b not gzip at all"u8];
        var fault = Assert.IsType<Decoded.Failed>(Assert.Single(await ReadAsync(bytes))).Fault;

        Assert.Equal(QuarantineReason.BadCompression, fault.Reason);
        Assert.Equal(bytes, fault.Bytes.ToArray());
    }

    [Fact]
    public async Task What_is_over_a_mebibyte_keeps_its_head_and_hash_and_its_neighbours()
    {
        var large = $$$$$$"""{"detail-type":"x","detail":{"a":"{{{{{{new string('x', 6 << 20)}}}}}}"}}""";
        var items = await ReadAsync(Encoding.UTF8.GetBytes($"{One}\n{large}\n{Two}\n{Three}"));

        Assert.Equal(["1", "2", "3"], Ids(items));
        var fault = Assert.IsType<Decoded.Failed>(items[1]).Fault;
        Assert.Equal((QuarantineReason.TooLarge, large.Length, 65536), (fault.Reason, fault.Length, fault.Bytes.Length));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(large))), fault.Hash);
    }

    [Fact]
    public async Task Every_recorded_file_gives_what_its_index_says()
    {
        var keys = new HashSet<EventKey>();
        foreach (var file in Samples.Files())
        {
            var items = await ReadAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            if (file.Contains("MALFORMED", StringComparison.Ordinal))
            {
                var fault = Assert.IsType<Decoded.Failed>(Assert.Single(items)).Fault;
                Assert.Equal(QuarantineReason.NotJson, fault.Reason);
                Assert.Equal((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim(), Encoding.UTF8.GetString(fault.Bytes.Span));
                continue;
            }

            Assert.All(items, item => Assert.True(item is Decoded.Ok, file));
            if (!file.EndsWith(".ndjson", StringComparison.Ordinal)) Assert.True(keys.Add(((Decoded.Ok)Assert.Single(items)).Event.Key), file);
        }

        Assert.True(keys.Count > 40);
    }

    // Goal: whoever follows a log sees its event at once, and one that hands over much at a time still gets full batches. Method: a pipe that holds nothing more; and one whose reads are full.
    [Fact(Timeout = 60_000)]
    public async Task Of_a_live_stream_what_has_come_is_handed_over_before_more_comes()
    {
        await using var pipe = new Written();
        await using var batches = new EventStreamReader(TimeProvider.System, new EventStreamOptions { Live = true }).ReadAsync(pipe, "test", TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

        pipe.Say(One + "\n");
        Assert.Equal(["1"], await NextAsync());
        pipe.Say(Two[..20]);
        pipe.Say(Two[20..] + Three + "\n");
        Assert.Equal(["2", "3"], await NextAsync());

        var many = string.Concat(Enumerable.Range(0, 400).Select(i => One.Replace("\"1\"", $"\"{i}\"", StringComparison.Ordinal) + "\n"));
        Assert.True(many.Length > 20_000);
        pipe.Say(many);
        pipe.Say(One + "\n");
        Assert.Equal(401, (await NextAsync()).Count);

        async Task<List<string>> NextAsync()
        {
            Assert.True(await batches.MoveNextAsync());
            using var batch = batches.Current;
            return Ids([.. batch.Items]);
        }
    }

    private static string Text(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private static List<string> Ids(List<Decoded> items) => [.. items.OfType<Decoded.Ok>().Select(ok => ok.Event.Id)];

    private static Task<List<Decoded>> ReadAsync(byte[] bytes) => Streams.ReadAsync(bytes);
}
