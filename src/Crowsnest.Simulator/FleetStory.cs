namespace Crowsnest.Simulator;

/// <summary>What happens to a fleet, and when: the standing weaknesses, the day's stories, and what comes by chance.</summary>
internal sealed class FleetStory(Timeline timeline, Chance chance, TaskLife tasks, ServiceLife services, InstanceLife instances, ServiceEvents events, FleetBuilder builder)
{
    private const double Minute = 60;
    private const double Hour = 3600;
    private const string Daemon = "node-exporter";

    private static readonly Trouble[] AnyTrouble =
    [
        Trouble.Crash, Trouble.Crash, Trouble.Crash, Trouble.OutOfMemory, Trouble.OutOfMemory, Trouble.ImagePull, Trouble.ImagePull, Trouble.ResourceInit, Trouble.ContainerStart,
        Trouble.Network, Trouble.LoadBalancerHealth, Trouble.LoadBalancerHealth, Trouble.ContainerHealth, Trouble.Segfault,
    ];

    private Cluster[] _clusters = [];
    private List<Workload> _services = [];

    /// <summary>Plans it all: first the fleet comes up, within some ten minutes.</summary>
    public void Begin()
    {
        _clusters = builder.Clusters();
        _services = builder.Services(_clusters);
        foreach (var cluster in _clusters.Where(c => c.Ground != Ground.Fargate))
        {
            var count = FleetBuilder.InstancesFor(cluster, _services);
            for (var i = 0; i < count; i++) timeline.In(chance.Between(0, 50), () => instances.Register(cluster));
        }

        foreach (var service in _services)
        {
            timeline.In(chance.Between(60, 480), () => services.Deploy(service, Trouble.None));
            timeline.Every(() => chance.Between(5, 7) * Hour, () => services.SaySteady(service), chance.Between(1, 6) * Hour);
        }

        PlanRoutine();
        PlanWeaknesses();
        PlanTheDay();
        PlanJobs();
    }

    private void PlanRoutine()
    {
        // Each agent is away several times an hour.
        timeline.Every(() => chance.Wait(110), () => instances.Flap(AnyInstance(c => true)), 600);
        timeline.Every(() => chance.Wait(48 * Minute), () => Deploy(chance.Pick(_services)), 40 * Minute);
        timeline.Every(() => chance.Wait(4 * Minute), () =>
        {
            // More people are awake by day.
            var service = chance.Pick(_services);
            var isDay = timeline.Now / 3_600_000 % 24 is >= 7 and < 21;
            services.Scale(service, Math.Clamp(service.Desired + (chance.Percent(isDay ? 58 : 40) ? 1 : -1), 1, 6));
        }, 20 * Minute);
        timeline.Every(() => chance.Wait(25 * Minute), () =>
        {
            if (AnyTask(t => t.Workload.IsFargateSpot) is { } task) tasks.Stop(task, "spot", "SpotInterruption", "Your Spot Task was interrupted.");
        }, 15 * Minute);
        timeline.Every(() => chance.Wait(3 * Hour), () => instances.Reclaim(AnyInstance(c => c.Ground == Ground.Ec2Spot)), 70 * Minute);
    }

    private void PlanWeaknesses()
    {
        // The indexer's heap grows until it meets its 512 MiB.
        foreach (var service in _services.Where(s => s.Name == "search-indexer"))
        {
            timeline.Every(() => chance.Between(1.5, 4) * Hour, () =>
            {
                if (service.Live.FirstOrDefault(t => t.StartedAt > 0 && !t.IsStopping) is { } task) tasks.Die(task, Trouble.OutOfMemory);
            }, chance.Between(0.4, 2) * Hour);
        }

        // Nobody looks after staging's recommender: it crashes after some minutes, always.
        foreach (var service in _services.Where(s => s.Name == "recommender"))
        {
            timeline.Every(() => 60 + chance.Wait(200), () =>
            {
                if (service.Live.FirstOrDefault(t => t.StartedAt > 0 && !t.IsStopping) is { } task) tasks.Die(task, Trouble.Crash);
            }, 12 * Minute);
        }

        // And by chance, one after the other, something is ill for a while.
        timeline.Every(() => chance.Wait(20 * Minute), () =>
        {
            var service = chance.Pick(_services);
            if (service.Rollout is not null || timeline.Now < service.TroubleUntil) return;
            services.Sicken(service, Fitting(service, chance.Pick(AnyTrouble)), chance.Between(4, 14) * Minute);
        }, 14 * Minute);
    }

