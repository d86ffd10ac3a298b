using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server;

/// <summary>Changes of state as they are committed: <c>GET /changes</c>, server-sent events.</summary>
internal sealed class ChangesEndpoint(ServerParts parts)
{
    private const int TakenMax = 256;
    private const int UnflushedMax = 64 << 10;
    private const string StartOver = "Read the lists again (GET /api/v1/tasks and the others), then take the changes from here on.";
    private static readonly string[] Kinds = ["task", "instance", "service", "deployment"];

    private readonly ChangeMessage _message = new(parts);

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation(
            "GET", "/api/v1/changes", Access.Viewer,
            "Changes of state, in the order of commits: server-sent events 'task', 'instance', 'service' and 'deployment', the data as an item of its list, the id a place. Goes on behind Last-Event-ID, or after, while that is "
            + "remembered: nothing missing, nothing twice (on a shared store a change may come twice, and never after a newer one of its resource). An event 'reset' with {\"reason\",\"startOver\"} says that something is missing; a stream that was too slow ends with it.",
            new Parameter("after", "string", "The id of the last change that was seen; the header Last-Event-ID says the same."),
            new Parameter("cluster", "string", "Only of this cluster."),
            new Parameter("kind", "string", "Only of this kind: task, instance, service or deployment."))
        {
            IsStream = true, Produces = "text/event-stream",
        },
        http =>
        {
            var kind = http.Query("kind");
            if (kind is not null && !Kinds.Contains(kind)) throw ProblemException.BadRequest($"The parameter 'kind' must be one of {string.Join(", ", Kinds)}.");
            var after = http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : http.Query("after");
            var follower = parts.Changes.TryFollow(after) ?? throw new ProblemException(
                StatusCodes.Status429TooManyRequests, "Too many followers", $"{ClusterChanges.FollowersMax} follow already, and no more may at once. Close one, or try again later.");
            return Task.FromResult<IResult>(new Answer(follower, http.Query("cluster"), kind, _message, parts));
        });

    private sealed class Answer(ChangeFollower follower, string? cluster, string? kind, ChangeMessage message, ServerParts parts) : IResult
    {
        // The last change that was looked at, sent or not, and the one whose place the client knows.
        private ClusterChange? _seen, _told;

        public async Task ExecuteAsync(HttpContext http)
        {
            using (follower)
            using (var ending = CancellationTokenSource.CreateLinkedTokenSource(
                http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping))
            {
                try
                {
                    var body = SentEvents.Begin(http);
                    if (!follower.IsResumed) Reset(body, "The place is not remembered any more: it is too old, or of another start of this server.");
                    await body.FlushAsync(ending.Token);
                    while (await NextAsync(body, ending.Token))
                    {
                        // Until it was too slow, or goes away.
                    }
                }
                catch (OperationCanceledException) when (ending.IsCancellationRequested)
                {
                    // The caller went away, or the server stops: whoever wants more comes back with its place.
                }
            }
        }

        private async Task<bool> NextAsync(PipeWriter body, CancellationToken cancellationToken)
        {
            if (!await SentEvents.WaitAsync(follower.WaitAsync, parts.Time, cancellationToken))
            {
                // With the place, so that who is told of little can still go on from here.
                await SentEvents.KeepAliveAsync(body, _seen is { } seen && seen != _told ? parts.Changes.PlaceOf(seen) : null, cancellationToken);
                _told = _seen;
                return true;
            }

            if (follower.Take(TakenMax) is not { } taken)
            {
                Reset(body, "This stream was read too slowly, and changes went by.");
                await body.FlushAsync(cancellationToken);
                return false;
            }

            foreach (var change in taken)
            {
                _seen = change;
                if ((kind is not null && change.State.Name.Type != kind) || (cluster is not null && !string.Equals(change.State.Name.Cluster, cluster, StringComparison.OrdinalIgnoreCase))) continue;
                body.Write(change.Message(message.Write));
                _told = change;
                if (body.UnflushedBytes > UnflushedMax) await body.FlushAsync(cancellationToken);
            }

            await body.FlushAsync(cancellationToken);
            return true;
        }

        private static void Reset(PipeWriter body, string reason) => SentEvents.Line(body, $"event: reset\ndata: {{\"reason\":\"{reason}\",\"startOver\":\"{StartOver}\"}}\n\n");
    }
}

/// <summary>A change as a server-sent event: its resource as an item of its list.</summary>
internal sealed class ChangeMessage(ServerParts parts)
{
    /// <summary>Writes the whole message.</summary>
    public Func<ClusterChange, byte[]> Write { get; } = change => Bytes(change, parts);

    private static byte[] Bytes(ClusterChange change, ServerParts parts)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        Encoding.UTF8.GetBytes($"id: {parts.Changes.PlaceOf(change)}\nevent: {change.State.Name.Type}\ndata: ", buffer);

        // Written by us in one line: text in it has its line ends escaped.
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Item(json, change.State, parts);
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Item(Utf8JsonWriter json, IResourceState state, ServerParts parts)
    {
        var name = new ClusterName(state.Name.Account, state.Name.Region, state.Name.Cluster);
        var cluster = parts.Clusters.View.Find(name) ?? ClusterView.Of(name);
        switch (state)
        {
            case TaskState task:
                TaskList.Write(json, new InCluster<TaskState>(cluster, task), parts.Diagnoser);
                break;
            case InstanceState instance:
                InstanceList.List.Write(json, cluster.Instances.FirstOrDefault(i => i.State.Name.Key == state.Name.Key) ?? new InstanceView(instance, 0, 0));
                break;
            case ServiceState when cluster.Services.FirstOrDefault(s => s.State?.Name.Key == state.Name.Key) is { } service:
                ServiceLists.Services.Write(json, new InCluster<ServiceView>(cluster, service));
                ListJson.Tags(json, parts.Clusters.View.TagsOf(name, service.Name));
                break;
            case DeploymentState when cluster.Services.SelectMany(s => s.Deployments.Select(d => new DeploymentItem(cluster, s, d))).FirstOrDefault(d => d.Deployment.Id == "ecs-svc/" + state.Name.Id) is { Deployment: not null } deployment:
                ServiceLists.Deployments.Write(json, deployment);
                break;
            default:
                // It has left the view meanwhile: where it was is all that can be said.
                ListJson.Where(json, name);
                json.WriteString("id", state.Name.Id);
                break;
        }
    }
}
