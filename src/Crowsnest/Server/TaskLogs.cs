using System.Text.Json.Serialization;
using Crowsnest.Aws;
using Crowsnest.Aws.Ecs;
using Crowsnest.Aws.Logs;
using Crowsnest.Configuration;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Server;

/// <summary>The last lines that a failed task wrote, read from CloudWatch Logs when somebody looks at the task.</summary>
/// <remarks>
/// No event waits for it, and a message no longer than a look. One look takes at most <see cref="Patience"/>, shared by all who look at the same task meanwhile; what it
/// found is kept for a while, and for good once nothing can be added. What looks like a secret is masked before it is kept.
/// </remarks>
/// <param name="targets">The accounts and regions that may be asked.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskLogs(IReadOnlyList<EcsTarget> targets, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How many lines of a container.</summary>
    public const int LinesMax = 20;

    /// <summary>How long a look takes at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const int ContainersMax = 5, LineMax = 2_000, KeptMax = 200;

    // The log driver writes what it has buffered within seconds; minutes later nothing comes any more.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Look> _looks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private bool _isStopping;

    /// <summary>Whether a task's last words are anybody's question: it failed, or nobody can say why it ended.</summary>
    public static bool IsWanted(TaskState task, EventDiagnoser diagnoser) =>
        task is { IsStopped: true, Stop: { } stop } && diagnoser.Diagnose(stop).Outcome is EventOutcome.Failure or EventOutcome.Unknown;

    /// <summary>The last lines of each of its containers that logs by <c>awslogs</c>, those that failed first.</summary>
    /// <param name="task">The task, which is over.</param>
    /// <param name="cancellationToken">Ends the waiting; the look goes on for the next who asks.</param>
    public Task<TaskLogsBody> LastLinesAsync(TaskState task, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isStopping) return Task.FromResult(TaskLogsBody.Not("The server stops."));
            if (!_looks.TryGetValue(task.Name.Key, out var look) || IsOld(look))
            {
                if (_looks.Count >= KeptMax) ForgetLocked();
                _looks[task.Name.Key] = look = new Look(LookAsync(task), time.GetTimestamp(), task.Order.At);
            }

            return look.Answer.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<Task> answers;
        lock (_gate)
        {
            _isStopping = true;
            answers = [.. _looks.Values.Select(look => look.Answer)];
        }

        await Task.WhenAll(answers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private bool IsOld(Look look)
    {
        if (!look.Answer.IsCompleted || time.GetElapsedTime(look.At) < KeptFor) return false;
        return !look.Answer.IsCompletedSuccessfully || look.Answer.Result.HasProblem || time.GetUtcNow().ToUnixTimeMilliseconds() - time.GetElapsedTime(look.At).TotalMilliseconds - look.StoppedAt < Settled.TotalMilliseconds;
    }

    // Callers hold _gate. The half that was asked for longest ago.
    private void ForgetLocked()
    {
        foreach (var (key, _) in _looks.Where(look => look.Value.Answer.IsCompleted).OrderBy(look => look.Value.At).Take(KeptMax / 2).ToList()) _looks.Remove(key);
    }

    private async Task<TaskLogsBody> LookAsync(TaskState task)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            return await ReadAsync(task, both.Token);
        }
        catch (OperationCanceledException)
        {
            return TaskLogsBody.Not($"AWS did not answer within {Patience.TotalSeconds:0} s; look again in a moment.");
        }
        catch (AwsException e)
        {
            return TaskLogsBody.Not(e.InWords);
        }
    }

    private async Task<TaskLogsBody> ReadAsync(TaskState task, CancellationToken cancellationToken)
    {
        if (task.Detail.TaskDefinitionArn is not { } arn) return TaskLogsBody.Not("No event names its task definition, which says where it logs.");
        if (TargetOf(task) is not { } target) return TaskLogsBody.Not($"The configuration names neither the account {task.Name.Account} nor the region {task.Name.Region} under 'resync'.");
        var logs = await target.Definitions.LogsOfAsync(() => Composition.EcsAsync(target.RoleArn, target.Region, target.Budget, time, cancellationToken), arn, cancellationToken);
        if (logs is null) return TaskLogsBody.Not("ECS no longer has its task definition, which says where it logged.");
        if (logs.Count == 0) return TaskLogsBody.Not("None of its containers logs to CloudWatch Logs by the driver awslogs.");

        var failed = task.Detail.Containers.Where(c => c.ExitCode is not (null or 0) || c.Reason is { Length: > 0 }).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = logs.OrderBy(log => failed.Contains(log.Container) ? 0 : 1).Take(ContainersMax).ToList();
        var read = new List<ContainerLogBody>();
        foreach (var region in wanted.GroupBy(log => log.Region ?? task.Name.Region, StringComparer.Ordinal))
        {
            using var client = await Composition.LogsAsync(target.RoleArn, region.Key, target.Budget, time, cancellationToken);
            foreach (var log in region) read.Add(await OneAsync(client, log, region.Key, task.Name.Id, cancellationToken));
        }

        return new TaskLogsBody([.. read.OrderBy(one => wanted.FindIndex(log => log.Container == one.Container))], null);
    }

    private static async Task<ContainerLogBody> OneAsync(LogsClient client, ContainerLog log, string region, string taskId, CancellationToken cancellationToken)
    {
        if (log.StreamOf(taskId) is not { } stream) return new ContainerLogBody(log.Container, log.Group, region, null, [], "Its definition has no awslogs-stream-prefix, so that nobody can tell which stream is this task's.");
        try
        {
            var lines = await client.LastAsync(log.Group, stream, LinesMax, cancellationToken);
            return new ContainerLogBody(
                log.Container, log.Group, region, stream,
                [.. lines.Select(line => new LogLineBody(line.At > 0 ? EventJson.Time(new EventTime(line.At).ToDateTimeOffset() ?? default) : null, SecretText.Masked(line.Message.TrimEnd('\r', '\n'), LineMax)))], null);
        }
        catch (AwsException e)
        {
            return new ContainerLogBody(log.Container, log.Group, region, stream, [], e.Code == "ResourceNotFoundException" ? "CloudWatch Logs has no such stream: it wrote nothing, or the log was deleted." : e.InWords);
        }
    }

    // A role says whose account it is in; as whom this program runs nobody says, so that it is asked where no role fits.
    private EcsTarget? TargetOf(TaskState task) =>
        targets.FirstOrDefault(t => t.Region == task.Name.Region && t.Account == task.Name.Account) ?? targets.FirstOrDefault(t => t.Region == task.Name.Region && t.RoleArn is null);

    private sealed record Look(Task<TaskLogsBody> Answer, long At, long StoppedAt);
}

