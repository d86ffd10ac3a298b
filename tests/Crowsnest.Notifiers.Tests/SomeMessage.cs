using System.Collections.Immutable;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Tests;

/// <summary>Messages that tests need.</summary>
internal static class SomeMessage
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public const string Hostile = "<!channel> @everyone \r\n\"quoted\" \u001b[31mred \u202egnp \ud83d <b>&amp; javascript:alert(1)";

    public static Notification Of(params NotifiedIncident[] incidents) => new()
    {
        NotificationId = "00c0ffee00c0ffee",
        Receiver = "ops",
        GroupKey = "{}:{alertname=\"task-failed\", cluster=\"prod\"}",
        GroupLabels = Labels(("alertname", "task-failed"), ("cluster", "prod")),
        At = Noon.AddSeconds(30),
        Incidents = [.. incidents],
    };

    public static NotifiedIncident Incident(string service = "api", string summary = "Out of memory: the container 'web' was killed.", long count = 1) => new()
    {
        Id = "incident-" + service.Length,
        Labels = Labels(("alertname", "task-failed"), ("cluster", "prod"), ("kind", "OutOfMemory"), ("service", service), ("severity", "error")),
        Summary = summary,
        NextStep = "Raise the memory limit, or find the leak.",
        Evidence = ["web exited with 137", "OutOfMemoryError: Container killed due to memory usage"],
        FirstAt = Noon,
        LastAt = Noon.AddSeconds(count == 1 ? 0 : 20),
        Count = count,
        Resources = [.. Enumerable.Range(0, (int)Math.Min(count, 20)).Select(i => "task" + i)],
    };

    public static NotifiedIncident Resolved(string service = "api") =>
        Incident(service) with { ResolvedAt = Noon.AddMinutes(4), Resolution = "The service reached a steady state." };

    /// <summary>One with all that a message can lead to.</summary>
    public static NotifiedIncident Placed(string service = "api", long count = 1)
    {
        var incident = Incident(service, count: count);
        return incident with { Labels = incident.Labels.Add("account", "123456789012").Add("region", "eu-west-1") };
    }

    /// <summary>A message whose every text is hostile.</summary>
    public static Notification HostileOne() => Of(Incident(Hostile, Hostile) with
    {
        NextStep = Hostile, Evidence = [Hostile], Resources = [Hostile],
        Labels = Labels(("alertname", Hostile), ("cluster", "prod"), ("kind", Hostile), ("region", "eu-west-1"), ("service", Hostile), ("severity", "error")),
    });

    private static ImmutableSortedDictionary<string, string> Labels(params (string Name, string Value)[] labels) =>
        labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);
}
