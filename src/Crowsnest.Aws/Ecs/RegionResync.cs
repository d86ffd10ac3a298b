using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Resync;

namespace Crowsnest.Aws.Ecs;

/// <summary>How far a region's resync is; read by anyone while it runs.</summary>
public sealed class RegionProgress
{
    private volatile string _cluster = "";
    private volatile int _done;
    private volatile int _of;
    private volatile int _described;

    /// <summary>The cluster that is read; empty before the first and after the last.</summary>
    public string Cluster
    {
        get => _cluster;
        internal set => _cluster = value;
    }

    /// <summary>Clusters that are done, well or not.</summary>
    public int Done
    {
        get => _done;
        internal set => _done = value;
    }

    /// <summary>Clusters that were listed.</summary>
    public int Of
    {
        get => _of;
        internal set => _of = value;
    }

    /// <summary>Tasks, container instances and services that were described.</summary>
    public int Described
    {
        get => _described;
        internal set => _described = value;
    }
}

/// <summary>Reads all that ECS has in one account and region, cluster by cluster, and hands it over page by page.</summary>
/// <remarks>
/// What a page brought is taken in whatever becomes of the next. That something is missing counts only when its list came to its end, and when ECS, asked for it
/// by its ARN, does not have it: a task that moves between two lists is in neither. What fails in one cluster ends that cluster, and the others go on.
/// </remarks>
/// <param name="ecs">The region's ECS.</param>
/// <param name="parts">What is known.</param>
/// <param name="intake">Who takes it in.</param>
/// <param name="definitions">The region's task definitions, as far as they were described.</param>
/// <param name="progress">Hears how far it is.</param>
public sealed class RegionResync(EcsClient ecs, ResyncParts parts, ResyncIntake intake, TaskDefinitions definitions, RegionProgress progress)
{
    /// <summary>Reads it, one cluster or all of them.</summary>
    /// <param name="only">The name of the only cluster, or <see langword="null"/>.</param>
    /// <param name="region">The region's name.</param>
    /// <param name="account">The account, where it is known before anything was listed: of one that has no cluster any more nothing else says it.</param>
    /// <param name="cancellationToken">Ends it; what was taken in stays.</param>
    /// <returns>What went wrong, a line for each cluster that could not be read to its end.</returns>
    /// <exception cref="AwsException">The clusters cannot be listed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(string? only, string region, string? account, CancellationToken cancellationToken)
    {
        var arns = new List<string>();
        await foreach (var page in ecs.ListAsync(EcsResource.Cluster, null, cancellationToken).ConfigureAwait(false)) arns.AddRange(page);
        var listed = arns.Select(arn => ResyncPlace.Of(arn, Now)).OfType<ResyncPlace>().ToList();
        var wanted = listed.Where(place => only is null || place.Cluster.Name == only).ToList();
        progress.Of = wanted.Count;
        var problems = new List<string>();
        await TagsOfClustersAsync(wanted, problems, cancellationToken).ConfigureAwait(false);
        foreach (var place in wanted)
        {
            progress.Cluster = place.Cluster.Name;
            try
            {
                await ClusterAsync(place, cancellationToken).ConfigureAwait(false);
            }
            catch (AwsException e)
            {
                problems.Add($"The cluster {place.Cluster.Name} was not read to its end. {e.InWords}");
            }

            progress.Done++;
        }

        progress.Cluster = "";
        await TagsOfDefinitionsAsync(wanted, problems, cancellationToken).ConfigureAwait(false);
        account ??= listed.FirstOrDefault()?.Cluster.Account;
        var gone = parts.Clusters.View.Clusters.Select(c => c.Name).Where(c => c.Account == account && c.Region == region && c.Name.Length > 0 && (only is null || c.Name == only))
            .Except(listed.Select(place => place.Cluster)).Select(c => c.Name).ToList();
        foreach (var names in gone.Chunk(EcsResource.Cluster.AtOnce)) await CloseClustersAsync(names, cancellationToken).ConfigureAwait(false);
        return problems;
    }