/// <summary>The last lines of a task.</summary>
/// <param name="Containers">By container, those that failed first.</param>
/// <param name="Problem">Why there are none, or <see langword="null"/>.</param>
internal sealed record TaskLogsBody(IReadOnlyList<ContainerLogBody> Containers, string? Problem)
{
    /// <summary>Something was not answered, and may be the next time.</summary>
    [JsonIgnore]
    public bool HasProblem => Problem is not null || Containers.Any(one => one.Problem is not null);

    /// <summary>There are none.</summary>
    public static TaskLogsBody Not(string problem) => new([], problem);
}

/// <summary>The last lines of a container.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Group">The log group.</param>
/// <param name="Region">The group's region.</param>
/// <param name="Stream">The stream, or <see langword="null"/> when nobody can tell.</param>
/// <param name="Lines">The lines, oldest first.</param>
/// <param name="Problem">Why there are none, or <see langword="null"/>.</param>
internal sealed record ContainerLogBody(string Container, string Group, string Region, string? Stream, IReadOnlyList<LogLineBody> Lines, string? Problem);

/// <summary>A line.</summary>
/// <param name="At">When it was written, or <see langword="null"/>.</param>
/// <param name="Text">What it says, with secrets masked.</param>
internal sealed record LogLineBody(string? At, string Text);
