using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>The lease as one document; where it stands in the order of writes names each write of it.</summary>
internal sealed class OpenSearchLease(Documents documents, IndexNames names) : ILeaseStore
{
    private const string Id = "lease";

    public async Task<(LeaseRecord Record, string Mark)?> ReadAsync(CancellationToken cancellationToken) =>
        await documents.GetAsync(names.Ledger, Id, cancellationToken).ConfigureAwait(false) is { } found
            ? (Read(found), Mark(found.SequenceNumber, found.PrimaryTerm))
            : null;

    public async Task<string?> TryWriteAsync(LeaseRecord record, string? over, CancellationToken cancellationToken)
    {
        var before = over?.Split('/') is [var number, var term]
            ? new Document(Id, default, long.Parse(number, CultureInfo.InvariantCulture), long.Parse(term, CultureInfo.InvariantCulture))
            : default(Document?);
        return await documents.TryPutAsync(names.Ledger, Id, before, json => Write(json, record), cancellationToken).ConfigureAwait(false) is var (at, of) ? Mark(at, of) : null;
    }

    private static string Mark(long sequenceNumber, long primaryTerm) => string.Create(CultureInfo.InvariantCulture, $"{sequenceNumber}/{primaryTerm}");

    private static LeaseRecord Read(Document document) => new(document.Text("holder") ?? "", new LeaseState(
        document.Number("epoch"), document.Number("pass"), document.Text("journal") ?? "", document.Number("tooOld"),
        document.Source.GetProperty("done").EnumerateArray().ToDictionary(
            one => (one.GetProperty("receiver").GetString()!, Enum.Parse<SendFailure>(one.GetProperty("failure").GetString()!)), one => one.GetProperty("count").GetInt64())));

    private static void Write(Utf8JsonWriter json, LeaseRecord record)
    {
        json.WriteString("kind", "lease");
        json.WriteString("holder", record.Holder);
        json.WriteNumber("epoch", record.State.Epoch);
        json.WriteNumber("pass", record.State.Pass);
        json.WriteString("journal", record.State.Journal);
        json.WriteNumber("tooOld", record.State.TooOld);
        json.Objects("done", record.State.Done.Select(one => (Action<Utf8JsonWriter>)(d =>
        {
            d.WriteString("receiver", one.Key.Receiver);
            d.WriteString("failure", one.Key.Failure.ToString());
            d.WriteNumber("count", one.Value);
        })));
    }
}
