using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>Which events were met, without their bodies: an item for each id, with each event's key as an attribute.</summary>
/// <remarks>An item ends at 400 kB, some five thousand keys. Who gives one id to more events than that has the others remembered by their keys alone.</remarks>
/// <param name="table">The table.</param>
/// <param name="kept">How long they are remembered; <see langword="null"/>: for ever.</param>
internal sealed class DynamoEventKeys(Table table, TimeSpan? kept)
{
    // From here on the item of an id may be full.
    private const int ManyKeys = 1_000;

    /// <summary>What each event is.</summary>
    public async Task<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = (await table.GetAsync([.. events.Select(KeyOf)], cancellationToken).ConfigureAwait(false))
            .Where(item => !item.Has(TableNames.Expires) || item.Number(TableNames.Expires) >= now.ToUnixTimeSeconds())
            .ToDictionary(item => item.Key, item => item.Names.Where(IsKey).ToHashSet(StringComparer.Ordinal));
        var crowded = events.Where(e => found.TryGetValue(KeyOf(e), out var keys) && keys.Count >= ManyKeys).Select(e => e.Key).Distinct().ToDictionary(AloneOf);
        var beside = (await table.GetAsync(crowded.Keys, cancellationToken).ConfigureAwait(false)).Select(item => NameOf(crowded[item.Key])).ToHashSet(StringComparer.Ordinal);
        var standings = new EventStanding[events.Count];
        for (var i = 0; i < standings.Length; i++)
        {
            var (id, key) = (KeyOf(events[i]), NameOf(events[i].Key));
            if (!found.TryGetValue(id, out var keys)) found[id] = [key];
            else standings[i] = keys.Add(key) && !beside.Contains(key) ? EventStanding.NewWithKnownId : EventStanding.Duplicate;
        }

        return standings;
    }

    /// <summary>Remembers events; answers the places of those that another write had remembered before.</summary>
    /// <param name="events">The events.</param>
    /// <param name="batch">Which write it is: what an earlier attempt of it remembered is no other's.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<DiagnosedEvent> events, string batch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = new bool[events.Count];
        await Table.EachAsync(Enumerable.Range(0, events.Count), async (i, cancel) => known[i] = !await RememberAsync(events[i].Event, batch, now, cancel).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return [.. Enumerable.Range(0, known.Length).Where(i => known[i])];
    }

    private async Task<bool> RememberAsync(EcsEvent e, string batch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (id, name) = (KeyOf(e), NameOf(e.Key));
        var expires = kept is { } span ? TableNames.ExpiresAt(now, e.Key.TimeMilliseconds, span) : 0;
        var write = TableWrite.Update(
            id, $"SET #{name} = :batch" + (kept is null ? "" : $", #{TableNames.Expires} = :expires"),
            values =>
            {
                values.Add(":batch", batch);
                if (kept is not null) values.Add(":expires", expires);
            },
            new Condition($"attribute_not_exists(#{name}) OR #{TableNames.Expires} < :now", values => values.Add(":now", now.ToUnixTimeSeconds())));
        try
        {
            if (await table.WriteAsync(write, cancellationToken).ConfigureAwait(false)) return true;
        }
        catch (StoreException full) when (full.InnerException is AwsException { Code: "ValidationException" } refused && refused.Message.Contains("size", StringComparison.OrdinalIgnoreCase))
        {
            id = AloneOf(e.Key);
            var alone = TableWrite.Put(id, item =>
            {
                item.Add(name, batch);
                if (kept is not null) item.Add(TableNames.Expires, expires);
            }, Condition.Absent);
            if (await table.WriteAsync(alone, cancellationToken).ConfigureAwait(false)) return true;
        }

        return await table.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } there && there.Text(name) == batch;
    }

    private static ItemKey AloneOf(EventKey key) => new("event#" + TableNames.Of("a" + key), TableNames.Only);

    // Ids are compared as searches compare them; of an event without one its key is as good.
    private static ItemKey KeyOf(EcsEvent e) =>
        new("event#" + (e.Id.Length > 0 ? TableNames.Of("i" + EventIdComparer.Normal(e.Id)) : TableNames.Of("k" + e.Key)), TableNames.Only);

    private static string NameOf(EventKey key) => "k" + key.ToString().Replace('-', '_');

    private static bool IsKey(string attribute) => attribute.StartsWith('k');
}
