using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Counts a cluster's tasks by service and deployment, and puts beside it what ECS said of both.</summary>
internal static class ServiceViews
{
    public static IReadOnlyList<ServiceView> Of(ClusterView cluster)
    {
        var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
        foreach (var task in cluster.TasksByKey.Values)
        {
            if (task.Service.Length > 0) TallyOf(task.Service).Add(task);
        }

        foreach (var (key, failed) in cluster.FailedByTask) TallyOf(failed.Service).Add(key, failed);
        foreach (var service in cluster.ServicesByKey.Values) TallyOf(service.Service).State = service;
        foreach (var deployment in cluster.DeploymentsByKey.Values)
        {
            if (deployment.Service.Length > 0) TallyOf(deployment.Service).Of(deployment.DeploymentId).State = deployment;
        }

        foreach (var failure in cluster.EarlierFailures.Values)
        {
            if (tallies.TryGetValue(failure.Service, out var of)) of.LastFailure = TaskFailure.Later(of.LastFailure, failure);
        }

        foreach (var failure in cluster.FailuresByTask.Values)
        {
            if (!tallies.TryGetValue(failure.Service, out var of)) continue;
            of.LastFailure = TaskFailure.Later(of.LastFailure, failure);
            if (failure.Deployment.Length > 0) of.Of(failure.Deployment).Failed++;
        }

        return [.. tallies.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => View(cluster, t.Key, t.Value))];

