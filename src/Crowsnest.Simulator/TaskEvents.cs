using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>Says "ECS Task State Change".</summary>
internal sealed class TaskEvents(EventWriter writer, Timeline timeline)
{
    private const string Exited = "Essential container in task exited";
    private static readonly byte[] FargateAttributes = """[{"name":"ecs.cpu-architecture","value":"x86_64"}]"""u8.ToArray();

    /// <summary>Says what the task is now, as its next version.</summary>
    public void Say(FleetTask task)
    {
        task.Version++;
        var workload = task.Workload;
        var cluster = workload.Cluster;
        writer.Begin("ECS Task State Change", cluster, task.Arn);
        var json = writer.Json;
        WriteAttachments(json, task);
        if (writer.Oddity == Oddity.NullAttributes) json.WriteNull("attributes"u8);
        else if (!workload.IsOnInstances) json.WriteRawValueNamed("attributes"u8, FargateAttributes);
        json.WriteString("availabilityZone"u8, task.Zone);
        if (task.StartedBy is not null) json.WriteString("capacityProviderName"u8, workload.CapacityProvider);
        json.WriteString("clusterArn"u8, cluster.Arn);
        if (task.ConnectedAt > 0) json.WriteString("connectivity"u8, "CONNECTED"u8);
        writer.Time.WriteMillis(json, "connectivityAt"u8, task.ConnectedAt);
        if (task.Instance is { } instance) json.WriteString("containerInstanceArn"u8, instance.Arn);
        json.WriteStartArray("containers"u8);
        foreach (var part in task.Parts) WriteContainer(json, task, part);
        json.WriteEndArray();
        json.WriteString("cpu"u8, TextOf(workload.Cpu));
        writer.Time.WriteMillis(json, "createdAt"u8, task.CreatedAt);
        json.WriteString("desiredStatus"u8, task.DesiredStatus);
        json.WriteBoolean("enableExecuteCommand"u8, workload.ExecuteCommand);
        if (!workload.IsOnInstances) json.WriteRawValueNamed("ephemeralStorage"u8, """{"sizeInGiB":20}"""u8);
        writer.Time.WriteMillis(json, "executionStoppedAt"u8, task.ExecutionStoppedAt);
        json.WriteString("group"u8, workload.Group);
        json.WriteString("launchType"u8, workload.IsOnInstances ? "EC2"u8 : "FARGATE"u8);
        json.WriteString("lastStatus"u8, task.LastStatus);
        json.WriteString("memory"u8, TextOf(workload.Memory));
        WriteOverrides(json, task);
        if (!workload.IsOnInstances) json.WriteString("platformVersion"u8, "1.4.0"u8);
        writer.Time.WriteMillis(json, "pullStartedAt"u8, task.PullStartedAt);
        writer.Time.WriteMillis(json, "pullStoppedAt"u8, task.PullStoppedAt);
        writer.Time.WriteMillis(json, "startedAt"u8, task.StartedAt);
        json.WriteIfAny("startedBy"u8, task.StartedBy);
        writer.Time.WriteMillis(json, "stoppingAt"u8, task.StoppingAt);
        writer.Time.WriteMillis(json, "stoppedAt"u8, task.StoppedAt);
        var reason = writer.Oddity == Oddity.NoReason ? null : task.StoppedReason;
        json.WriteIfAny("stoppedReason"u8, reason);
        json.WriteIfAny("stopCode"u8, task.StopCode);
        json.WriteString("taskArn"u8, task.Arn);
        json.WriteString("taskDefinitionArn"u8, task.TaskDefinition);
        writer.Time.WriteMillis(json, "updatedAt"u8, timeline.Now);
        json.WriteNumber("version"u8, task.Version);

        var cls = task.IsStopped ? task.Class : null;
        writer.End(
            "task", task.Arn, cls,
            new TaskTruth(task.Arn, task.Version, task.LastStatus, task.DesiredStatus, cluster.Name, workload.Group, task.StopCode, task.StoppedReason, cls),
            isSeed: task.IsStopped && reason == Exited);
    }

