using System.Buffers.Binary;
using System.IO.Hashing;

namespace Crowsnest.Core.Events;

/// <summary>Makes the typed event out of the fields that were found.</summary>
internal sealed class EventBuilder
{
    private readonly StringCache _strings = new();

    // Tasks and their ids are many, and each is named by several events: apart, so that they do not drive the few common words out.
    private readonly StringCache _tasks = new(1 << 15);
    private readonly XxHash128 _hash = new();

    public EcsEvent Build(ReadOnlyMemory<byte> raw, IReadOnlyList<string> masked, bool isVerified, in EventFields f, EventFieldReader parts, DateTimeOffset receivedAt)
    {
        var bytes = raw.Span;
        var kind = f.DetailType.IsEscaped || f.Source.IsEscaped
            ? EventKinds.Of(Bytes(Text(bytes, f.Source)), Bytes(Text(bytes, f.DetailType)))
            : EventKinds.Of(f.Source.Of(bytes), f.DetailType.Of(bytes));

        var updated = Time(bytes, f.UpdatedAt);
        var created = Time(bytes, f.CreatedAt);
        var own = Time(bytes, f.Time);
        if (!own.HasValue) own = updated.HasValue ? updated : created;

        // A task's own ARN stands there twice.
        var resource = Task(bytes, f.Resource) ?? "";
        var taskArn = f.TaskArn.IsPresent && f.Resource.IsPresent && f.TaskArn.Of(bytes).SequenceEqual(f.Resource.Of(bytes)) ? resource : Task(bytes, f.TaskArn);

        var who = new EventIdentity(_strings, _tasks);
        who.Read(bytes, kind, in f);
        return new EcsEvent
        {
            Key = new EventKey(own.UnixMilliseconds, Hash(bytes, in f)),
            Raw = raw,
            Masked = masked,
            IsSynthetic = isVerified && SyntheticSource.IsNear(own.UnixMilliseconds, receivedAt),
            Kind = kind,
            DetailType = Text(bytes, f.DetailType) ?? "",
            Source = Text(bytes, f.Source) ?? "",
            IdRange = f.Id,
            StateStart = kind == EventKind.Task ? f.AttachmentsStart : f.Detail.Start,
            OccurredAt = own.HasValue ? DateTimeOffset.FromUnixTimeMilliseconds(own.UnixMilliseconds) : receivedAt,
            TimeUncertain = !own.HasValue,
            ReceivedAt = receivedAt,
            EnvelopeAccount = Text(bytes, f.Account) ?? "",
            Resource = resource,
            Account = who.Account,
            Region = who.Region,
            Cluster = who.Cluster,
            Service = who.Service,
            Family = who.Family,
            TaskId = who.TaskId,
            Instance = who.Instance,
            Deployment = who.Deployment,
            Detail = Detail(bytes, kind, in f, taskArn, parts, updated, created),
        };
    }

