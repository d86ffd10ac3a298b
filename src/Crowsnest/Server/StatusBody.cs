namespace Crowsnest.Server;

/// <summary>How things stand at the end of a time: what is broken, and each cluster at a glance.</summary>
/// <param name="From">The beginning.</param>
/// <param name="To">The end, exclusive; "lately" counts back from here.</param>
/// <param name="LatelyFrom">Where "lately" begins.</param>
/// <param name="Events">Events in the time.</param>
/// <param name="EventsLately">Of these, lately.</param>
/// <param name="FailureEvents">Events that say that something failed.</param>
/// <param name="FailureEventsLately">Of these, lately.</param>
/// <param name="ServicesFailing">Services (or, without one, task families or clusters) with a failure lately and no steady state since.</param>
/// <param name="ClustersFailing">The clusters that these are in.</param>
/// <param name="FailingSince">When the first of these began.</param>
/// <param name="RolledBackLately">Deployments that were rolled back lately.</param>
/// <param name="Failures">What failed, the worst first.</param>
/// <param name="FailuresLeftOut">How many are not listed.</param>
/// <param name="Kinds">Events of failure by kind, most first.</param>
/// <param name="Services">Events of failure by service, most first.</param>
/// <param name="Clusters">Every cluster that was heard of.</param>
/// <param name="Strip">The last six hours.</param>
/// <param name="Cut">Why it may be incomplete, or <see langword="null"/>.</param>
internal sealed record StatusBody(
    DateTime From, DateTime To, DateTime LatelyFrom, long Events, long EventsLately, long FailureEvents, long FailureEventsLately, int ServicesFailing, int ClustersFailing,
    DateTime? FailingSince, int RolledBackLately, IReadOnlyList<StatusFailure> Failures, int FailuresLeftOut, IReadOnlyList<StatusKindCount> Kinds, IReadOnlyList<StatusServiceCount> Services,
    IReadOnlyList<StatusCluster> Clusters, StatusStrip Strip, string? Cut);

/// <summary>What failed: one kind at one service (or task family) of one cluster.</summary>
/// <param name="State">failing or warning: lately, and no steady state since; recovered: a steady state came since; earlier: not lately.</param>
/// <param name="Account">The account.</param>
/// <param name="Region">The region.</param>
/// <param name="Cluster">The cluster; empty when it named none.</param>
/// <param name="Service">The service; empty when it is none's.</param>
/// <param name="Family">The task definition's family; empty where it is not known.</param>
/// <param name="Kind">Why.</param>
/// <param name="Severity">Of the latest.</param>
/// <param name="Summary">The latest, in words.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="Key">The latest event.</param>
/// <param name="Count">Events in the time.</param>
/// <param name="FirstAt">The first in the time.</param>
/// <param name="Since">The first after the latest pause of an hour.</param>
/// <param name="LastAt">The latest.</param>
/// <param name="RecoveredAt">When the service was steady again after the latest.</param>
/// <param name="Counts">Events over the time, in buckets of equal width.</param>
/// <param name="Incident">The incident that it is in.</param>
internal sealed record StatusFailure(
    string State, string Account, string Region, string Cluster, string Service, string Family, string Kind, string Severity, string Summary, string NextStep, string Key, long Count,
    DateTime FirstAt, DateTime Since, DateTime LastAt, DateTime? RecoveredAt, IReadOnlyList<long> Counts, StatusIncident? Incident);

/// <summary>The incident that a failure is in, as it stands now.</summary>
internal sealed record StatusIncident(string Id, string State, long Count, DateTime FirstAt, DateTime LastAt, DateTime? ToldAt);

/// <summary>A kind and how many events of failure have it.</summary>
internal sealed record StatusKindCount(string Kind, long Count);

/// <summary>A service and how many events of failure speak of it.</summary>
internal sealed record StatusServiceCount(string Account, string Region, string Cluster, string Service, long Count);

/// <summary>A cluster at a glance.</summary>
/// <param name="Account">The account.</param>
/// <param name="Region">The region.</param>
/// <param name="Name">Its name.</param>
/// <param name="Events">Events in the time.</param>
/// <param name="EventsLately">Of these, lately.</param>
/// <param name="FailureEvents">Events that say that something failed.</param>
/// <param name="FailureEventsLately">Of these, lately.</param>
/// <param name="LastAt">When it was heard of last.</param>
/// <param name="Counts">Events over the time, in buckets of equal width.</param>
/// <param name="Services">Its services, by name.</param>
internal sealed record StatusCluster(
    string Account, string Region, string Name, long Events, long EventsLately, long FailureEvents, long FailureEventsLately, DateTime LastAt, IReadOnlyList<long> Counts,
    IReadOnlyList<StatusService> Services);

/// <summary>A service at a glance.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">failing, warning, progress (a deployment goes on), healthy, or unknown: nothing heard for longer than ECS keeps quiet about a service.</param>
/// <param name="Why">In words.</param>
/// <param name="Events">Events in the time.</param>
/// <param name="FailureEvents">Events that say that something failed.</param>
/// <param name="LastAt">When it was heard of last.</param>
internal sealed record StatusService(string Name, string State, string Why, long Events, long FailureEvents, DateTime LastAt);

/// <summary>The last six hours: failures by kind, and deployments.</summary>
/// <param name="From">Start of the first bucket.</param>
/// <param name="To">The end.</param>
/// <param name="BucketMilliseconds">Width of a bucket.</param>
/// <param name="Kinds">Events of failure by kind; <see langword="null"/> stands for the rest.</param>
/// <param name="Deployments">What happened to deployments, latest first.</param>
internal sealed record StatusStrip(DateTime From, DateTime To, long BucketMilliseconds, IReadOnlyList<StatusSeries> Kinds, IReadOnlyList<StatusDeployment> Deployments);

/// <summary>One kind's events a bucket.</summary>
internal sealed record StatusSeries(string? Kind, long Count, IReadOnlyList<long> Counts);

/// <summary>Something that happened to a deployment.</summary>
/// <param name="What">started, completed, failed or rolledBack.</param>
/// <param name="At">When.</param>
/// <param name="Account">The account.</param>
/// <param name="Region">The region.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Service">The service.</param>
/// <param name="Id">The deployment's id.</param>
internal sealed record StatusDeployment(string What, DateTime At, string Account, string Region, string Cluster, string Service, string Id);
