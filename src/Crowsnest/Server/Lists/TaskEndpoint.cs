using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Server.Lists;

/// <summary>One task's flight recorder, as long as its events are kept: long after ECS has forgotten the task.</summary>
internal sealed class TaskEndpoint(ServerParts parts, QueryTurns turns)
{
    // A task has about ten events, and a deployment that goes wrong may have thousands of tasks.
    private const int EventsMax = 500, SiblingsMax = 50, ServiceEventsMax = 50;

    // What a service said about a task stands this near to its life.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(5);

    /// <summary>Maps <c>/tasks/{taskId}</c>.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation(
            "GET", "/api/v1/tasks/{taskId}", Access.Viewer,
            "One task, by a link that stays: as it was last, what its stop means, its phases with their durations, every event of it, oldest first, the other tasks of its deployment, what its service said meanwhile, and, where the configuration says so, the last lines that a failed one wrote.") { Answer = "TaskRecord" },
        GetAsync);

    private async Task<IResult> GetAsync(HttpContext http)
    {
        var id = (string)http.GetRouteValue("taskId")!;
        var events = await SearchAsync(Is("task", id), null, null, EventsMax, http.RequestAborted);
        var decoder = EventJson.NewDecoder();
        List<EcsEvent> read = [.. events.Events.Select(stored => stored.Read(decoder)).OfType<Decoded.Ok>().Select(ok => ok.Event)];
        var task = await StateAsync(id, read, http.RequestAborted)
            ?? throw await MissingAsync(http.RequestAborted);
        var logs = LogsAsync(task, http.RequestAborted);
        var deployment = TaskList.DeploymentOf(task);
        var (siblings, siblingsCut) = deployment.Length > 0 ? await SiblingsAsync(task, deployment, http.RequestAborted) : ([], null);
        var (from, to) = LifeOf(task, events.Events);
        var said = task.Service.Length == 0 ? null : await SearchAsync(
            new SearchQuery.And([Is("service", task.Service), Is("cluster", task.Name.Cluster), new SearchQuery.Or([Is("detailType", "ECS Service Action"), Is("detailType", "ECS Deployment State Change")])]),
            from - Around, to + Around, ServiceEventsMax, http.RequestAborted);
        var cluster = new ClusterName(task.Name.Account, task.Name.Region, task.Name.Cluster);
        var view = parts.Clusters.View.Find(cluster) ?? ClusterView.Of(cluster);
        var lines = await logs;
        return EventJson.Answer(json =>
        {
            json.WriteStartObject("task");
            TaskList.Write(json, new InCluster<TaskState>(view, task), parts.Diagnoser);
            json.WriteEndObject();
            WriteTags(json, task, cluster);
            WriteDiagnosis(json, task);
            WritePhases(json, task);
            WriteEvents(json, "events", events.Events, decoder);
            json.WriteStartArray("siblings");
            foreach (var sibling in siblings)
            {
                json.WriteStartObject();
                TaskList.Write(json, new InCluster<TaskState>(view, sibling), parts.Diagnoser);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteEvents(json, "serviceEvents", said?.Events ?? [], decoder);
            json.WritePropertyName("logs");
            if (lines is null) json.WriteNullValue();
            else JsonSerializer.Serialize(json, lines, ApiJson.Default.TaskLogsBody);
            json.WriteString("cut", events.Cut ?? (events.Next is not null ? $"The task has more than {EventsMax} events; the latest are missing." : null)
                ?? siblingsCut ?? said?.Cut ?? (said?.Next is not null ? $"Its service said more than {ServiceEventsMax} things meanwhile; the latest are missing." : null));
        });
    }

    // Why a task failed is often its last words; of what was wanted nobody asks them.
    private async Task<TaskLogsBody?> LogsAsync(TaskState task, CancellationToken cancellationToken) =>
        parts.Resync?.Logs is { } logs && TaskLogs.IsWanted(task, parts.Diagnoser)
            ? await logs.LastLinesAsync(task, cancellationToken)
            : null;

    // An id says nothing of when its task was: once anything has left, it may have been among it.
    private async Task<ProblemException> MissingAsync(CancellationToken cancellationToken)
    {
        if (!parts.Store.KeepsEvents)
            return ProblemException.NotFound("There is no task with this id among those that run, ended a moment ago or failed within the hour: this store keeps no bodies of events, by which others are found. An id is the last part of a task's ARN.");
        var dropped = await parts.Store.DroppedAsync(cancellationToken);
        if (dropped is { Events: 0, Resources: 0 })
            return ProblemException.NotFound("There is no task with this id among what is stored: none of its events has come. An id is the last part of a task's ARN.");
        var oldest = await SearchAsync(new SearchQuery.All(), null, null, 1, cancellationToken);
        var since = oldest.Events.Count > 0 ? $"before {EventJson.Time(oldest.Events[0].OccurredAt)}" : "until now";
        return new ProblemException(
            StatusCodes.Status410Gone, "Gone", $"There is no task with this id among what is stored. What happened {since} is past its retention; a task that ended then is gone. An id is the last part of a task's ARN.");
    }

    // As the store has it; where that is gone, or a search found the task first, as its events say.
    private async Task<TaskState?> StateAsync(string id, List<EcsEvent> events, CancellationToken cancellationToken)
    {
        var own = events.FindLast(e => e.Detail is TaskDetail && string.Equals(e.TaskId, id, StringComparison.OrdinalIgnoreCase));
        if (own is null) return parts.Clusters.View.Clusters.SelectMany(cluster => cluster.Tasks).FirstOrDefault(task => string.Equals(task.Name.Id, id, StringComparison.OrdinalIgnoreCase));
        var key = new ResourceName("task", own.Account, own.Region, own.Cluster, own.TaskId).Key;
        var rows = await parts.Store.LoadStatesAsync([key], cancellationToken);
        if (rows.TryGetValue(key, out var row)) return StateDocument.ReadTask(row);
        TaskState? state = null;
        foreach (var e in events.Where(e => e.Detail is TaskDetail && e.TaskId == own.TaskId && e.Account == own.Account)) state = TaskState.Observe(state, e).Next;
        return state;
    }

    private async Task<(IReadOnlyList<TaskState> Siblings, string? Cut)> SiblingsAsync(TaskState task, string deployment, CancellationToken cancellationToken)
    {
        if (!parts.Store.KeepsEvents)
        {
            var others = parts.Clusters.View.Find(new ClusterName(task.Name.Account, task.Name.Region, task.Name.Cluster))?.Tasks.Where(other => other.Name.Id != task.Name.Id && TaskList.DeploymentOf(other) == deployment) ?? [];
            return ([.. others.OrderByDescending(other => other.Order.At).Take(SiblingsMax)], null);
        }

        var values = await turns.TakeAsync(
            () => parts.Store.Events.ValuesAsync(new ValuesRequest(new SearchQuery.And([Is("startedBy", deployment), Is("cluster", task.Name.Cluster)]), null, null, Field("task"), SiblingsMax + 1), cancellationToken), cancellationToken);
        var keys = values.Values.Where(value => value.Value != task.Name.Id).Take(SiblingsMax).Select(value => new ResourceName("task", task.Name.Account, task.Name.Region, task.Name.Cluster, value.Value).Key).ToList();
        var rows = await parts.Store.LoadStatesAsync(keys, cancellationToken);
        List<TaskState> siblings = [.. rows.Values.Select(StateDocument.ReadTask).OrderByDescending(sibling => sibling.Order.At).ThenBy(sibling => sibling.Name.Id, StringComparer.Ordinal)];
        return (siblings, values.Cut ?? (values.Values.Count > SiblingsMax ? $"Its deployment has more than {SiblingsMax} other tasks; some are missing." : null));
    }

    // A store that keeps no bodies of events has the task's state and those of its siblings, and nothing to find.
    private Task<SearchPage> SearchAsync(SearchQuery query, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken) => !parts.Store.KeepsEvents
        ? Task.FromResult(new SearchPage([], null, "This store keeps no bodies of events: there is the task's state, and no event of it."))
        : turns.TakeAsync(() => parts.Store.Events.SearchAsync(new SearchRequest(query, from, to, limit, OldestFirst: true), cancellationToken), cancellationToken);

    private static (DateTimeOffset From, DateTimeOffset To) LifeOf(TaskState task, IReadOnlyList<StoredEvent> events)
    {
        var last = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, task.Order.At));
        return (task.Detail.CreatedAt.ToDateTimeOffset() ?? (events.Count > 0 ? events[0].OccurredAt : last), task.Detail.StoppedAt.ToDateTimeOffset() ?? last);
    }

    // As they are known now, which need not be what an event of it is found by.
    private void WriteTags(Utf8JsonWriter json, TaskState task, ClusterName cluster)
    {
        var view = parts.Clusters.View;
        json.WriteStartArray("tags");
        foreach (var (of, tags) in ((string, IReadOnlyList<Tag>)[])[("service", view.TagsOf(cluster, task.Service)), ("taskDefinition", view.TagsOf(task.Detail.TaskDefinitionArn)), ("cluster", view.TagsOf(cluster))])
        {
            foreach (var (key, value) in tags)
            {
                json.WriteStartObject();
                json.WriteString("key", key);
                json.WriteString("value", value);
                json.WriteString("of", of);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private void WriteDiagnosis(Utf8JsonWriter json, TaskState task)
    {
        json.WritePropertyName("diagnosis");
        if (task.Stop is not { } stop)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        EventJson.Write(json, parts.Diagnoser.Diagnose(stop));
        json.WriteEndObject();
    }

    private static void WritePhases(Utf8JsonWriter json, TaskState task)
    {
        json.WriteStartArray("phases");
        foreach (var phase in TaskPhase.Of(task))
        {
            json.WriteStartObject();
            json.WriteString("phase", phase.Name);
            ListJson.Time(json, "from", phase.From);
            ListJson.Time(json, "to", phase.To);
            if (phase.Duration is { } took) json.WriteNumber("seconds", took.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteEvents(Utf8JsonWriter json, string name, IReadOnlyList<StoredEvent> events, EventDecoder decoder)
    {
        json.WriteStartArray(name);
        foreach (var stored in events) EventJson.Write(json, stored, decoder, parts.Diagnoser);
        json.WriteEndArray();
    }

    private static SearchQuery.Match Is(string field, string value) => new(Field(field), new SearchValue(NormalForm.Lower(value), 0, []));

    private static FieldRef Field(string name) => SearchFields.TryGet(name, out FieldRef field) ? field : throw new ArgumentException(name);
}
