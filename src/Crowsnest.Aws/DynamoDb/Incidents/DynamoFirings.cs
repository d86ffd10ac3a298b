using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Rules;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>Firings: any worker writes them, with the state that they are about; the holder of the lease gives them their incidents.</summary>
/// <remarks>
/// A firing that waits has a small item in a partition of those that wait, its timer. Both sides write under the condition that a firing is still as sure as
/// they read it, so neither undoes what the other did.
/// </remarks>
internal sealed class DynamoFirings(Table table, DynamoStates states, Places places, TimeProvider time)
{
    private const int Partitions = 4;

    // Each is two writes, beside the state's.
    private const int FiringsAPart = (Table.TransactionMax - 1) / 2;

    /// <summary>Writes states, and with each the firings about it; answers how many states another wrote meanwhile. Their firings are written all the same.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<ResourceState> changed, IReadOnlyList<Firing> firings, CancellationToken cancellationToken)
    {
        var moved = 0;
        await Table.EachAsync(Parts(changed, Best(firings)), async (part, cancel) =>
        {
            if (!await WriteAsync(part, cancel).ConfigureAwait(false)) Interlocked.Increment(ref moved);
        }, cancellationToken).ConfigureAwait(false);
        return moved;
    }

    /// <summary>Firings that wait for an incident, or became better since they got theirs, in the order in which they came.</summary>
    public async Task<IReadOnlyList<(Firing Firing, string? Incident)>> PendingAsync(int limit, CancellationToken cancellationToken)
    {
        var waiting = new List<Item>();
        for (var i = 0; i < Partitions; i++)
        {
            var met = 0;
            await foreach (var item in table.QueryAsync(PendingOf(i), cancellationToken, page: limit).ConfigureAwait(false))
            {
                waiting.Add(item);
                if (++met == limit) break;
            }
        }

        List<Item> first = [.. waiting.OrderBy(item => item.Key.Sort, StringComparer.Ordinal).Take(limit)];
        var found = (await table.GetAsync([.. first.Select(item => new ItemKey(item.Text("firing")!, TableNames.Only))], cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Key.Partition, StringComparer.Ordinal);
        return [.. first.Select(item => found.GetValueOrDefault(item.Text("firing")!)).Where(item => item.Json.ValueKind != default && item.Is("pending")).Select(item => (Read(item), item.Text("incident")))];
    }

    /// <summary>Whether any waits.</summary>
    public async Task<bool> AnyPendingAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Partitions; i++)
        {
            await foreach (var _ in table.QueryAsync(PendingOf(i), cancellationToken, page: 1).ConfigureAwait(false)) return true;
        }

