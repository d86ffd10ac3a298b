using System.Text.Json;
using Crowsnest.Core.Capacity.Packing;
using Crowsnest.Core.Cluster;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>Instances with what is on each, as one draws them: workloads are named once, so that thousands of instances stay a small answer.</summary>
internal static class PackingJson
{
    /// <summary>A cluster as it is.</summary>
    public static Action<Utf8JsonWriter> Of(ClusterView cluster)
    {
        var problem = ClusterPacking.ProblemOf(cluster);
        return json =>
        {
            ListJson.Where(json, cluster.Name);
            Write(json, cluster, problem);
        };
    }

    /// <summary>The members <c>workloads</c> and <c>instances</c>.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="problem">What is there.</param>
    /// <param name="places">Where each task is; where it is now unless given.</param>
    /// <param name="gone">Instances that are left out.</param>
    public static void Write(Utf8JsonWriter json, ClusterView cluster, PackingProblem problem, IReadOnlyList<int>? places = null, IReadOnlySet<int>? gone = null)
    {
        json.WriteStartArray("workloads");
        foreach (var workload in problem.Workloads)
        {
            json.WriteStartObject();
            json.WriteString("name", workload.Name);
            json.WriteNumber("cpu", workload.Size.Cpu);
            json.WriteNumber("memory", workload.Size.Memory);
            json.WriteBoolean("isDaemon", workload.IsDaemon);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var machines = Machines(cluster);
        var packed = PackedInstances.Of(problem, places);
        json.WriteStartArray("instances");
        for (var i = 0; i < packed.Count; i++)
        {
            if (gone?.Contains(i) == true) continue;
            var instance = problem.Instances[i];
            json.WriteStartObject();
            json.WriteString("instance", instance.Id);
            ListJson.Text(json, "ec2InstanceId", machines.GetValueOrDefault(instance.Id));
            ListJson.Text(json, "instanceType", instance.Type);
            ListJson.Text(json, "availabilityZone", instance.Zone);
            json.WriteBoolean("isDraining", instance.IsDraining);
            json.WriteNumber("cpu", instance.Shape.Cpu);
            json.WriteNumber("memory", instance.Shape.Memory);
            json.WriteNumber("takenCpu", instance.Taken.Cpu);
            json.WriteNumber("takenMemory", instance.Taken.Memory);
            json.WriteStartArray("tasks");
            foreach (var (workload, tasks) in packed[i])
            {
                json.WriteStartArray();
                json.WriteNumberValue(workload);
                json.WriteNumberValue(tasks);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The EC2 instance of each container instance.</summary>
    public static Dictionary<string, string?> Machines(ClusterView cluster) =>
        cluster.Instances.Select(i => i.State).ToDictionary(i => i.Name.Id, i => i.Detail.Ec2InstanceId, StringComparer.Ordinal);
}
