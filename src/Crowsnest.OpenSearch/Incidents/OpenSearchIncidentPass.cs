using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>One pass of the tick: reads what is stored and what it has decided itself, and writes all of it at its end.</summary>
internal sealed class OpenSearchIncidentPass(
    Documents documents, OpenSearchFirings firings, Places places, IndexNames names, DateTimeOffset now, Func<PassWrites, int, CancellationToken, Task> commit, Action end) : IIncidentPass
{
    // Searches at once, of those that are expected.
    private const int SearchesAtOnce = 8;

    private readonly PassWrites _writes = new();
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    // What this pass has decided so far; null where it removed.
    private readonly Dictionary<string, Incident?> _incidents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationGroup?> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutboxEntry> _messages = new(StringComparer.Ordinal);

    // What is stored, as far as it was expected; null where there is nothing. Nobody else writes while this pass can be committed.
    private readonly Dictionary<string, Incident?> _storedIncidents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationGroup?> _storedGroups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, DateTimeOffset, DateTimeOffset), Incident?> _storedOfGroups = [];
    private int _tooOld;
    private bool _isEnded;

    public async ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken)
    {
        var pending = await firings.PendingAsync(limit + _writes.Assigned.Count, cancellationToken).ConfigureAwait(false);
        foreach (var (firing, _) in pending) _ranks[firing.Id] = firing.Rank;
        return [.. pending.Where(one => !_writes.Assigned.ContainsKey(one.Firing.Id)).Take(limit)];
    }

    public async ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken)
    {
        var stored = await firings.OfAsync(incident, limit + _writes.Assigned.Count, cancellationToken).ConfigureAwait(false);
        var mine = _writes.Assigned.Where(one => one.Value.Incident == incident).Select(one => one.Key).Except(stored.Select(firing => firing.Id), StringComparer.Ordinal).ToList();
        if (mine.Count > 0) stored.AddRange(await firings.GetAsync(mine, cancellationToken).ConfigureAwait(false));
        return [.. stored.Where(firing => !_writes.Assigned.TryGetValue(firing.Id, out var moved) || moved.Incident == incident).Take(limit)];
    }

    public async ValueTask ExpectAsync(IncidentNeeds needs, CancellationToken cancellationToken)
    {
        var incidents = await GetAsync(names.Incidents, needs.Incidents, cancellationToken).ConfigureAwait(false);
        foreach (var id in needs.Incidents) _storedIncidents[id] = incidents.TryGetValue(Documents.IdOf(id), out var found) ? IncidentDocument.ReadIncident(found.Inner) : null;
        var groups = await GetAsync(names.Groups, needs.Groups, cancellationToken).ConfigureAwait(false);
        foreach (var key in needs.Groups) _storedGroups[key] = groups.TryGetValue(Documents.IdOf(key), out var found) ? IncidentDocument.ReadGroup(found.Inner) : null;
        foreach (var some in needs.OfGroups.Chunk(SearchesAtOnce))
        {
            var answers = await Task.WhenAll(some.Select(one => StoredOfGroupAsync(one.GroupKey, one.From, one.To, cancellationToken))).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++) _storedOfGroups[some[i]] = answers[i];
        }
    }

    public async ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) =>
        _incidents.TryGetValue(id, out var mine) || _storedIncidents.TryGetValue(id, out mine) ? mine
        : await documents.GetAsync(names.Incidents, Documents.IdOf(id), cancellationToken).ConfigureAwait(false) is { } found && !found.Is("removed") ? IncidentDocument.ReadIncident(found.Inner)
        : null;

    public async ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Where this pass has decided on what was found, another that is stored may be the latest now.
        if (!_storedOfGroups.TryGetValue((groupKey, from, to), out var stored) || (stored is not null && _incidents.ContainsKey(stored.Id)))
            stored = await StoredOfGroupAsync(groupKey, from, to, cancellationToken).ConfigureAwait(false);
        return Mine(i => i.GroupKey == groupKey && i.LastAt >= from && i.FirstAt <= to).Append(stored).OfType<Incident>()
            .OrderByDescending(i => i.LastAt.ToUnixTimeMilliseconds()).ThenBy(i => i.Id, StringComparer.Ordinal).FirstOrDefault();
    }

    public async ValueTask<IReadOnlyList<Incident>> ExpiredAsync(DateTimeOffset at, int limit, CancellationToken cancellationToken)
    {
        var stored = await IncidentsAsync(limit, json => Filter(json, Term("state", nameof(IncidentState.Firing)), Range("expiresAt", "lte", at)), cancellationToken).ConfigureAwait(false);
        return [.. stored.Concat(Mine(i => i.State == IncidentState.Firing && i.ExpiresAt <= at)).Take(limit)];
    }

    public async ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken) =>
        _groups.TryGetValue(key, out var mine) || _storedGroups.TryGetValue(key, out mine) ? mine
        : await documents.GetAsync(names.Groups, Documents.IdOf(key), cancellationToken).ConfigureAwait(false) is { } found && !found.Is("removed") ? IncidentDocument.ReadGroup(found.Inner)
        : null;

    public async ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset at, bool unsent, int limit, CancellationToken cancellationToken)
    {
        var found = await documents.SearchAsync(names.Groups, limit + _groups.Count, json =>
        {
            json.Object("query", q => q.Object("bool", b =>
            {
                b.Objects("should", [Range("dueAt", "lte", at), .. unsent ? new[] { Number("messages", 0) } : []]);
                b.WriteNumber("minimum_should_match", 1);
                b.Objects("must_not", Removed);
            }));
            json.Objects("sort", s => s.WriteString("dueAt", "asc"), s => s.WriteString("key", "asc"));
        }, cancellationToken).ConfigureAwait(false);
        var stored = found.Select(d => IncidentDocument.ReadGroup(d.Inner)).Where(group => !_groups.ContainsKey(group.Key));
        return [.. stored.Concat(_groups.Values.OfType<NotificationGroup>().Where(group => group.DueAt <= at || (unsent && group.Messages == 0)))
            .OrderBy(group => group.DueAt.ToUnixTimeMilliseconds()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(limit)];
    }

    public void Assign(string firing, string incident) => _writes.Assigned[firing] = (incident, _ranks.GetValueOrDefault(firing, int.MaxValue));

    public void Save(Incident incident)
    {
        _incidents[incident.Id] = incident;
        _writes.Put(names.Incidents, Documents.IdOf(incident.Id), json => IncidentRows.Write(json, incident, now));
    }

    public void Remove(Incident incident)
    {
        _incidents[incident.Id] = null;
        _writes.Put(names.Incidents, Documents.IdOf(incident.Id), json => IncidentRows.WriteRemoved(json, incident, now));
    }

    public void Save(NotificationGroup group)
    {
        _groups[group.Key] = group;
        _writes.Put(names.Groups, Documents.IdOf(group.Key), json => IncidentRows.Write(json, group));
    }

    public void Remove(NotificationGroup group)
    {
        _groups[group.Key] = null;
        _writes.Put(names.Groups, Documents.IdOf(group.Key), json => IncidentRows.WriteRemoved(json, group));
    }

    public void Enqueue(OutboxEntry entry) => _messages.TryAdd(entry.Id, entry);

    public void CountTooOld(int count) => _tooOld += count;

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var there = await documents.GetAsync(names.Outbox, [.. _messages.Keys.Select(Documents.IdOf)], CancellationToken.None).ConfigureAwait(false);
        foreach (var entry in _messages.Values.Where(entry => there.All(d => d.Id != Documents.IdOf(entry.Id))))
        {
            var place = places.Next();
            _writes.Put(names.Outbox, Documents.IdOf(entry.Id), json => IncidentRows.Write(json, entry, place));
        }

        await commit(_writes, _tooOld, CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        if (!_isEnded) end();
        _isEnded = true;
        return ValueTask.CompletedTask;
    }

    internal static void Removed(Utf8JsonWriter json) => json.Object("term", t => t.WriteBoolean("removed", true));

    private async Task<Incident?> StoredOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => (await IncidentsAsync(1, json =>
    {
        Filter(json, Term("groupKey", Documents.IdOf(groupKey)), Range("lastAt", "gte", from), Range("firstAt", "lte", to));
        json.Objects("sort", s => s.WriteString("lastAt", "desc"), s => s.WriteString("id", "asc"));
    }, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    private async Task<Dictionary<string, Document>> GetAsync(string index, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        (await documents.GetAsync(index, [.. keys.Select(Documents.IdOf)], cancellationToken).ConfigureAwait(false)).Where(found => !found.Is("removed"))
            .ToDictionary(found => found.Id, StringComparer.Ordinal);

    // Those that this pass has decided on are read from what it decided.
    private async Task<IEnumerable<Incident>> IncidentsAsync(int limit, Action<Utf8JsonWriter> body, CancellationToken cancellationToken)
    {
        var found = await documents.SearchAsync(names.Incidents, limit + _incidents.Count, body, cancellationToken).ConfigureAwait(false);
        return found.Select(d => IncidentDocument.ReadIncident(d.Inner)).Where(incident => !_incidents.ContainsKey(incident.Id));
    }

    private IEnumerable<Incident> Mine(Func<Incident, bool> isMeant) => _incidents.Values.OfType<Incident>().Where(isMeant);

    private static void Filter(Utf8JsonWriter json, params IEnumerable<Action<Utf8JsonWriter>> filters) => json.Object("query", q => q.Object("bool", b =>
    {
        b.Objects("filter", filters);
        b.Objects("must_not", Removed);
    }));

    private static Action<Utf8JsonWriter> Term(string name, string value) => json => json.Object("term", t => t.WriteString(name, value));

    private static Action<Utf8JsonWriter> Number(string name, long value) => json => json.Object("term", t => t.WriteNumber(name, value));

    private static Action<Utf8JsonWriter> Range(string name, string end, DateTimeOffset at) =>
        json => json.Object("range", r => r.Object(name, n => n.WriteNumber(end, at.ToUnixTimeMilliseconds())));
}
