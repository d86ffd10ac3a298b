using System.Globalization;
using System.Text;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Tests.Cluster;

/// <summary>A view as text, whole: two views are equal when their texts are.</summary>
internal static class ViewText
{
    public static string Of(FleetView view)
    {
        var text = new StringBuilder();
        foreach (var cluster in view.Clusters)
        {
            text.Append(CultureInfo.InvariantCulture, $"cluster {cluster.Name} heard {cluster.NewestAt}\n");
            foreach (var task in cluster.Tasks.OrderBy(t => t.Name.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"  {ResourceFoldTests.Render(task)} {cluster.FailureOf(task)?.Diagnosis.Kind}\n");
            foreach (var instance in cluster.Instances)
                text.Append(CultureInfo.InvariantCulture, $"  {ResourceFoldTests.Render(instance.State)} {instance.State.Agent?.Now} {instance.Running} {instance.Pending}\n");
            foreach (var provider in cluster.CapacityProviders) text.Append(CultureInfo.InvariantCulture, $"  {provider}\n");
            foreach (var service in cluster.Services) Append(text, service);
        }

        foreach (var (key, tags) in view.TagsByKey.OrderBy(t => t.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"{key} {tags.Said} {string.Join(' ', tags.Tags)}\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, ServiceView service)
    {
        text.Append(CultureInfo.InvariantCulture, $"  service {service.Name} desired {service.Desired} running {service.Running} pending {service.Pending} stopping {service.Stopping}");
        text.Append(CultureInfo.InvariantCulture, $" why {service.WhyPending} failed {service.LastFailure?.TaskId} {service.LastFailure?.At} {service.LastFailure?.Diagnosis.Kind} at {service.NewestAt}\n");
        if (service.State is { } state) text.Append(CultureInfo.InvariantCulture, $"    {ResourceFoldTests.Render(state)}\n");
        foreach (var deployment in service.Deployments) text.Append(CultureInfo.InvariantCulture, $"    {deployment}\n");
    }
}