        Tally TallyOf(string service)
        {
            if (!tallies.TryGetValue(service, out var tally)) tallies[service] = tally = new Tally();
            return tally;
        }
    }

    private static ServiceView View(ClusterView cluster, string name, Tally tally)
    {
        var counted = new EventTime(tally.NewestTask);
        var (running, pending) = (Count(tally.Running), Count(tally.Pending));
        var desired = tally.State?.Desired is { } said ? new Counted(said.Count, said.From, new EventTime(said.Key.TimeMilliseconds))
            : tally.NewestTask > 0 ? Count(tally.Wanted)
            : default;
        var isShort = pending.Value > 0 || running.Value < desired.Value;
        return new ServiceView
        {
            Name = name, State = tally.State, Desired = desired, Running = running, Pending = pending, Stopping = Count(tally.Stopping),
            WhyPending = isShort ? Why(cluster, tally) : null, LastFailure = tally.LastFailure, Deployments = Deployments(tally),
            NewestAt = new EventTime(Math.Max(tally.NewestTask, tally.State?.Last.Key.TimeMilliseconds ?? 0)),
        };

        Counted Count(int value) => new(value, CountSource.Tasks, tally.NewestTask > 0 ? counted : default);
    }

    // What ECS says of the service as a whole comes first: a task that cannot be placed is not there to say why.
    private static PendingReason? Why(ClusterView cluster, Tally tally)
    {
        if (tally.State is { Trouble: { } trouble } state && (state.Steady is null || trouble.Key.CompareTo(state.Steady.Key) > 0))
            return new PendingReason(trouble.EventName ?? "", trouble.Reason ?? "ECS gives no reason.", trouble.At);
        return tally.Waiting is { } task ? TaskWait.Of(task, cluster.FindInstance(task.Instance)) : null;
    }

    private static DeploymentView[] Deployments(Tally tally)
    {
        // The newest of the service's own words stays when the deployment's have left memory.
        if (tally.State?.Deployment is { DeploymentId.Length: > 0 } last) tally.Of(last.DeploymentId);
        var rollback = tally.State?.Rollback;
        var undone = rollback is null ? "" : tally.Deployments
            .Where(d => d.Key != rollback.DeploymentId && d.Value.First(tally, d.Key) is > 0 and var first && first <= rollback.Key.TimeMilliseconds)
            .OrderByDescending(d => d.Value.First(tally, d.Key)).ThenByDescending(d => d.Key, StringComparer.Ordinal).Select(d => d.Key).FirstOrDefault("");
        return
        [
            .. tally.Deployments.Select(d => View(tally, d.Key, d.Value, rollback, undone))
                .OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.UpdatedAt).ThenByDescending(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private static DeploymentView View(Tally tally, string id, DeploymentTally of, ServiceEvent? rollback, string undone)
    {
        var last = of.State?.Last ?? (tally.State?.Deployment is { } said && said.DeploymentId == id ? said : null);
        var counted = of.NewestTask > 0 ? new EventTime(of.NewestTask) : default;
        return new DeploymentView
        {
            Id = id, RolloutState = DeploymentState.RolloutStateOf(last), RolloutStateReason = last?.Reason, RolledBackTo = id == undone ? rollback!.DeploymentId : "",
            IsRollback = of.State?.Rollback is not null || (rollback is not null && rollback.DeploymentId == id), TaskDefinitionArn = of.TaskDefinitionArn,
            Running = new Counted(of.Running, CountSource.Tasks, counted), Pending = new Counted(of.Pending, CountSource.Tasks, counted),
            Failed = new Counted(of.Failed, CountSource.Tasks, counted), CreatedAt = of.First(tally, id) is > 0 and var first ? new EventTime(first) : default,
            UpdatedAt = last is not null ? last.At : counted,
        };
    }

    private sealed class Tally
    {
        public ServiceState? State;
        public TaskFailure? LastFailure;
        public TaskState? Waiting;
        public int Running, Pending, Stopping, Wanted;
        public long NewestTask;

        public Dictionary<string, DeploymentTally> Deployments { get; } = new(StringComparer.Ordinal);

        public DeploymentTally Of(string id)
        {
            if (!Deployments.TryGetValue(id, out var of)) Deployments[id] = of = new DeploymentTally();
            return of;
        }

        public void Add(TaskState task)
        {
            var status = task.Detail.LastStatus;
            NewestTask = Math.Max(NewestTask, task.Order.At);
            if (task.Detail.DesiredStatus == "RUNNING" && !task.IsStopped) Wanted++;
            if (status == "RUNNING") Running++;
            else if (TaskWait.IsStarting(status)) Wait(task);
            else if (TaskWait.IsStopping(status)) Stopping++;
            if (TaskFailure.DeploymentOf(task) is { Length: > 0 } deployment) Of(deployment).Add(task);
        }

        public void Add(string key, FailedTask failed)
        {
            NewestTask = Math.Max(NewestTask, failed.HeardAt);
            if (failed.Deployment.Length == 0) return;
            var deployment = Of(failed.Deployment);
            deployment.Failed++;
            deployment.Add(key, failed.HeardAt, failed.CreatedAt, failed.TaskDefinitionArn);
        }

        // The one that waits longest says why.
        private void Wait(TaskState task)
        {
            Pending++;
            if (Waiting is null || Older(task, Waiting)) Waiting = task;
        }

        private static bool Older(TaskState task, TaskState than)
        {
            var order = task.Detail.CreatedAt.CompareTo(than.Detail.CreatedAt);
            return (order != 0 ? order : string.CompareOrdinal(task.Name.Id, than.Name.Id)) < 0;
        }
    }

    private sealed class DeploymentTally
    {
        public DeploymentState? State;
        public string? TaskDefinitionArn;
        public int Running, Pending, Failed;
        public long NewestTask;

        private long _oldestTask;
        private (long At, string? Task) _defined;

        public void Add(TaskState task)
        {
            if (task.Detail.LastStatus == "RUNNING") Running++;
            else if (TaskWait.IsStarting(task.Detail.LastStatus)) Pending++;
            Add(task.Name.Key, task.Order.At, task.Detail.CreatedAt, task.Detail.TaskDefinitionArn);
        }

        public void Add(string task, long heardAt, EventTime createdAt, string? definition)
        {
            NewestTask = Math.Max(NewestTask, heardAt);
            if (createdAt is { HasValue: true, UnixMilliseconds: var created } && (_oldestTask == 0 || created < _oldestTask)) _oldestTask = created;

            // Of the newest task; of two of one moment the one with the greater key.
            if (definition is null || (createdAt.UnixMilliseconds - _defined.At is var later && later < 0) || (later == 0 && string.CompareOrdinal(task, _defined.Task) < 0)) return;
            (TaskDefinitionArn, _defined) = (definition, (createdAt.UnixMilliseconds, task));
        }

        /// <summary>When it began: its first event, else the newest word that the service has of it, else its oldest task; 0 when nothing says it.</summary>
        public long First(Tally of, string id) => State?.First.TimeMilliseconds is > 0 and var first ? first
            : of.State?.Deployment is { } said && said.DeploymentId == id ? said.Key.TimeMilliseconds
            : _oldestTask;
    }
}
