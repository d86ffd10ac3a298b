using System.Globalization;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>What could not be read: an entry each under a number that grows, and its bytes beside it, in pieces that an item can hold.</summary>
/// <param name="table">The table.</param>
/// <param name="places">Numbers for the entries.</param>
/// <param name="ledger">The sums.</param>
/// <param name="time">The clock.</param>
internal sealed class DynamoQuarantine(Table table, Places places, DynamoLedger ledger, TimeProvider time) : IQuarantine
{
    private const int Partitions = 8;
    private const int PieceBytes = 300 * 1024;

    // The number of one that was taken out is not given again while a clock could still give it.
    private static readonly TimeSpan Taken = TimeSpan.FromDays(1);

    /// <summary>Writes entries; those of the same batch that are there from an earlier attempt stay as they are.</summary>
    public async Task WriteAsync(IReadOnlyList<NumberedFault> faults, string batch, Commit commit, CancellationToken cancellationToken) =>
        await Table.EachAsync(faults, (fault, cancel) => WriteAsync(fault, batch, commit.Source, commit.ReceivedAt, cancel), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (limit <= 0) return [];
        var entries = new List<Item>();
        for (var i = 0; i < Partitions; i++)
        {
            var met = 0;
            await foreach (var item in table.QueryAsync(PartitionOf(i), cancellationToken, descending: true, before is { } place ? TableNames.Sorted(place) : null, limit).ConfigureAwait(false))
            {
                if (item.Is("removed")) continue;
                entries.Add(item);
                if (++met == limit) break;
            }
        }

        return await WholeAsync([.. entries.OrderByDescending(item => item.Number("place")).Take(limit)], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await table.GetAsync(KeyOf(id), cancellationToken).ConfigureAwait(false) is { } item && !item.Is("removed")
            ? (await WholeAsync([item], cancellationToken).ConfigureAwait(false))[0]
            : null;
    }

    public async ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken) =>
        (await AllAsync(cancellationToken).ConfigureAwait(false)).GroupBy(item => Enum.Parse<QuarantineReason>(item.Text("reason")!)).ToDictionary(group => group.Key, group => group.LongCount());

    public async ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken) =>
        (await ledger.ReadAsync(cancellationToken).ConfigureAwait(false)).Reasons;

    public async ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await table.GetAsync(KeyOf(id), cancellationToken).ConfigureAwait(false) is not { } item || item.Is("removed")) return false;
        return await RemoveAsync(item, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Lets go of what is older than it is kept, and of the oldest while it is too much.</summary>
    public async Task<long> DropAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (dropped, before) = (0L, (now - retention.Quarantine).UtcTicks);
        var all = await AllAsync(cancellationToken).ConfigureAwait(false);
        var bytes = all.Sum(item => item.Number("kept"));
        foreach (var item in all.OrderBy(item => item.Number("place")))
        {
            var isOld = item.Number("receivedTicks") < before;
            if (!isOld && bytes <= retention.QuarantineBytesMax) continue;
            bytes -= item.Number("kept");
            if (await RemoveAsync(item, cancellationToken).ConfigureAwait(false)) dropped++;
        }

        return dropped;
    }

    private async Task<List<Item>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<Item>();
        for (var i = 0; i < Partitions; i++)
        {
            await foreach (var item in table.QueryAsync(PartitionOf(i), cancellationToken).ConfigureAwait(false))
            {
                if (!item.Is("removed")) all.Add(item);
            }
        }

        return all;
    }

    private async Task WriteAsync(NumberedFault numbered, string batch, string source, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var (fault, bytes) = (numbered.Fault, numbered.Fault.Bytes);
        while (true)
        {
            var number = numbered.Number;
            List<TableWrite> writes =
            [
                TableWrite.Put(KeyOf(number), item => item.Add("place", number).Add("batch", batch).Add("source", source).Add("receivedTicks", receivedAt.UtcTicks)
                    .Add("reason", fault.Reason.ToString()).Add("message", fault.Message).Add("kept", bytes.Length).Add("whole", fault.Length).Add("hash", fault.Hash), Condition.Absent),
            ];
            for (var from = 0; from < bytes.Length; from += PieceBytes)
            {
                var piece = bytes.Slice(from, Math.Min(PieceBytes, bytes.Length - from));
                writes.Add(TableWrite.Put(PieceOf(number, from / PieceBytes), item => item.Add("bytes", piece.Span)));
            }

            if (await table.WriteTogetherAsync(writes, cancellationToken).ConfigureAwait(false) is []) return;
            if (await table.GetAsync(KeyOf(number), cancellationToken).ConfigureAwait(false) is { } there && there.Text("batch") == batch) return;
            numbered.Number = places.Next();
        }
    }

    private async Task<bool> RemoveAsync(Item item, CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() + Taken).ToUnixTimeSeconds();
        var isRemoved = await table.WriteAsync(
            TableWrite.Put(item.Key, mark => mark.Add("removed", true).Add(TableNames.Expires, until), new Condition("attribute_exists(#place)")), cancellationToken).ConfigureAwait(false);
        if (isRemoved) await table.DeleteAsync(PiecesOf(item), cancellationToken).ConfigureAwait(false);
        return isRemoved;
    }

    private async Task<IReadOnlyList<QuarantineEntry>> WholeAsync(IReadOnlyList<Item> entries, CancellationToken cancellationToken)
    {
        var pieces = (await table.GetAsync([.. entries.SelectMany(PiecesOf)], cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Key);
        return [.. entries.Select(entry => new QuarantineEntry(
            entry.Number("place"), new DateTimeOffset(entry.Number("receivedTicks"), TimeSpan.Zero), entry.Text("source") ?? "",
            new Fault(
                Enum.Parse<QuarantineReason>(entry.Text("reason")!), entry.Text("message") ?? "",
                PiecesOf(entry).SelectMany(key => pieces.TryGetValue(key, out var piece) ? piece.Bytes("bytes") : []).ToArray(), entry.Number("whole"), entry.Text("hash") ?? "")))];
    }

    private static IEnumerable<ItemKey> PiecesOf(Item entry) =>
        Enumerable.Range(0, (int)((entry.Number("kept") + PieceBytes - 1) / PieceBytes)).Select(piece => PieceOf(entry.Number("place"), piece));

    private static string PartitionOf(long partition) => string.Create(CultureInfo.InvariantCulture, $"quarantine#{partition}");

    private static ItemKey KeyOf(long number) => new(PartitionOf(((number % Partitions) + Partitions) % Partitions), TableNames.Sorted(Math.Max(number, 0)));

    private static ItemKey PieceOf(long number, int piece) => new("bytes#" + TableNames.Sorted(number), piece.ToString("D2", CultureInfo.InvariantCulture));
}