    private EventDetail Detail(
        ReadOnlySpan<byte> b, EventKind kind, in EventFields f, string? taskArn, EventFieldReader parts, EventTime updated, EventTime created) => kind switch
    {
        EventKind.Task => new TaskDetail
        {
            Version = f.Version, UpdatedAt = updated, CreatedAt = created, ClusterArn = Text(b, f.ClusterArn),
            TaskArn = taskArn ?? ResourceArn(b, f.Resource, "task"u8), TaskDefinitionArn = Text(b, f.TaskDefinitionArn),
            ContainerInstanceArn = Text(b, f.ContainerInstanceArn), Group = Text(b, f.Group), StartedBy = Text(b, f.StartedBy),
            LastStatus = Text(b, f.LastStatus), DesiredStatus = Text(b, f.DesiredStatus), StopCode = Text(b, f.StopCode),
            StoppedReason = Text(b, f.StoppedReason), LaunchType = Text(b, f.LaunchType), CapacityProviderName = Text(b, f.CapacityProviderName),
            AvailabilityZone = Text(b, f.AvailabilityZone), Cpu = Text(b, f.Cpu), Memory = Text(b, f.Memory), StartedAt = Time(b, f.StartedAt),
            StoppingAt = Time(b, f.StoppingAt), StoppedAt = Time(b, f.StoppedAt), PullStartedAt = Time(b, f.PullStartedAt), PullStoppedAt = Time(b, f.PullStoppedAt),
            ExecutionStoppedAt = Time(b, f.ExecutionStoppedAt), Connectivity = Text(b, f.Connectivity), ConnectivityAt = Time(b, f.ConnectivityAt),
            Containers = Containers(b, parts.Containers),
        },
        EventKind.ContainerInstance => new ContainerInstanceDetail
        {
            Version = f.Version, UpdatedAt = updated, CreatedAt = created, ClusterArn = Text(b, f.ClusterArn),
            ContainerInstanceArn = Text(b, f.ContainerInstanceArn) ?? ResourceArn(b, f.Resource, "container-instance"u8),
            Ec2InstanceId = Text(b, f.Ec2InstanceId), Status = Text(b, f.Status), StatusReason = Text(b, f.StatusReason), AgentConnected = f.AgentConnected,
            RunningTasksCount = f.RunningTasks, PendingTasksCount = f.PendingTasks, RegisteredCpu = f.RegisteredCpu, RegisteredMemory = f.RegisteredMemory,
            RemainingCpu = f.RemainingCpu, RemainingMemory = f.RemainingMemory, CapacityProviderName = Text(b, f.CapacityProviderName),
        },
        EventKind.ContainerInstanceHealth => new InstanceHealthDetail
        {
            Version = f.Version, UpdatedAt = updated, CreatedAt = created, ClusterArn = Text(b, f.ClusterArn),
            ContainerInstanceArn = Text(b, f.ContainerInstanceArn) ?? ResourceArn(b, f.Resource, "container-instance"u8),
            Ec2InstanceId = Text(b, f.Ec2InstanceId), OverallStatus = Text(b, f.OverallStatus), HealthChecks = Checks(b, parts.Checks),
        },
        EventKind.ServiceAction or EventKind.Deployment or EventKind.Hook or EventKind.DaemonAction or EventKind.DaemonDeployment or EventKind.Tags => new ActionDetail
        {
            Version = f.Version, UpdatedAt = updated, CreatedAt = created, ClusterArn = Text(b, f.ClusterArn), EventType = Text(b, f.EventType),
            EventName = Text(b, f.EventName), Reason = Text(b, f.Reason), ServiceArn = Text(b, f.ServiceArn) ?? ResourceArn(b, f.Resource, "service"u8),
            DeploymentId = Text(b, f.DeploymentId), DesiredCount = f.DesiredCount, CapacityProviderArns = Texts(b, f.CapacityProviderArns), TaskArn = taskArn ?? ResourceArn(b, f.Resource, "task"u8),
            ContainerInstanceArn = Text(b, f.ContainerInstanceArn), DaemonArn = Text(b, f.DaemonArn) ?? ResourceArn(b, f.Resource, "daemon"u8),
            FailureType = Text(b, f.FailureType), LifecycleStage = Text(b, f.LifecycleStage), ExpiresAt = Time(b, f.ExpiresAt),
        },
        EventKind.CloudTrail => Related(in f, b, updated, created, f.EventName, f.EventSource, f.ErrorCode, f.ErrorMessage),
        EventKind.Health => Related(in f, b, updated, created, f.EventTypeCode, f.Service, f.EventTypeCategory, f.StatusReason),
        EventKind.SpotInterruption => Related(in f, b, updated, created, default, default, f.InstanceAction, default),
        EventKind.Ec2Instance => Related(in f, b, updated, created, default, default, f.State, default),
        EventKind.AutoScaling => Related(in f, b, updated, created, f.DetailType, f.AutoScalingGroupName, f.StatusCode, f.StatusMessage),
        _ => UnknownDetail.Instance,
    };

