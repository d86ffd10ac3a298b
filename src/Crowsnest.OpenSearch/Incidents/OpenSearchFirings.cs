using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Rules;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Firings: any worker writes them, the holder of the lease gives them their incidents.</summary>
/// <remarks>
/// One document each, its id the firing's. Both sides write only over what they read, so neither undoes what the other did: a worker's better diagnosis
/// makes the firing pending again, and giving it an incident leaves it pending where it became better meanwhile.
/// </remarks>
internal sealed class OpenSearchFirings(Documents documents, BulkWriter bulk, Places places, IndexNames names)
{
    /// <summary>Writes them: a better diagnosis of the same stop takes the place of a lesser one; an equal or lesser one says nothing new.</summary>
    public async Task WriteAsync(IReadOnlyList<Firing> firings, CancellationToken cancellationToken)
    {
        if (firings.Count == 0) return;
        var best = Best(firings);
        var numbers = best.ConvertAll(_ => places.Next());
        var results = await bulk.WriteAsync(best.Count, (text, i) => AppendCreate(text, best[i], numbers[i]), cancellationToken).ConfigureAwait(false);
        await RefineAsync(Conflicts(best, results), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Firings that wait for an incident, or became better since they got theirs, in the order in which they came.</summary>
    public async Task<List<(Firing Firing, string? Incident)>> PendingAsync(int limit, CancellationToken cancellationToken)
    {
        var found = await documents.SearchAsync(names.Firings, limit, json =>
        {
            json.Object("query", q => q.Object("term", t => t.WriteBoolean("pending", true)));
            json.Objects("sort", s => s.WriteString("place", "asc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => (IncidentDocument.ReadFiring(d.Inner), d.Text("incidentName")))];
    }

    /// <summary>An incident's firings, by its own id.</summary>
    public async Task<List<Firing>> OfAsync(string incident, int limit, CancellationToken cancellationToken)
    {
        var found = await documents.SearchAsync(
            names.Firings, limit, json => json.Object("query", q => q.Object("term", t => t.WriteString("incident", Documents.IdOf(incident)))), cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => IncidentDocument.ReadFiring(d.Inner))];
    }

    /// <summary>Firings by their ids.</summary>
    public async Task<List<Firing>> GetAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        [.. (await documents.GetAsync(names.Firings, [.. ids.Select(Documents.IdOf)], cancellationToken).ConfigureAwait(false)).Select(d => IncidentDocument.ReadFiring(d.Inner))];

    /// <summary>How many wait.</summary>
    public Task<long> PendingCountAsync(CancellationToken cancellationToken) => documents.CountAsync(
        names.Firings, json => json.Object("query", q => q.Object("term", t => t.WriteBoolean("pending", true))),
        answer => answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64(), cancellationToken);

    /// <summary>Gives firings their incidents, as a pass decided; a later pass's word stays, and what became better meanwhile stays pending.</summary>
    /// <param name="assigned">By firing: the incident, and the rank of the firing that the pass saw.</param>
    /// <param name="pass">The pass's number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AssignAsync(IReadOnlyDictionary<string, (string Incident, int Rank)> assigned, long pass, CancellationToken cancellationToken)
    {
        var left = assigned.ToDictionary(one => Documents.IdOf(one.Key), one => one.Value, StringComparer.Ordinal);
        while (left.Count > 0)
        {
            var (body, ids) = (new BulkBody(), new List<string>());
            foreach (var document in await documents.GetAsync(names.Firings, left.Keys, cancellationToken).ConfigureAwait(false))
            {
                if (document.Number("pass") >= pass) continue;
                var (incident, rank) = left[document.Id];
                var firing = IncidentDocument.ReadFiring(document.Inner);
                ids.Add(document.Id);
                body.Begin();
                AppendOver(body.Text, document, json => Write(json, firing, firing.Rank > rank, incident, document.Number("place"), pass));
            }

            if (ids.Count == 0) return;
            var results = await bulk.WriteAsync(body, cancellationToken).ConfigureAwait(false);
            var again = ids.Where((_, i) => results[i].IsConflict).ToHashSet(StringComparer.Ordinal);
            foreach (var id in left.Keys.Where(id => !again.Contains(id)).ToList()) left.Remove(id);
        }
    }

    // The events of one stop give one firing after another, and most of them come together: the best of each.
    private static List<Firing> Best(IReadOnlyList<Firing> firings)
    {
        var (best, places) = (new List<Firing>(firings.Count), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var firing in firings)
        {
            if (places.TryAdd(firing.Id, best.Count)) best.Add(firing);
            else if (firing.Rank > best[places[firing.Id]].Rank) best[places[firing.Id]] = firing;
        }

        return best;
    }

    private static List<Firing> Conflicts(IReadOnlyList<Firing> firings, BulkResult[] results)
    {
        foreach (var result in results)
        {
            if (!result.IsDone && !result.IsConflict) throw new Core.Pipeline.StoreException($"The store refused a firing: {result.Words}", "", isTransient: false);
        }

        return [.. firings.Where((_, i) => results[i].IsConflict)];
    }

    // Each is there already, or was a moment ago; what others write meanwhile is read again.
    private async Task RefineAsync(List<Firing> left, CancellationToken cancellationToken)
    {
        while (left.Count > 0)
        {
            var there = (await documents.GetAsync(names.Firings, [.. left.Select(firing => Documents.IdOf(firing.Id))], cancellationToken).ConfigureAwait(false))
                .ToDictionary(document => document.Id, StringComparer.Ordinal);
            List<Firing> better = [.. left.Where(firing => !there.TryGetValue(Documents.IdOf(firing.Id), out var before) || before.Number("rank") < firing.Rank)];
            var numbers = better.ConvertAll(_ => places.Next());
            var results = await bulk.WriteAsync(better.Count, (text, i) =>
            {
                if (there.TryGetValue(Documents.IdOf(better[i].Id), out var before)) AppendOver(text, before, better[i]);
                else AppendCreate(text, better[i], numbers[i]);
            }, cancellationToken).ConfigureAwait(false);
            left = Conflicts(better, results);
        }
    }

    private void AppendCreate(Utf8Text text, Firing firing, long number) =>
        text.Append("{\"create\":{\"_index\":"u8).AppendString(names.Firings).Append(",\"_id\":"u8).AppendString(Documents.IdOf(firing.Id)).Append("}}\n"u8)
            .Append(JsonBody.Of(json => Write(json, firing, isPending: true, incident: null, number, pass: 0)).Span).Append("\n"u8);

    private void AppendOver(Utf8Text text, Document before, Firing firing) => AppendOver(
        text, before, json => Write(json, firing, isPending: true, before.Text("incidentName"), before.Number("place"), before.Number("pass")));

    private void AppendOver(Utf8Text text, Document before, Action<Utf8JsonWriter> write) =>
        text.Append("{\"index\":{\"_index\":"u8).AppendString(names.Firings).Append(",\"_id\":"u8).AppendString(before.Id).Append(",\"if_seq_no\":"u8).Append(before.SequenceNumber)
            .Append(",\"if_primary_term\":"u8).Append(before.PrimaryTerm).Append("}}\n"u8).Append(JsonBody.Of(write).Span).Append("\n"u8);

    private static void Write(Utf8JsonWriter json, Firing firing, bool isPending, string? incident, long place, long pass)
    {
        json.WriteBoolean("pending", isPending);
        json.WriteNumber("rank", firing.Rank);
        json.WriteNumber("place", place);
        json.WriteNumber("pass", pass);
        if (incident is not null)
        {
            // A name of any length, and what is searched for.
            json.WriteString("incidentName", incident);
            json.WriteString("incident", Documents.IdOf(incident));
        }

        json.WriteString("document", IncidentDocument.Write(firing));
    }
}
