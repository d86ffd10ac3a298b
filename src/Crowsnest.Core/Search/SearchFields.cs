using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Crowsnest.Core.Search;

/// <summary>The field table: names, paths and types of all listed fields.</summary>
/// <remarks>
/// A listed field is addressed by its name (in any case) and by its whole path (<c>detail.containers.exitCode</c>). Ids are positions in the table.
/// <see cref="Text"/> is special: as a field it holds every string of an unknown detail-type's detail, and a query on it (a bare word) asks all
/// fields of <see cref="InText"/>, itself included. The columns (<see cref="IsColumn"/>) never go through an <see cref="ITermSink"/>: every stored event
/// has them. <c>time</c> and <c>receivedAt</c> compare as milliseconds of <c>OccurredAt</c> and <c>ReceivedAt</c>, <c>key</c> as the key's text.
/// </remarks>
public static class SearchFields
{
    /// <summary>The first id of an unlisted path; every listed field's is below.</summary>
    public const int FirstUnlisted = 1000;

    private static readonly SearchField[] Table = Build();

    private static readonly FrozenDictionary<string, SearchField> Names =
        Table.Select(field => (field.Name, field))
            .Concat(Table.Where(field => field.Path.Length > 0).Select(field => (Name: field.Path, field)))
            .DistinctBy(pair => pair.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(pair => pair.Name, pair => pair.field, StringComparer.OrdinalIgnoreCase);

    /// <summary>All listed fields, by id.</summary>
    public static IReadOnlyList<SearchField> All => Table;

    /// <summary>The text: what bare words ask.</summary>
    public static SearchField Text { get; } = Names["text"];

    /// <summary>The fields that bare words find, <see cref="Text"/> included.</summary>
    public static IReadOnlyList<SearchField> InText { get; } = [.. Table.Where(field => field.InText)];

    /// <summary>The event's time, a column.</summary>
    public static SearchField Time { get; } = Names["time"];

    /// <summary>When we received it, a column.</summary>
    public static SearchField ReceivedAt { get; } = Names["receivedAt"];

    /// <summary>The event's key, a column.</summary>
    public static SearchField Key { get; } = Names["key"];

    /// <summary>Whether a field is a column: known of every event and never put through an <see cref="ITermSink"/>.</summary>
    public static bool IsColumn(int field) => field == Time.Id || field == ReceivedAt.Id || field == Key.Id;

    /// <summary>The listed field with this name or path.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out SearchField? field) => Names.TryGetValue(name, out field);

    /// <summary>
    /// What a name in a query refers to: a listed field by name or path, or the path of an unlisted one: a dotted name, or one that an event has had.
    /// </summary>
    public static bool TryGet(string name, out FieldRef field)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Names.TryGetValue(name, out var listed))
        {
            field = Ref(listed);
            return true;
        }

