namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Advice for one service, or for the tasks of one family that are no service's.</summary>
/// <param name="sizes">What its tasks have.</param>
/// <param name="tasks">How many it wants.</param>
/// <param name="stops">Ends of its containers.</param>
/// <param name="usage">What was measured of it.</param>
/// <param name="days">The days that are looked at.</param>
/// <param name="options">What is too little to be said.</param>
internal sealed class WorkloadAdvisor(TaskSizes sizes, long tasks, IReadOnlyList<ContainerStop> stops, IReadOnlyList<UsageSeries> usage, AdviceDays days, AdviceOptions options)
{
    /// <summary>Why nothing is advised from what was measured, in a sentence; empty where enough was.</summary>
    public string Lacks { get; private set; } = "";

    /// <summary>All of it.</summary>
    public IEnumerable<Advice> Advise()
    {
        // Asked first of all, since what is too few is to be said also of what is killed.
        var scopes = Scopes().ToList();
        if (usage.Count > 0 && scopes.Find(s => s.Usage is { Lacks.Length: > 0 }) is { Usage: { } few })
            Lacks = $"{sizes.Workload}: {few.Lacks} are too few for advice from usage; at least {AdviceOptions.PointsMin} over {AdviceOptions.DaysMin} days are asked for.";
        return scopes.SelectMany(Advise).Concat(Restarts());
    }

    // A container with a limit of its own is sized by it; a task that has a size of its own is sized as a whole, and so is one that was measured only as a whole.
    private IEnumerable<Scope> Scopes()
    {
        var whole = usage.Where(s => s.Container.Length == 0).ToList();
        var measured = usage.Where(s => s.Container.Length > 0 && s.Kind != UsageKind.Tasks).Select(s => s.Container).ToHashSet(StringComparer.Ordinal);
        if (sizes.HasOwnSize || sizes.Containers.Count == 0)
        {
            yield return new Scope("", sizes.Cpu, sizes.Memory, s => !s.HasOwnLimit, OfWhole(whole, measured), IsTask: true);
            foreach (var container in sizes.Containers.Where(c => c.Memory is not null)) yield return OfContainer(container, null);
            yield break;
        }

        var single = sizes.Containers.Count == 1 && measured.Count == 0 && whole.Exists(s => s.Kind != UsageKind.Tasks);
        foreach (var container in sizes.Containers) yield return OfContainer(container, single ? UsageFacts.Of(whole, days) : measured.Contains(container.Name) ? Measured(container.Name) : null);
        if (!single && measured.Count == 0 && whole.Exists(s => s.Kind != UsageKind.Tasks)) yield return new Scope("", sizes.Cpu, sizes.Memory, _ => true, UsageFacts.Of(whole, days), IsTask: true) { IsMeasuredOnly = true };
    }

    private Scope OfContainer(ContainerSize container, UsageFacts? facts) =>
        new(container.Name, container.Cpu, container.Memory ?? container.MemoryReservation, s => s.Container == container.Name && (s.HasOwnLimit || !sizes.HasOwnSize), facts, IsTask: false);

    private UsageFacts Measured(string container) => UsageFacts.Of([.. usage.Where(s => s.Container == container)], days);

    // Of a task that was measured by container: all of them together, and only when none is missing.
    private UsageFacts? OfWhole(List<UsageSeries> whole, HashSet<string> measured)
    {
        if (whole.Exists(s => s.Kind != UsageKind.Tasks)) return UsageFacts.Of(whole, days);
        if (measured.Count == 0 || sizes.Containers.Count == 0 || !sizes.Containers.All(c => measured.Contains(c.Name))) return null;
        List<UsageFacts> each = [.. sizes.Containers.Select(c => Measured(c.Name))];
        return new UsageFacts
        {
            MemoryPeak = Sum(each.Select(f => f.MemoryPeak)), CpuHigh = Sum(each.Select(f => f.CpuHigh)), Seen = each[0].Seen, Lacks = each.Find(f => f.Lacks.Length > 0)?.Lacks ?? "",
        };
    }

