using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>Whose event it is: account, region, cluster and names, from the ARNs that it holds, the most specific first.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A working value of one call; never compared.")]
internal ref struct EventIdentity(StringCache strings, StringCache tasks)
{
    public string Account = "";
    public string Region = "";
    public string Cluster = "";
    public string Service = "";
    public string Family = "";
    public string TaskId = "";
    public string Instance = "";
    public string Deployment = "";

    /// <summary>The string at a range, from memory where it was seen before; null when there is none.</summary>
    public static string? Text(StringCache cache, ReadOnlySpan<byte> bytes, JsonRange range) =>
        !range.IsPresent ? null : range.IsEscaped ? JsonText.String(bytes, range) : cache.Get(range.Of(bytes));

    public void Read(ReadOnlySpan<byte> bytes, EventKind kind, in EventFields f)
    {
        FromArn(bytes, f.TaskArn);
        FromArn(bytes, f.ContainerInstanceArn);
        FromArn(bytes, f.ServiceArn);
        FromArn(bytes, f.ServiceDeploymentArn);
        FromArn(bytes, f.ClusterArn);
        FromArn(bytes, f.Resource);
        FromArn(bytes, f.DaemonArn);
        FromArn(bytes, f.TaskDefinitionArn);

        FromGroup(bytes, f.Group);
        if (Service.Length == 0 && kind is EventKind.ServiceAction or EventKind.Deployment or EventKind.Hook)
        {
            var named = f.ServiceName.IsPresent ? f.ServiceName : f.Service;
            FromArn(bytes, named);
            if (Service.Length == 0) Service = Text(strings, bytes, named) ?? "";
        }

        if (Instance.Length == 0)
        {
            var ec2 = f.Ec2InstanceId.IsPresent ? f.Ec2InstanceId : f.InstanceId.IsPresent ? f.InstanceId : f.Ec2InstanceIdUpper;
            Instance = Text(strings, bytes, ec2) ?? "";
        }

        var deployment = f.DeploymentId.IsPresent ? f.DeploymentId : f.StartedBy;
        if (deployment.IsPresent && deployment.Of(bytes).StartsWith("ecs-svc/"u8)) Deployment = Text(strings, bytes, deployment)!;
        if (Account.Length == 0) Account = Text(strings, bytes, f.Account) ?? "";
        if (Region.Length == 0) Region = Text(strings, bytes, f.Region) ?? "";
    }

    // Some encoders write \/ for each slash.
    private void FromArn(ReadOnlySpan<byte> bytes, JsonRange range)
    {
        if (!range.IsPresent) return;
        if (range.IsEscaped) FromArn(Encoding.UTF8.GetBytes(JsonText.String(bytes, range)));
        else FromArn(range.Of(bytes));
    }

    // What an earlier ARN said stands.
    private void FromArn(scoped ReadOnlySpan<byte> text)
    {
        if (!Arn.TryParse(text, out var arn))
        {
            // Spot warnings have the zone where the region belongs, and no account: arn:aws:ec2:{AZ}:instance/i-…
            var at = text.IndexOf(":instance/"u8);
            if (at > 0 && Instance.Length == 0 && text.IndexOf(":ec2:"u8) > 0) Instance = strings.Get(text[(at + 10)..]);
            return;
        }

        if (arn.Service.SequenceEqual("ec2"u8))
        {
            if (Instance.Length == 0 && arn.Type.SequenceEqual("instance"u8)) Instance = strings.Get(arn.Last);
            return;
        }

        if (!arn.Service.SequenceEqual("ecs"u8)) return;
        if (Account.Length == 0) Account = strings.Get(arn.Account);
        if (Region.Length == 0) Region = strings.Get(arn.Region);

        var type = arn.Type;
        if (type.SequenceEqual("task"u8))
        {
            if (TaskId.Length == 0) TaskId = tasks.Get(arn.Last);
            if (Cluster.Length == 0) Cluster = strings.Get(arn.Cluster);
        }
        else if (type.SequenceEqual("cluster"u8))
        {
            if (Cluster.Length == 0) Cluster = strings.Get(arn.Path);
        }
        else if (type.SequenceEqual("container-instance"u8))
        {
            if (Instance.Length == 0) Instance = strings.Get(arn.Last);
            if (Cluster.Length == 0) Cluster = strings.Get(arn.Cluster);
        }
        else if (type.SequenceEqual("service"u8))
        {
            if (Service.Length == 0) Service = strings.Get(arn.Last);
            if (Cluster.Length == 0) Cluster = strings.Get(arn.Cluster);
        }
        else if (type.SequenceEqual("service-deployment"u8))
        {
            FromServiceDeployment(arn.Path);
        }
        else if (type.SequenceEqual("task-definition"u8))
        {
            if (Family.Length == 0) Family = strings.Get(arn.WithoutRevision);
        }
        else if (type.SequenceEqual("daemon"u8) && Cluster.Length == 0)
        {
            Cluster = strings.Get(arn.Cluster);
        }
    }

    // CLUSTER/SERVICE/ID
    private void FromServiceDeployment(scoped ReadOnlySpan<byte> path)
    {
        var first = path.IndexOf((byte)'/');
        var last = path.LastIndexOf((byte)'/');
        if (first < 0 || last <= first) return;
        if (Cluster.Length == 0) Cluster = strings.Get(path[..first]);
        if (Service.Length == 0) Service = strings.Get(path[(first + 1)..last]);
    }

    private void FromGroup(ReadOnlySpan<byte> bytes, JsonRange range)
    {
        var group = range.IsEscaped ? Encoding.UTF8.GetBytes(JsonText.String(bytes, range)) : range.Of(bytes);
        if (group.StartsWith("service:"u8) && Service.Length == 0) Service = strings.Get(group[8..]);
        if (group.StartsWith("family:"u8) && Family.Length == 0) Family = strings.Get(group[7..]);
    }
}
