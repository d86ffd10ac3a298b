using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>What shows that something is well again. Kept as a firing of its own, so that it is there whichever comes first, it or the failure.</summary>
/// <remarks>
/// A service is well when ECS says that it is in a steady state or that its deployment is complete; a task without a service when a later one of its family
/// ends as it should; a container instance when ECS calls it healthy. There is one firing for each of them, and a later one takes its place.
/// </remarks>
internal static class Recoveries
{
    private static readonly DateTimeOffset Origin = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Whose = ["account", "region", "cluster", "service", "family", "instance"];

    /// <summary>The firing, or <see langword="null"/> when the event shows nothing of the kind.</summary>
    public static Firing? Of(EcsEvent ecsEvent, EventDiagnosis diagnosis)
    {
        if (diagnosis.Outcome != EventOutcome.Routine || ecsEvent.IsSynthetic) return null;
        return ecsEvent.Detail switch
        {
            ActionDetail { EventName: "SERVICE_STEADY_STATE" } when ecsEvent.Service.Length > 0 => Recovery(ecsEvent, "service", ecsEvent.Service, "The service reached a steady state."),
            ActionDetail { EventName: "SERVICE_DEPLOYMENT_COMPLETED" } when ecsEvent.Service.Length > 0 => Recovery(ecsEvent, "service", ecsEvent.Service, "The service's deployment is complete."),
            TaskDetail { LastStatus: "STOPPED" } when diagnosis.Kind == CauseKinds.Completed && ecsEvent.Service.Length == 0 && ecsEvent.Family.Length > 0 =>
                Recovery(ecsEvent, "family", ecsEvent.Family, "A later task of the family ended as it should."),
            InstanceHealthDetail { OverallStatus: "OK" } when ecsEvent.Instance.Length > 0 => Recovery(ecsEvent, "instance", ecsEvent.Instance, "ECS calls the container instance healthy."),
            _ => null,
        };
    }

    /// <summary>The id of what would resolve an incident with these labels; <see langword="null"/> when nothing does but a person.</summary>
    public static string? IdFor(ImmutableSortedDictionary<string, string> labels)
    {
        var whose = labels.ContainsKey("service") ? "service" : labels.ContainsKey("family") ? "family" : labels.ContainsKey("instance") ? "instance" : null;
        return whose is null ? null : Id(labels, whose);
    }

    private static Firing Recovery(EcsEvent ecsEvent, string whose, string name, string words)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (label, value) in (ReadOnlySpan<(string, string)>)[("account", ecsEvent.Account), ("region", ecsEvent.Region), ("cluster", ecsEvent.Cluster), (whose, name)])
        {
            if (value.Length > 0) labels[label] = value;
        }

        var made = labels.ToImmutable();
        return new Firing
        {
            Id = Id(made, whose), Rule = "", OccurredAt = ecsEvent.OccurredAt, Labels = made, GroupBy = [], Resource = name, Summary = words, NextStep = "", IsRecovery = true,
            Event = ecsEvent.Key, Severity = Severity.Info,

            // The later of two takes the place of the other. Seconds fit until 2083.
            Rank = (int)Math.Clamp((ecsEvent.OccurredAt - Origin).TotalSeconds, 0, int.MaxValue),
        };
    }

    private static string Id(ImmutableSortedDictionary<string, string> labels, string whose) =>
        "recovered/" + string.Join('/', Whose.Where(name => name is "account" or "region" or "cluster" || name == whose).Select(name => labels.GetValueOrDefault(name, "")).Prepend(whose));
}