    private DateTimeOffset Now => parts.Time.GetUtcNow();

    private async Task ClusterAsync(ResyncPlace cluster, CancellationToken cancellationToken)
    {
        // What begins after this is not in the lists, and is not missing.
        var (tasks, instances, services) = (parts.Clusters.View.Find(cluster.Cluster) ?? ClusterView.Of(cluster.Cluster)).Live();

        var seen = await ReadAsync(EcsResource.ContainerInstance, cluster, One(Described.Instance), cancellationToken).ConfigureAwait(false);
        await CloseAsync(EcsResource.ContainerInstance, cluster, [.. instances.Where(i => !seen.Contains(i.Name.Id))], i => i.Name.Id, One(Described.Instance), cancellationToken).ConfigureAwait(false);

        seen = await ReadAsync(EcsResource.Service, cluster, ServiceAndTags, cancellationToken).ConfigureAwait(false);
        await CloseAsync(EcsResource.Service, cluster, [.. services.Where(s => !seen.Contains(s.Service))], s => s.Service, ServiceAndTags, cancellationToken).ConfigureAwait(false);

        seen = await ReadAsync(EcsResource.Task, cluster, One(Described.Task), cancellationToken).ConfigureAwait(false);
        seen.UnionWith(await ReadAsync(EcsResource.StoppedTask, cluster, One(Described.Task), cancellationToken, IsNews(cluster)).ConfigureAwait(false));
        await CloseAsync(EcsResource.Task, cluster, [.. tasks.Where(t => !seen.Contains(t.Name.Id))], t => t.Name.Id, One(Described.Task), cancellationToken).ConfigureAwait(false);
    }

