using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>What a pass writes that is too much for one transaction: kept in the lease, or beside it in pieces, until it is carried out.</summary>
/// <param name="Writes">Writes, each of another item.</param>
/// <param name="Assigned">By firing: its incident, and the rank of the firing that was seen.</param>
internal sealed record PassJournal(IReadOnlyList<TableWrite> Writes, IReadOnlyDictionary<string, (string Incident, int Rank)> Assigned)
{
    // With the lease, within what an item holds; a piece is well below it.
    private const int InlineMax = 64 << 10, PieceBytes = 300 << 10;

    // Of a lease that nobody took for longer nothing is carried out: its firings and timers wait as before.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Keeps it; answers what the lease says of it.</summary>
    public async Task<string> SaveAsync(Table table, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var packed = Packed.Of(Plain());
        if (packed.Length <= InlineMax) return "=" + Convert.ToBase64String(packed);
        var pieces = packed.Chunk(PieceBytes).ToList();
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            await table.WriteAsync(
                TableWrite.Put(KeyOf(name, i), item => item.Add("bytes", piece).Add(TableNames.Expires, (now + Kept).ToUnixTimeSeconds())), cancellationToken).ConfigureAwait(false);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{pieces.Count}/{name}");
    }

    /// <summary>Reads what <see cref="SaveAsync"/> kept; nothing, where that has expired.</summary>
    public static async Task<PassJournal> ReadAsync(Table table, string said, CancellationToken cancellationToken)
    {
        var packed = said is ['=', .. var text] ? Convert.FromBase64String(text) : await PiecesAsync(table, said, cancellationToken).ConfigureAwait(false);
        if (packed.Length == 0) return new PassJournal([], new Dictionary<string, (string, int)>());
        using var json = JsonDocument.Parse(Packed.Read(packed));
        return new PassJournal(
            [.. json.RootElement.GetProperty("writes").EnumerateArray().Select(one => TableWrite.Read(one.GetProperty("kind").GetString()!, one.GetProperty("members").GetBytesFromBase64()))],
            json.RootElement.GetProperty("assigned").EnumerateArray().ToDictionary(
                one => one.GetProperty("firing").GetString()!, one => (one.GetProperty("incident").GetString()!, one.GetProperty("rank").GetInt32()), StringComparer.Ordinal));
    }

    private static async Task<byte[]> PiecesAsync(Table table, string said, CancellationToken cancellationToken)
    {
        var slash = said.IndexOf('/', StringComparison.Ordinal);
        var (count, name) = (int.Parse(said.AsSpan(0, slash), CultureInfo.InvariantCulture), said[(slash + 1)..]);
        var found = await table.GetAsync([.. Enumerable.Range(0, count).Select(i => KeyOf(name, i))], cancellationToken).ConfigureAwait(false);
        return found.Count < count ? [] : [.. found.OrderBy(item => item.Key.Sort, StringComparer.Ordinal).SelectMany(item => item.Bytes("bytes"))];
    }

    private static ItemKey KeyOf(string name, int piece) => new("journal#" + name, piece.ToString("D4", CultureInfo.InvariantCulture));

    private byte[] Plain()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("writes");
            foreach (var write in Writes)
            {
                json.WriteStartObject();
                json.WriteString("kind", write.Kind);
                json.WriteBase64String("members", write.Members.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("assigned");
            foreach (var (firing, (incident, rank)) in Assigned)
            {
                json.WriteStartObject();
                json.WriteString("firing", firing);
                json.WriteString("incident", incident);
                json.WriteNumber("rank", rank);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
