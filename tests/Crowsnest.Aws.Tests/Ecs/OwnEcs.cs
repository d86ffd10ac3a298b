using System.Net;
using System.Text.Json.Nodes;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>An ECS on this machine that holds callers to the published limits: page sizes, how many one call describes, and token buckets by its own count of the time.</summary>
/// <remarks>Beside moto, which has no versions, does not page and never throttles. Stopped tasks stay until a test forgets them.</remarks>
public sealed class OwnEcs : OwnService
{
    public const string Account = "123456789012", Region = "eu-west-1";

    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
    private static readonly Dictionary<string, (string Bucket, int Burst, int Rate)> Quotas = new(StringComparer.Ordinal)
    {
        ["ListClusters"] = ("clusters", 50, 20), ["DescribeClusters"] = ("clusters", 50, 20),
        ["ListTasks"] = ("resources", 100, 20), ["DescribeTasks"] = ("resources", 100, 20), ["ListContainerInstances"] = ("resources", 100, 20), ["DescribeContainerInstances"] = ("resources", 100, 20),
        ["ListServices"] = ("services", 100, 20), ["DescribeServices"] = ("services", 100, 20), ["DescribeTaskDefinition"] = ("definitions", 50, 20),
    };

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (double Tokens, long At)> _buckets = [];
    private readonly List<string> _calls = [];

    public OwnEcs(TimeProvider time) => _time = time;

    /// <summary>Clusters by name.</summary>
    public SortedDictionary<string, OwnCluster> Clusters { get; } = new(StringComparer.Ordinal);

    /// <summary>Task definitions by ARN, as <c>taskDefinition</c> is in the answer; any other has no container of note.</summary>
    public Dictionary<string, JsonObject> Definitions { get; } = new(StringComparer.Ordinal);

    /// <summary>Tags by the ARN of what has them.</summary>
    public Dictionary<string, JsonArray> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>The operations that were answered, in their order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>How many calls were refused because they came too fast.</summary>
    public int Throttled { get; private set; }

    /// <summary>Asked before each call: its operation and how often it was called before; what it answers is an error's code, or <see langword="null"/>. It may change what there is.</summary>
    public Func<string, int, string?> Before { get; set; } = (_, _) => null;

    /// <summary>Counts anew.</summary>
    public void ForgetCalls()
    {
        lock (_gate) _calls.Clear();
    }

    public OwnCluster Cluster(string name)
    {
        lock (_gate)
        {
            if (!Clusters.TryGetValue(name, out var cluster)) Clusters[name] = cluster = new OwnCluster(name);
            return cluster;
        }
    }

    /// <summary>Takes tokens out as someone else's calls do.</summary>
    public void Drain(string operation, int tokens)
    {
        lock (_gate) _ = Take(operation, tokens);
    }

