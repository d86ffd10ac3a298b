using System.Diagnostics;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Events;

namespace Crowsnest.OpenSearch.Dashboards;

/// <summary>What stands on the dashboard: a query, and what is shown of what it finds. Fields are those of the field table, by their columns in documents.</summary>
/// <param name="Name">Its name in ids.</param>
/// <param name="Title">Its title.</param>
/// <param name="Query">What it shows, in Lucene's language, which all versions know and send to the server as it is.</param>
internal abstract record Visualisation(string Name, string Title, string Query)
{
    private static readonly string Failures = $"{Column("outcome")}:failure AND NOT {Column("synthetic")}:true";

    /// <summary>All of them, in the order in which they stand on the dashboard.</summary>
    /// <remarks>One stop is told by several events, so what failed is counted by its ARN and not by its events.</remarks>
    public static IReadOnlyList<Visualisation> All { get; } =
    [
        new Chart("failures-by-kind", "Failures by kind over time", Failures, Column("resource"), "Failed", null, Column("kind")),
        new Chart("failures-by-service", "Failures by service", Failures, Column("resource"), "Failed", Column("service"), Column("kind")),
        new Chart("agent-connections", "Container agents, connected (true) or not (false)", $"_exists_:{Column("agentConnected")}", Column("instance"), "Instances", null, Column("agentConnected")),
        new Table("latest-failures", "Latest failures", Failures, [Column("cluster"), Column("service"), Column("kind"), Column("severity"), Column("lastStatus"), Column("stoppedReason"), Column("exitCode"), Column("task")]),
        new Table("agents-lost", "Container agents that were lost", $"{Column("agentConnected")}:false", [Column("cluster"), Column("instance"), Column("ec2InstanceId"), Column("status"), Column("runningTasksCount")]),
    ];

    /// <summary>The column of a listed field.</summary>
    /// <exception cref="UnreachableException">The field table has no such field.</exception>
    public static string Column(string field) =>
        SearchFields.TryGet(field, out SearchField? listed) ? EventFieldNames.Column(listed) : throw new UnreachableException($"The field table has no field {field}.");

    /// <summary>Bars of how many different values a field has.</summary>
    /// <param name="Name">Its name in ids.</param>
    /// <param name="Title">Its title.</param>
    /// <param name="Query">What it shows.</param>
    /// <param name="Counted">The column whose values are counted.</param>
    /// <param name="Unit">What was counted, as the axis says it.</param>
    /// <param name="By">The column with a bar for each value, or <see langword="null"/> for a bar for each span of time.</param>
    /// <param name="Split">The column whose values are the colours of a bar.</param>
    internal sealed record Chart(string Name, string Title, string Query, string Counted, string Unit, string? By, string Split) : Visualisation(Name, Title, Query);

    /// <summary>A saved search: the events themselves, the latest first.</summary>
    /// <param name="Name">Its name in ids.</param>
    /// <param name="Title">Its title.</param>
    /// <param name="Query">What it shows.</param>
    /// <param name="Columns">The columns besides the time.</param>
    internal sealed record Table(string Name, string Title, string Query, IReadOnlyList<string> Columns) : Visualisation(Name, Title, Query);
}
