using System.Collections.Immutable;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Incidents;

/// <summary>What a deployment changed, as far as its tasks and those that it replaces say so: ECS's events of deployments name neither a revision nor an image.</summary>
internal static class DeploymentChange
{
    /// <summary>In words, a line each; none when nothing is known.</summary>
    public static ImmutableArray<string> Of(ClusterView cluster, ServiceView service, string id)
    {
        var at = service.Deployments.ToList().FindIndex(one => one.Id == id);
        if (at < 0 || service.Deployments[at] is not { TaskDefinitionArn: { } arn } deployment) return [];

        // One that another is rolled back to takes that one's place, else the one before it.
        var replaced = service.Deployments.FirstOrDefault(one => one.RolledBackTo == id) ?? service.Deployments.Skip(at + 1).FirstOrDefault(one => one.TaskDefinitionArn is not null);
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add($"revision {Revision(arn)}{(replaced?.TaskDefinitionArn is { } before && before != arn ? $" in place of {Revision(before)}" : "")}");
        if (replaced is null || replaced.TaskDefinitionArn == arn) return lines.ToImmutable();

        var (now, then) = (Containers(cluster, deployment), Containers(cluster, replaced));
        foreach (var container in now.Where(one => one.Image is { Length: > 0 }))
        {
            if (then.FirstOrDefault(one => one.Name == container.Name) is not { Image: { Length: > 0 } image }) continue;
            if (image != container.Image) lines.Add($"image of {container.Name}: {container.Image} in place of {image}");
        }

        return lines.ToImmutable();
    }

    private static string Revision(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private static TaskContainer[] Containers(ClusterView cluster, DeploymentView deployment) =>
        cluster.TasksByKey.Values.Where(task => task.Detail.TaskDefinitionArn == deployment.TaskDefinitionArn && TaskFailure.DeploymentOf(task) == deployment.Id)
            .MaxBy(task => task.Order.At)?.Detail.Containers ?? [];
}