    private static double? Sum(IEnumerable<double?> amounts) => amounts.Aggregate((double?)0, (sum, one) => sum + one);

    private IEnumerable<Advice> Advise(Scope scope)
    {
        var kills = OomKills.Of(stops.Where(scope.Owns), scope.Memory, days);
        if (kills.Recent.Count > 0 && (scope.Memory ?? kills.RecentLimit) is null)
        {
            if (!scope.IsMeasuredOnly) yield return Draft(scope, AdviceKind.RaiseMemory, kills, AdviceWords.Killed(Who(scope, kills), kills.Recent.Count, options.WindowDays, null, null), "No event says how much memory it has.", WishCause.Killed, null);
            yield break;
        }

        var memory = AmountWish.OfMemory(scope.Memory ?? kills.RecentLimit, kills, scope.Usage);
        var cpu = AmountWish.OfCpu(scope.Cpu, sizes.IsFargate && scope.IsTask, scope.Usage);

        // Which of several containers was killed is said of each by itself; of the whole only that nothing can be spared.
        if (scope.IsMeasuredOnly && kills.Floor is not null) memory = AmountWish.Stay(scope.Memory);
        if (sizes.IsFargate && scope.IsTask)
        {
            if (OnFargate(scope, kills, cpu, memory) is { } resized) yield return resized;
            yield break;
        }

        if (InSteps(scope, kills, memory, isMemory: true) is { } ofMemory) yield return ofMemory;
        if (InSteps(scope, kills, cpu, isMemory: false) is { } ofCpu) yield return ofCpu;
    }

    private Advice? InSteps(Scope scope, OomKills kills, AmountWish wish, bool isMemory)
    {
        var now = isMemory ? scope.Memory ?? kills.RecentLimit : scope.Cpu;
        if (wish.Cause == WishCause.None || now is not { } from) return null;
        var least = isMemory ? SizeSteps.MemoryLeast : SizeSteps.CpuLeast;
        var to = SizeSteps.Up(wish.Need, least);
        if (wish.Cause == WishCause.Spare ? !AmountWish.IsLower(to, from) : to <= from) return null;
        var kind = (wish.Cause == WishCause.Spare, isMemory) switch { (true, true) => AdviceKind.LowerMemory, (true, false) => AdviceKind.LowerCpu, (false, true) => AdviceKind.RaiseMemory, _ => AdviceKind.RaiseCpu };
        var (before, after) = isMemory ? (new AdvisedSize(null, from), new AdvisedSize(null, to)) : (new AdvisedSize(from, null), new AdvisedSize(to, null));
        var formula = AdviceWords.Stepped(wish.Formula, wish.Need, to, least, isMemory ? AdviceWords.Memory : AdviceWords.Cpu);
        return Finish(scope, kind, kills, wish.Cause, before, after, TaskWith(scope, from, to, isMemory), formula, null);
    }

    private Advice? OnFargate(Scope scope, OomKills kills, AmountWish cpu, AmountWish memory)
    {
        if (scope is not { Cpu: { } units, Memory: { } mib }) return null;
        var (wantCpu, wantMemory) = (cpu.Need, memory.Need);
        if (FargateSizes.AtLeast(wantCpu, wantMemory) is not { } size) return null;

        // What would be lowered by a little stays; the other may still go, as far as Fargate has that.
        if (memory.Cause == WishCause.Spare && !AmountWish.IsLower(size.Memory, mib)) (wantMemory, size) = (mib, FargateSizes.AtLeast(wantCpu, mib) ?? size);
        if (cpu.Cause == WishCause.Spare && !AmountWish.IsLower(size.Cpu, units)) (wantCpu, size) = (units, FargateSizes.AtLeast(units, wantMemory) ?? size);
        var cause = memory.Cause == WishCause.Killed ? WishCause.Killed : memory.Cause == WishCause.Short || cpu.Cause == WishCause.Short ? WishCause.Short : WishCause.Spare;
        var kind = (size.Cpu.CompareTo(units), size.Memory.CompareTo(mib)) switch
        {
            (0, 0) => (AdviceKind?)null,
            ( >= 0, > 0) when memory.Cause is WishCause.Killed or WishCause.Short => AdviceKind.RaiseMemory,
            ( > 0, >= 0) => AdviceKind.RaiseCpu,
            (0, < 0) => AdviceKind.LowerMemory,
            ( < 0, 0) => AdviceKind.LowerCpu,
            _ => AdviceKind.ResizeTask,
        };
        if (kind is not { } what) return null;
        var formulas = string.Join("; ", ((AmountWish[])[memory, cpu]).Where(w => w.Formula.Length > 0).Select(w => w.Formula));
        var after = new AdvisedSize(size.Cpu, size.Memory);
        return Finish(scope, what, kills, cause, new AdvisedSize(units, mib), after, after, AdviceWords.OnFargate(formulas, size), Smaller(size));
    }