        return false;
    }

    /// <summary>An incident's firings.</summary>
    public async Task<IReadOnlyList<Firing>> OfAsync(string incident, int limit, CancellationToken cancellationToken)
    {
        var keys = new List<ItemKey>();
        await foreach (var item in table.QueryAsync(OfIncident(incident), cancellationToken, page: limit).ConfigureAwait(false)) keys.Add(new ItemKey(item.Text("firing")!, TableNames.Only));
        return [.. (await table.GetAsync(keys, cancellationToken).ConfigureAwait(false)).Where(item => item.Text("incident") == incident).Take(limit).Select(Read)];
    }

    /// <summary>Firings by their ids, as items.</summary>
    public async Task<Dictionary<string, Item>> GetAsync(IEnumerable<string> ids, CancellationToken cancellationToken) =>
        (await table.GetAsync([.. ids.Select(KeyOf)], cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Text("id")!, StringComparer.Ordinal);

    /// <summary>The firing that an item has.</summary>
    public static Firing Read(Item item) => IncidentDocument.ReadFiring(Packed.Read(item.Bytes("document")));

    /// <summary>Gives a firing its incident, under the condition that it is still as this item says; where it became better than the pass saw, it goes on waiting.</summary>
    public static IReadOnlyList<TableWrite> Assign(Item firing, string incident, int rankSeen)
    {
        var (id, grade) = (firing.Text("id")!, firing.Number("grade"));
        var isSeen = grade <= rankSeen;
        List<TableWrite> writes =
        [
            TableWrite.Update(
                firing.Key, "SET #incident = :incident" + (isSeen ? ", #pending = :no" : ""),
                values =>
                {
                    values.Add(":incident", incident);
                    if (isSeen) values.Add(":no", false);
                },
                new Condition("#grade = :grade", values => values.Add(":grade", grade))),
            TableWrite.Put(new ItemKey(OfIncident(incident), TableNames.Of(id)), item => item.Add("firing", firing.Key.Partition)),
        ];
        if (isSeen) writes.Add(TableWrite.Delete(PendingOf(id, firing.Number("place"))));
        return writes;
    }

    /// <summary>Deletes the firings of an incident that do not wait.</summary>
    public async Task DropAsync(string name, CancellationToken cancellationToken)
    {
        var (links, keys) = (new List<ItemKey>(), new List<ItemKey>());
        await foreach (var item in table.QueryAsync(LinksOf(name), cancellationToken).ConfigureAwait(false))
        {
            links.Add(item.Key);
            keys.Add(new ItemKey(item.Text("firing")!, TableNames.Only));
        }

        var found = await table.GetAsync(keys, cancellationToken).ConfigureAwait(false);
        await table.DeleteAsync(found.Where(item => !item.Is("pending") && TableNames.Of(item.Text("incident") ?? "") == name).Select(item => item.Key), cancellationToken).ConfigureAwait(false);
        await table.DeleteAsync(links, cancellationToken).ConfigureAwait(false);
    }

    // The events of one stop give one firing after another, and most of them come together: the best of each, in the order of the first.
    private static List<Firing> Best(IReadOnlyList<Firing> firings) =>
        [.. firings.GroupBy(firing => firing.Id, StringComparer.Ordinal).Select(group => group.MaxBy(firing => firing.Rank)!)];

    // A firing goes with the state of what it is about, which it names by its id or its ARN.
    private List<Part> Parts(IReadOnlyList<ResourceState> changed, List<Firing> firings)
    {
        var parts = changed.Select(state => new Part(state)).ToList();
        var byName = new Dictionary<string, Part>(StringComparer.Ordinal);
        foreach (var part in parts) byName[LastOf(part.State!.Key)] = part;
        foreach (var firing in firings)
        {
            if (!byName.TryGetValue(LastOf(firing.Resource), out var part) || part.Firings.Count == FiringsAPart) parts.Add(part = new Part(null));
            part.Firings.Add((firing, places.Next()));
        }

        return parts;
    }

    private static string LastOf(string name) => name[(name.LastIndexOf('/') + 1)..];

    // False when another wrote the state meanwhile.
    private async Task<bool> WriteAsync(Part part, CancellationToken cancellationToken)
    {
        var (state, isAsRead) = (part.State, true);
        var revision = states.NextRevision();
        if (part.Firings.Count == 0)
        {
            isAsRead = await table.WriteAsync(states.WriteOf(state!, time.GetUtcNow(), revision), cancellationToken).ConfigureAwait(false);
            return Told(state!, isAsRead);
        }

        var there = new Dictionary<string, Item>(StringComparer.Ordinal);
        for (var left = part.Firings; left.Count > 0 || state is not null;)
        {
            List<TableWrite> writes = [.. state is null ? [] : new[] { states.WriteOf(state, time.GetUtcNow(), revision) }];
            var first = writes.Count;
            foreach (var (firing, place) in left) writes.AddRange(WritesOf(firing, there.TryGetValue(firing.Id, out var before) ? before : null, place));
            var failed = await table.WriteTogetherAsync(writes, cancellationToken).ConfigureAwait(false);
            if (failed.Count == 0) break;
            if (state is not null && failed.Contains(0))
            {
                isAsRead = false;
                states.Forget(state.Key);
                state = null;
            }

            // They are there already, or became better meanwhile: read, and only what is better still is written.
            if (failed.All(i => i < first)) continue;
            there = await GetAsync(left.Select(one => one.Firing.Id), cancellationToken).ConfigureAwait(false);
            left = [.. left.Where(one => !there.TryGetValue(one.Firing.Id, out var before) || before.Number("grade") < one.Firing.Rank)];
        }

        return state is null ? isAsRead : Told(state, isAsRead);

        bool Told(ResourceState written, bool isDone)
        {
            if (isDone) states.Know(written.Key, revision);
            else states.Forget(written.Key);
            return isDone;
        }
    }

    private static TableWrite[] WritesOf(Firing firing, Item? before, long place)
    {
        var (key, at) = (KeyOf(firing.Id), before?.Number("place") ?? place);
        var waiting = TableWrite.Put(PendingOf(firing.Id, at), item => item.Add("firing", key.Partition));
        var document = Packed.Of(IncidentDocument.Write(firing));
        return before is { } known
            ?
            [
                TableWrite.Update(
                    key, "SET #grade = :new, #pending = :yes, #document = :document", values => values.Add(":new", firing.Rank).Add(":yes", true).Add(":document", document),
                    new Condition("#grade = :old", values => values.Add(":old", known.Number("grade")))),
                waiting,
            ]
            : [TableWrite.Put(key, item => item.Add("id", firing.Id).Add("grade", firing.Rank).Add("pending", true).Add("place", at).Add("document", document), Condition.Absent), waiting];
    }

    private static ItemKey KeyOf(string id) => new("firing#" + TableNames.Of(id), TableNames.Only);

    private static string PendingOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"pending#{partition}");

    private static ItemKey PendingOf(string id, long place) => new(PendingOf(TableNames.Spread(id, Partitions)), TableNames.Sorted(place) + "#" + TableNames.Of(id));

    private static string OfIncident(string incident) => LinksOf(TableNames.Of(incident));

    private static string LinksOf(string name) => "incident-firings#" + name;

    // A state, and the firings about it with their numbers; or firings about something that did not change.
    private sealed record Part(ResourceState? State)
    {
        public List<(Firing Firing, long Place)> Firings { get; } = [];
    }
}
