namespace Crowsnest.Simulator;

/// <summary>The life of a task from its placement to STOPPED, with the waits that were measured on real streams.</summary>
internal sealed class TaskLife(Timeline timeline, Chance chance, TaskEvents events, InstanceEvents instances)
{
    private const string Exited = "Essential container in task exited";

    /// <summary>Called when a task has reached RUNNING.</summary>
    public Action<FleetTask>? Running { get; set; }

    /// <summary>Called when a task is STOPPED.</summary>
    public Action<FleetTask>? Stopped { get; set; }

    /// <summary>Starts a task; <see langword="null"/> when no instance has room for it.</summary>
    public FleetTask? Start(Workload workload, string? startedBy, Trouble trouble, double workSeconds = 0, IReadOnlyList<(string Name, string Value)>? environment = null)
    {
        var cluster = workload.Cluster;
        Instance? instance = null;
        if (workload.IsOnInstances && (instance = Place(workload)) is null) return null;

        var id = chance.Hex(32);
        var zone = chance.Whole(0, 2);
        var task = new FleetTask
        {
            Workload = workload,
            Id = id,
            Arn = cluster.ArnOf($"task/{cluster.Name}/{id}"),
            Parts = [.. workload.Containers.Select(c => new TaskPart { Spec = c, Arn = cluster.ArnOf($"container/{cluster.Name}/{id}/{chance.Uuid()}") })],
            TaskDefinition = workload.TaskDefinition,
            StartedBy = startedBy,
            CreatedAt = timeline.Now,
            Zone = instance?.Zone ?? cluster.Region + "abc"[zone],
            Subnet = cluster.Subnets[zone],
            Trouble = trouble,
            WorkSeconds = workSeconds,
            Environment = environment ?? [],
            Instance = instance,
            AttachmentId = workload.HasNetworkInterface ? chance.Uuid() : "",
            LoadBalancerAttachmentId = workload.TargetGroup is null ? "" : chance.Uuid(),
            InterfaceId = workload.HasNetworkInterface ? "eni-0" + chance.Hex(16) : "",
            Mac = workload.HasNetworkInterface ? $"0a:{chance.Hex(2)}:{chance.Hex(2)}:{chance.Hex(2)}:{chance.Hex(2)}:{chance.Hex(2)}" : "",
            Address = workload.HasNetworkInterface ? $"10.{zone}.{chance.Whole(0, 255)}.{chance.Whole(4, 250)}" : "",
            LastStatus = workload.HasNetworkInterface ? "PROVISIONING" : "PENDING",
        };
        workload.Live.Add(task);
        if (instance is not null) Take(instance, task);
        events.Say(task);
        if (instance is not null) instances.Say(instance);

        if (!workload.HasNetworkInterface) Then(task, chance.Between(0.8, 3), Pull);
        else if (trouble == Trouble.Network) Then(task, chance.Between(8, 60), t => FailToStart(t, Words.Network(chance, t)));
        else Then(task, chance.Between(8.8, 11.8), Attach);
        return task;
    }

    /// <summary>Stops a task that did nothing wrong, or that a health check or a Spot reclaim ends: in order, with the time to finish.</summary>
    public void Stop(FleetTask task, string cls, string code, string reason)
    {
        if (task.IsStopping) return;
        End(task, cls, code, reason);
        if (task.StartedAt > 0 && task.Workload.TargetGroup is not null)
        {
            task.LastStatus = "DEACTIVATING";
            events.Say(task);
            timeline.In(chance.Between(20, 23), () =>
            {
                if (task.IsStopped) return;
                task.LoadBalancerStatus = "DELETED";
                Stopping(task);
            });
        }
        else if (task.StartedAt > 0)
        {
            Stopping(task);
        }
        else
        {
            WindDown(task, wait: 0);
        }
    }

    /// <summary>Ends a task by its own fault.</summary>
    public void Die(FleetTask task, Trouble trouble)
    {
        if (task.IsStopping || task.StartedAt == 0) return;
        var (cls, code) = trouble switch
        {
            Trouble.OutOfMemory => ("oom", 137),
            Trouble.Segfault => ("segfault", 139),
            _ => ("app_crash", chance.Pick((int[])[1, 1, 1, 1, 2, 3, 127, 134, 255])),
        };
        if (trouble == Trouble.OutOfMemory) task.Main.Reason = "OutOfMemoryError: Container killed due to memory usage";
        task.Main.ExitCode = code;
        ExitAll(task);
        End(task, cls, "EssentialContainerExited", Exited);
        WindDown(task, chance.Between(1, 4));
    }

