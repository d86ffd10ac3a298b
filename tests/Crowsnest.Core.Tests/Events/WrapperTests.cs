using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

public class WrapperTests
{
    private const string One = """{"detail-type":"x","source":"s","id":"1","detail":{"a":"é\n\"b\""}}""";

    public static TheoryData<string, string> Nested() => new()
    {
        { "SQS in Lambda", $$$"""{"Records":[{"messageId":"m","body":{{{Text(One)}}},"eventSource":"aws:sqs"}]}""" },
        { "SNS in SQS in Lambda", $$$"""{"Records":[{"body":{{{Text(Sns(One))}}}}]}""" },
        { "SNS in Lambda", $$$"""{"Records":[{"EventSource":"aws:sns","Sns":{{{Sns(One)}}}}]}""" },
        { "raw SNS in SQS in ReceiveMessage", $$$"""{"Messages":[{"MessageId":"1","Body":{{{Text(One)}}}}]}""" },
        { "logs subscription in Lambda", $$$"""{"awslogs":{"data":"{{{Base64(Gzip(Logs(One)))}}}"}}""" },
        { "logs subscription in Kinesis in Lambda", $$$"""{"Records":[{"kinesis":{"data":"{{{Base64(Gzip(Logs(One)))}}}"}}]}""" },
        { "logs subscription in Firehose", $$$"""{"invocationId":"i","records":[{"recordId":"1","data":"{{{Base64(Gzip(Logs(One)))}}}"}]}""" },
        { "SQS in SNS in Firehose, gzip around all", $$$"""{"records":[{"data":"{{{Base64(Gzip(Sns($$$"""{"Records":[{"body":{{{Text(One)}}}}]}""")))}}}"}]}""" },
        { "a Lambda payload of API Gateway", $$$"""{"isBase64Encoded":true,"body":"{{{Base64(Encoding.UTF8.GetBytes(One))}}}"}""" },
        { "an object where others have text", $$$"""{"Records":[{"body":{{{One}}}}]}""" },
        { "names with escapes", $$$"""{"\u0052ecords":[{"b\u006fdy":{{{Text(One)}}}}]}""" },
        { "a name twice", $$$"""{"Records":[{"body":"lost"}],"Records":[{"body":"lost","body":{{{Text(One)}}}}]}""" },
    };

