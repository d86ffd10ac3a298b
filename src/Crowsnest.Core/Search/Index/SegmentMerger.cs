using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search.Index;

/// <summary>Makes one segment of several, in the order of (time, key), as if all their events had been one batch.</summary>
public static class SegmentMerger
{
    private sealed class Source(SegmentReader reader)
    {
        public readonly SegmentReader Reader = reader;
        public readonly EventKey[] Keys = reader.ReadKeys();
        public readonly long[] Times = reader.Times;
        public readonly EventPlace[] Places = reader.ReadPlaces();
        public readonly ushort[] NewOrdinals = new ushort[reader.Directory.Count];
        public int At;
        public FieldCursor? Cursor;
    }

    /// <summary>Merges; all sources together hold at most 65,536 events.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public static SegmentImage Merge(IReadOnlyList<SegmentReader> segments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var sources = segments.Select(s => new Source(s)).ToArray();
        var writer = new SegmentWriter();
        var ordinals = new ushort[sources.Sum(s => s.Keys.Length)];
        writer.Begin(ordinals.Length, compress: true);
        MergeEvents(sources, writer);

        var tags = sources.SelectMany(s => s.Reader.Directory.Fields).Distinct().Order().ToArray();
        foreach (var tag in tags)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MergeField(sources, tag, writer, ordinals);
        }

        return writer.Finish();
    }

    private static void MergeEvents(Source[] sources, SegmentWriter writer)
    {
        for (var ordinal = 0; ; ordinal++)
        {
            Source? least = null;
            foreach (var source in sources)
            {
                if (source.At == source.Keys.Length) continue;
                if (least is null || Compare(source, least) < 0) least = source;
            }

            if (least is null) return;
            var at = least.At++;
            least.NewOrdinals[at] = (ushort)ordinal;
            writer.Event(least.Times[at], least.Keys[at], least.Places[at].Received, least.Reader.IsUncertain(at), least.Places[at].Locator);
        }
    }

    private static int Compare(Source left, Source right)
    {
        var byTime = left.Times[left.At].CompareTo(right.Times[right.At]);
        return byTime != 0 ? byTime : left.Keys[left.At].CompareTo(right.Keys[right.At]);
    }

    private static void MergeField(Source[] sources, FieldTag tag, SegmentWriter writer, ushort[] ordinals)
    {
        var open = new List<Source>(sources.Length);
        foreach (var source in sources)
        {
            source.Cursor = source.Reader.Open(tag);
            if (source.Cursor?.Next() == true) open.Add(source);
        }

        var isId = tag == IndexedField.Id;
        var spelling = new byte[256];
        var same = new List<Source>(sources.Length);
        writer.BeginField(tag);
        while (open.Count > 0)
        {
            same.Clear();
            foreach (var source in open)
            {
                var order = same.Count == 0 ? -1 : source.Cursor!.Value.SequenceCompareTo(same[0].Cursor!.Value);
                if (order < 0) same.Clear();
                if (order <= 0) same.Add(source);
            }

            var count = 0;
            foreach (var source in same)
            {
                var mine = ordinals.AsSpan(count, source.Cursor!.ReadOrdinals(ordinals.AsSpan(count)));
                for (var i = 0; i < mine.Length; i++) mine[i] = source.NewOrdinals[mine[i]];
                count += mine.Length;
            }

            var value = same[0].Cursor!.Value;
            if (spelling.Length < value.Length) spelling = new byte[value.Length * 2];
            var spelled = 0;
            foreach (var source in same)
            {
                spelled = source.Cursor!.Spelling(spelling);
                if (spelled > 0) break;
            }

            writer.Value(value, spelling.AsSpan(0, spelled), Postings.SortDistinct(ordinals.AsSpan(0, count)));
            if (isId) writer.Id(IndexedField.IdHash(value));
            foreach (var source in same)
            {
                if (!source.Cursor!.Next()) open.Remove(source);
            }
        }

        writer.EndField();
    }
}