    /// <summary>A task whose work is done.</summary>
    public void Complete(FleetTask task)
    {
        if (task.IsStopping) return;
        task.Main.ExitCode = 0;
        ExitAll(task);
        End(task, "completed", "EssentialContainerExited", Exited);
        WindDown(task, chance.Between(1, 4));
    }

    /// <summary>The host under a task is gone; nothing of it can finish.</summary>
    public void Lose(FleetTask task, string ec2Id)
    {
        // What was stopping already keeps its own reason, and ECS its own pace.
        if (task.IsStopping) return;
        End(task, "host_lost", "TerminationNotice", $"Host EC2 (instance {ec2Id}) terminated.");
        events.Say(task);
        timeline.In(chance.Between(0.1, 2), () => Finish(task));
    }

    // Tasks pack together, so that what is free is free in one piece.
    private static Instance? Place(Workload workload)
    {
        Instance? best = null;
        foreach (var instance in workload.Cluster.Instances)
        {
            if (!instance.TakesTasks || instance.FreeCpu < workload.Cpu || instance.FreeMemory < workload.Memory) continue;
            if (best is null || instance.FreeMemory < best.FreeMemory) best = instance;
        }

        return best;
    }

    private static void Take(Instance instance, FleetTask task)
    {
        var workload = task.Workload;
        instance.FreeCpu -= workload.Cpu;
        instance.FreeMemory -= workload.Memory;
        instance.Tasks.Add(task);
        if (workload.HasNetworkInterface || workload.Port == 0) return;
        do
        {
            instance.NextPort = instance.NextPort >= 60_999 ? 32_768 : instance.NextPort + 1;
        }
        while (!instance.UsedPorts.Add(instance.NextPort));
        task.HostPort = instance.NextPort;
    }

    private static void Release(Instance instance, FleetTask task)
    {
        instance.FreeCpu += task.Workload.Cpu;
        instance.FreeMemory += task.Workload.Memory;
        instance.Tasks.Remove(task);
        if (task.HostPort > 0) instance.UsedPorts.Remove(task.HostPort);
    }

    private void Then(FleetTask task, double seconds, Action<FleetTask> next) => timeline.In(seconds, () =>
    {
        if (!task.IsStopping) next(task);
    });

    private void Attach(FleetTask task)
    {
        task.LastStatus = "PENDING";
        task.InterfaceStatus = "ATTACHED";
        events.Say(task);
        if (task.Workload.ServiceArn is null) Then(task, chance.Between(2, 3), Pull);
        else
        {
            Then(task, chance.Between(1.6, 3), t =>
            {
                // PENDING comes twice: the second says that the agent is connected.
                t.ConnectedAt = timeline.Now;
                events.Say(t);
                Pull(t);
            });
        }
    }

    private void Pull(FleetTask task)
    {
        if (task.Workload.HasNetworkInterface && task.ConnectedAt == 0) task.ConnectedAt = timeline.Now;
        if (task.Trouble == Trouble.ResourceInit)
        {
            Then(task, chance.Between(1, 6), t => FailToStart(t, Words.ResourceInit(chance, t)));
            return;
        }

        task.PullStartedAt = timeline.Now + chance.Whole(40, 400);
        if (task.Trouble == Trouble.ImagePull)
        {
            Then(task, chance.Between(2, 25), t => FailToStart(t, Words.ImagePull(chance, t)));
            return;
        }

        Then(task, chance.Between(1.5, 7), t =>
        {
            t.PullStoppedAt = timeline.Now;
            if (t.Trouble == Trouble.ContainerStart) Then(t, 0.3, x => FailToStart(x, Words.ContainerStart(chance, x)));
            else Then(t, chance.Between(0.2, 2), Launch);
        });
    }

    private void Launch(FleetTask task)
    {
        foreach (var part in task.Parts)
        {
            part.Status = "RUNNING";
            part.RuntimeId = task.Workload.IsOnInstances ? chance.Hex(64) : $"{task.Id}-{chance.Whole(100_000_000, 2_000_000_000):d10}";
            if (!part.Spec.IsInit) continue;
            part.Status = "STOPPED";
            part.ExitCode = 0;
        }

        if (task.Workload.TargetGroup is null)
        {
            Run(task);
            return;
        }

        task.LastStatus = "ACTIVATING";
        events.Say(task);
        var wait = chance.Between(5, 15);
        if (chance.Percent(30))
        {
            // ACTIVATING may come twice, once without its attachments.
            Then(task, wait / 2, t =>
            {
                t.HidesAttachments = true;
                events.Say(t);
                t.HidesAttachments = false;
            });
        }

        Then(task, wait, Run);
    }

