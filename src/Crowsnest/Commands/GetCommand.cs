using System.Globalization;
using System.Text.Json;
using Crowsnest.Server.Lists;

namespace Crowsnest.Commands;

/// <summary>Lists clusters, services, deployments, tasks and instances as they are, or as they were.</summary>
internal static class GetCommand
{
    private static readonly TimeSpan WatchEach = TimeSpan.FromSeconds(2);

    // All forms hold every row at once.
    private const int LimitMax = 1_000_000;

    private static readonly Dictionary<string, IReadOnlyList<Column>> Columns = new()
    {
        ["clusters"] =
        [
            new("CLUSTER", "clusterName", 32), new("ACCOUNT", "account"), new("REGION", "region"), new("SERVICES", "activeServicesCount"), new("RUNNING", "runningTasksCount"),
            new("PENDING", "pendingTasksCount"), new("INSTANCES", "registeredContainerInstancesCount"), new("LAST HEARD", "updatedAt"),
        ],
        ["services"] =
        [
            new("CLUSTER", "cluster", 24), new("SERVICE", "serviceName", 32), new("DESIRED", "desiredCount"), new("FROM", "desiredCountFrom"), new("RUNNING", "runningCount"),
            new("PENDING", "pendingCount"), new("WHY PENDING", "pendingReason.code"), new("LAST FAILURE", "lastFailure.kind"), new("FAILED AT", "lastFailure.at"), new("LAST HEARD", "updatedAt"),
        ],
        ["deployments"] =
        [
            new("CLUSTER", "cluster", 24), new("SERVICE", "service", 32), new("DEPLOYMENT", "id"), new("STATE", "rolloutState"), new("RUNNING", "runningCount"), new("PENDING", "pendingCount"),
            new("FAILED", "failedTasks"), new("ROLLED BACK TO", "rolledBackTo"), new("SINCE", "createdAt"), new("REASON", "rolloutStateReason"),
        ],
        ["tasks"] =
        [
            new("CLUSTER", "cluster", 24), new("SERVICE", "service", 32), new("TASK", "taskId", 36), new("LAST STATUS", "lastStatus"), new("DESIRED", "desiredStatus"), new("VERSION", "version"),
            new("KIND", "kind"), new("STARTED", "startedAt"), new("STOPPED", "stoppedAt"), new("INSTANCE", "instance", 36), new("REASON", "stoppedReason"),
        ],
        ["instances"] =
        [
            new("CLUSTER", "cluster", 24), new("INSTANCE", "instance", 36), new("EC2", "ec2InstanceId"), new("STATUS", "status"), new("AGENT", "agentConnected"), new("SINCE", "agentSince"),
            new("TASKS", "runningTasksCount"), new("CPU LEFT", "remainingCpu"), new("CPU", "registeredCpu"), new("MEMORY LEFT", "remainingMemory"), new("MEMORY", "registeredMemory"), new("TYPE", "instanceType"),
        ],
    };

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "get",
        Summary = "lists clusters, services, deployments, tasks or instances as they are or were",
        Arguments = "clusters|services|deployments|tasks|instances [NAME…] [--cluster C]",
        ArgumentsMin = 1,
        ArgumentsMax = 1_000,
        ArgumentChoices = ResourceLists.Kinds,
        Options =
        [
            new("--cluster", "C", "only of this cluster"),
            new("--service", "S", "only of this service: deployments and tasks"),
            new("--status", "STATUS", "only with this lastStatus (tasks), status (instances) or rolloutState (deployments)"),
            new("--stopped", null, "stopped tasks and INACTIVE instances too, however long ago, as far as they are stored"),
            new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given"),
            new("--watch", null, "then goes on, and shows each row again when it changes, until interrupted"),
            new("--sort", "FIELD", "by this, the greatest first with a minus before it: --sort=-startedAt"),
            new("--limit", "N", "at most N (100, up to 1000000)"),
        ],
        Examples =
        [
            "crowsnest get clusters",
            "crowsnest get services --cluster prod",
            "crowsnest get tasks --cluster prod --service api --status PENDING",
            "crowsnest get tasks --stopped --sort=-stoppedAt --limit 20",
            "crowsnest get services --cluster prod --watch",
            "crowsnest get tasks --cluster prod --at 2026-03-02T03:12:00Z",
            "crowsnest get instances -o csv --limit 5000 > instances.csv",
        ],
        Notes =
        [
            "A NAME is a name, an id or an ARN. The desired count says where it is from: an event, a deployment, resync, or else the tasks that ECS wants running.",
            "With --at, what events said of times up to then counts, whenever they came; --stopped shows those that ended in the minutes before, and failures of the hour before.",
        ],
        ExitCodes = [(1, "none has one of the names")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var kind = invocation.Arguments[0];
        if (!Columns.TryGetValue(kind, out var columns)) throw new UsageException($"'{kind}' is not one of {string.Join(", ", ResourceLists.Kinds)}");
        var isStopped = invocation.Has("--stopped");
        var format = invocation.Format(OutputFormat.Json);
        var limit = invocation.Number("--limit", 100, 1, LimitMax);
        var request = Read(invocation, kind) with { Limit = limit };
        var at = invocation.PastMoment("--at");
        if (at is not null && invocation.Has("--watch")) throw new UsageException("--at and --watch do not go together: the past does not change");
        await using var client = at is null ? await Clients.OpenToReadAsync(invocation, cancellationToken) : await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (invocation.Has("--watch")) await WatchAsync(invocation, format == OutputFormat.Json ? OutputFormat.Ndjson : format, kind, () => client.ResourcesAsync(kind, request, isStopped, null, cancellationToken), cancellationToken);
        var page = await client.ResourcesAsync(kind, request, isStopped, at, cancellationToken);
        RowWriter.Write(invocation, format, page.Items, columns);
        if (page.Cut is { } note) await invocation.Host.Error.WriteLineAsync($"crowsnest: {note}".AsMemory(), cancellationToken);
        if (page.Next is not null)
            await invocation.Host.Error.WriteLineAsync($"crowsnest: there are more than these {limit.ToString(CultureInfo.InvariantCulture)}; --limit shows more".AsMemory(), cancellationToken);
        if (page.Items.Count > 0 || request.Names.Count == 0) return ExitCode.Done;
        await invocation.Host.Error.WriteLineAsync($"crowsnest: there is none of {SafeText.Of(string.Join(", ", request.Names))} among the {kind}".AsMemory(), cancellationToken);
        return ExitCode.No;
    }

