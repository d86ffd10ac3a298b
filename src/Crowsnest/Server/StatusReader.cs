using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Puts together how things stand, out of counts of events and the incidents: the same for the page and for <c>crowsnest status</c>.</summary>
/// <remarks>Bounded in all it reads and lists; one for each request.</remarks>
internal sealed class StatusReader(IStore store, EventDiagnoser diagnoser, TimeProvider time)
{
    /// <summary>What counts as lately; an incident is over after as long.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    /// <summary>The time looked at unless told.</summary>
    public static readonly TimeSpan RangeUnlessTold = TimeSpan.FromHours(24);

    // ECS says at least every six hours that a service is steady; an hour on top for it to arrive.
    private static readonly TimeSpan QuietMax = TimeSpan.FromHours(7);
    private static readonly TimeSpan StripLength = TimeSpan.FromHours(6);

    private static readonly TimeSpan QuietAtMost = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan AllFrom = TimeSpan.FromDays(366);

    private const int Buckets = 48;
    private const int StripBuckets = 72;
    private const int GroupsMax = 5_000;
    private const int FailuresMax = 100;
    private const int TopMax = 8;
    private const int IncidentsMax = 500;
    private const int DeploymentsMax = 200;

    // What only tries the way is no part of how things stand.
    private static readonly SearchQuery Real = new SearchQuery.Not(Is("synthetic", "true"));
    private static readonly SearchQuery Failed = new SearchQuery.And([Is("outcome", "failure"), Real]);
    private static readonly SearchQuery Deployed = new SearchQuery.And([Is("detailType", "ecs deployment state change"), Real]);
    private static readonly FieldRef[] ByFailure = [Ref("account"), Ref("region"), Ref("cluster"), Ref("service"), Ref("family"), Ref("kind"), Ref("severity")];
    private static readonly FieldRef[] ByService = [Ref("account"), Ref("region"), Ref("cluster"), Ref("service"), Ref("eventName")];
    private static readonly FieldRef[] ByCluster = [Ref("account"), Ref("region"), Ref("cluster"), Ref("outcome")];
    private static readonly FieldRef[] ByDeployment = [Ref("account"), Ref("region"), Ref("cluster"), Ref("service"), Ref("deploymentId"), Ref("eventName"), Ref("kind")];

    private readonly EventDecoder _decoder = EventJson.NewDecoder();

