using System.Buffers.Text;

namespace Crowsnest.Core.Events;

/// <summary>
/// Where the members that we know stand in an event's bytes: of all kinds together, so that one pass suffices whether <c>detail-type</c> comes before or
/// after the detail. A repeated member overwrites; a member of another type than ours is not there.
/// </summary>
internal struct EventFields
{
    public JsonRange DetailType, Source, Id, Account, Region, Time, Resource, Detail;

    // Of the detail.
    public JsonRange ClusterArn, UpdatedAt, CreatedAt, TaskArn, TaskDefinitionArn, ContainerInstanceArn, Group, StartedBy, LastStatus, DesiredStatus;
    public JsonRange StopCode, StoppedReason, LaunchType, CapacityProviderName, AvailabilityZone, Cpu, Memory, StartedAt, StoppingAt, StoppedAt;
    public JsonRange Ec2InstanceId, Status, StatusReason, OverallStatus, EventType, EventName, Reason, ServiceArn, ServiceName, Service, DeploymentId;
    public JsonRange DaemonArn, FailureType, LifecycleStage, ExpiresAt, EventSource, ErrorCode, ErrorMessage, EventTypeCode, EventTypeCategory;
    public JsonRange InstanceId, InstanceAction, State, AutoScalingGroupName, StatusCode, StatusMessage, Ec2InstanceIdUpper, ServiceDeploymentArn;
    public JsonRange PullStartedAt, PullStoppedAt, ExecutionStoppedAt, Connectivity, ConnectivityAt, CapacityProviderArns;
    public long? Version, RunningTasks, PendingTasks, RegisteredCpu, RegisteredMemory, RemainingCpu, RemainingMemory, DesiredCount;

    // Where a task's attachments begin; 0 when there are none. Only states read them.
    public int AttachmentsStart;
    public bool? AgentConnected;
    public bool MayNeedMasking;

    /// <summary>The string that starts here, or what else stands here skipped.</summary>
    public static bool Text(ref JsonScanner json, ref JsonRange into)
    {
        if (json.Peek() == (byte)'"') return json.ReadString(out into);
        into = default;
        return json.Skip();
    }

    /// <summary>The object that starts here, <c>{"name":N,"value":V}</c> with the first member called so; what else stands here is skipped and is no pair.</summary>
    public static bool Pair(ref JsonScanner json, ReadOnlySpan<byte> called, out JsonRange name, out JsonRange value)
    {
        (name, value) = (default, default);
        if (json.Peek() != (byte)'{') return json.Skip();
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextName(ref first, out var member))
        {
            var ok = JsonText.Is(json.Data, member, called) ? Text(ref json, ref name)
                : JsonText.Is(json.Data, member, "value"u8) ? Text(ref json, ref value)
                : json.Skip();
            if (!ok) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    /// <summary>The whole number that starts here, or what else stands here skipped.</summary>
    public static bool Number(ref JsonScanner json, out long? value)
    {
        value = null;
        json.Peek();
        var start = json.Position;
        if (!json.Skip()) return false;
        var text = json.Data[start..json.Position];
        if (Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length) value = number;
        return true;
    }

    public static bool Flag(ref JsonScanner json, out bool? value)
    {
        value = json.Peek() switch
        {
            (byte)'t' => true,
            (byte)'f' => false,
            _ => null,
        };
        return json.Skip();
    }
}

/// <summary>Where the members of a container or of a health check stand.</summary>
internal struct PartFields
{
    public JsonRange Name, LastStatus, Reason, Image, Type, Status, StatusReason;
    public long? ExitCode;
}