    private static FargateSize? Smaller(FargateSize than) => FargateSizes.All.LastOrDefault(s => s.Cpu <= than.Cpu && s.Memory <= than.Memory && s != than) is { Cpu: > 0 } less ? less : null;

    // What the whole task has when one container has another amount.
    private AdvisedSize? TaskWith(Scope scope, long from, long to, bool isMemory)
    {
        if (scope.IsTask) return isMemory ? new AdvisedSize(sizes.Cpu, to) : new AdvisedSize(to, sizes.Memory);
        if (!isMemory) return new AdvisedSize(sizes.HasOwnSize ? sizes.Cpu : sizes.Cpu + to - from, sizes.Memory);

        // A soft limit is what a container reserves; a hard one above it takes nothing more.
        var container = sizes.Containers.FirstOrDefault(c => c.Name == scope.Container);
        var grown = container.MemoryReservation is null || container.Memory is null ? to - from : 0;
        if (!sizes.HasOwnSize) return new AdvisedSize(sizes.Cpu, sizes.Memory + grown);
        var least = Math.Max(sizes.Memory ?? 0, sizes.ContainerMemory + grown);
        return sizes.IsFargate ? FargateSizes.AtLeast(sizes.Cpu ?? 0, least) is { } size ? new AdvisedSize(size.Cpu, size.Memory) : null : new AdvisedSize(sizes.Cpu, least);
    }

    private Advice? Finish(Scope scope, AdviceKind kind, OomKills kills, WishCause cause, AdvisedSize from, AdvisedSize to, AdvisedSize? taskTo, string formula, FargateSize? smaller)
    {
        var taskFrom = new AdvisedSize(sizes.Cpu, sizes.Memory);
        var (cpu, memory) = ((taskFrom.Cpu - taskTo?.Cpu) ?? 0, (taskFrom.Memory - taskTo?.Memory) ?? 0);
        if (kind is AdviceKind.LowerCpu or AdviceKind.LowerMemory or AdviceKind.ResizeTask && cause == WishCause.Spare)
        {
            // Counted over days and not at this moment: a service that scales by the hour would have its advice come and go.
            var counted = UsageFacts.TasksOf(usage, days) ?? tasks;
            if (cpu * counted < options.SavedCpuMin && memory * counted < options.SavedMemoryMin) return null;
        }

        var who = Who(scope, kills);
        var text = cause switch
        {
            WishCause.Killed => AdviceWords.Killed(who, kills.Recent.Count, options.WindowDays, from, to),
            WishCause.Short => AdviceWords.Short(who, from, to),
            _ => AdviceWords.Spare(who, from, to),
        };
        return Draft(scope, kind, kills, text, formula, cause, smaller) with
        {
            From = from, To = to, TaskFrom = taskFrom, TaskTo = taskTo, Saving = new AdviceSaving(cpu * tasks, memory * tasks),
        };
    }

