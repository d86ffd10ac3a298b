using System.Runtime.CompilerServices;

namespace Crowsnest.Core.Events;

/// <summary>The one pass over an event's bytes: validates all of it and notes where the members stand that we know.</summary>
internal sealed class EventFieldReader
{
    // Parts of the event at hand, reused from event to event.
    private readonly List<PartFields> _containers = [];
    private readonly List<PartFields> _checks = [];
    private readonly byte[] _plainName = new byte[128];

    public List<PartFields> Containers => _containers;

    public List<PartFields> Checks => _checks;

    /// <summary>Reads the object at the scanner's position; false leaves the reason in the scanner's status.</summary>
    public bool Read(ref JsonScanner json, ref EventFields fields)
    {
        _containers.Clear();
        _checks.Clear();
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextName(ref first, out var range))
        {
            var name = Plain(json.Data, range);
            var ok = name.Length switch
            {
                2 when name.SequenceEqual("id"u8) => EventFields.Text(ref json, ref fields.Id),
                4 when name.SequenceEqual("time"u8) => EventFields.Text(ref json, ref fields.Time),
                6 when name.SequenceEqual("source"u8) => EventFields.Text(ref json, ref fields.Source),
                6 when name.SequenceEqual("region"u8) => EventFields.Text(ref json, ref fields.Region),
                6 when name.SequenceEqual("detail"u8) => ReadDetail(ref json, ref fields),
                7 when name.SequenceEqual("account"u8) => EventFields.Text(ref json, ref fields.Account),
                9 when name.SequenceEqual("resources"u8) => ReadResources(ref json, ref fields),
                11 when name.SequenceEqual("detail-type"u8) => EventFields.Text(ref json, ref fields.DetailType),
                _ => json.Skip(),
            };
            if (!ok) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    private bool ReadDetail(ref JsonScanner json, ref EventFields fields)
    {
        // A second detail replaces the first one wholly.
        if (fields.Detail.IsPresent)
        {
            fields = new EventFields
            {
                DetailType = fields.DetailType, Source = fields.Source, Id = fields.Id, Account = fields.Account, Region = fields.Region,
                Time = fields.Time, Resource = fields.Resource, MayNeedMasking = true,
            };
            _containers.Clear();
            _checks.Clear();
        }

        var isObject = json.Peek() == (byte)'{';
        var start = json.Position;
        if (!isObject)
        {
            if (!json.Skip()) return false;
        }
        else
        {
            var first = true;
            if (!json.Enter()) return false;
            while (json.NextName(ref first, out var range))
            {
                if (!ReadDetailMember(ref json, Plain(json.Data, range), ref fields)) return false;
            }

            if (json.Status != ScanStatus.Ok) return false;
        }

        fields.Detail = new JsonRange(start, json.Position - start);
        return true;
    }

    // By length first: then one comparison, or a few, finds the name.
    private bool ReadDetailMember(ref JsonScanner json, ReadOnlySpan<byte> name, ref EventFields f)
    {
        switch (name.Length)
        {
            case 3 when name.SequenceEqual("cpu"u8): return EventFields.Text(ref json, ref f.Cpu);
            case 5 when name.SequenceEqual("group"u8): return EventFields.Text(ref json, ref f.Group);
            case 5 when name.SequenceEqual("state"u8): return EventFields.Text(ref json, ref f.State);
            case 6 when name.SequenceEqual("memory"u8): return EventFields.Text(ref json, ref f.Memory);
            case 6 when name.SequenceEqual("status"u8): return EventFields.Text(ref json, ref f.Status);
            case 6 when name.SequenceEqual("reason"u8): return EventFields.Text(ref json, ref f.Reason);
            case 7 when name.SequenceEqual("taskArn"u8): return EventFields.Text(ref json, ref f.TaskArn);
            case 7 when name.SequenceEqual("version"u8): return EventFields.Number(ref json, out f.Version);
            case 7 when name.SequenceEqual("service"u8): return EventFields.Text(ref json, ref f.Service);
            case 8 when name.SequenceEqual("stopCode"u8): return EventFields.Text(ref json, ref f.StopCode);
            case 9 when name.SequenceEqual("updatedAt"u8): return EventFields.Text(ref json, ref f.UpdatedAt);
            case 9 when name.SequenceEqual("createdAt"u8): return EventFields.Text(ref json, ref f.CreatedAt);
            case 9 when name.SequenceEqual("startedAt"u8): return EventFields.Text(ref json, ref f.StartedAt);
            case 9 when name.SequenceEqual("startedBy"u8): return EventFields.Text(ref json, ref f.StartedBy);
            case 9 when name.SequenceEqual("stoppedAt"u8): return EventFields.Text(ref json, ref f.StoppedAt);
            case 9 when name.SequenceEqual("overrides"u8) || name.SequenceEqual("Overrides"u8): return SkipMaskable(ref json, ref f);
            case 9 when name.SequenceEqual("eventType"u8): return EventFields.Text(ref json, ref f.EventType);
            case 9 when name.SequenceEqual("eventName"u8): return EventFields.Text(ref json, ref f.EventName);
            case 9 when name.SequenceEqual("daemonArn"u8): return EventFields.Text(ref json, ref f.DaemonArn);
            case 9 when name.SequenceEqual("expiresAt"u8): return EventFields.Text(ref json, ref f.ExpiresAt);
            case 9 when name.SequenceEqual("errorCode"u8): return EventFields.Text(ref json, ref f.ErrorCode);
            case 10 when name.SequenceEqual("clusterArn"u8): return EventFields.Text(ref json, ref f.ClusterArn);
            case 10 when name.SequenceEqual("containers"u8): return ReadParts(ref json, _containers);
            case 10 when name.SequenceEqual("lastStatus"u8): return EventFields.Text(ref json, ref f.LastStatus);
            case 10 when name.SequenceEqual("launchType"u8): return EventFields.Text(ref json, ref f.LaunchType);
            case 10 when name.SequenceEqual("stoppingAt"u8): return EventFields.Text(ref json, ref f.StoppingAt);
            case 10 when name.SequenceEqual("serviceArn"u8): return EventFields.Text(ref json, ref f.ServiceArn);
            case 10 when name.SequenceEqual("StatusCode"u8): return EventFields.Text(ref json, ref f.StatusCode);
            case 11 when name.SequenceEqual("attachments"u8): return NoteStart(ref json, out f.AttachmentsStart);
            case 11 when name.SequenceEqual("serviceName"u8): return EventFields.Text(ref json, ref f.ServiceName);
            case 11 when name.SequenceEqual("failureType"u8): return EventFields.Text(ref json, ref f.FailureType);
            case 11 when name.SequenceEqual("eventSource"u8): return EventFields.Text(ref json, ref f.EventSource);
            case 11 when name.SequenceEqual("instance-id"u8): return EventFields.Text(ref json, ref f.InstanceId);
            case 12 when name.SequenceEqual("connectivity"u8): return EventFields.Text(ref json, ref f.Connectivity);
            case 12 when name.SequenceEqual("desiredCount"u8): return EventFields.Number(ref json, out f.DesiredCount);
            case 12 when name.SequenceEqual("deploymentId"u8): return EventFields.Text(ref json, ref f.DeploymentId);
            case 12 when name.SequenceEqual("statusReason"u8): return EventFields.Text(ref json, ref f.StatusReason);
            case 12 when name.SequenceEqual("healthChecks"u8): return ReadParts(ref json, _checks);
            case 12 when name.SequenceEqual("errorMessage"u8): return EventFields.Text(ref json, ref f.ErrorMessage);
            default: return ReadLongName(ref json, name, ref f);
        }
    }

    private bool ReadLongName(ref JsonScanner json, ReadOnlySpan<byte> name, ref EventFields f)
    {
        switch (name.Length)
        {
            case 13 when name.SequenceEqual("pullStartedAt"u8): return EventFields.Text(ref json, ref f.PullStartedAt);
            case 13 when name.SequenceEqual("pullStoppedAt"u8): return EventFields.Text(ref json, ref f.PullStoppedAt);
            case 13 when name.SequenceEqual("desiredStatus"u8): return EventFields.Text(ref json, ref f.DesiredStatus);
            case 13 when name.SequenceEqual("stoppedReason"u8): return EventFields.Text(ref json, ref f.StoppedReason);
            case 13 when name.SequenceEqual("ec2InstanceId"u8): return EventFields.Text(ref json, ref f.Ec2InstanceId);
            case 13 when name.SequenceEqual("EC2InstanceId"u8): return EventFields.Text(ref json, ref f.Ec2InstanceIdUpper);
            case 13 when name.SequenceEqual("overallStatus"u8): return EventFields.Text(ref json, ref f.OverallStatus);
            case 13 when name.SequenceEqual("eventTypeCode"u8): return EventFields.Text(ref json, ref f.EventTypeCode);
            case 13 when name.SequenceEqual("StatusMessage"u8): return EventFields.Text(ref json, ref f.StatusMessage);
            case 14 when name.SequenceEqual("lifecycleStage"u8): return EventFields.Text(ref json, ref f.LifecycleStage);
            case 14 when name.SequenceEqual("connectivityAt"u8): return EventFields.Text(ref json, ref f.ConnectivityAt);
            case 14 when name.SequenceEqual("agentConnected"u8): return EventFields.Flag(ref json, out f.AgentConnected);
            case 15 when name.SequenceEqual("instance-action"u8): return EventFields.Text(ref json, ref f.InstanceAction);
            case 16 when name.SequenceEqual("availabilityZone"u8): return EventFields.Text(ref json, ref f.AvailabilityZone);
            case 16 when name.SequenceEqual("responseElements"u8): return SkipMaskable(ref json, ref f);
            case 17 when name.SequenceEqual("taskDefinitionArn"u8): return EventFields.Text(ref json, ref f.TaskDefinitionArn);
            case 17 when name.SequenceEqual("runningTasksCount"u8): return EventFields.Number(ref json, out f.RunningTasks);
            case 17 when name.SequenceEqual("pendingTasksCount"u8): return EventFields.Number(ref json, out f.PendingTasks);
            case 17 when name.SequenceEqual("eventTypeCategory"u8): return EventFields.Text(ref json, ref f.EventTypeCategory);
            case 17 when name.SequenceEqual("requestParameters"u8): return SkipMaskable(ref json, ref f);
            case 18 when name.SequenceEqual("remainingResources"u8): return ReadResourceAmounts(ref json, out f.RemainingCpu, out f.RemainingMemory);
            case 18 when name.SequenceEqual("executionStoppedAt"u8): return EventFields.Text(ref json, ref f.ExecutionStoppedAt);
            case 19 when name.SequenceEqual("registeredResources"u8): return ReadResourceAmounts(ref json, out f.RegisteredCpu, out f.RegisteredMemory);
            case 20 when name.SequenceEqual("capacityProviderArns"u8): return Note(ref json, ref f.CapacityProviderArns);
            case 20 when name.SequenceEqual("capacityProviderName"u8): return EventFields.Text(ref json, ref f.CapacityProviderName);
            case 20 when name.SequenceEqual("containerInstanceArn"u8): return EventFields.Text(ref json, ref f.ContainerInstanceArn);
            case 20 when name.SequenceEqual("serviceDeploymentArn"u8): return EventFields.Text(ref json, ref f.ServiceDeploymentArn);
            case 20 when name.SequenceEqual("AutoScalingGroupName"u8): return EventFields.Text(ref json, ref f.AutoScalingGroupName);
            default: return json.Skip();
        }
    }

    // Whether it must be walked again is seen from the bytes: a name may also be written with escapes.
    private static bool SkipMaskable(ref JsonScanner json, ref EventFields fields)
    {
        json.Peek();
        var start = json.Position;
        if (!json.Skip()) return false;
        var text = json.Data[start..json.Position];
        fields.MayNeedMasking |= text.IndexOf("nvironment"u8) >= 0 || text.IndexOf("NVIRONMENT"u8) >= 0 || text.Contains((byte)'\\');
        return true;
    }

    private static bool ReadResources(ref JsonScanner json, ref EventFields fields)
    {
        fields.Resource = default;
        if (json.Peek() != (byte)'[') return json.Skip();
        var first = true;
        var index = 0;
        if (!json.Enter()) return false;
        while (json.NextElement(ref first))
        {
            if (!(index++ == 0 ? EventFields.Text(ref json, ref fields.Resource) : json.Skip())) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    private bool ReadParts(ref JsonScanner json, List<PartFields> parts)
    {
        parts.Clear();
        if (json.Peek() != (byte)'[') return json.Skip();
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextElement(ref first))
        {
            if (json.Peek() != (byte)'{')
            {
                if (!json.Skip()) return false;
                continue;
            }

            PartFields part = default;
            if (!ReadPart(ref json, ref part)) return false;
            parts.Add(part);
        }

        return json.Status == ScanStatus.Ok;
    }

    private bool ReadPart(ref JsonScanner json, ref PartFields part)
    {
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextName(ref first, out var range))
        {
            var name = Plain(json.Data, range);
            var ok = name.Length switch
            {
                4 when name.SequenceEqual("name"u8) => EventFields.Text(ref json, ref part.Name),
                4 when name.SequenceEqual("type"u8) => EventFields.Text(ref json, ref part.Type),
                5 when name.SequenceEqual("image"u8) => EventFields.Text(ref json, ref part.Image),
                6 when name.SequenceEqual("reason"u8) => EventFields.Text(ref json, ref part.Reason),
                6 when name.SequenceEqual("status"u8) => EventFields.Text(ref json, ref part.Status),
                8 when name.SequenceEqual("exitCode"u8) => EventFields.Number(ref json, out part.ExitCode),
                10 when name.SequenceEqual("lastStatus"u8) => EventFields.Text(ref json, ref part.LastStatus),
                12 when name.SequenceEqual("statusReason"u8) => EventFields.Text(ref json, ref part.StatusReason),
                _ => json.Skip(),
            };
            if (!ok) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    private static bool NoteStart(ref JsonScanner json, out int start)
    {
        start = json.Peek() == (byte)'[' ? json.Position : 0;
        return json.Skip();
    }

    private static bool Note(ref JsonScanner json, ref JsonRange list)
    {
        var isList = json.Peek() == (byte)'[';
        var start = json.Position;
        if (!json.Skip()) return false;
        list = isList ? new JsonRange(start, json.Position - start) : default;
        return true;
    }

    // [{"name":"CPU","integerValue":2048},…]; of the amounts only CPU and MEMORY.
    private bool ReadResourceAmounts(ref JsonScanner json, out long? cpu, out long? memory)
    {
        cpu = memory = null;
        if (json.Peek() != (byte)'[') return json.Skip();
        var firstElement = true;
        if (!json.Enter()) return false;
        while (json.NextElement(ref firstElement))
        {
            if (json.Peek() != (byte)'{')
            {
                if (!json.Skip()) return false;
                continue;
            }

            JsonRange kind = default;
            long? amount = null;
            var first = true;
            if (!json.Enter()) return false;
            while (json.NextName(ref first, out var range))
            {
                var name = Plain(json.Data, range);
                var ok = name.SequenceEqual("name"u8) ? EventFields.Text(ref json, ref kind)
                    : name.SequenceEqual("integerValue"u8) ? EventFields.Number(ref json, out amount)
                    : json.Skip();
                if (!ok) return false;
            }

            if (json.Status != ScanStatus.Ok) return false;
            if (!kind.IsPresent) continue;
            if (JsonText.Is(json.Data, kind, "CPU"u8)) cpu = amount;
            if (JsonText.Is(json.Data, kind, "MEMORY"u8)) memory = amount;
        }

        return json.Status == ScanStatus.Ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> json, JsonRange name) => name.IsEscaped ? Unescaped(json, name) : name.Of(json);

    // None of the names we know is as long as the buffer, even with each letter escaped.
    private ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> json, JsonRange name) =>
        name.Length > _plainName.Length ? [] : _plainName.AsSpan(0, JsonText.Unescape(name.Of(json), _plainName));
}
