using System.Security.Cryptography;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>The lease as one item, each write of it under a name of its own.</summary>
/// <param name="table">The table.</param>
internal sealed class DynamoLease(Table table) : ILeaseStore
{
    private static readonly ItemKey Key = new("lease", TableNames.Only);

    public async Task<(LeaseRecord Record, string Mark)?> ReadAsync(CancellationToken cancellationToken) =>
        await table.GetAsync(Key, cancellationToken).ConfigureAwait(false) is { } item ? (Read(item), item.Text("rev")!) : null;

    public async Task<string?> TryWriteAsync(LeaseRecord record, string? over, CancellationToken cancellationToken)
    {
        var mark = NewMark();
        return await table.WriteAsync(Write(record, over, mark), cancellationToken).ConfigureAwait(false) ? mark : null;
    }

    /// <summary>A name for a write.</summary>
    public static string NewMark() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What writes the lease over the write of a name.</summary>
    public static TableWrite Write(LeaseRecord record, string? over, string mark)
    {
        var (holder, state) = record;
        return TableWrite.Put(
            Key, item => item.Add("holder", holder).Add("epoch", state.Epoch).Add("pass", state.Pass).Add("journal", state.Journal).Add("tooOld", state.TooOld)
                .Add("done", Sums(state)).Add("rev", mark),
            over is null ? Condition.Absent : new Condition("#rev = :over", values => values.Add(":over", over)));
    }

    /// <summary>Holds only while the lease is that of this pass and epoch: what a holder writes that was paused since does not.</summary>
    public static TableWrite Check(LeaseState state) => TableWrite.Check(
        Key, new Condition("#pass = :pass AND #epoch = :epoch", values => values.Add(":pass", state.Pass).Add(":epoch", state.Epoch)));

    private static LeaseRecord Read(Item item)
    {
        using var sums = JsonDocument.Parse(item.Text("done") ?? "[]");
        var done = sums.RootElement.EnumerateArray().ToDictionary(one => (one[0].GetString()!, Enum.Parse<SendFailure>(one[1].GetString()!)), one => one[2].GetInt64());
        return new LeaseRecord(item.Text("holder") ?? "", new LeaseState(item.Number("epoch"), item.Number("pass"), item.Text("journal") ?? "", item.Number("tooOld"), done));
    }

    private static string Sums(LeaseState state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var ((receiver, failure), count) in state.Done)
            {
                json.WriteStartArray();
                json.WriteStringValue(receiver);
                json.WriteStringValue(failure.ToString());
                json.WriteNumberValue(count);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