    [Theory]
    [MemberData(nameof(Nested))]
    public async Task An_event_comes_out_of_nested_wrappers_as_it_went_in(string name, string wrapped)
    {
        var items = await Streams.ReadAsync(Encoding.UTF8.GetBytes(wrapped));

        var read = Assert.IsType<Decoded.Ok>(Assert.Single(items)).Event;
        Assert.True(One == Encoding.UTF8.GetString(read.Raw.Span), name);
        Assert.Equal(Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(One), Samples.Now)).Event.Key, read.Key);
    }

    [Fact]
    public async Task Wrappers_are_peeled_to_a_depth_and_no_further()
    {
        var (fits, tooDeep) = (Objects(Unwrapper.NestingMax - 1), Objects(Unwrapper.NestingMax + 1));

        Assert.IsType<Decoded.Ok>(Assert.Single(await Streams.ReadAsync(Encoding.UTF8.GetBytes(fits))));
        var fault = Assert.IsType<Decoded.Failed>(Assert.Single(await Streams.ReadAsync(Encoding.UTF8.GetBytes(tooDeep)))).Fault;
        Assert.Equal(QuarantineReason.BadWrapper, fault.Reason);
        Assert.Contains("more than 8 wrappers", fault.Message, StringComparison.Ordinal);

        static string Objects(int depth) => depth == 0 ? $$$"""{"Message":{{{Text(One)}}}}""" : $$$"""{"body":{{{Objects(depth - 1)}}}}""";
    }

    [Theory]
    [InlineData("""{"Records":[{"a":1}]}""", "holds no event")]
    [InlineData("""{"Records":[7]}""", "holds no event")]
    [InlineData("""{"Records":[{"body":""}]}""", "is empty")]
    [InlineData("""{"awslogs":{"data":"%%%"}}""", "not base64")]
    [InlineData("""{"Type":"SubscriptionConfirmation","Message":"You have chosen to subscribe"}""", "confirm the subscription in SNS")]
    [InlineData("""{"results":[[{"field":"@timestamp","value":"1"}]]}""", "holds no event")]
    public async Task A_wrapper_with_nothing_readable_in_it_says_so(string wrapped, string words)
    {
        var fault = Assert.IsType<Decoded.Failed>(Assert.Single(await Streams.ReadAsync(Encoding.UTF8.GetBytes(wrapped)))).Fault;

        Assert.Equal(QuarantineReason.BadWrapper, fault.Reason);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    // A compressed part of 60 KB that would give 60 MB, in each of forty records.
    [Fact]
    public async Task What_grows_too_large_when_decompressed_is_kept_compressed()
    {
        var bomb = Gzip(new string(' ', 60_000_000));
        var record = $$$"""{"data":"{{{Base64(bomb)}}}"}""";
        var items = await Streams.ReadAsync(Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', Enumerable.Repeat(record, 20))}},{"data":"{{Base64(Encoding.UTF8.GetBytes(One))}}"}]}"""));

        Assert.Equal(21, items.Count);
        Assert.IsType<Decoded.Ok>(items[^1]);
        Assert.All(items.SkipLast(1), item => Assert.Equal(bomb, Assert.IsType<Decoded.Failed>(item).Fault.Bytes.ToArray()));
        Assert.Contains("grows too large", ((Decoded.Failed)items[0]).Fault.Message, StringComparison.Ordinal);
    }

    // Goal: a wrapper of any length needs no more memory than a batch. Method: 40 MB of it, made while it is read; a batch must come out at least each 12 MB.
    [Theory]
    [InlineData("""{"Records":[""", "]}")]
    [InlineData("""{"searchedLogStreams":[],"events":[""", """],"nextToken":"x"}""")]
    [InlineData("""[{"logEvents":[""", "]}]")]
    public async Task A_wrapper_of_any_length_is_read_as_it_comes(string head, string tail)
    {
        var element = $$$"""{"messageId":"{{{new string('m', 3_000)}}}","message":{{{Text(One)}}}}""";
        using var stream = new Repeated(Encoding.UTF8.GetBytes(head), Encoding.UTF8.GetBytes(element + ",\n"), 13_000, Encoding.UTF8.GetBytes(element + tail));
        var reader = new EventStreamReader(TimeProvider.System, new EventStreamOptions());
        long events = 0, faults = 0, before = 0;
        await foreach (var batch in reader.ReadAsync(stream, "file", TestContext.Current.CancellationToken))
        {
            events += batch.Items.OfType<Decoded.Ok>().Count();
            faults += batch.Items.OfType<Decoded.Failed>().Count();
            Assert.True(batch.BytesRead - before < 12 << 20, $"a batch of {batch.BytesRead - before} bytes");
            before = batch.BytesRead;
            batch.Dispose();
        }

        Assert.Equal((13_001, 0), (events, faults));
    }

    [Fact]
    public async Task In_a_long_wrapper_a_broken_element_costs_its_neighbours_nothing()
    {
        var element = $$$"""{"messageId":"{{{new string('m', 3_000)}}}","body":{{{Text(One)}}}}""";
        const string Broken = """{"messageId":"b","body" "y"}""";
        var text = "{\"Records\":[" + string.Join(',', Enumerable.Repeat(element, 500).Append(Broken).Concat(Enumerable.Repeat(element, 700))) + "]}\n" + One;
        var items = await Streams.ReadAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal(1201, items.OfType<Decoded.Ok>().Count());
        Assert.Equal(Broken, Encoding.UTF8.GetString(Assert.Single(items.OfType<Decoded.Failed>()).Fault.Bytes.Span));
    }

    private static string Sns(string message) => $$$"""{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":{{{Text(message)}}}}""";

    private static string Logs(string message) =>
        $$$"""{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logEvents":[{"id":"1","timestamp":1,"message":{{{Text(message)}}}}]}""";

    private static string Text(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.SmallestSize)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }
}
