namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Instances that would be added.</summary>
/// <param name="Type">Their type: its shape is what instances of it in the problem have, else what <see cref="InstanceShapes"/> says.</param>
/// <param name="Zone">Their zone.</param>
/// <param name="Count">How many.</param>
public sealed record AddedInstances(string Type, string Zone, int Count);

/// <summary>A workload that would be another.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">What a task would take; <see langword="null"/> for as it is.</param>
/// <param name="Count">How many tasks it would have; <see langword="null"/> for as many as it has.</param>
public sealed record ChangedWorkload(string Name, Amounts? Size = null, int? Count = null);

/// <summary>Another type in place of one.</summary>
/// <param name="To">The new type.</param>
/// <param name="From">The type that goes; <see langword="null"/> for all.</param>
public sealed record OtherType(string To, string? From = null);

/// <summary>A cluster that is not, made of one that is.</summary>
public sealed record WhatIf
{
    // Distinct tasks need as many instances as before, and pieces do not fill the last quarter: what is not needed is not kept.
    private const double PoolShare = 1.25;

    /// <summary>Instances more.</summary>
    public IReadOnlyList<AddedInstances> Add { get; init; } = [];

    /// <summary>Instances that drain, by id.</summary>
    public IReadOnlyList<string> Drain { get; init; } = [];

    /// <summary>Workloads of another size or count.</summary>
    public IReadOnlyList<ChangedWorkload> Change { get; init; } = [];

    /// <summary>
    /// Instances of another type take the place of present ones, which drain. As many are planned as could be needed, in the same zones; how many are, packing says.
    /// </summary>
    public OtherType? Replace { get; init; }

    /// <summary>The problem as it would be. What it asks for that is not there is named, all of it, and left out.</summary>
    public (PackingProblem Problem, IReadOnlyList<string> Mistakes) Apply(PackingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var mistakes = new List<string>();
        var instances = problem.Instances.ToList();
        foreach (var id in Drain)
        {
            var at = instances.FindIndex(i => i.Id == id);
            if (at < 0) mistakes.Add($"There is no instance {id}.");
            else instances[at] = instances[at] with { IsDraining = true };
        }

        if (Replace is { } replace) ReplaceIn(problem, instances, replace, mistakes);
        foreach (var add in Add)
        {
            if (add.Count is < 0 or > 10_000) mistakes.Add($"{add.Count} instances cannot be added: 0 to 10000 can.");
            else if (ShapeOf(problem, add.Type) is not { } shape) mistakes.Add(Unknown(add.Type));
            else AddTo(instances, add, shape, problem.Instances.FirstOrDefault(i => i.Type == add.Type));
        }

        var (workloads, tasks) = (problem.Workloads.ToList(), problem.Tasks.ToList());
        foreach (var change in Change)
        {
            var at = workloads.FindIndex(w => w.Name == change.Name);
            if (at < 0 || change.Count is < 0 or > 1_000_000)
            {
                mistakes.Add(at < 0 ? $"There is no service {change.Name}." : $"Service {change.Name} cannot have {change.Count} tasks.");
                continue;
            }

            var before = tasks.Count(t => t.Workload == at);
            if (change.Size is { } size) workloads[at] = workloads[at] with { Size = size };
            if (change.Count is not { } count) continue;
            for (var n = before; n < count; n++) tasks.Add(new PackingTask($"{change.Name}+{n - before + 1}", at, PackingTask.Nowhere));
            if (count < before) RemoveFrom(tasks, at, before - count);
        }

        return (problem with { Instances = instances, Workloads = workloads, Tasks = tasks }, mistakes);
    }

    private static void ReplaceIn(PackingProblem problem, List<PackingInstance> instances, OtherType replace, List<string> mistakes)
    {
        if (ShapeOf(problem, replace.To) is not { } shape)
        {
            mistakes.Add(Unknown(replace.To));
            return;
        }

        bool Goes(PackingInstance i) => !i.IsPlanned && i.Type != replace.To && (replace.From is null || i.Type == replace.From);
        var zones = instances.Where(Goes).GroupBy(i => i.Zone, StringComparer.Ordinal).Select(g => (Zone: g.Key, Going: g.ToList())).OrderBy(g => g.Zone, StringComparer.Ordinal).ToList();
        if (zones.Count == 0) mistakes.Add(replace.From is { } from ? $"There is no instance of type {from} to replace." : $"No instance is of another type than {replace.To}.");
        for (var i = 0; i < instances.Count; i++)
        {
            if (Goes(instances[i])) instances[i] = instances[i] with { IsDraining = true };
        }

        foreach (var (zone, going) in zones)
        {
            var ratio = 0.0;
            for (var k = 0; k < Amounts.Kinds - 1; k++)
            {
                var there = going.Sum(i => (double)i.Shape.Of(k));
                if (there > 0 && shape.Of(k) > 0) ratio = Math.Max(ratio, there / shape.Of(k));
            }

            var count = Math.Max(going.Count, (int)Math.Ceiling(ratio * PoolShare) + 1);
            AddTo(instances, new AddedInstances(replace.To, zone, count), shape, going[0]);
        }
    }

    private static void AddTo(List<PackingInstance> instances, AddedInstances add, Amounts shape, PackingInstance? like)
    {
        var known = instances.Count(i => i.IsPlanned);
        for (var n = 1; n <= add.Count; n++)
        {
            var added = new PackingInstance { Id = $"new-{known + n}", Type = add.Type, Zone = add.Zone, Shape = shape, IsPlanned = true };
            instances.Add(like is null ? added : added with { Attributes = like.Attributes, ReservedPorts = like.ReservedPorts });
        }
    }

    // What instances of the type have registered is better than any table.
    private static Amounts? ShapeOf(PackingProblem problem, string type) =>
        problem.Instances.FirstOrDefault(i => i.Type == type)?.Shape ?? (InstanceShapes.Find(type) is { } shape ? shape.Registered : null);

    // First what has no place yet, then the last of the list.
    private static void RemoveFrom(List<PackingTask> tasks, int workload, int count)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            for (var t = tasks.Count - 1; t >= 0 && count > 0; t--)
            {
                if (tasks[t].Workload != workload || (pass == 0 && tasks[t].Instance >= 0)) continue;
                tasks.RemoveAt(t);
                count--;
            }
        }
    }

    private static string Unknown(string type) => $"The shape of instance type {type} is not known; known are {string.Join(", ", InstanceShapes.Families)}.";
}
