using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents.Shared;

/// <summary>One pass of the tick over a store that is far away: reads what is stored and what it has decided itself, and writes all of it at its end.</summary>
/// <param name="stored">What is stored. Nobody else writes it while this pass can be committed, but for firings.</param>
/// <param name="commit">Writes what the pass decided, all of it or nothing.</param>
/// <param name="end">Called once, when the pass is over.</param>
public sealed class SharedPass(IStoredIncidents stored, Func<PassChanges, Task> commit, Action end) : IIncidentPass
{
    // Searches at once, of those that are expected.
    private const int SearchesAtOnce = 8;

    private readonly PassChanges _mine = new();
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    // What is stored, as far as it was expected; null where there is nothing.
    private readonly Dictionary<string, Incident?> _incidents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationGroup?> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, DateTimeOffset, DateTimeOffset), Incident?> _ofGroups = [];
    private bool _isEnded;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken)
    {
        var pending = await stored.PendingAsync(limit + _mine.Assigned.Count, cancellationToken).ConfigureAwait(false);
        foreach (var (firing, _) in pending) _ranks[firing.Id] = firing.Rank;
        return [.. pending.Where(one => !_mine.Assigned.ContainsKey(one.Firing.Id)).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken)
    {
        var found = await stored.FiringsOfAsync(incident, limit + _mine.Assigned.Count, cancellationToken).ConfigureAwait(false);
        var mine = _mine.Assigned.Where(one => one.Value.Incident == incident).Select(one => one.Key).Except(found.Select(firing => firing.Id), StringComparer.Ordinal).ToList();
        var assigned = mine.Count > 0 ? await stored.FiringsAsync(mine, cancellationToken).ConfigureAwait(false) : [];
        return [.. found.Concat(assigned).Where(firing => !_mine.Assigned.TryGetValue(firing.Id, out var moved) || moved.Incident == incident).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask ExpectAsync(IncidentNeeds needs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needs);
        if (needs.Incidents.Count > 0)
        {
            foreach (var id in needs.Incidents) _incidents[id] = null;
            foreach (var incident in await stored.IncidentsAsync(needs.Incidents, cancellationToken).ConfigureAwait(false)) _incidents[incident.Id] = incident;
        }

        if (needs.Groups.Count > 0)
        {
            foreach (var key in needs.Groups) _groups[key] = null;
            foreach (var group in await stored.GroupsAsync(needs.Groups, cancellationToken).ConfigureAwait(false)) _groups[group.Key] = group;
        }

        foreach (var some in needs.OfGroups.Chunk(SearchesAtOnce))
        {
            var answers = await Task.WhenAll(some.Select(one => StoredOfGroupAsync(one.GroupKey, one.From, one.To, cancellationToken))).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++) _ofGroups[some[i]] = answers[i];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken)
    {
        if (_mine.Incidents.TryGetValue(id, out var mine)) return mine.IsRemoved ? null : mine.Incident;
        if (_incidents.TryGetValue(id, out var known)) return known;
        return await stored.IncidentsAsync([id], cancellationToken).ConfigureAwait(false) is [var found] ? found : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Where this pass has decided on what was found, another that is stored may be the latest now.
        if (!_ofGroups.TryGetValue((groupKey, from, to), out var known) || (known is not null && _mine.Incidents.ContainsKey(known.Id)))
            known = await StoredOfGroupAsync(groupKey, from, to, cancellationToken).ConfigureAwait(false);
        return _mine.Saved.Where(i => i.GroupKey == groupKey && i.LastAt >= from && i.FirstAt <= to).Append(known).OfType<Incident>()
            .OrderByDescending(i => i.LastAt.ToUnixTimeMilliseconds()).ThenBy(i => i.Id, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken)
    {
        var found = await stored.OpenAsync(expiringBy, limit + _mine.Incidents.Count, cancellationToken).ConfigureAwait(false);
        return [.. found.Where(incident => !_mine.Incidents.ContainsKey(incident.Id)).Take(limit)
            .Concat(_mine.Saved.Where(i => i.IsOpen && i.ExpiresAt <= expiringBy)).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken)
    {
        if (_mine.Groups.TryGetValue(key, out var mine)) return mine.IsRemoved ? null : mine.Group;
        if (_groups.TryGetValue(key, out var known)) return known;
        return await stored.GroupsAsync([key], cancellationToken).ConfigureAwait(false) is [var found] ? found : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken)
    {
        var found = await stored.DueGroupsAsync(now, unsent, limit + _mine.Groups.Count, cancellationToken).ConfigureAwait(false);
        var mine = _mine.Groups.Values.Where(one => !one.IsRemoved).Select(one => one.Group).Where(group => group.DueAt <= now || (unsent && group.Messages == 0));
        return [.. found.Where(group => !_mine.Groups.ContainsKey(group.Key)).Concat(mine)
            .OrderBy(group => group.DueAt.ToUnixTimeMilliseconds()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(limit)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken)
    {
        var found = await stored.SilencesAsync(cancellationToken).ConfigureAwait(false);
        return [.. found.Where(one => !_mine.Silences.ContainsKey(one.Id)), .. _mine.Silences.Values.Where(one => !one.IsRemoved).Select(one => one.Silence)];
    }

    /// <inheritdoc/>
    public void Assign(string firing, string incident) => _mine.Assigned[firing] = (incident, _ranks.GetValueOrDefault(firing, int.MaxValue));

    /// <inheritdoc/>
    public void Save(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        _mine.Incidents[incident.Id] = (incident, false);
    }

    /// <inheritdoc/>
    public void Remove(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        _mine.Incidents[incident.Id] = (incident, true);
    }

    /// <inheritdoc/>
    public void Save(NotificationGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        _mine.Groups[group.Key] = (group, false);
    }

    /// <inheritdoc/>
    public void Remove(NotificationGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        _mine.Groups[group.Key] = (group, true);
    }

    /// <inheritdoc/>
    public void Save(Silence silence)
    {
        ArgumentNullException.ThrowIfNull(silence);
        _mine.Silences[silence.Id] = (silence, false);
    }

    /// <inheritdoc/>
    public void Remove(Silence silence)
    {
        ArgumentNullException.ThrowIfNull(silence);
        _mine.Silences[silence.Id] = (silence, true);
    }

    /// <inheritdoc/>
    public void Enqueue(OutboxEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _mine.Messages.TryAdd(entry.Id, entry);
    }

    /// <inheritdoc/>
    public void CountTooOld(int firings) => _mine.TooOld += firings;

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_mine.IsEmpty) await commit(_mine).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_isEnded) end();
        _isEnded = true;
        return ValueTask.CompletedTask;
    }

    // More than one, since this pass may have decided on the latest of them.
    private async Task<Incident?> StoredOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        (await stored.IncidentsOfGroupAsync(groupKey, from, to, 1 + _mine.Incidents.Count, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(incident => !_mine.Incidents.ContainsKey(incident.Id));
}
