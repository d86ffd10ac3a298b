using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Sqlite;

/// <summary>Whether a store fits together.</summary>
/// <param name="Schema">The schema's version.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Events">Events that can be found.</param>
/// <param name="Accounting">The sum of everything ever received.</param>
/// <param name="NewestAt">The newest event's time, or <see langword="null"/> without events.</param>
/// <param name="Faults">What does not fit, in words; none when all is well.</param>
public sealed record StoreCheck(int Schema, long Bytes, long Events, Accounting Accounting, DateTimeOffset? NewestAt, IReadOnlyList<string> Faults);

/// <summary>Checks a store on one snapshot.</summary>
internal static class StoreChecker
{
    private const int FaultsMax = 20;

    public static StoreCheck Check(SqliteDatabase database, bool isDeep, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        using var reader = database.Read();
        var connection = reader.Connection;
        var faults = new List<string>();
        var sums = SqliteAccounting.Read(connection).Values.Aggregate(default(Accounting), Accounting.Add);
        if (sums.Received != sums.Stored + sums.Duplicates + sums.Quarantined)
            faults.Add(Text($"the accounting does not add up: received {sums.Received}, stored {sums.Stored}, duplicates {sums.Duplicates}, quarantined {sums.Quarantined}"));

        var catalogue = new SegmentCatalogue();
        var rows = catalogue.List(connection);
        var events = rows.Sum(r => (long)r.Count);
        var dropped = SqliteRetention.Dropped(connection).Events;
        if (events != sums.Stored - dropped) faults.Add(Text($"{events} events can be found, but {sums.Stored} were stored and {dropped} have left by retention"));
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (faults.Count >= FaultsMax) break;
            try
            {
                var segment = catalogue.Open(connection, row);
                if (segment.Directory.Count != row.Count) faults.Add(Text($"segment {row.Id} holds {segment.Directory.Count} events, and the catalogue says {row.Count}"));
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException or IndexOutOfRangeException)
            {
                faults.Add(Text($"segment {row.Id} cannot be opened: {exception.Message}"));
            }
        }

        if (isDeep) Deep(connection, rows, catalogue, faults, onStep, cancellationToken);
        var newest = rows.Count == 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Max(r => r.MaxTime));
        return new StoreCheck(
            (int)StoreCopier.Number(connection, "PRAGMA user_version"), StoreCopier.Number(connection, "PRAGMA page_count") * StoreCopier.Number(connection, "PRAGMA page_size"),
            events, sums, newest, faults);
    }

    private static void Deep(
        Microsoft.Data.Sqlite.SqliteConnection connection, IReadOnlyList<SegmentRow> rows, SegmentCatalogue catalogue, List<string> faults, Action<long, long>? onStep,
        CancellationToken cancellationToken)
    {
        using (var ask = connection.CreateCommand())
        {
            ask.CommandText = "PRAGMA integrity_check(20)";
            using var answer = ask.ExecuteReader();
            while (answer.Read() && faults.Count < FaultsMax)
            {
                if (answer.GetString(0) is var words and not "ok") faults.Add("the file is damaged: " + words);
            }
        }

        // What each segment says stands in each block, and what does.
        var expected = new Dictionary<long, int>();
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (var place in catalogue.Open(connection, row).ReadPlaces()) expected[place.Locator.Block] = expected.GetValueOrDefault(place.Locator.Block) + 1;
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException or IndexOutOfRangeException)
            {
                if (faults.Count < FaultsMax) faults.Add(Text($"segment {row.Id} cannot be read: {exception.Message}"));
            }
        }

        long done = 0, inAll = expected.Count;
        using var select = new HotStatement(connection, "SELECT data FROM block WHERE id = ?");
        foreach (var (id, count) in expected.OrderBy(e => e.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            onStep?.Invoke(++done, inAll);
            if (faults.Count >= FaultsMax) continue;
            if (!select.Bind(1, id).Step()) faults.Add(Text($"block {id} is missing, with {count} events"));
            else if (Wrong(select.Blob(0), count) is { } wrong) faults.Add(Text($"block {id}: {wrong}"));
            select.Reset();
        }
    }

    private static string? Wrong(ReadOnlySpan<byte> block, int expected)
    {
        var length = block.Length < 4 ? -1 : EventBlock.OpenLength(block);
        if (length is < 2 or > EventBlock.RawBytesMax * 2) return "its length is none that a block has";
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var open = rented.AsSpan(0, length);
            EventBlock.Open(block, open);
            var count = BinaryPrimitives.ReadUInt16LittleEndian(open);
            if (count != expected) return Text($"it holds {count} events, and {expected} are looked for in it");
            for (var i = 0; i < count; i++) EventBlock.Event(open, i);
            return null;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            return exception.Message;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