    private async Task TagsOfClustersAsync(IReadOnlyList<ResyncPlace> clusters, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var some in clusters.Chunk(EcsResource.Cluster.AtOnce))
            {
                var asked = Now;
                var answer = await ecs.DescribeAsync(EcsResource.Cluster, null, [.. some.Select(place => place.ClusterArn)], cancellationToken).ConfigureAwait(false);
                var tags = answer.Found.Where(c => Text(c, "status") != "INACTIVE").Select(c => Text(c, "clusterArn") is { } arn && ResyncPlace.Of(arn, asked) is { } place ? Described.ClusterTags(c, place) : null);
                await intake.TakeAsync([.. tags.OfType<Described>()], cancellationToken).ConfigureAwait(false);
            }
        }
        catch (AwsException e)
        {
            problems.Add($"The clusters' tags were not read. {e.InWords}");
        }
    }

    // Of the tasks that live, and of those that failed lately: what is told of them may go by tags.
    private async Task TagsOfDefinitionsAsync(IReadOnlyList<ResyncPlace> clusters, List<string> problems, CancellationToken cancellationToken)
    {
        var running = clusters.SelectMany(place => parts.Clusters.View.Find(place.Cluster)?.Tasks.Select(task => (task.Detail.TaskDefinitionArn, place)) ?? []);
        try
        {
            foreach (var (arn, place) in running.DistinctBy(one => one.TaskDefinitionArn, StringComparer.Ordinal).ToList())
            {
                // Asked for again only when it is time to say them again: a call for each of them each time would be most of the calls.
                var asked = place with { AskedAt = Now };
                if (arn is null || !definitions.IsTimeForTags(arn) || Described.DefinitionTags(arn, default, asked) is not { } whose || intake.Knows(whose, Reconciler.TagsHoldFor)) continue;
                var answer = await definitions.AskAsync(ecs, arn, cancellationToken).ConfigureAwait(false);
                if (answer is { } json && Described.DefinitionTags(arn, json, asked) is { } described) await intake.TakeAsync([described], cancellationToken).ConfigureAwait(false);
            }
        }
        catch (AwsException e)
        {
            problems.Add($"The task definitions' tags were not read. {e.InWords}");
        }
    }

    // A task that is known to be over does not change any more, and need not be asked for again while it is remembered.
    private Func<string, bool> IsNews(ResyncPlace cluster)
    {
        var over = parts.Clusters.View.Find(cluster.Cluster)?.Tasks.Where(t => t.IsStopped).Select(t => t.Name.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        return arn => !over.Contains(IdOf(arn));
    }

    // All that is listed, by its id; what is wanted of it is described as it comes.
    private async Task<HashSet<string>> ReadAsync(
        EcsResource resource, ResyncPlace cluster, Func<JsonElement, ResyncPlace, IEnumerable<Described>> read, CancellationToken cancellationToken, Func<string, bool>? isWanted = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var page in ecs.ListAsync(resource, cluster.ClusterArn, cancellationToken).ConfigureAwait(false))
        {
            seen.UnionWith(page.Select(IdOf));
            foreach (var arns in page.Where(isWanted ?? (_ => true)).Chunk(resource.AtOnce)) await DescribeAsync(resource, cluster with { AskedAt = Now }, arns, read, cancellationToken).ConfigureAwait(false);
        }

        return seen;
    }

    private async Task CloseAsync<T>(
        EcsResource resource, ResyncPlace cluster, IReadOnlyList<T> missing, Func<T, string> idOf, Func<JsonElement, ResyncPlace, IEnumerable<Described>> read, CancellationToken cancellationToken)
        where T : IResourceState
    {
        foreach (var some in missing.Chunk(resource.AtOnce))
        {
            var asked = cluster with { AskedAt = Now };
            var gone = await DescribeAsync(resource, asked, [.. some.Select(idOf)], read, cancellationToken).ConfigureAwait(false);
            await intake.CloseAsync([.. some.Where(one => gone.Contains(idOf(one))).Cast<IResourceState>()], asked, cancellationToken).ConfigureAwait(false);
        }
    }

    // The ids of those that ECS does not have.
    private async Task<HashSet<string>> DescribeAsync(
        EcsResource resource, ResyncPlace asked, IReadOnlyList<string> which, Func<JsonElement, ResyncPlace, IEnumerable<Described>> read, CancellationToken cancellationToken)
    {
        var answer = await ecs.DescribeAsync(resource, asked.ClusterArn, which, cancellationToken).ConfigureAwait(false);
        progress.Described += answer.Found.Count;
        await intake.TakeAsync([.. answer.Found.SelectMany(one => read(one, asked))], cancellationToken).ConfigureAwait(false);
        return [.. answer.Missing.Select(IdOf)];
    }

    // A cluster that is not listed is gone when ECS, asked for it, does not have it or has it as INACTIVE.
    private async Task CloseClustersAsync(string[] names, CancellationToken cancellationToken)
    {
        var asked = Now;
        var answer = await ecs.DescribeAsync(EcsResource.Cluster, null, names, cancellationToken).ConfigureAwait(false);
        var inactive = answer.Found.Where(c => Text(c, "status") == "INACTIVE").Select(c => Text(c, "clusterArn"));
        foreach (var place in answer.Missing.Concat(inactive.OfType<string>()).Select(arn => ResyncPlace.Of(arn, asked)).OfType<ResyncPlace>())
        {
            if (parts.Clusters.View.Find(place.Cluster) is not { } known) continue;
            var (tasks, instances, services) = known.Live();
            await intake.CloseAsync([.. tasks, .. instances, .. services], place, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Described> ServiceAndTags(JsonElement json, ResyncPlace place) =>
        Described.ServiceTags(json, place) is { } tags ? Described.Service(json, place).Append(tags) : Described.Service(json, place);

    private static Func<JsonElement, ResyncPlace, IEnumerable<Described>> One(Func<JsonElement, ResyncPlace, Described?> read) =>
        (json, place) => read(json, place) is { } described ? [described] : [];

    private static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string IdOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}
