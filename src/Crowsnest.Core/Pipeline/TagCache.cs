using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>Which tags the events of a group have: those of their service, task definition and cluster that are known when the group is prepared.</summary>
/// <remarks>
/// Used by the pipeline's loop alone. An event costs one look into a table; the states behind it are read once a minute for each service and definition, since
/// another process may have written them. In an embedded store a sequence of commits gives each event the same tags whenever it is played.
/// </remarks>
internal sealed class TagCache(IStore store, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    // A few hundred bytes each; a fleet has as many as services and revisions that run together.
    private const int Max = 20_000;

    private readonly Dictionary<Whose, EventTags> _known = [];
    private long _since;

    /// <summary>Something is known otherwise: all is asked for again.</summary>
    public void Clear() => _known.Clear();

    /// <summary>Gives each event its tags; synthetic events and those that are not believed have none, since they may name anything.</summary>
    /// <param name="events">The events.</param>
    /// <param name="isBelieved">By event, whether it is believed and real.</param>
    /// <param name="newest">A state that may not be in the store yet, by its key.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask GiveAsync(IReadOnlyList<EcsEvent> events, bool[] isBelieved, Func<string, IResourceState?> newest, CancellationToken cancellationToken)
    {
        if (_known.Count > Max || time.GetElapsedTime(_since) > KeptFor)
        {
            _known.Clear();
            _since = time.GetTimestamp();
        }

        HashSet<Whose>? missing = null;
        for (var i = 0; i < isBelieved.Length; i++)
        {
            var tags = EventTags.None;
            if (isBelieved[i] && Whose.Of(events[i]) is var whose && !_known.TryGetValue(whose, out tags!)) (missing ??= []).Add(whose);
            else events[i].TakenIn(tags);
        }

        if (missing is null) return;
        await LearnAsync(missing, newest, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < isBelieved.Length; i++)
        {
            if (isBelieved[i]) events[i].TakenIn(_known[Whose.Of(events[i])]);
        }
    }

    private async ValueTask LearnAsync(HashSet<Whose> missing, Func<string, IResourceState?> newest, CancellationToken cancellationToken)
    {
        var keys = missing.SelectMany(whose => whose.Keys).OfType<string>().Where(key => newest(key) is null).ToHashSet(StringComparer.Ordinal);
        IReadOnlyDictionary<string, ResourceState> stored = keys.Count == 0
            ? new Dictionary<string, ResourceState>()
            : await store.LoadStatesAsync(keys, cancellationToken).ConfigureAwait(false);
        var read = stored.ToDictionary(row => row.Key, row => StateDocument.Read(row.Value), StringComparer.Ordinal);
        foreach (var whose in missing)
        {
            var (service, definition, cluster) = (whose.Keys[0], whose.Keys[1], whose.Keys[2]);
            _known[whose] = EventTags.Of(TagsOf(service), TagsOf(definition), TagsOf(cluster));
        }

        IReadOnlyList<Tag> TagsOf(string? key) =>
            key is not null && (newest(key) ?? read.GetValueOrDefault(key)) is TagsState state ? state.Tags : [];
    }

    private readonly record struct Whose(string Account, string Region, string Cluster, string Service, string? DefinitionArn)
    {
        public string?[] Keys =>
        [
            Service.Length > 0 && Cluster.Length > 0 ? ResourceName.OfServiceTags(Account, Region, Cluster, Service).Key : null,
            ResourceName.OfDefinitionTags(DefinitionArn)?.Key,
            Cluster.Length > 0 ? ResourceName.OfClusterTags(Account, Region, Cluster).Key : null,
        ];

        // Of the ends, where names and revisions differ: all of five strings for each event would cost more than the look itself. Who is believed is AWS, and makes no names that collide on purpose.
        public override int GetHashCode() => HashCode.Combine(Service.Length, Cluster.Length, End(Service), End(Cluster), End(DefinitionArn), End(Account), End(Region));

        public static Whose Of(EcsEvent e) => new(e.Account, e.Region, e.Cluster, e.Service, (e.Detail as TaskDetail)?.TaskDefinitionArn);

        private static long End(string? text)
        {
            var end = 0L;
            for (var i = Math.Max(0, (text?.Length ?? 0) - 4); i < text?.Length; i++) end = (end << 16) | text[i];
            return end;
        }
    }
}
