namespace Crowsnest.Simulator;

/// <summary>Container instances: they register, their agents flap, and now and then one is gone.</summary>
internal sealed class InstanceLife(Timeline timeline, Chance chance, InstanceEvents events, TaskLife tasks, ServiceLife services, Func<Cluster, Instance> make)
{
    /// <summary>A new instance registers.</summary>
    public Instance Register(Cluster cluster)
    {
        var instance = make(cluster);
        cluster.Instances.Add(instance);
        events.Say(instance);
        return instance;
    }

    /// <summary>The agent is away for a moment, which is routine.</summary>
    public void Flap(Instance instance)
    {
        if (!instance.TakesTasks) return;
        instance.AgentConnected = false;
        events.Say(instance);
        timeline.In(chance.Between(1, 20), () => Reconnect(instance));
    }

    /// <summary>The agent is away, and not only for a moment.</summary>
    public void Disconnect(Instance instance)
    {
        if (!instance.TakesTasks) return;
        var since = timeline.Now;
        instance.AgentConnected = false;
        events.Say(instance);
        timeline.In(180, () =>
        {
            if (instance.Status == "ACTIVE" && !instance.AgentConnected) events.SayHealth(instance, isImpaired: true, since);
        });
        timeline.In(chance.Between(900, 2400), () =>
        {
            if (instance.Status != "ACTIVE" || instance.AgentConnected) return;
            Reconnect(instance);
            timeline.In(40, () =>
            {
                if (instance.TakesTasks) events.SayHealth(instance, isImpaired: false, since);
            });
        });
    }

    /// <summary>The instance is gone with all its tasks.</summary>
    public void Lose(Instance instance)
    {
        if (instance.Status == "INACTIVE") return;
        instance.Status = "INACTIVE";
        instance.AgentConnected = false;
        instance.Cluster.Instances.Remove(instance);
        var lost = instance.Tasks.ToList();
        instance.Tasks.Clear();
        instance.UsedPorts.Clear();
        (instance.FreeCpu, instance.FreeMemory) = (instance.Cpu, instance.Memory);
        // The instance's own event comes first or last.
        var wait = chance.Between(0, 4);
        if (chance.Percent(50)) events.Say(instance, "host_lost");
        else timeline.In(wait + 1, () => events.Say(instance, "host_lost"));
        foreach (var task in lost) timeline.In(chance.Between(0.1, wait + 0.5), () => tasks.Lose(task, instance.Ec2Id));
        timeline.In(chance.Between(90, 240), () => Register(instance.Cluster));
    }

    /// <summary>EC2 wants a Spot instance back: two minutes to leave, and not all do.</summary>
    public void Reclaim(Instance instance)
    {
        if (!instance.TakesTasks) return;
        events.SaySpotWarning(instance);
        timeline.In(chance.Between(1, 5), () => Drain(instance, leavePercent: 75));
        timeline.In(120, () => Lose(instance));
    }

    /// <summary>An instance is replaced in order: drained, then deregistered by its agent.</summary>
    public void Replace(Instance instance)
    {
        if (!instance.TakesTasks) return;
        Register(instance.Cluster);
        timeline.In(60, () => Drain(instance, leavePercent: 100));
        timeline.In(420, () => Retire(instance));
    }

    private void Retire(Instance instance)
    {
        if (instance.Status != "DRAINING") return;
        if (instance.Tasks.Count > 0)
        {
            timeline.In(60, () => Retire(instance));
            return;
        }

        instance.Status = "INACTIVE";
        instance.Cluster.Instances.Remove(instance);
        events.Say(instance);
    }

    private void Drain(Instance instance, double leavePercent)
    {
        if (instance.Status != "ACTIVE") return;
        instance.Status = "DRAINING";
        events.Say(instance);
        foreach (var task in instance.Tasks.Where(t => !t.IsStopping).ToList())
        {
            if (task.Workload.ServiceArn is not null && chance.Percent(leavePercent)) timeline.In(chance.Between(1, 20), () => services.StopForScheduler(task, "scale_in"));
        }
    }

    private void Reconnect(Instance instance)
    {
        if (instance.Status != "ACTIVE" || instance.AgentConnected) return;
        instance.AgentConnected = true;
        events.Say(instance);
    }
}
