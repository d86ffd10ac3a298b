using Crowsnest.Core.Events;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests;

/// <summary>Makers of things that tests need and do not care about; a test names only what matters to it.</summary>
public static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static TaskContainer Container(int? exitCode = null, string? reason = null, string name = "web") => new(name, "STOPPED", exitCode, reason, null);

    public static EcsEvent Task(
        string lastStatus = "STOPPED", string? stopCode = null, string? stoppedReason = null, TaskContainer[]? containers = null, long? version = 1,
        string startedBy = "ecs-svc/1", string service = "api", string source = "aws.ecs", int seconds = 0, string taskId = "0123456789abcdef",
        EventTime startedAt = default, EventTime stoppingAt = default, string? desiredStatus = null, string instance = "", string family = "") => Event(
            EventKind.Task,
            new TaskDetail
            {
                TaskArn = "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + taskId,
                Version = version,
                UpdatedAt = new EventTime(Noon.AddSeconds(seconds).ToUnixTimeMilliseconds()),
                LastStatus = lastStatus,
                DesiredStatus = desiredStatus ?? (lastStatus is "STOPPED" || stopCode is { Length: > 0 } ? "STOPPED" : "RUNNING"),
                StopCode = stopCode,
                StoppedReason = stoppedReason,
                StartedBy = startedBy,
                Group = service.Length > 0 ? "service:" + service : "family:job",
                Memory = "512",
                StartedAt = startedAt,
                StoppingAt = stoppingAt,
                Containers = containers ?? [],
            },
            seconds, service, taskId, source, instance: instance, family: family);

    public static EcsEvent Action(EventKind kind, string? eventType, string? eventName, string? reason = null, string service = "api") =>
        Event(kind, new ActionDetail { EventType = eventType, EventName = eventName, Reason = reason }, service: service);

    public static EcsEvent Event(
        EventKind kind, EventDetail detail, int seconds = 0, string service = "", string taskId = "", string source = "aws.ecs", string detailType = "ECS Event", string instance = "",
        string family = "")
    {
        var at = Noon.AddSeconds(seconds);
        // Distinct by content, like the decoder's keys.
        var hash = HashCode.Combine(detail.Version, seconds, (detail as TaskDetail)?.LastStatus, (detail as TaskDetail)?.Containers.Length, taskId);
        return new EcsEvent
        {
            Key = new EventKey(at.ToUnixTimeMilliseconds(), (UInt128)(uint)hash),
            Raw = "{}"u8.ToArray(),
            Kind = kind,
            DetailType = detailType,
            Source = source,
            OccurredAt = at,
            ReceivedAt = at,
            Account = "123456789012",
            Region = "eu-west-1",
            Cluster = "prod",
            Service = service,
            TaskId = taskId,
            Instance = instance,
            Family = family,
            Detail = detail,
        };
    }

    public static EventPattern Pattern(string text)
    {
        var pattern = EventPattern.Parse(text, out var mistakes);
        Assert.True(pattern is not null, $"{text}: {string.Join("; ", mistakes)}");
        return pattern;
    }
}
