using System.Globalization;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>The sums of what was ever received and of what retention dropped: counters, added to where they are.</summary>
/// <remarks>Each source has a counter in each of some partitions, and a worker adds to one of them, so that workers seldom meet. What is asked for is the sum.</remarks>
/// <param name="table">The table.</param>
/// <param name="worker">This process's own name.</param>
internal sealed class DynamoLedger(Table table, string worker)
{
    private const string Sums = "sums", Dropped = "dropped", Reason = "reason_";
    private const int Partitions = 8;

    /// <summary>Adds a batch's sums; durable on return.</summary>
    public async Task AddAsync(string source, Accounting sums, IEnumerable<Fault> faults, CancellationToken cancellationToken)
    {
        var counts = new List<(string Name, long Count)>
        {
            ("received", sums.Received), ("stored", sums.Stored), ("duplicates", sums.Duplicates), ("quarantined", sums.Quarantined), ("idReused", sums.IdReused), ("unknownKinds", sums.UnknownKinds),
        };
        counts.AddRange(faults.GroupBy(fault => fault.Reason).Select(group => (Reason + group.Key, group.LongCount())));
        await AddAsync(new ItemKey(PartitionOf(TableNames.Spread(worker, Partitions)), TableNames.Of(source)), counts, source, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The sums of all processes, by source, and what came into quarantine, by reason.</summary>
    public async Task<(Dictionary<string, Accounting> Sources, Dictionary<QuarantineReason, long> Reasons)> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sources = new Dictionary<string, Accounting>(StringComparer.Ordinal);
        var reasons = new Dictionary<QuarantineReason, long>();
        for (var i = 0; i < Partitions; i++)
        {
            await foreach (var item in table.QueryAsync(PartitionOf(i), cancellationToken).ConfigureAwait(false))
            {
                var sums = new Accounting(
                    item.Number("received"), item.Number("stored"), item.Number("duplicates"), item.Number("quarantined"), item.Number("idReused"), item.Number("unknownKinds"));
                if (sums != default) sources[item.Text("source") ?? ""] = sources.GetValueOrDefault(item.Text("source") ?? "") + sums;
                foreach (var name in item.Names.Where(name => name.StartsWith(Reason, StringComparison.Ordinal)))
                {
                    var reason = Enum.Parse<QuarantineReason>(name[Reason.Length..]);
                    reasons[reason] = reasons.GetValueOrDefault(reason) + item.Number(name);
                }
            }
        }

        return (sources, reasons);
    }

    /// <summary>Notes what was dropped.</summary>
    public Task NoteDropAsync(Dropped dropped, CancellationToken cancellationToken) => AddAsync(
        new ItemKey(Dropped, TableNames.Only),
        [("events", dropped.Events), ("quarantined", dropped.Quarantined), ("resources", dropped.Resources), ("incidents", dropped.Incidents)], "", cancellationToken);

    /// <summary>All that was ever dropped.</summary>
    public async Task<Dropped> DroppedAsync(CancellationToken cancellationToken) =>
        await table.GetAsync(new ItemKey(Dropped, TableNames.Only), cancellationToken).ConfigureAwait(false) is { } item
            ? new Dropped(item.Number("events"), item.Number("quarantined"), item.Number("resources"), item.Number("incidents"))
            : default;

    private static string PartitionOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"{Sums}#{partition}");

    // A transaction of one: repeated after an answer that was lost, it is known by its token and adds nothing twice.
    private async Task AddAsync(ItemKey key, IReadOnlyList<(string Name, long Count)> counts, string source, CancellationToken cancellationToken)
    {
        List<(string Name, long Count)> some = [.. counts.Where(count => count.Count != 0)];
        if (some.Count == 0) return;
        var add = "ADD " + string.Join(", ", some.Select(count => $"#{count.Name} :{count.Name}")) + (source.Length > 0 ? " SET #source = :source" : "");
        await table.WriteTogetherAsync([TableWrite.Update(key, add, values =>
        {
            foreach (var (name, count) in some) values.Add(":" + name, count);
            values.Add(":source", source);
        })], cancellationToken).ConfigureAwait(false);
    }
}
