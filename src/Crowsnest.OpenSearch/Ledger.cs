using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>The sums of what was ever received and of what retention dropped.</summary>
/// <remarks>
/// Each process writes a document of its own for each source, with its sums since its start: nobody else writes it, so writing it twice is writing it once.
/// What is asked for is the sum over all of them.
/// </remarks>
/// <param name="documents">The documents.</param>
/// <param name="names">The indices.</param>
/// <param name="worker">This process's own name.</param>
internal sealed class Ledger(Documents documents, IndexNames names, string worker)
{
    private const string Sums = "sums", Drops = "dropped";
    private const int DocumentsMax = 10_000;

    private readonly Dictionary<string, (Accounting Accounting, Dictionary<QuarantineReason, long> Reasons)> _own = new(StringComparer.Ordinal);

    /// <summary>Adds a batch's sums; durable on return. Called by one commit at a time.</summary>
    public async Task AddAsync(string source, Accounting accounting, IEnumerable<Fault> faults, CancellationToken cancellationToken)
    {
        var (sums, reasons) = _own.GetValueOrDefault(source, (default, []));
        reasons = new Dictionary<QuarantineReason, long>(reasons);
        foreach (var fault in faults) reasons[fault.Reason] = reasons.GetValueOrDefault(fault.Reason) + 1;
        sums += accounting;
        await documents.PutAsync(names.Ledger, $"{Sums}-{worker}-{Documents.IdOf(source)}", json =>
        {
            json.WriteString("kind", Sums);
            json.WriteString("source", source);
            json.WriteNumber("received", sums.Received);
            json.WriteNumber("stored", sums.Stored);
            json.WriteNumber("duplicates", sums.Duplicates);
            json.WriteNumber("quarantined", sums.Quarantined);
            json.WriteNumber("idReused", sums.IdReused);
            json.WriteNumber("unknownKinds", sums.UnknownKinds);
            json.Object("reasons", r =>
            {
                foreach (var (reason, count) in reasons) r.WriteNumber(reason.ToString(), count);
            });
        }, cancellationToken).ConfigureAwait(false);
        _own[source] = (sums, reasons);
    }

    /// <summary>The sums of all processes, by source, and what came into quarantine, by reason.</summary>
    public async Task<(Dictionary<string, Accounting> Sources, Dictionary<QuarantineReason, long> Reasons)> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Ledger], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(
            names.Ledger, DocumentsMax, json => json.Object("query", q => q.Object("term", t => t.WriteString("kind", Sums))), cancellationToken).ConfigureAwait(false);
        var sources = new Dictionary<string, Accounting>(StringComparer.Ordinal);
        var reasons = new Dictionary<QuarantineReason, long>();
        foreach (var document in found)
        {
            var source = document.Text("source")!;
            sources[source] = sources.GetValueOrDefault(source) + new Accounting(
                document.Number("received"), document.Number("stored"), document.Number("duplicates"), document.Number("quarantined"), document.Number("idReused"), document.Number("unknownKinds"));
            foreach (var reason in document.Source.GetProperty("reasons").EnumerateObject())
            {
                var known = Enum.Parse<QuarantineReason>(reason.Name);
                reasons[known] = reasons.GetValueOrDefault(known) + reason.Value.GetInt64();
            }
        }

        return (sources, reasons);
    }

    /// <summary>Notes what is about to be dropped, under a name that is the same when it is tried again.</summary>
    public async Task NoteDropAsync(string name, Dropped dropped, CancellationToken cancellationToken)
    {
        if (dropped == default) return;
        await documents.PutAsync(names.Ledger, Documents.IdOf($"{Drops}-{name}"), json =>
        {
            json.WriteString("kind", Drops);
            json.WriteNumber("events", dropped.Events);
            json.WriteNumber("quarantined", dropped.Quarantined);
            json.WriteNumber("resources", dropped.Resources);
            json.WriteNumber("incidents", dropped.Incidents);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a number was given, though nothing with it may be left.</summary>
    public Task NotePlaceAsync(long place, CancellationToken cancellationToken) =>
        documents.PutVersionAsync(names.Ledger, "place", place, json => json.WriteNumber("place", place), cancellationToken);

    /// <summary>All that was ever dropped.</summary>
    public async Task<Dropped> DroppedAsync(CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Ledger], cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync(
            names.Ledger,
            json =>
            {
                json.Object("query", q => q.Object("term", t => t.WriteString("kind", Drops)));
                json.Object("aggs", aggs =>
                {
                    foreach (var name in (string[])["events", "quarantined", "resources", "incidents"]) aggs.Object(name, a => a.Object("sum", s => s.WriteString("field", name)));
                });
            },
            answer => answer.GetProperty("aggregations") is var a ? new Dropped(Sum(a, "events"), Sum(a, "quarantined"), Sum(a, "resources"), Sum(a, "incidents")) : default,
            cancellationToken).ConfigureAwait(false);

        static long Sum(JsonElement aggregations, string name) => (long)aggregations.GetProperty(name).GetProperty("value").GetDouble();
    }
}
