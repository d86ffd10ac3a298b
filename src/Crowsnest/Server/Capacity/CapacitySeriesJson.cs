using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.History;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>A stretch of time of a cluster's capacity.</summary>
/// <param name="Cluster">The cluster, as people name it.</param>
/// <param name="From">The beginning.</param>
/// <param name="To">The end.</param>
/// <param name="Points">How many moments, the ends among them.</param>
internal sealed record CapacityStretch(string Cluster, DateTimeOffset From, DateTimeOffset To, int Points)
{
    /// <summary>So far it goes back unless told.</summary>
    public static readonly TimeSpan Unless = TimeSpan.FromDays(1);

    /// <summary>At most so many moments.</summary>
    public const int PointsMax = 1_000;

    /// <summary>So many unless told: one each quarter of an hour of a day.</summary>
    public const int PointsUnlessTold = 97;
}

/// <summary>Capacity over time, for the API and for a command that has the store itself.</summary>
internal static class CapacitySeriesJson
{
    /// <summary>Writes the members of the answer.</summary>
    public static void Write(Utf8JsonWriter json, ClusterName cluster, CapacityStretch stretch, CapacitySeries series)
    {
        ListJson.Where(json, cluster);
        json.WriteString("from", EventJson.Time(stretch.From));
        json.WriteString("to", EventJson.Time(stretch.To));
        json.WriteStartArray("items");
        foreach (var sample in series.Samples)
        {
            json.WriteStartObject();
            CapacityJson.Write(json, sample);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("placementFailures");
        foreach (var mark in series.Marks)
        {
            json.WriteStartObject();
            json.WriteString("at", EventJson.Time(mark.At));
            json.WriteString("serviceName", mark.Service);
            json.WriteString("code", mark.Reason.Code);
            json.WriteString("reason", mark.Reason.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("placementFailuresLeftOut", series.NotPlaced - series.Marks.Count);
        json.WriteNumber("events", series.Events);
        if (series.CutAt is { } cut) json.WriteString("cutAt", EventJson.Time(cut));
        if (series.Since is { } since) json.WriteString("since", EventJson.Time(since));
        if (series.ResyncedSince is { } resynced) json.WriteString("resyncedSince", EventJson.Time(resynced));
        json.WriteString("note", string.Join(' ', Notes(stretch, series)) is { Length: > 0 } note ? note : null);
    }

    // What of the time is not told, or by halves.
    private static IEnumerable<string> Notes(CapacityStretch stretch, CapacitySeries series)
    {
        if (series.CutAt is { } cut) yield return $"It goes up to {EventJson.Time(cut)}: {series.Events:N0} events were read until there, and no more are for one answer. Ask for a shorter time.";
        if (series.Since is not { } since) yield return "No event is stored.";
        else if (stretch.From < since) yield return $"Nothing is stored from before {EventJson.Time(since)}.";
        if (series is { Since: not null, ResyncedSince: var resynced } && (resynced is null || resynced > stretch.From))
            yield return $"Until {EventJson.Time(resynced ?? stretch.To)} nothing had been compared with ECS: what had said nothing is not counted.";
    }
}
