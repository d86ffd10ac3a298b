using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Bytes chosen to make a reader go over the same ground again and again, or to hold too much.</summary>
public class AdversaryTests
{
    private static readonly (string Part, int Times)[] Parts =
    [
        ("}{", 500_000), ("{\"a\":", 200_000), ("[{", 400_000), ("{", 900_000), ("[", 900_000), ("]", 900_000), ("\"", 900_000), ("\\", 900_000),
        ("\n{", 15_000), ("{\n", 15_000), ("\n}", 15_000), ("{\"Records\":[", 60_000), ("{\"Records\":[\n", 20_000), ("{\"a\":{},\n", 20_000),
        ("{\"detail-type\":\"x\",\n{}", 10_000), ("},{", 250_000), ("2026-01-01T00:00:00Z {", 40_000), ("\"{", 300_000), ("\"{\"", 250_000),
        ("{\"body\":\"{\",", 80_000), ("1", 900_000), ("-", 900_000), ("\\u00", 200_000), ("{} ", 300_000), ("[]", 400_000), (" }", 400_000),
        ("{\"\n", 15_000), ("{\"a\":\"\n\",\"b\":\n", 5_000), ("\u00ff{", 300_000), (",", 900_000),
    ];

    /// <summary>A tenth of each in the inner loop.</summary>
    public static IEnumerable<TheoryDataRow<string, int>> Repeats() =>
        Parts.SelectMany(part => (TheoryDataRow<string, int>[])[new(part.Part, part.Times / 10), new(part.Part, part.Times) { Traits = { ["Category"] = ["slow"] } }]);

    [Theory]
    [MemberData(nameof(Repeats))]
    public async Task A_great_deal_of_the_same_comes_to_an_end(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times));
        foreach (var head in (string[])["", "{\"detail-type\":\"x\",\"detail\":", "[{\"a\":1 \"b\"},", "{\"Records\":[{\"body\" 1},"])
        {
            var items = await Streams.ReadAsync(Encoding.UTF8.GetBytes(head + text));
            Assert.All(items.OfType<Decoded.Failed>(), item => Assert.InRange(item.Fault.Bytes.Length, 0, EventDecoder.EventBytesMax));
        }
    }

    // 40,000 values under a name of half a megabyte: their pointers written out would be 20 GB.
    [Fact]
    public void Pointers_of_masked_values_are_bounded()
    {
        var json = "{\"detail-type\":\"x\",\"detail\":{\"requestParameters\":{\"" + new string('n', 500_000) + "\":{\"environment\":["
            + string.Join(',', Enumerable.Repeat("{\"value\":1}", 40_000)) + "]}}}}";
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Samples.Now)).Event;

        Assert.Equal(40_000, Encoding.UTF8.GetString(read.Raw.Span).Split("\"***\"").Length - 1);
        Assert.True(read.Masked.Sum(pointer => pointer.Length) < 200_000);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40 << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before} bytes");
    }
}