    private static void WriteAttachments(Utf8JsonWriter json, FleetTask task)
    {
        json.WriteStartArray("attachments"u8);
        if (!task.HidesAttachments)
        {
            if (task.Workload.TargetGroup is not null && task.Workload.HasNetworkInterface)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, task.LoadBalancerAttachmentId);
                json.WriteString("type"u8, "elb"u8);
                json.WriteString("status"u8, task.LoadBalancerStatus);
                json.WriteStartArray("details"u8);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            if (task.Workload.HasNetworkInterface) WriteInterface(json, task);
        }

        json.WriteEndArray();
    }

    private static void WriteInterface(Utf8JsonWriter json, FleetTask task)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, task.AttachmentId);
        json.WriteString("type"u8, "eni"u8);
        json.WriteString("status"u8, task.InterfaceStatus);
        json.WriteStartArray("details"u8);
        json.WritePair("subnetId"u8, task.Subnet);
        if (task.InterfaceStatus != "PRECREATED")
        {
            json.WritePair("networkInterfaceId"u8, task.InterfaceId);
            json.WritePair("macAddress"u8, task.Mac);
            json.WritePair("privateDnsName"u8, $"ip-{task.Address.Replace('.', '-')}.{task.Workload.Cluster.Region}.compute.internal");
            json.WritePair("privateIPv4Address"u8, task.Address);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, FleetTask task, TaskPart part)
    {
        var spec = part.Spec;
        json.WriteStartObject();
        json.WriteString("containerArn"u8, part.Arn);
        if (part.ExitCode is { } code) json.WriteNumber("exitCode"u8, code);
        json.WriteString("lastStatus"u8, part.Status);
        json.WriteString("name"u8, spec.Name);
        json.WriteIfAny("reason"u8, part.Reason);
        json.WriteIfAny("image"u8, spec.Image);
        if (part.RuntimeId is not null)
        {
            json.WriteString("imageDigest"u8, spec.Digest);
            json.WriteString("runtimeId"u8, part.RuntimeId);
        }

        json.WriteString("taskArn"u8, task.Arn);
        if (task.HostPort > 0 && part == task.Main && part.RuntimeId is not null)
        {
            json.WriteStartArray("networkBindings"u8);
            json.WriteStartObject();
            json.WriteString("bindIP"u8, "0.0.0.0"u8);
            json.WriteNumber("containerPort"u8, task.Workload.Port);
            json.WriteNumber("hostPort"u8, task.HostPort);
            json.WriteString("protocol"u8, "tcp"u8);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("networkInterfaces"u8);
        if (task.Workload.HasNetworkInterface && task.InterfaceStatus != "PRECREATED")
        {
            json.WriteStartObject();
            json.WriteString("attachmentId"u8, task.AttachmentId);
            json.WriteString("privateIpv4Address"u8, task.Address);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (task.Workload.ExecuteCommand && !spec.IsInjected)
        {
            json.WriteStartArray("managedAgents"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, "ExecuteCommandAgent"u8);
            json.WriteString("status"u8, part.Status);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("cpu"u8, spec.Cpu);
        json.WriteIfAny("memory"u8, spec.Memory);
        json.WriteEndObject();
    }

    private static void WriteOverrides(Utf8JsonWriter json, FleetTask task)
    {
        json.WriteStartObject("overrides"u8);
        json.WriteStartArray("containerOverrides"u8);
        foreach (var part in task.Parts)
        {
            json.WriteStartObject();
            if (part.Spec.IsInjected)
            {
                json.WriteRawValueNamed(
                    "environment"u8, """[{"name":"HOST_PROC","value":"/host_proc"},{"name":"AGENT_RUNTIME_ENVIRONMENT","value":"ecsfargate"},{"name":"STAGE","value":"prod"}]"""u8);
                json.WriteNumber("memory"u8, 128);
            }
            else if (part == task.Main && task.Environment.Count > 0)
            {
                json.WriteStartArray("environment"u8);
                foreach (var (name, value) in task.Environment)
                {
                    json.WriteStartObject();
                    json.WriteString("name"u8, name);
                    json.WriteString("value"u8, value);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteString("name"u8, part.Spec.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
