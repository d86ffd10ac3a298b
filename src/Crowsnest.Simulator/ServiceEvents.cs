using System.Globalization;

namespace Crowsnest.Simulator;

/// <summary>Says what ECS says of services, deployments, hooks and daemons, and what other AWS services say of them.</summary>
internal sealed class ServiceEvents(EventWriter writer, Timeline timeline, Chance chance)
{
    /// <summary>Says "ECS Service Action". It has no version, and no service's name but in its resource.</summary>
    public void SayAction(Workload service, string eventType, string eventName, string? reason = null, string? cls = null)
    {
        writer.Begin("ECS Service Action", service.Cluster, service.ServiceArn);
        var json = writer.Json;
        json.WriteString("eventType"u8, eventType);
        json.WriteString("eventName"u8, eventName);
        json.WriteString("clusterArn"u8, service.Cluster.Arn);
        if (service.IsFargateSpot || eventName == "CAPACITY_PROVIDER_STEADY_STATE")
        {
            json.WriteStartArray("capacityProviderArns"u8);
            json.WriteStringValue(service.Cluster.ArnOf("capacity-provider/" + service.CapacityProvider));
            json.WriteEndArray();
        }

        json.WriteIfAny("reason"u8, reason);
        writer.Time.WriteMillis(json, "createdAt"u8, timeline.Now);
        writer.End("service", service.ServiceArn, cls);
    }

    /// <summary>Says "ECS Deployment State Change"; <paramref name="updatedAt"/> may be well before it is said.</summary>
    public void SayDeployment(Workload service, string eventType, string eventName, string deployment, string reason, long updatedAt, string? cls = null)
    {
        writer.Begin("ECS Deployment State Change", service.Cluster, service.ServiceArn);
        var json = writer.Json;
        json.WriteString("eventType"u8, eventType);
        json.WriteString("eventName"u8, eventName);
        json.WriteString("clusterArn"u8, service.Cluster.Arn);
        json.WriteString("deploymentId"u8, deployment);
        writer.Time.WriteMillis(json, "updatedAt"u8, updatedAt);
        json.WriteString("reason"u8, reason);
        writer.End("deployment", service.ServiceArn, cls);
    }

    /// <summary>Says "ECS Hook State Change" of a deployment's pause.</summary>
    public void SayHook(Workload service, string eventName, string hook, string deploymentArn, long expiresAt)
    {
        writer.Begin("ECS Hook State Change", service.Cluster, deploymentArn);
        var json = writer.Json;
        json.WriteString("eventType"u8, "INFO"u8);
        json.WriteString("eventName"u8, eventName);
        json.WriteString("hookId"u8, hook);
        json.WriteString("hookType"u8, "PAUSE"u8);
        writer.Time.WriteSeconds(json, "expiresAt"u8, expiresAt);
        json.WriteString("lifecycleStage"u8, "POST_TEST_TRAFFIC_SHIFT"u8);
        json.WriteString("clusterArn"u8, service.Cluster.Arn);
        json.WriteString("serviceArn"u8, service.ServiceArn);
        json.WriteString("serviceDeploymentArn"u8, deploymentArn);
        writer.Time.WriteNanos(json, "updatedAt"u8, timeline.Now, chance.Whole(0, 999_999));
        writer.End("other", deploymentArn);
    }