    /// <summary>How things stand at the end of this time; without an end that is now, without a beginning it is a day before the end.</summary>
    public async Task<StatusBody> ReadAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        // To the millisecond, as events are stored; what happened at this very moment is in.
        var end = to ?? DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds() + 1);
        var begin = from ?? end - RangeUnlessTold;
        if (begin >= end) begin = end.AddMilliseconds(-1);

        // Who asks for all that is stored wants it in buckets that begin with it, and not with the year 1970.
        if (end - begin > AllFrom)
        {
            var all = await store.Events.HistogramAsync(new HistogramRequest(Real, begin, end, null, 2_000), cancellationToken);
            var first = all.Counts.TakeWhile(count => count == 0).Count();
            begin = first == all.Counts.Count ? end - RangeUnlessTold : all.From.AddMilliseconds(first * all.BucketMilliseconds);
        }

        var (lately, strip) = (end - Lately, end - StripLength);

        // Over all that is stored nearly all of the time goes to the first two; each is a search of its own and they need not wait for each other.
        var both = await Task.WhenAll(
            GroupsAsync(Failed, begin, ByFailure, Buckets, Lately, GroupsMax, FailuresMax), GroupsAsync(Real, begin, ByService, Buckets));
        var (failed, heard) = (both[0], both[1]);
        var counted = await GroupsAsync(Real, lately, ByCluster, 1);
        var deployed = await GroupsAsync(Deployed, strip, ByDeployment, 1, null, DeploymentsMax);
        var stripped = await store.Events.HistogramAsync(new HistogramRequest(Failed, strip, end, Ref("kind"), StripBuckets, TopMax), cancellationToken);
        var incidents = await store.Incidents.IncidentsAsync(IncidentsMax, cancellationToken);

        Task<EventGroups> GroupsAsync(SearchQuery query, DateTimeOffset since, FieldRef[] by, int buckets, TimeSpan? gap = null, int limit = GroupsMax, int newest = 0) => Task.Run(
            () => store.Events.GroupsAsync(new GroupsRequest(query, since, end, by, buckets, gap, limit, newest), cancellationToken).AsTask(), cancellationToken);

        var deployments = deployed.Groups.Select(Deployment).OfType<StatusDeployment>().ToList();
        var clusters = new StatusClusters(heard.Groups, counted.Groups, deployments, lately, end - QuietMax);
        var failures = Failures(failed, clusters, incidents, lately);
        var broken = failures.Where(f => f.State == "failing").ToList();
        return new StatusBody(
            begin.UtcDateTime, end.UtcDateTime, lately.UtcDateTime, heard.Total, counted.Total, failed.Total, counted.Groups.Where(g => g.Values[3] == "failure").Sum(g => g.Count),
            broken.Select(f => (f.Account, f.Region, f.Cluster, Subject(f.Service, f.Family))).Distinct().Count(), broken.Select(f => (f.Account, f.Region, f.Cluster)).Distinct().Count(),
            broken.Count == 0 ? null : broken.Min(f => f.Since), deployments.Count(d => d.What == "rolledBack" && d.At >= lately.UtcDateTime),
            [.. failures.Take(FailuresMax)], Math.Max(0, failures.Count - FailuresMax) + failed.LeftOut, TopKinds(failed), TopServices(failed), clusters.Read(failures),
            new StatusStrip(stripped.From.UtcDateTime, end.UtcDateTime, stripped.BucketMilliseconds, [.. stripped.Series.Select(s => new StatusSeries(s.Value, s.Total, s.Counts))], deployments),
            failed.Cut ?? heard.Cut ?? counted.Cut ?? deployed.Cut ?? stripped.Cut);
    }

    /// <summary>What a failure is about: its service, or the family of a task that is none's.</summary>
    public static string Subject(string service, string family) => service.Length > 0 ? service : family;

    // Groups of one kind at one service, which differ in family or severity, are one failure.
    private List<StatusFailure> Failures(EventGroups failed, StatusClusters clusters, IReadOnlyList<Incident> incidents, DateTimeOffset lately)
    {
        var failures = new List<StatusFailure>();
        foreach (var same in failed.Groups.GroupBy(g => (Account: g.Values[0], Region: g.Values[1], Cluster: g.Values[2], Subject: Subject(g.Values[3], g.Values[4]), Kind: g.Values[5])))
        {
            // The latest is first, here as in the answer.
            var (latest, where) = (same.First(), same.Key);
            var explained = latest.Newest is { } stored && stored.Read(_decoder) is Decoded.Ok { Event: var ecsEvent } ? diagnoser.Diagnose(ecsEvent) : null;
            var recoveredAt = latest.Values[3].Length > 0 ? clusters.SteadyAfter(where.Account, where.Region, where.Cluster, where.Subject, latest.LastAt) : null;
            var since = same.Where(g => g.LastAt >= latest.Since - Lately).Min(g => g.Since);
            var counts = Sum(same.Select(g => g.Counts));
            if (lately + Lately - latest.LastAt < QuietFor(since, latest.LastAt, counts.Skip((int)((since - failed.From).TotalMilliseconds / failed.BucketMilliseconds)).Sum())) recoveredAt = null;
            var state = latest.LastAt < lately ? "earlier" : recoveredAt is not null ? "recovered" : latest.Values[6] is "warning" or "info" ? "warning" : "failing";
            failures.Add(new StatusFailure(
                state, where.Account, where.Region, where.Cluster, latest.Values[3], latest.Values[4], where.Kind, latest.Values[6], explained?.Summary ?? "", explained?.NextStep ?? "",
                latest.Newest?.Key.ToString() ?? "", same.Sum(g => g.Count), same.Min(g => g.FirstAt).UtcDateTime, since.UtcDateTime,
                latest.LastAt.UtcDateTime, recoveredAt?.UtcDateTime, counts, IncidentOf(incidents, where.Account, where.Region, where.Cluster, where.Subject, where.Kind, latest.LastAt)));
        }

        return [.. failures.OrderBy(f => Array.IndexOf(States, f.State)).ThenByDescending(f => f.Severity == "critical").ThenByDescending(f => f.LastAt)];
    }

    // A service that crashes every minute is steady for moments in between. It is over when it is quiet for five times as long as it was between failures.
    private static TimeSpan QuietFor(DateTimeOffset since, DateTimeOffset last, long count)
    {
        var quiet = (last - since) * 5 / Math.Max(1, count - 1);
        return quiet < QuietAtMost ? quiet : QuietAtMost;
    }

    private static readonly string[] States = ["failing", "warning", "recovered", "earlier"];

    private static StatusIncident? IncidentOf(IReadOnlyList<Incident> incidents, string account, string region, string cluster, string subject, string kind, DateTimeOffset at)
    {
        var incident = incidents.FirstOrDefault(i =>
            i.IsListed && i.FirstAt <= at && at - i.LastAt <= Lately && Label(i, "kind") == kind && Label(i, "cluster") == cluster && Label(i, "account") == account && Label(i, "region") == region
            && Subject(Label(i, "service"), Label(i, "family")) == subject);
        return incident is null ? null : new StatusIncident(
            incident.Id, IncidentItem.StateOf(incident), incident.Count, incident.FirstAt.UtcDateTime, incident.LastAt.UtcDateTime, incident.ToldAt?.UtcDateTime);
    }

    private static string Label(Incident incident, string name) => incident.Lead.Labels.GetValueOrDefault(name, "");

    private static StatusKindCount[] TopKinds(EventGroups failed) =>
        [.. failed.Groups.GroupBy(g => g.Values[5], g => g.Count).Select(g => new StatusKindCount(g.Key, g.Sum())).OrderByDescending(c => c.Count).ThenBy(c => c.Kind, StringComparer.Ordinal).Take(TopMax)];

    private static StatusServiceCount[] TopServices(EventGroups failed) =>
        [.. failed.Groups.Where(g => g.Values[3].Length > 0).GroupBy(g => (Account: g.Values[0], Region: g.Values[1], Cluster: g.Values[2], Service: g.Values[3]), g => g.Count)
            .Select(g => new StatusServiceCount(g.Key.Account, g.Key.Region, g.Key.Cluster, g.Key.Service, g.Sum()))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Service, StringComparer.Ordinal).Take(TopMax)];

    private static StatusDeployment? Deployment(EventGroup group)
    {
        var what = group.Values[6] == "DeploymentRolledBack" ? "rolledBack" : group.Values[5] switch
        {
            "SERVICE_DEPLOYMENT_IN_PROGRESS" => "started",
            "SERVICE_DEPLOYMENT_COMPLETED" => "completed",
            "SERVICE_DEPLOYMENT_FAILED" => "failed",
            _ => null,
        };
        return what is null ? null : new StatusDeployment(what, group.LastAt.UtcDateTime, group.Values[0], group.Values[1], group.Values[2], group.Values[3], group.Values[4]);
    }

    private static long[] Sum(IEnumerable<IReadOnlyList<long>> counts)
    {
        var sum = new long[Buckets];
        foreach (var one in counts)
        {
            for (var i = 0; i < sum.Length; i++) sum[i] += one[i];
        }

        return sum;
    }

    private static FieldRef Ref(string name) => SearchFields.TryGet(name, out FieldRef field) ? field : throw new System.Diagnostics.UnreachableException(name);

    private static SearchQuery.Match Is(string field, string value) => new(Ref(field), new SearchValue(value, 0, []));
}