    private Advice Draft(Scope scope, AdviceKind kind, OomKills kills, string text, string formula, WishCause cause, FargateSize? smaller) => new()
    {
        Kind = kind, Service = sizes.Service, Family = sizes.Family, Container = Named(scope, kills), IsFargate = sizes.IsFargate, Tasks = tasks, Text = text, Formula = formula,
        Evidence = [.. kills.Recent.Take(options.EvidenceMax).Select(Evidence)], EvidenceTotal = kills.Recent.Count, Usage = scope.Usage is { Lacks.Length: 0 } seen ? seen.Seen : "",
        RestsOnReservationsOnly = scope.Usage is null or { Lacks.Length: > 0 }, Risk = AdviceWords.RiskOf(kind, sizes.IsFargate), WhyNotMore = AdviceWords.WhyNotMore(kind, cause, smaller),
    };

    // Of a task that has the limit as a whole, the container that was killed is named as long as it is one.
    private static string Named(Scope scope, OomKills kills) =>
        scope.Container.Length > 0 || kills.Recent.Select(k => k.Container).Distinct(StringComparer.Ordinal).ToList() is not [var one] ? scope.Container : one;

    private string Who(Scope scope, OomKills kills)
    {
        var name = sizes.Service.Length > 0 ? sizes.Service : sizes.Family;
        return scope.Container.Length > 0 ? $"container {scope.Container} of {name}" : Named(scope, kills) is { Length: > 0 } killed ? $"the tasks of {name}, whose container {killed} has no limit of its own," : $"the tasks of {name}";
    }

    private static AdviceEvidence Evidence(ContainerStop stop) => new(
        stop.TaskId, stop.At, stop.IsOutOfMemory ? $"{stop.Container} was killed for its memory{(stop.Limit is { } limit ? $" at {AdviceWords.Memory(limit)}" : "")}" : $"{stop.Container} ended: {AdviceWords.Exit(stop.ExitCode)}");

    // A task that no service starts again is not restarted.
    private IEnumerable<Advice> Restarts()
    {
        if (sizes.Service.Length == 0) yield break;
        var (start, now) = (days.WindowStart, days.Now);
        foreach (var ends in stops.Where(s => !s.IsOutOfMemory && s.At <= now).GroupBy(s => s.Container).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var peak = days.PeakWithToday((from, to) => ends.Count(s => s.At >= from && s.At < to));
            var recent = ends.Where(s => s.At >= start).OrderByDescending(s => s.At).ThenBy(s => s.TaskId, StringComparer.Ordinal).ToList();
            if (recent.Count == 0 || peak < options.RestartsMin) continue;
            var codes = recent.GroupBy(s => s.ExitCode).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
            yield return new Advice
            {
                Kind = AdviceKind.Restarts, Service = sizes.Service, Family = sizes.Family, Container = ends.Key, IsFargate = sizes.IsFargate, Tasks = tasks,
                Text = AdviceWords.Restarts($"container {ends.Key} of {sizes.Service}", recent.Count, options.WindowDays),
                Formula = $"{string.Join(", ", codes.Select(c => $"{AdviceWords.Exit(c.Key)} {AdviceWords.Times(c.Count())}"))}; from {options.RestartsMin} on it is said",
                Evidence = [.. recent.Take(options.EvidenceMax).Select(Evidence)], EvidenceTotal = recent.Count,
                Risk = AdviceWords.RiskOf(AdviceKind.Restarts, sizes.IsFargate), WhyNotMore = AdviceWords.WhyNoSize(codes[0].Key),
            };
        }
    }

    /// <summary>What has a size.</summary>
    /// <param name="Container">The container; empty for the task as a whole.</param>
    /// <param name="Cpu">CPU units that it has.</param>
    /// <param name="Memory">MiB that it has.</param>
    /// <param name="Owns">Whether an end of a container is evidence for it.</param>
    /// <param name="Usage">What was measured of it; <see langword="null"/> when nothing was.</param>
    /// <param name="IsTask">It is the task as a whole.</param>
    private sealed record Scope(string Container, long? Cpu, long? Memory, Func<ContainerStop, bool> Owns, UsageFacts? Usage, bool IsTask)
    {
        /// <summary>Its containers have the sizes; as a whole it was only measured.</summary>
        public bool IsMeasuredOnly { get; init; }
    }
}