        field = new FieldRef(null, name);
        return FieldPaths.LooksLikePath(name) || FieldPaths.TryGet(name, out _);
    }

    /// <summary>A reference to a listed field.</summary>
    public static FieldRef Ref(SearchField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return new FieldRef(field, field.Name);
    }

    /// <summary>The id under which an <see cref="ITermSink"/> meets this field; -1 for an unlisted path that no event has had.</summary>
    public static int IdOf(FieldRef field) => field.Listed is { } listed ? listed.Id : FieldPaths.TryGet(field.Path ?? "", out var id) ? id : -1;

    /// <summary>What the id stands for, or <see langword="null"/> when it stands for nothing.</summary>
    public static FieldRef? RefOf(int id) =>
        id >= 0 && id < Table.Length ? Ref(Table[id]) : FieldPaths.PathOf(id) is { } path ? new FieldRef(null, path) : null;

    /// <summary>The listed name nearest to a mistyped one, or <see langword="null"/> when none is near.</summary>
    public static string? Nearest(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Spelling.Nearest(name, Table.Select(field => field.Name))
            ?? Table.FirstOrDefault(field => name.Length is >= 3 and <= 64 && field.Name.Contains(name, StringComparison.OrdinalIgnoreCase))?.Name;
    }

    // Rows are only ever added at the end: stores keep ids.
    private static SearchField[] Build()
    {
        var rows = new List<SearchField>();
        void Add(string name, string path, FieldType type, string description, bool inText = false) =>
            rows.Add(new SearchField(rows.Count, name, path, type, inText, description));

        Add("text", "", FieldType.Text, "Every string of an event of unknown kind; in a query, all that bare words find", inText: true);
        Add("time", "", FieldType.Time, "When it happened");
        Add("receivedAt", "", FieldType.Time, "When it was received");
        Add("key", "", FieldType.Keyword, "The event's key, TIME-HASH");
        Add("id", "id", FieldType.Keyword, "The envelope's id");
        Add("timeUncertain", "", FieldType.Bool, "The event named no time of its own");
        Add("detailType", "detail-type", FieldType.Keyword, "The envelope's detail-type");
        Add("source", "source", FieldType.Keyword, "The envelope's source, e.g. aws.ecs");
        Add("event.account", "account", FieldType.Keyword, "The account that the envelope names");
        Add("event.region", "region", FieldType.Keyword, "The region that the envelope names");
        Add("event.version", "version", FieldType.Keyword, "The envelope's version");
        Add("resource", "resources", FieldType.Keyword, "ARNs of the resources it is about");

        Add("kind", "", FieldType.Keyword, "Why it happened, e.g. OutOfMemory", inText: true);
        Add("outcome", "", FieldType.Keyword, "failure, routine, info or unknown");
        Add("severity", "", FieldType.Keyword, "info, warning, error or critical");
        Add("account", "", FieldType.Keyword, "The resource's account");
        Add("region", "", FieldType.Keyword, "The resource's region");
        Add("cluster", "", FieldType.Keyword, "The cluster's name", inText: true);
        Add("service", "", FieldType.Keyword, "The service's name", inText: true);
        Add("family", "", FieldType.Keyword, "The task definition's family", inText: true);
        Add("task", "", FieldType.Keyword, "The task's id (a query may give the ARN)", inText: true);
        Add("instance", "", FieldType.Keyword, "The container instance's id (a query may give the ARN)", inText: true);
        Add("deployment", "", FieldType.Keyword, "The service deployment's id, ecs-svc/N");

        Add("lastStatus", "detail.lastStatus", FieldType.Keyword, "The task's last status", inText: true);
        Add("desiredStatus", "detail.desiredStatus", FieldType.Keyword, "The status the task is wanted in");
        Add("stopCode", "detail.stopCode", FieldType.Keyword, "The stop code", inText: true);
        Add("stoppedReason", "detail.stoppedReason", FieldType.Text, "Why the task stopped, in ECS's words", inText: true);
        Add("exitCode", "detail.containers.exitCode", FieldType.Number, "A container's exit code");
        Add("container", "detail.containers.name", FieldType.Keyword, "A container's name", inText: true);
        Add("containerStatus", "detail.containers.lastStatus", FieldType.Keyword, "A container's last status");
        Add("containerReason", "detail.containers.reason", FieldType.Text, "Why a container stopped, in Docker's or the agent's words", inText: true);
        Add("image", "detail.containers.image", FieldType.Keyword, "A container's image", inText: true);
        Add("imageDigest", "detail.containers.imageDigest", FieldType.Keyword, "The digest of a container's image");
        Add("group", "detail.group", FieldType.Keyword, "service:NAME, family:NAME or free text", inText: true);
        Add("startedBy", "detail.startedBy", FieldType.Keyword, "Who started the task");
        Add("launchType", "detail.launchType", FieldType.Keyword, "EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES");
        Add("capacityProviderName", "detail.capacityProviderName", FieldType.Keyword, "The capacity provider's name");
        Add("availabilityZone", "detail.availabilityZone", FieldType.Keyword, "The availability zone");
        Add("platformVersion", "detail.platformVersion", FieldType.Keyword, "Fargate's platform version");
        Add("connectivity", "detail.connectivity", FieldType.Keyword, "CONNECTED or DISCONNECTED");
        Add("cpu", "detail.cpu", FieldType.Number, "The task's CPU units");
        Add("memory", "detail.memory", FieldType.Number, "The task's memory in MiB");
        Add("version", "detail.version", FieldType.Number, "The resource's version");
        Add("taskArn", "detail.taskArn", FieldType.Keyword, "The task's ARN");
        Add("taskDefinition", "detail.taskDefinitionArn", FieldType.Keyword, "The task definition's ARN");
        Add("clusterArn", "detail.clusterArn", FieldType.Keyword, "The cluster's ARN");
        Add("containerInstanceArn", "detail.containerInstanceArn", FieldType.Keyword, "The container instance's ARN");
        Add("serviceArn", "detail.serviceArn", FieldType.Keyword, "The service's ARN");
        Add("createdAt", "detail.createdAt", FieldType.Time, "When it was created");
        Add("updatedAt", "detail.updatedAt", FieldType.Time, "When it was updated");
        Add("startedAt", "detail.startedAt", FieldType.Time, "When the task reached RUNNING");
        Add("stoppingAt", "detail.stoppingAt", FieldType.Time, "When the stop began");
        Add("stoppedAt", "detail.stoppedAt", FieldType.Time, "When the task was STOPPED");
        Add("executionStoppedAt", "detail.executionStoppedAt", FieldType.Time, "When the containers had stopped");
        Add("pullStartedAt", "detail.pullStartedAt", FieldType.Time, "When the image pull began");
        Add("pullStoppedAt", "detail.pullStoppedAt", FieldType.Time, "When the image pull ended");

        Add("eventName", "detail.eventName", FieldType.Keyword, "What happened, e.g. SERVICE_STEADY_STATE", inText: true);
        Add("eventType", "detail.eventType", FieldType.Keyword, "INFO, WARN, WARNING or ERROR");
        Add("reason", "detail.reason", FieldType.Text, "Why, in ECS's words", inText: true);
        Add("deploymentId", "detail.deploymentId", FieldType.Keyword, "The deployment's id as the event has it");
        Add("failureType", "detail.failureType", FieldType.Keyword, "TASK_FAILED_TO_RUN or TASK_CREATION_FAILED");
        Add("lifecycleStage", "detail.lifecycleStage", FieldType.Keyword, "The hook's lifecycle stage");
        Add("expiresAt", "detail.expiresAt", FieldType.Time, "Until when a hook waits");

        Add("status", "detail.status", FieldType.Keyword, "The container instance's status", inText: true);
        Add("statusReason", "detail.statusReason", FieldType.Text, "Why the container instance has its status", inText: true);
        Add("agentConnected", "detail.agentConnected", FieldType.Bool, "Whether the container agent is connected");
        Add("ec2InstanceId", "detail.ec2InstanceId", FieldType.Keyword, "The EC2 instance", inText: true);
        Add("runningTasksCount", "detail.runningTasksCount", FieldType.Number, "Tasks running on the instance");
        Add("pendingTasksCount", "detail.pendingTasksCount", FieldType.Number, "Tasks pending on the instance");
        Add("desiredCount", "detail.desiredCount", FieldType.Number, "Tasks wanted by the service");
        Add("overallStatus", "detail.overallStatus", FieldType.Keyword, "The instance's health: OK or IMPAIRED", inText: true);
        Add("healthCheck", "detail.healthChecks.type", FieldType.Keyword, "The type of a health check");
        Add("healthStatus", "detail.healthChecks.status", FieldType.Keyword, "The status of a health check");
        Add("healthReason", "detail.healthChecks.statusReason", FieldType.Text, "Why a health check has its status", inText: true);

        Add("errorCode", "detail.errorCode", FieldType.Keyword, "CloudTrail's error code", inText: true);
        Add("errorMessage", "detail.errorMessage", FieldType.Text, "CloudTrail's error message", inText: true);
        Add("eventTypeCode", "detail.eventTypeCode", FieldType.Keyword, "AWS Health's event type", inText: true);
        Add("description", "detail.eventDescription.latestDescription", FieldType.Text, "AWS Health's words", inText: true);
        Add("statusMessage", "detail.StatusMessage", FieldType.Text, "Auto Scaling's words", inText: true);
        Add("autoScalingGroup", "detail.AutoScalingGroupName", FieldType.Keyword, "The Auto Scaling group", inText: true);

        Add("synthetic", "", FieldType.Bool, "true of an event that only tries the way ('crowsnest verify'); other events have no value");

        return [.. rows];
    }
}
