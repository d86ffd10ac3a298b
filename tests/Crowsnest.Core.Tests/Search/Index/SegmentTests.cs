using System.Text;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Core.Tests.Search.Index;

public class SegmentTests
{
    // Some runs between anchors, and a last one that is not full.
    private const int Events = 700;

    [Fact]
    public void One_event_is_read_as_all_are()
    {
        var (reader, events) = Build(new RandomEvents(1).Take(Events));
        var (times, places, keys) = (reader.Times, reader.ReadPlaces(), reader.ReadKeys());
        var (alone, _) = Build(new RandomEvents(1).Take(Events));
        foreach (var i in Enumerable.Range(0, Events).OrderBy(i => i * 7919 % Events))
        {
            Assert.Equal((times[i], places[i], keys[i]), (alone.TimeAt(i), alone.PlaceAt(i), alone.KeyAt(i)));
            Assert.Equal(
                (events[i].Event.OccurredAt.ToUnixTimeMilliseconds(), events[i].Event.ReceivedAt.ToUnixTimeMilliseconds(), events[i].Event.TimeUncertain, events[i].Event.Key),
                (alone.TimeAt(i), alone.PlaceAt(i).Received, alone.IsUncertain(i), alone.KeyAt(i)));
            Assert.Equal(new EventLocator(i / 10, i % 10), alone.PlaceAt(i).Locator);
        }
    }

    [Fact]
    public void A_merged_segment_is_as_if_all_had_been_one_batch()
    {
        var all = new RandomEvents(2).Take(Events);
        var (left, _) = Build([.. all.Where((_, i) => i % 3 == 0)]);
        var (right, _) = Build([.. all.Where((_, i) => i % 3 != 0)]);
        var merged = Read(SegmentMerger.Merge([left, right], TestContext.Current.CancellationToken));
        var (whole, _) = Build(all);

        Assert.Equal(whole.ReadKeys(), merged.ReadKeys());
        Assert.Equal(whole.Times, merged.Times);
        Assert.Equal(whole.ReadPlaces().Select(p => p.Received), merged.ReadPlaces().Select(p => p.Received));
        Assert.Equal(Enumerable.Range(0, Events).Where(whole.IsUncertain), Enumerable.Range(0, Events).Where(merged.IsUncertain));
        Assert.Equal(whole.Directory.Fields.Order(), merged.Directory.Fields.Order());
        foreach (var field in whole.Directory.Fields) Assert.Equal(Values(whole, field), Values(merged, field));
    }

    [Fact]
    public void The_filter_of_tokens_knows_every_token_and_few_others()
    {
        var (reader, _) = Build(new RandomEvents(3).Take(Events));
        foreach (var field in reader.Directory.Fields.Where(IndexedField.IsTokenised))
        {
            for (var cursor = reader.Open(field)!; cursor.Next();)
            {
                foreach (var token in NormalForm.Tokens(cursor.Value)) Assert.True(reader.MayHaveToken(token), Encoding.UTF8.GetString(token));
            }
        }

        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => reader.MayHaveToken(Encoding.UTF8.GetBytes("absent" + i))), 0, 50);
    }

    private static List<string> Values(SegmentReader reader, FieldTag field)
    {
        var values = new List<string>();
        for (var cursor = reader.Open(field)!; cursor.Next();)
        {
            var events = new EventBitmap(reader.Directory.Count);
            cursor.AddTo(events);
            values.Add(Convert.ToHexString(cursor.Value) + ":" + string.Join(',', Enumerable.Range(0, events.Count).Where(i => events.Next(i) == i)));
        }

        return values;
    }

    private static (SegmentReader Reader, DiagnosedEvent[] Events) Build(IReadOnlyList<DiagnosedEvent> events)
    {
        DiagnosedEvent[] ordered = [.. events.OrderBy(e => e.Event.OccurredAt).ThenBy(e => e.Event.Key)];
        var builder = new SegmentBuilder();
        for (var i = 0; i < ordered.Length; i++)
        {
            builder.AddEvent(ordered[i].Event.OccurredAt.ToUnixTimeMilliseconds(), ordered[i].Event, new EventLocator(i / 10, i % 10));
            EventTerms.Extract(ordered[i], builder);
        }

        return (Read(builder.Build(compress: false)), ordered);
    }

    private static SegmentReader Read(SegmentImage image)
    {
        var bytes = new byte[image.Length];
        for (var at = 0; at < bytes.Length; at += 1000) image.CopyTo(at, bytes.AsSpan(at, Math.Min(1000, bytes.Length - at)));
        var read = new InMemoryBytes(bytes);
        return new SegmentReader(SegmentDirectory.Read(read), read);
    }

    private sealed class InMemoryBytes(byte[] image) : ISegmentBytes
    {
        public ReadOnlyMemory<byte> Read(long offset, int length) => image.AsMemory((int)offset, length);
    }
}