    private void Run(FleetTask task)
    {
        task.LastStatus = "RUNNING";
        task.LoadBalancerStatus = "ATTACHED";
        task.StartedAt = timeline.Now;
        events.Say(task);
        Running?.Invoke(task);
        switch (task.Trouble)
        {
            case Trouble.Crash or Trouble.Segfault or Trouble.OutOfMemory:
                Then(task, 3 + chance.Wait(25), t => Die(t, t.Trouble));
                break;
            case Trouble.LoadBalancerHealth:
                Then(task, chance.Between(40, 150), t => Stop(
                    t, "elb_health", "ServiceSchedulerInitiated", $"Task failed ELB health checks in (target-group {t.Workload.TargetGroup})"));
                break;
            case Trouble.ContainerHealth:
                Then(task, chance.Between(40, 120), t => Stop(t, "container_health", "ServiceSchedulerInitiated", "Task failed container health checks"));
                break;
        }

        if (task.WorkSeconds > 0) Then(task, task.WorkSeconds, Complete);
    }

    // On Fargate the reason is the task's; on instances only the container knows it.
    private void FailToStart(FleetTask task, (string Class, string Reason, bool IsOfContainer) why)
    {
        if (why.IsOfContainer) task.Main.Reason = why.Reason;
        End(task, why.Class, "TaskFailedToStart", why.IsOfContainer && task.Workload.IsOnInstances ? "Task failed to start" : why.Reason);
        WindDown(task, chance.Between(0.5, 2));
    }

    private void End(FleetTask task, string cls, string code, string reason)
    {
        task.Class = cls;
        task.StopCode = code;
        task.StoppedReason = reason;
        task.DesiredStatus = "STOPPED";
        task.StoppingAt = timeline.Now;
    }

    private void Stopping(FleetTask task)
    {
        // An agent on an instance says it only when all is over; until then the task is still RUNNING, and wanted STOPPED.
        if (task.Workload.TargetGroup is not null || !task.Workload.IsOnInstances) task.LastStatus = "STOPPING";
        events.Say(task);
        timeline.In(task.Workload.IsOnInstances ? chance.Between(2, 31) : chance.Between(20, 24), () => WindDown(task, wait: 0));
    }

    // What all stops end with: containers down, the interface given back, STOPPED.
    private void WindDown(FleetTask task, double wait)
    {
        if (task.IsStopped) return;
        if (wait > 0 && !task.Workload.HasNetworkInterface)
        {
            // The first of its events may come before the agent has told the exit codes.
            var codes = task.Parts.Select(p => (p.ExitCode, p.Reason)).ToArray();
            if (chance.Percent(30)) foreach (var part in task.Parts) (part.ExitCode, part.Reason) = (null, null);
            events.Say(task);
            timeline.In(wait, () =>
            {
                if (task.IsStopped) return;
                foreach (var (part, (code, reason)) in task.Parts.Zip(codes)) (part.ExitCode, part.Reason) = (code, reason);
                Finish(task);
            });
            return;
        }

        Down(task);
        if (!task.Workload.HasNetworkInterface)
        {
            Finish(task);
            return;
        }

        task.LastStatus = "DEPROVISIONING";
        events.Say(task);
        timeline.In(chance.Between(12.4, 16), () => Finish(task));
    }

    private void Down(FleetTask task)
    {
        if (task.ExecutionStoppedAt > 0) return;
        task.ExecutionStoppedAt = timeline.Now;
        foreach (var part in task.Parts) part.Status = "STOPPED";
        ExitAll(task);
    }

    private void Finish(FleetTask task)
    {
        if (task.IsStopped) return;
        Down(task);
        task.LastStatus = "STOPPED";
        task.StoppedAt = timeline.Now;
        task.InterfaceStatus = task.LoadBalancerStatus = "DELETED";
        task.Workload.Live.Remove(task);
        events.Say(task);
        if (task.Instance is { Status: not "INACTIVE" } instance)
        {
            Release(instance, task);
            timeline.In(0.05, () =>
            {
                if (instance.Status != "INACTIVE") instances.Say(instance);
            });
        }

        Stopped?.Invoke(task);
    }

    // Containers that never ran have no exit code, and GuardDuty's often has none at all.
    private void ExitAll(FleetTask task)
    {
        if (task.StartedAt == 0) return;
        foreach (var part in task.Parts)
        {
            if (part.ExitCode is null && !(part.Spec.IsInjected && chance.Percent(50))) part.ExitCode = chance.Pick((int[])[0, 0, 143, 137]);
        }
    }
}