    private RelatedDetail Related(
        in EventFields f, ReadOnlySpan<byte> b, EventTime updated, EventTime created, JsonRange name, JsonRange origin, JsonRange status, JsonRange message) => new()
    {
        Version = f.Version, UpdatedAt = updated, CreatedAt = created, ClusterArn = Text(b, f.ClusterArn), Name = Text(b, name), Origin = Text(b, origin),
        Status = Text(b, status), Message = Text(b, message), Ec2InstanceId = Text(b, f.InstanceId) ?? Text(b, f.Ec2InstanceIdUpper) ?? Text(b, f.Ec2InstanceId),
    };

    private TaskContainer[] Containers(ReadOnlySpan<byte> bytes, List<PartFields> parts)
    {
        if (parts.Count == 0) return [];
        var containers = new TaskContainer[parts.Count];
        for (var i = 0; i < containers.Length; i++)
        {
            var part = parts[i];
            containers[i] = new TaskContainer(
                Text(bytes, part.Name), Text(bytes, part.LastStatus), ExitCode(part.ExitCode), Text(bytes, part.Reason), Text(bytes, part.Image));
        }

        return containers;
    }

    private HealthCheck[] Checks(ReadOnlySpan<byte> bytes, List<PartFields> parts)
    {
        if (parts.Count == 0) return [];
        var checks = new HealthCheck[parts.Count];
        for (var i = 0; i < checks.Length; i++)
            checks[i] = new HealthCheck(Text(bytes, parts[i].Type), Text(bytes, parts[i].Status), Text(bytes, parts[i].StatusReason));
        return checks;
    }

    private string[] Texts(ReadOnlySpan<byte> bytes, JsonRange list)
    {
        if (list.Length <= 2) return [];
        Span<JsonRange> items = stackalloc JsonRange[StringList.Max];
        var texts = new string[StringList.Read(bytes, list.Start, items)];
        for (var i = 0; i < texts.Length; i++) texts[i] = Text(bytes, items[i])!; // Items are strings.
        return texts;
    }

    // Windows writes its codes as unsigned numbers (0xC000013A); they are the same 32 bits.
    private static int? ExitCode(long? code) => code is >= int.MinValue and <= uint.MaxValue ? unchecked((int)code.Value) : null;

    private UInt128 Hash(ReadOnlySpan<byte> bytes, in EventFields f)
    {
        _hash.Reset();
        Span<byte> words = stackalloc byte[512];
        var length = 16 + f.Source.Length + f.DetailType.Length + f.Account.Length + f.Id.Length;
        if (length > words.Length) words = new byte[length];
        var written = Word(bytes, f.Source, words);
        written += Word(bytes, f.DetailType, words[written..]);
        written += Word(bytes, f.Account, words[written..]);
        written += Word(bytes, f.Id, words[written..]);
        _hash.Append(words[..written]);
        _hash.Append(f.Detail.Of(bytes));
        return _hash.GetCurrentHashAsUInt128();
    }

    // With its length before it, so that the words cannot run into each other; without its escapes, which say nothing.
    private static int Word(ReadOnlySpan<byte> bytes, JsonRange range, Span<byte> into)
    {
        var word = range.Of(bytes);
        var length = word.Length;
        if (range.IsEscaped) length = JsonText.Unescape(word, into[4..]);
        else word.CopyTo(into[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(into, length);
        return length + 4;
    }

    private string? Text(ReadOnlySpan<byte> bytes, JsonRange range) => EventIdentity.Text(_strings, bytes, range);

    private string? Task(ReadOnlySpan<byte> bytes, JsonRange range) => EventIdentity.Text(_tasks, bytes, range);

    private string? ResourceArn(ReadOnlySpan<byte> bytes, JsonRange resource, ReadOnlySpan<byte> type) =>
        resource.IsPresent && Arn.TryParse(resource.Of(bytes), out var arn) && arn.IsEcs(type) ? Task(bytes, resource) : null;

    private static byte[] Bytes(string? text) => System.Text.Encoding.UTF8.GetBytes(text ?? "");

    private static EventTime Time(ReadOnlySpan<byte> bytes, JsonRange range) =>
        range.IsPresent && TimeText.TryParse(range.Of(bytes), out var time) ? time : default;
}