    // Looked at again and again, and not told of changes: what is counted changes with much else, and a folder without a server can be watched too.
    private static async Task WatchAsync(Invocation invocation, OutputFormat format, string kind, Func<Task<RowPage>> read, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, string>();
        for (var isFirst = true; ;)
        {
            var now = new Dictionary<string, string>();
            foreach (var row in (await read()).Items)
            {
                var (id, text) = (IdOf(row, kind), TextOf(row));
                now[id] = text;
                if (known.GetValueOrDefault(id) == text) continue;
                RowWriter.WriteNext(invocation, format, row, Columns[kind], isFirst);
                isFirst = false;
            }

            await invocation.Host.Out.FlushAsync(cancellationToken);
            known = now;
            await Task.Delay(WatchEach, invocation.Host.Time, cancellationToken);
        }
    }

    private static string IdOf(JsonElement row, string kind)
    {
        string[] members = kind switch { "clusters" => ["clusterName"], "services" => ["cluster", "serviceName"], "deployments" => ["id"], "tasks" => ["taskId"], _ => ["instance"] };
        return string.Join('\n', members.Prepend("region").Prepend("account").Select(member => row.GetProperty(member).GetString()));
    }

    // How long it is silent changes each second and is no change.
    private static string TextOf(JsonElement row) =>
        string.Join('\n', row.EnumerateObject().Where(member => member.Name != "silentSeconds").Select(member => member.ToString()));

    private static ListRequest Read(Invocation invocation, string kind)
    {
        var filters = new Dictionary<string, string>();
        Filter("--cluster", "cluster");
        Filter("--service", kind is "deployments" or "tasks" ? "service" : null);
        Filter("--status", kind switch { "tasks" => "lastStatus", "instances" => "status", "deployments" => "rolloutState", _ => null });
        if (invocation.Has("--stopped") && !ResourceEndpoints.HasStopped(kind)) throw new UsageException($"--stopped says nothing of {kind}");
        var sort = invocation.Option("--sort") ?? "";
        var field = sort.TrimStart('-');
        var sorts = ResourceLists.SortsOf(kind);
        if (field.Length > 0 && !sorts.Contains(field)) throw new UsageException($"--sort: {kind} are sorted by one of {string.Join(", ", sorts)}");
        return new ListRequest
        {
            Filters = filters, Names = invocation.Arguments.Skip(1).Select(NameOf).ToHashSet(StringComparer.Ordinal), Sort = field, IsDescending = sort.StartsWith('-'),
        };

        void Filter(string option, string? name)
        {
            if (invocation.Option(option) is not { } value) return;
            filters[name ?? throw new UsageException($"{option} says nothing of {kind}")] = value;
        }
    }

    // The last part of an ARN; a deployment's id has a slash of its own.
    private static string NameOf(string text) => text.StartsWith("arn:", StringComparison.Ordinal) ? text[(text.LastIndexOf('/') + 1)..] : text;
}
