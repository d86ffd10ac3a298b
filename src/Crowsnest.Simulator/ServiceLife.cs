using System.Globalization;

namespace Crowsnest.Simulator;

/// <summary>Services: they keep as many tasks as they want, deploy, roll back, scale, and say when they are steady.</summary>
internal sealed class ServiceLife
{
    private const double PlacementToldEvery = 300_000;

    private readonly Timeline _timeline;
    private readonly Chance _chance;
    private readonly ServiceEvents _events;
    private readonly TaskLife _tasks;

    public ServiceLife(Timeline timeline, Chance chance, ServiceEvents events, TaskLife tasks)
    {
        (_timeline, _chance, _events, _tasks) = (timeline, chance, events, tasks);
        tasks.Running += OnRunning;
        tasks.Stopped += OnStopped;
    }

    /// <summary>Deploys a service; what its tasks then suffer from is found out by the circuit breaker.</summary>
    public void Deploy(Workload service, Trouble trouble)
    {
        if (service.Rollout is not null) return;
        var rollout = new Rollout
        {
            Deployment = NewDeploymentId(),
            Before = service.Deployment,
            TaskDefinitionBefore = service.TaskDefinition,
            ContainersBefore = service.Containers,
            Trouble = trouble,
            FailuresMax = Math.Max(3, service.Desired / 2),
        };
        NewRevision(service);
        service.Deployment = rollout.Deployment;
        service.Rollout = rollout;
        service.Trouble = Trouble.None;
        service.FailuresInARow = 0;
        _events.SayDeployment(service, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", rollout.Deployment, $"ECS deployment {rollout.Deployment} in progress.", _timeline.Now);
        FillSoon(service, _chance.Between(0.3, 2));
    }

    /// <summary>Wants another number of tasks.</summary>
    public void Scale(Workload service, int desired)
    {
        if (service.Rollout is not null || desired == service.Desired || desired < 1) return;
        service.Desired = desired;
        _events.SayAction(service, "INFO", "SERVICE_DESIRED_COUNT_UPDATED");
        var surplus = Current(service).Skip(desired).ToList();
        foreach (var task in surplus) StopForScheduler(task, "scale_in");
        FillSoon(service, _chance.Between(0.5, 3));
    }

    /// <summary>Lets a service's tasks suffer: new ones at once, and some of those that run.</summary>
    public void Sicken(Workload service, Trouble trouble, double seconds)
    {
        service.Trouble = trouble;
        service.TroubleUntil = _timeline.Now + (long)(seconds * 1000);
        foreach (var task in service.Live.Where(t => t.StartedAt > 0 && !t.IsStopping).Take(_chance.Whole(1, 3)).ToList())
        {
            _timeline.In(_chance.Between(1, 40), () =>
            {
                switch (trouble)
                {
                    case Trouble.Crash or Trouble.Segfault or Trouble.OutOfMemory:
                        _tasks.Die(task, trouble);
                        break;
                    case Trouble.LoadBalancerHealth:
                        _tasks.Stop(task, "elb_health", "ServiceSchedulerInitiated", $"Task failed ELB health checks in (target-group {service.TargetGroup})");
                        break;
                    case Trouble.ContainerHealth:
                        _tasks.Stop(task, "container_health", "ServiceSchedulerInitiated", "Task failed container health checks");
                        break;
                    default:
                        // What cannot start shows only when something starts: a task is replaced.
                        StopForScheduler(task, "scale_in");
                        break;
                }
            });
        }
    }

    /// <summary>Stops a task as the service's scheduler does when it is not needed any more.</summary>
    public void StopForScheduler(FleetTask task, string cls) =>
        _tasks.Stop(task, cls, "ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {task.StartedBy})");

    /// <summary>Says that all is well, as ECS does now and then.</summary>
    public void SaySteady(Workload service)
    {
        if (service.Rollout is null && Current(service).Count(t => t.LastStatus == "RUNNING") == service.Desired) _events.SayAction(service, "INFO", "SERVICE_STEADY_STATE");
    }

    /// <summary>Makes the next revision of a task definition, with new images.</summary>
    public void NewRevision(Workload workload)
    {
        workload.Revision++;
        workload.TaskDefinition = workload.Cluster.ArnOf($"task-definition/{workload.Name}:{workload.Revision.ToString(CultureInfo.InvariantCulture)}");
        var registry = $"{workload.Cluster.Account}.dkr.ecr.{workload.Cluster.Region}.amazonaws.com/{workload.Name}:";
        workload.Containers = [.. workload.Containers.Select((c, i) => i == 0 || c.IsInit
            ? c with { Image = registry + _chance.Hex(7), Digest = "sha256:" + _chance.Hex(64) } : c)];
    }

    private string NewDeploymentId() => "ecs-svc/" + ((long)(_chance.Bits() >> 2)).ToString("d19", CultureInfo.InvariantCulture);

    private static IEnumerable<FleetTask> Current(Workload service) => service.Live.Where(t => !t.IsStopping && t.StartedBy == service.Deployment);

    private void FillSoon(Workload service, double seconds)
    {
        if (service.IsFilling) return;
        service.IsFilling = true;
        _timeline.In(seconds, () =>
        {
            service.IsFilling = false;
            Fill(service);
        });
    }

    private void Fill(Workload service)
    {
        var current = Current(service).ToList();
        var missing = service.Desired - current.Count;
        // Of a deployment only a part is started at once; what suffers is tried a few at a time.
        if (service.Rollout is { Before.Length: > 0 }) missing = Math.Min(missing, Math.Max(1, service.Desired / 3) - current.Count(t => t.StartedAt == 0));
        var trouble = service.Rollout?.Trouble ?? (_timeline.Now < service.TroubleUntil ? service.Trouble : Trouble.None);
        if (trouble != Trouble.None) missing = Math.Min(missing, 2);
        for (var i = 0; i < missing; i++)
        {
            if (_tasks.Start(service, service.Deployment, trouble) is not null) continue;
            NoRoom(service);
            return;
        }
    }

    private void NoRoom(Workload service)
    {
        var isMemory = service.Cluster.Instances.Where(i => i.TakesTasks).All(i => i.FreeMemory < service.Memory);
        if (_timeline.Now - service.PlacementToldAt >= PlacementToldEvery)
        {
            service.PlacementToldAt = _timeline.Now;
            _events.SayAction(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", isMemory ? "RESOURCE:MEMORY" : "RESOURCE:CPU", "service_error");
        }

        // A deployment may make room by stopping one of the tasks that it replaces.
        if (service.Rollout is not null) StopOneOld(service);
        FillSoon(service, _chance.Between(30, 60));
    }

    private void OnRunning(FleetTask task)
    {
        var service = task.Workload;
        if (service.ServiceArn is null) return;
        if (service.Rollout is { } rollout && task.StartedBy == rollout.Deployment && rollout.Trouble == Trouble.None)
        {
            StopOneOld(service);
            if (Current(service).Count(t => t.StartedAt > 0) >= service.Desired) Complete(service, rollout);
            else FillSoon(service, _chance.Between(0.5, 4));
        }
        else if (service.Rollout is null)
        {
            Settle(service);
        }
    }

    private void OnStopped(FleetTask task)
    {
        var service = task.Workload;
        if (service.ServiceArn is null) return;
        var isFailure = EventTruth.FailureClasses.Contains(task.Class!) && task.Class is not ("host_lost" or "spot");
        if (isFailure) service.FailuresInARow++;
        else if (task.Class is "scale_in" or "deploy_replace") service.FailuresInARow = 0;
        var neverRan = task.StartedAt == 0;
        if (isFailure && neverRan && service.FailuresInARow % 4 == 3) _events.SayAction(service, "WARN", "SERVICE_TASK_START_IMPAIRED", null, "start_impaired");
        if (service.Rollout is { } rollout && task.StartedBy == rollout.Deployment && isFailure && ++rollout.Failures >= rollout.FailuresMax && rollout.Before.Length > 0)
        {
            RollBack(service, rollout);
            return;
        }

        // Only tasks that never ran make ECS wait longer between tries.
        FillSoon(service, _chance.Between(0.6, 6) + (neverRan ? Math.Min(240, service.FailuresInARow * 8) : Math.Min(30, service.FailuresInARow * 2)));
    }

    private void StopOneOld(Workload service)
    {
        if (service.Live.FirstOrDefault(t => !t.IsStopping && t.StartedBy != service.Deployment) is { } old) StopForScheduler(old, "deploy_replace");
    }

    private void Complete(Workload service, Rollout rollout)
    {
        service.Rollout = null;
        service.FailuresInARow = 0;
        var updatedAt = _timeline.Now;
        foreach (var old in service.Live.Where(t => !t.IsStopping && t.StartedBy != service.Deployment).ToList()) StopForScheduler(old, "deploy_replace");
        // It is said well after it is true.
        _timeline.In(_chance.Between(25, 50), () => _events.SayDeployment(
            service, "INFO", "SERVICE_DEPLOYMENT_COMPLETED", rollout.Deployment, $"ECS deployment {rollout.Deployment} completed.", updatedAt));
        Settle(service);
    }

    private void RollBack(Workload service, Rollout rollout)
    {
        service.Rollout = null;
        service.Deployment = rollout.Before;
        service.TaskDefinition = rollout.TaskDefinitionBefore;
        service.Containers = rollout.ContainersBefore;
        service.FailuresInARow = 0;
        var updatedAt = _timeline.Now;
        _timeline.In(_chance.Between(2, 110), () =>
        {
            _events.SayDeployment(
                service, "ERROR", "SERVICE_DEPLOYMENT_FAILED", rollout.Deployment, "ECS deployment circuit breaker: tasks failed to start.", updatedAt, "deployment_failed");
            _events.SayDeployment(
                service, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", rollout.Before, $"ECS deployment circuit breaker: rolling back to deploymentId {rollout.Before}.", updatedAt, "rolled_back");
            foreach (var task in service.Live.Where(t => !t.IsStopping && t.StartedBy == rollout.Deployment).ToList()) StopForScheduler(task, "scale_in");
            FillSoon(service, 1);
            _timeline.In(_chance.Between(60, 120), () => _events.SayDeployment(
                service, "INFO", "SERVICE_DEPLOYMENT_COMPLETED", rollout.Before, $"ECS deployment {rollout.Before} completed.", _timeline.Now - 20_000));
            Settle(service);
        });
    }

    private void Settle(Workload service)
    {
        if (service.IsSettling) return;
        service.IsSettling = true;
        _timeline.In(_chance.Between(30, 70), () =>
        {
            service.IsSettling = false;
            if (service.Rollout is not null || Current(service).Count(t => t.LastStatus == "RUNNING") != service.Desired) return;
            _events.SayAction(service, "INFO", "CAPACITY_PROVIDER_STEADY_STATE");
            _events.SayAction(service, "INFO", "SERVICE_STEADY_STATE");
        });
    }
}