    /// <summary>Says "ECS Daemon Service Action": a daemon's task could not be started on an instance, or not even be made.</summary>
    public void SayDaemonImpaired(Instance instance, string daemon, string? reasonOfTask)
    {
        var cluster = instance.Cluster;
        var arn = reasonOfTask is null ? null : cluster.ArnOf($"task/{cluster.Name}/{chance.Hex(32)}");
        writer.Begin("ECS Daemon Service Action", cluster, arn);
        var json = writer.Json;
        json.WriteString("eventType"u8, "WARNING"u8);
        json.WriteString("eventName"u8, "DAEMON_TASK_START_IMPAIRED"u8);
        json.WriteString("clusterArn"u8, cluster.Arn);
        json.WriteString("containerInstanceArn"u8, instance.Arn);
        json.WriteIfAny("taskArn"u8, arn);
        json.WriteString("daemonRevisionArn"u8, cluster.ArnOf($"daemon-revision/{cluster.Name}/{daemon}/{chance.Uuid()}"));
        json.WriteString("capacityProviderName"u8, cluster.CapacityProvider);
        json.WriteString("daemonArn"u8, cluster.ArnOf($"daemon/{cluster.Name}/{daemon}"));
        json.WriteString("daemonTaskDefinitionArn"u8, cluster.ArnOf($"daemon-task-definition/{daemon}:7"));
        json.WriteString("failureType"u8, reasonOfTask is null ? "TASK_CREATION_FAILED"u8 : "TASK_FAILED_TO_RUN"u8);
        writer.Time.WriteMillis(json, "createdAt"u8, timeline.Now);
        json.WriteString("reason"u8, reasonOfTask ?? "Not enough memory on the container instance for the daemon task.");
        writer.End("other", cluster.ArnOf($"daemon/{cluster.Name}/{daemon}"), "daemon_impaired");
    }

    /// <summary>Says "ECS Daemon Deployment State Change".</summary>
    public void SayDaemonDeployment(Cluster cluster, string daemon, string eventName, string deployment)
    {
        var arn = cluster.ArnOf($"daemon/{cluster.Name}/{daemon}");
        writer.Begin("ECS Daemon Deployment State Change", cluster, arn);
        var json = writer.Json;
        json.WriteString("eventType"u8, "INFO"u8);
        json.WriteString("eventName"u8, eventName);
        json.WriteString("clusterArn"u8, cluster.Arn);
        json.WriteString("daemonArn"u8, arn);
        json.WriteString("daemonDeploymentArn"u8, cluster.ArnOf($"daemon-deployment/{cluster.Name}/{daemon}/{deployment}"));
        json.WriteString("targetDaemonRevisionArn"u8, cluster.ArnOf($"daemon-revision/{cluster.Name}/{daemon}/{deployment}"));
        writer.Time.WriteMillis(json, "updatedAt"u8, timeline.Now);
        writer.End("other", arn);
    }

    /// <summary>Says "AWS Health Event": a task will be retired. It writes its times as RFC 1123 does.</summary>
    public void SayRetirement(FleetTask task, long startsAt)
    {
        var cluster = task.Workload.Cluster;
        writer.Begin("AWS Health Event", "aws.health", cluster.Account, cluster.Region, [task.Arn]);
        var json = writer.Json;
        json.WriteString("eventArn"u8, $"arn:aws:health:{cluster.Region}::event/ECS/AWS_ECS_TASK_PATCHING_RETIREMENT/AWS_ECS_TASK_PATCHING_RETIREMENT_{chance.Hex(10)}");
        json.WriteString("service"u8, "ECS"u8);
        json.WriteString("eventTypeCode"u8, "AWS_ECS_TASK_PATCHING_RETIREMENT"u8);
        json.WriteString("eventTypeCategory"u8, "scheduledChange"u8);
        json.WriteString("statusCode"u8, "upcoming"u8);
        json.WriteString("startTime"u8, Rfc1123(startsAt));
        json.WriteString("endTime"u8, Rfc1123(startsAt + 3_600_000));
        json.WriteStartArray("affectedEntities"u8);
        json.WriteStartObject();
        json.WriteString("entityValue"u8, $"{cluster.Name}|{task.Workload.Name}");
        json.WriteEndObject();
        json.WriteEndArray();
        writer.End("other", task.Arn);
    }

    /// <summary>Says something of a kind that nobody knows yet.</summary>
    public void SayUnknown(FleetTask task)
    {
        writer.Begin("ECS Task Protection State Change", task.Workload.Cluster, task.Arn);
        var json = writer.Json;
        json.WriteString("taskArn"u8, task.Arn);
        json.WriteBoolean("protectionEnabled"u8, true);
        writer.Time.WriteMillis(json, "expirationDate"u8, timeline.Now + 7_200_000);
        json.WriteString("clusterArn"u8, task.Workload.Cluster.Arn);
        writer.End("other", task.Arn);
    }

    private string Rfc1123(long at) => DateTime.UnixEpoch.AddMilliseconds(writer.Time.Of(at)).ToString("R", CultureInfo.InvariantCulture);
}