    private void PlanTheDay()
    {
        // The same hours each day: people deploy when they deploy.
        var checkout = _services.First(s => s.Name == "checkout");
        timeline.Daily(chance.Between(9, 17), () => services.Deploy(checkout, chance.Pick((Trouble[])[Trouble.Crash, Trouble.LoadBalancerHealth, Trouble.ImagePull])));
        timeline.Daily(chance.Between(0, 24), () => instances.Lose(AnyInstance(c => c.Ground == Ground.Ec2)));
        timeline.Daily(chance.Between(0, 24), () => instances.Disconnect(AnyInstance(c => c.Ground == Ground.Ec2)));
        timeline.Daily(chance.Between(0, 24), () => instances.Replace(AnyInstance(c => c.Ground == Ground.Ec2)));
        timeline.Daily(chance.Between(0, 24), () => events.SayDaemonImpaired(
            AnyInstance(c => true), Daemon, chance.Percent(75) ? "Task failed to reach RUNNING status: CannotPullContainerError: pull image manifest has been retried 5 time(s)" : null));
        timeline.Daily(chance.Between(0, 24), DeployDaemon);
        timeline.Daily(chance.Between(8, 18), Hook);
        timeline.Daily(chance.Between(0, 24), RetireATask);
        timeline.Daily(chance.Between(0, 24), WantTooMuch);
        timeline.Every(() => chance.Wait(6 * Hour), () =>
        {
            if (AnyTask(t => true) is { } task) events.SayUnknown(task);
        }, 30 * Minute);
    }

    private void PlanJobs()
    {
        var home = _clusters[1];
        foreach (var (name, every, work, fails) in Catalogue.Jobs)
        {
            var job = Defined(builder.Job(chance.Pick((Cluster[])[home, _clusters[3], _clusters[5]]), name));
            timeline.Every(() => every, () => RunScheduled(job, work * chance.Between(0.7, 1.5), chance.Percent(fails)), chance.Between(600, 600 + every));
        }

        // Every night, and every night in vain: its credentials expired.
        var export = Defined(builder.Job(home, "billing-export"));
        timeline.Daily(2.25, () => RunScheduled(export, 240, isToFail: true));
        var backup = Defined(builder.Job(_clusters[3], "db-backup-check"));
        timeline.Daily(3.5, () => RunScheduled(backup, 600, isToFail: false));

        var byHand = Catalogue.ByHand.Select(name => Defined(builder.Job(chance.Pick(_clusters), name))).ToArray();
        timeline.Every(() => chance.Wait(45 * Minute), () =>
        {
            var trouble = chance.Percent(15) ? chance.Pick(AnyTrouble) : Trouble.None;
            var job = chance.Pick(byHand);
            var task = tasks.Start(job, chance.Percent(60) ? null : "release-" + chance.Hex(7), Fitting(job, trouble), chance.Between(60, 900), Secrets());
            if (task is not null && chance.Percent(20))
                timeline.In(chance.Between(30, 400), () => tasks.Stop(task, "user_stop", "UserInitiated", chance.Pick(Catalogue.StopNotes)));
        }, 25 * Minute);
        timeline.Every(() => chance.Wait(2 * Hour), () =>
        {
            if (AnyTask(t => t.Workload.ServiceArn is not null) is { } task) tasks.Stop(task, "user_stop", "UserInitiated", chance.Pick(Catalogue.StopNotes));
        }, 50 * Minute);
    }

    private void RunScheduled(Workload job, double work, bool isToFail) => tasks.Start(
        job, "events-rule/" + job.Name, isToFail ? Fitting(job, chance.Percent(85) ? Trouble.Crash : chance.Pick(AnyTrouble)) : Trouble.None, isToFail ? 0 : work, Secrets());

