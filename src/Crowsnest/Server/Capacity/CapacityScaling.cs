using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Capacity.Scaling;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.History;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>What managed scaling would have done.</summary>
/// <param name="Cluster">The cluster, as people name it.</param>
/// <param name="From">The beginning.</param>
/// <param name="To">The end.</param>
/// <param name="Targets">With which target capacities, per cent.</param>
internal sealed record ScalingWish(string Cluster, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<int> Targets)
{
    /// <summary>So far it goes back unless told.</summary>
    public static readonly TimeSpan Unless = TimeSpan.FromDays(7);

    /// <summary>At most so long.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The targets unless told.</summary>
    public const string TargetsUnlessTold = "80,90,100";

    private const int TargetsMax = 10;

    /// <summary>Whole numbers from 1 to 100 with commas between; <see langword="null"/> when they are not, or too many.</summary>
    public static IReadOnlyList<int>? TargetsOf(string text)
    {
        var targets = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var target) || target is < 1 or > 100 || targets.Count == TargetsMax) return null;
            targets.Add(target);
        }

        return targets;
    }
}

/// <summary>Capacity providers, their reservation as ECS computes it, and what targets would have done, for the API and for a command that has the store itself.</summary>
internal static class CapacityScaling
{
    /// <summary>Writes the members of the answer.</summary>
    public static void Write(Utf8JsonWriter json, ClusterName cluster, ScalingWish wish, ScalingSeries series)
    {
        ListJson.Where(json, cluster);
        json.WriteString("from", EventJson.Time(wish.From));
        json.WriteString("to", EventJson.Time(wish.To));
        json.WriteStartArray("items");
        foreach (var (provider, samples) in series.Samples.OrderBy(of => of.Key, StringComparer.Ordinal)) Write(json, provider, samples, wish.Targets);
        json.WriteEndArray();
        json.WriteNumber("events", series.Events);
        if (series.CutAt is { } cut) json.WriteString("cutAt", EventJson.Time(cut));
        if (series.Since is { } since) json.WriteString("since", EventJson.Time(since));
        json.WriteString("note", Note(wish, series));
    }

    private static void Write(Utf8JsonWriter json, string provider, IReadOnlyList<ScalingSample> samples, IReadOnlyList<int> targets)
    {
        var last = samples[^1];
        json.WriteStartObject();
        json.WriteString("capacityProviderName", provider);
        json.WriteString("from", EventJson.Time(samples[0].At));
        json.WriteNumber("instances", last.Instances);
        json.WriteNumber("instancesWithTasks", last.Busy);
        json.WriteNumber("provisioningTasks", last.Waiting);
        json.WriteNumber("capacityProviderReservation", Math.Round(last.Reservation, 1));
        json.WriteNumber("capacityProviderReservationLeast", Math.Round(samples.Min(sample => sample.Reservation), 1));
        json.WriteNumber("capacityProviderReservationMost", Math.Round(samples.Max(sample => sample.Reservation), 1));
        Write(json, "was", ScalingReplay.Was(samples));
        Write(json, "needed", ScalingReplay.Needed(samples));
        json.WriteStartArray("targets");
        foreach (var target in targets)
        {
            json.WriteStartObject();
            json.WriteNumber("target", target);
            Write(json, ScalingReplay.Run(samples, new ManagedScaling { Target = target }));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ScalingOutcome outcome)
    {
        json.WriteStartObject(name);
        Write(json, outcome);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ScalingOutcome outcome)
    {
        json.WriteNumber("instanceHours", Math.Round(outcome.InstanceHours, 1));
        json.WriteNumber("minutesShort", Math.Round(outcome.MinutesShort));
        json.WriteNumber("idleInstanceHours", Math.Round(outcome.IdleHours, 1));
        json.WriteNumber("instancesMost", outcome.Most);
        json.WriteNumber("scaledOut", outcome.Outs);
        json.WriteNumber("scaledIn", outcome.Ins);
    }

    private static string? Note(ScalingWish wish, ScalingSeries series) => series switch
    {
        { CutAt: { } cut } => $"It goes up to {EventJson.Time(cut)}: {series.Events:N0} events were read until there, and no more are for one answer. Ask for a shorter time.",
        { Since: null } => "No event is stored.",
        { Since: { } since } when wish.From < since => $"Nothing is stored from before {EventJson.Time(since)}; a provider counts from when it was first heard of.",
        _ => null,
    };
}
