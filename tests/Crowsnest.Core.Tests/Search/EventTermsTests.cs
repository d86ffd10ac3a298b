using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.Events;

namespace Crowsnest.Core.Tests.Search;

public class EventTermsTests
{
    // Goal: no leaf of a real event is lost. Method: walk the samples with JsonDocument as well, and look each leaf up by its path.
    [Fact]
    public void Every_leaf_of_the_recorded_events_is_found_by_its_path()
    {
        var leaves = 0;
        foreach (var file in Samples.Files("*--*.json"))
        {
            if (new EventDecoder().Decode(File.ReadAllBytes(file), Some.Noon) is not Decoded.Ok) continue;
            var diagnosed = QueryEvaluatorTests.Decode(File.ReadAllText(file));
            var terms = EventTermSet.Of(diagnosed);
            using var document = JsonDocument.Parse(diagnosed.Event.Raw);
            foreach (var (path, value) in Leaves(document.RootElement, ""))
            {
                if (path == "time") continue;
                var field = SearchFields.All.FirstOrDefault(listed => listed.Path == path) is { } row ? SearchFields.Ref(row) : new FieldRef(null, path);
                if (field.Listed?.Type is FieldType.Number or FieldType.Time)
                    Assert.True(value == "null" || terms.Numbers(SearchFields.IdOf(field)).Count > 0, $"{file} {path}={value}");
                else
                    Assert.True(terms.Words(SearchFields.IdOf(field)).Contains(NormalForm.Lower(NormalForm.Cut(value, 256))), $"{file} {path}={value}");
                leaves++;
            }
        }

        Assert.True(leaves > 1000, $"{leaves} leaves");
    }

    [Fact]
    public void Unlisted_values_are_bounded_in_number_and_length()
    {
        var many = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"v{i}\""));
        var diagnosed = QueryEvaluatorTests.Decode(
            $$$"""{"detail-type":"T","source":"s","detail":{"long":"{{{new string('é', 300)}}}","many":[{{{many}}}],"lastStatus":"KEPT"}}""");
        var terms = EventTermSet.Of(diagnosed);

        Assert.Equal(new string('é', NormalForm.UnlistedMax), Assert.Single(terms.Words(Id("detail.long"))));
        Assert.Equal(EventTerms.UnlistedMax - 1, terms.Words(Id("detail.many")).Count);
        Assert.Equal("kept", Assert.Single(terms.Words(Id("lastStatus"))));
    }

    [Fact]
    public void Extraction_allocates_nothing_once_the_shapes_are_known()
    {
        var events = new RandomEvents(3).Take(300);
        var sink = new Counting();
        for (var round = 0; round < 2; round++) Extract(events, sink);

        // The least of three rounds: the runtime's own tables, as its cache of casts, grow on whichever thread first finds them full.
        var perEvent = Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Extract(events.Where(one => one.Event.Kind != EventKind.Unknown && !one.Event.Raw.Span.Contains((byte)'\\') && one.Event.Raw.Span.IndexOf("\"tags\""u8) < 0), sink);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / events.Count;
        });

        // A few hundred bytes for the test's own query over the list; a single string or array per value would be thousands.
        Assert.InRange(perEvent, 0, 16);
    }

    [Theory]
    [InlineData("2026-03-02T08:00:00Z", 1772438400000)]
    [InlineData("2026-03-02T08:00:00.123456789Z", 1772438400123)]
    [InlineData("2026-03-02T09:00:00+01:00", 1772438400000)]
    [InlineData("Mon, 02 Mar 2026 08:00:00 GMT", 1772438400000)]
    [InlineData("2026-02-30T08:00:00Z", null)]
    [InlineData("yesterday and so on", null)]
    public void A_time_is_read(string text, long? milliseconds)
    {
        var isTime = NormalForm.TryTime(Encoding.UTF8.GetBytes(text), out var read);

        Assert.Equal(milliseconds, isTime ? read : null);
    }

    [Fact]
    public void Ordered_bytes_compare_as_the_numbers_do()
    {
        double[] numbers = [double.NegativeInfinity, -1e300, -2.5, -1, -0.0, 0, 1e-300, 1, 137, 9e15, double.PositiveInfinity];
        var forms = numbers.Select(number =>
        {
            var bytes = new byte[8];
            NormalForm.WriteOrdered(number, bytes);
            Assert.Equal(number, NormalForm.ReadOrdered(bytes));
            return bytes;
        }).ToArray();
        for (var i = 1; i < forms.Length; i++)
            Assert.Equal(Math.Sign(numbers[i - 1].CompareTo(numbers[i] + 0.0)), Math.Sign(forms[i - 1].AsSpan().SequenceCompareTo(forms[i])));
    }

    private static void Extract(IEnumerable<DiagnosedEvent> events, ITermSink sink)
    {
        foreach (var diagnosed in events) EventTerms.Extract(diagnosed, sink);
    }

    private static int Id(string name) => SearchFields.TryGet(name, out FieldRef field) ? SearchFields.IdOf(field) : -1;

    private static IEnumerable<(string Path, string Value)> Leaves(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one => Leaves(one.Value, path.Length == 0 ? one.Name : $"{path}.{one.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(one => Leaves(one, path)),
        JsonValueKind.Null => [],
        JsonValueKind.String => [(path, element.GetString() ?? "")],
        _ => [(path, element.GetRawText())],
    };

    private sealed class Counting : ITermSink
    {
        public int Count { get; private set; }

        public void Add(int field, ReadOnlySpan<byte> value) => Count++;
    }
}
