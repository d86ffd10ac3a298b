using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Keeps the number of segments small: eight of a day that are about equally large become one, until a segment is full.</summary>
internal static class SegmentMerging
{
    /// <summary>How many of a size become one: fewer merges more often, more makes searches slower meanwhile.</summary>
    public const int FanIn = 8;

    private const int EventsMax = 65_536;

    /// <summary>The segments to merge next, or none.</summary>
    public static IReadOnlyList<SegmentRow> Choose(IReadOnlyList<SegmentRow> rows)
    {
        foreach (var tier in rows.Where(r => r.Count <= EventsMax / 2).GroupBy(r => (r.Day, Tier: Tier(r.Count))).OrderBy(g => g.Key.Tier))
        {
            // Neighbours in time first, so that merged segments overlap little.
            var ordered = tier.OrderBy(r => r.MinTime).ToArray();
            if (ordered.Length < FanIn) continue;
            var (sum, chosen) = (0, new List<SegmentRow>());
            foreach (var row in ordered)
            {
                if (chosen.Count == FanIn * 2 || sum + row.Count > EventsMax) break;
                chosen.Add(row);
                sum += row.Count;
            }

            if (chosen.Count >= 2) return chosen;
        }

        return [];
    }

    /// <summary>Puts one segment in the place of several; false when retention took one of them meanwhile, and the merged one would bring it back.</summary>
    public static bool Replace(SqliteConnection connection, IReadOnlyList<SegmentRow> merged, SegmentImage image)
    {
        if (!merged.All(row => IsThere(connection, row))) return false;
        EventWriter.WriteSegment(connection, merged[0].Day, image, merged.Max(m => m.WrittenAt));
        foreach (var row in merged) Drop(connection, row);
        return true;
    }

    public static void Drop(SqliteConnection connection, SegmentRow row)
    {
        using var drop = connection.CreateCommand();
        drop.CommandText = """
            DELETE FROM segment_chunk WHERE id BETWEEN $first AND $last;
            DELETE FROM segment WHERE id = $id;
            UPDATE catalogue SET generation = generation + 1;
            """;
        drop.Parameters.AddWithValue("$id", row.Id);
        drop.Parameters.AddWithValue("$first", SegmentChunks.ChunkId(row.Id, 0));
        drop.Parameters.AddWithValue("$last", SegmentChunks.ChunkId(row.Id + 1, 0) - 1);
        drop.ExecuteNonQuery();
    }

    private static bool IsThere(SqliteConnection connection, SegmentRow row)
    {
        using var ask = new HotStatement(connection, "SELECT 1 FROM segment WHERE id = ?");
        return ask.Bind(1, row.Id).Step();
    }

    private static int Tier(int count) => (int)Math.Log(Math.Max(count, 1), FanIn);
}