    protected override async Task AnswerAsync(HttpListenerContext context)
    {
        var target = (context.Request.Headers["X-Amz-Target"] ?? "").Split('.');
        var request = (await JsonNode.ParseAsync(context.Request.InputStream))!.AsObject();
        JsonObject answer;
        lock (_gate) answer = target is ["AmazonEC2ContainerServiceV20141113", var operation] ? Answer(operation, request) : Error("UnknownOperationException", "no such service");
        if (context.Request.ContentType != "application/x-amz-json-1.1") answer = Error("SerializationException", "not application/x-amz-json-1.1");
        if (answer["__type"] is { } type) context.Response.StatusCode = (string)type! == "ServerException" ? 500 : 400;
        try
        {
            context.Response.ContentType = "application/x-amz-json-1.1";
            context.Response.Close(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()), willBlock: false);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    private JsonObject Answer(string operation, JsonObject request)
    {
        if (!Quotas.ContainsKey(operation)) return Error("UnknownOperationException", operation);
        if (Before(operation, _calls.Count(call => call == operation)) is { } wrong) return Error(wrong, "as the test wants it");
        if (!Take(operation, 1))
        {
            Throttled++;
            return Error("ThrottlingException", "Rate exceeded");
        }

        _calls.Add(operation);
        if (operation == "ListClusters") return Page("clusterArns", request, Clusters.Keys, name => Clusters[name].Arn);
        if (operation == "DescribeClusters") return Describe(request, "clusters", 100, Clusters.ToDictionary(c => c.Key, c => new JsonObject { ["clusterArn"] = c.Value.Arn, ["status"] = "ACTIVE" }), $"arn:aws:ecs:{Region}:{Account}:cluster/");
        if (operation == "DescribeTaskDefinition") return Definition(request);
        if (!Clusters.TryGetValue(Last((string?)request["cluster"] ?? "default"), out var cluster)) return Error("ClusterNotFoundException", "Cluster not found.");
        var status = (string?)request["desiredStatus"] ?? "RUNNING";
        return operation switch
        {
            "ListTasks" => Page("taskArns", request, cluster.Tasks.Where(t => (string)t.Value["desiredStatus"]! == status).Select(t => t.Key), id => cluster.ArnOf("task", id)),
            "ListContainerInstances" => Page("containerInstanceArns", request, cluster.Instances.Keys, id => cluster.ArnOf("container-instance", id)),
            "ListServices" => Page("serviceArns", request, cluster.Services.Where(s => (string)s.Value["status"]! != "INACTIVE").Select(s => s.Key), id => cluster.ArnOf("service", id)),
            "DescribeTasks" => Describe(request, "tasks", 100, cluster.Tasks, cluster.ArnOf("task", "")),
            "DescribeContainerInstances" => Describe(request, "containerInstances", 100, cluster.Instances, cluster.ArnOf("container-instance", "")),
            _ => Describe(request, "services", 10, cluster.Services, cluster.ArnOf("service", "")),
        };
    }

    // The token says where the next page begins by the last one's end, so that what comes and goes meanwhile moves nothing else.
    private static JsonObject Page(string member, JsonObject request, IEnumerable<string> ids, Func<string, string> arnOf)
    {
        var most = (int?)request["maxResults"] ?? (member == "serviceArns" ? 10 : 100);
        if (most is < 1 or > 100) return Error("InvalidParameterException", "maxResults must be from 1 to 100");
        var after = (string?)request["nextToken"];
        var rest = ids.Order(StringComparer.Ordinal).Where(id => after is null || string.CompareOrdinal(id, after) > 0).ToList();
        var answer = new JsonObject { [member] = new JsonArray([.. rest.Take(most).Select(id => JsonValue.Create(arnOf(id)))]) };
        if (rest.Count > most) answer["nextToken"] = rest[most - 1];
        return answer;
    }

    private JsonObject Definition(JsonObject request)
    {
        var arn = (string)request["taskDefinition"]!;
        if (arn.EndsWith(":0", StringComparison.Ordinal)) return Error("ClientException", "Unable to describe task definition.");
        return WithTags(request, arn, new JsonObject
        {
            ["taskDefinition"] = Definitions.TryGetValue(arn, out var definition) ? JsonNode.Parse(definition.ToJsonString()) : new JsonObject { ["taskDefinitionArn"] = arn, ["containerDefinitions"] = new JsonArray() },
        });
    }

    // Tags are left out unless they are asked for.
    private JsonObject WithTags(JsonObject request, string arn, JsonObject answer)
    {
        if (request["include"]?.AsArray().Any(one => (string?)one == "TAGS") == true) answer["tags"] = Tags.TryGetValue(arn, out var tags) ? JsonNode.Parse(tags.ToJsonString()) : new JsonArray();
        return answer;
    }

    private JsonObject Describe(JsonObject request, string member, int most, Dictionary<string, JsonObject> all, string prefix)
    {
        var wanted = request[member]?.AsArray().Select(one => Last((string)one!)).ToList() ?? [];
        if (wanted.Count is 0 || wanted.Count > most) return Error("InvalidParameterException", $"{member}: from 1 to {most} at once");
        return new JsonObject
        {
            [member] = new JsonArray([.. wanted.Where(all.ContainsKey).Select(id => WithTags(request, prefix + id, JsonNode.Parse(all[id].ToJsonString())!.AsObject()))]),
            ["failures"] = new JsonArray([.. wanted.Where(id => !all.ContainsKey(id)).Select(id => new JsonObject { ["arn"] = prefix + id, ["reason"] = "MISSING" })]),
        };
    }

    private bool Take(string operation, int tokens)
    {
        var (name, burst, rate) = Quotas[operation];
        var now = _time.GetTimestamp();
        var bucket = _buckets.TryGetValue(name, out var known) ? known : (Tokens: burst, At: now);
        var filled = Math.Min(burst, bucket.Tokens + (_time.GetElapsedTime(bucket.At, now).TotalSeconds * rate));
        if (filled < tokens && tokens == 1)
        {
            _buckets[name] = (filled, now);
            return false;
        }

        _buckets[name] = (Math.Max(0, filled - tokens), now);
        return true;
    }

    private static JsonObject Error(string code, string message) => new() { ["__type"] = code, ["message"] = message };

    private static string Last(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}

/// <summary>A cluster of that ECS: what is in it, as its answers have it.</summary>
public sealed class OwnCluster(string name)
{
    public string Arn => $"arn:aws:ecs:{OwnEcs.Region}:{OwnEcs.Account}:cluster/{name}";

    public Dictionary<string, JsonObject> Tasks { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Instances { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Services { get; } = new(StringComparer.Ordinal);

    public string ArnOf(string type, string id) => $"arn:aws:ecs:{OwnEcs.Region}:{OwnEcs.Account}:{type}/{name}/{id}";

    public void Run(string id, string service = "api", int version = 3, DateTimeOffset? startedAt = null) => Tasks[id] = new JsonObject
    {
        ["taskArn"] = ArnOf("task", id), ["clusterArn"] = Arn, ["taskDefinitionArn"] = $"arn:aws:ecs:{OwnEcs.Region}:{OwnEcs.Account}:task-definition/{service}:1", ["group"] = "service:" + service,
        ["startedBy"] = "ecs-svc/1", ["lastStatus"] = "RUNNING", ["desiredStatus"] = "RUNNING", ["version"] = version, ["launchType"] = "FARGATE",
        ["startedAt"] = Seconds(startedAt ?? Some.Noon), ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["lastStatus"] = "RUNNING" }),
    };

    public void Stop(string id, DateTimeOffset at, int exitCode = 1)
    {
        var task = Tasks[id];
        task["lastStatus"] = "STOPPED";
        task["desiredStatus"] = "STOPPED";
        task["stopCode"] = "EssentialContainerExited";
        task["stoppedReason"] = "Essential container in task exited";
        task["stoppedAt"] = Seconds(at);
        task["version"] = (int)task["version"]! + 2;
        task["containers"]![0]!["exitCode"] = exitCode;
        task["containers"]![0]!["lastStatus"] = "STOPPED";
    }

    public void Serve(string service, int desired) => Services[service] = new JsonObject
    {
        ["serviceArn"] = ArnOf("service", service), ["serviceName"] = service, ["status"] = "ACTIVE", ["desiredCount"] = desired, ["runningCount"] = desired, ["createdAt"] = Seconds(Some.Noon.AddDays(-1)),
        ["deployments"] = new JsonArray(new JsonObject { ["id"] = "ecs-svc/" + name + service, ["status"] = "PRIMARY", ["rolloutState"] = "COMPLETED", ["updatedAt"] = Seconds(Some.Noon.AddDays(-1)) }),
    };

    public void Register(string id, int version = 10) => Instances[id] = new JsonObject
    {
        ["containerInstanceArn"] = ArnOf("container-instance", id), ["ec2InstanceId"] = "i-" + id, ["version"] = version, ["status"] = "ACTIVE", ["agentConnected"] = true,
    };

    private static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