    // Made up, and looks it; the point is that it stands where real ones do.
    private (string Name, string Value)[] Secrets() => chance.Percent(50)
        ? [("RUN_DATE", $"{DateTime.UnixEpoch.AddMilliseconds(timeline.Now):yyyy-MM-dd}"), ("DATABASE_PASSWORD", "not-a-real-secret-" + chance.Hex(12))]
        : [];

    private Workload Defined(Workload job)
    {
        services.NewRevision(job);
        return job;
    }

    private void Deploy(Workload service)
    {
        if (timeline.Now < service.TroubleUntil) return;
        services.Deploy(service, chance.Percent(9) ? Fitting(service, chance.Pick((Trouble[])[Trouble.Crash, Trouble.ImagePull, Trouble.LoadBalancerHealth, Trouble.ResourceInit])) : Trouble.None);
    }

    private void DeployDaemon()
    {
        var cluster = _clusters[0];
        var deployment = chance.Hex(20);
        events.SayDaemonDeployment(cluster, Daemon, "DAEMON_DEPLOYMENT_PENDING", deployment);
        timeline.In(5, () => events.SayDaemonDeployment(cluster, Daemon, "DAEMON_DEPLOYMENT_IN_PROGRESS", deployment));
        timeline.In(chance.Between(120, 400), () => events.SayDaemonDeployment(cluster, Daemon, "DAEMON_DEPLOYMENT_SUCCESSFUL", deployment));
    }

    private void Hook()
    {
        var service = _services.First(s => s.Cluster == _clusters[1] && s.TargetGroup is not null);
        var id = "ecs-pause-" + chance.Hex(40);
        var arn = service.Cluster.ArnOf($"service-deployment/{service.Cluster.Name}/{service.Name}/{chance.Hex(21)}");
        var until = timeline.Now + 3_600_000;
        services.Deploy(service, Trouble.None);
        timeline.In(90, () => events.SayHook(service, "HOOK_AWAITING_ACTION", id, arn, until));
        timeline.In(chance.Between(600, 3000), () => events.SayHook(service, "HOOK_SUCCEEDED", id, arn, until));
    }

    private void RetireATask()
    {
        if (AnyTask(t => t.Workload is { ServiceArn: not null, IsOnInstances: false }) is not { } task) return;
        events.SayRetirement(task, timeline.Now + 4 * 3_600_000);
        timeline.In(4 * Hour, () =>
        {
            if (task.StartedAt > 0) tasks.Stop(
                task, "maintenance", "ServiceSchedulerInitiated", "ECS is performing maintenance on the underlying infrastructure hosting the task");
        });
    }

    // Someone scales the platform's first service to more than its cluster holds, and sees it half an hour later.
    private void WantTooMuch()
    {
        var service = _services.First(s => s.Cluster == _clusters[3]);
        var before = service.Desired;
        services.Scale(service, before + 1 + service.Cluster.Instances.Sum(i => Math.Min(i.FreeMemory / service.Memory, i.FreeCpu / service.Cpu)));
        timeline.In(30 * Minute, () => services.Scale(service, before));
    }

    private Instance AnyInstance(Func<Cluster, bool> where) => chance.Pick(_clusters.Where(c => c.Instances.Count > 0 && where(c)).SelectMany(c => c.Instances).ToArray());

    private FleetTask? AnyTask(Func<FleetTask, bool> where)
    {
        var found = _services.SelectMany(s => s.Live).Where(t => t.StartedAt > 0 && !t.IsStopping && where(t)).ToArray();
        return found.Length == 0 ? null : chance.Pick(found);
    }

    // A trouble that this workload can have.
    private static Trouble Fitting(Workload workload, Trouble trouble) => trouble switch
    {
        Trouble.LoadBalancerHealth when workload.TargetGroup is null => workload.ServiceArn is null ? Trouble.Crash : Trouble.ContainerHealth,
        Trouble.ContainerHealth when workload.ServiceArn is null => Trouble.Crash,
        Trouble.Network when !workload.HasNetworkInterface => Trouble.ContainerStart,
        Trouble.ResourceInit when workload.IsOnInstances => Trouble.ImagePull,
        _ => trouble,
    };
}
