using Crowsnest.Aws.Ecs;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Resync;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>A region that is read into a store in memory, on a clock that leaps over every wait.</summary>
internal sealed class ResyncRun : IAsyncDisposable
{
    private readonly InMemoryStore _store;
    private readonly EcsClient _client;
    private readonly ResyncParts _parts;

    public ResyncRun(LeapingTime time, Uri ecs, double share = 0.25, InMemoryStore? store = null)
    {
        _store = store ?? new InMemoryStore(TimeProvider.System);
        var diagnoser = new EventDiagnoser();
        Clusters = new ClusterModel(diagnoser, time);
        Pipeline = new IngestPipeline(_store, diagnoser, new Rules(this), TimeProvider.System) { StatesWritten = states => Clusters.Apply(states) };
        Budget = new EcsBudget(share, time);
        _client = new EcsClient(Moto.Identity, ecs, Budget, time);
        _parts = new ResyncParts(Clusters, _store, Pipeline, new MaskingOptions { Own = OwnMark.TakenAway }, time.GetUtcNow, time);
        Time = time;
        Definitions = new TaskDefinitions(time);
    }

    public LeapingTime Time { get; }

    public ClusterModel Clusters { get; }

    public IngestPipeline Pipeline { get; }

    public EcsBudget Budget { get; }

    public TaskDefinitions Definitions { get; }

    public InMemoryStore Store => _store;

    public List<Firing> Firings { get; } = [];

    /// <summary>What is known of tasks: cluster, id, last status.</summary>
    public IEnumerable<(string Cluster, string Id, string? Status)> Tasks =>
        Clusters.View.Clusters.SelectMany(c => c.Tasks.Select(t => (c.Name.Name, t.Name.Id, t.Detail.LastStatus))).Order();

    public async Task<(IReadOnlyList<string> Problems, IReadOnlyDictionary<string, long> Drift)> RunAsync(string? only = null, string? account = null)
    {
        var intake = new ResyncIntake(_parts);
        var problems = await new RegionResync(_client, _parts, intake, Definitions, Progress = new RegionProgress()).RunAsync(only, OwnEcs.Region, account, TestContext.Current.CancellationToken);
        await intake.SettleAsync(TestContext.Current.CancellationToken);
        return (problems, intake.Drift);
    }

    public RegionProgress Progress { get; private set; } = new();

    /// <summary>ECS's own event of a task, as it is there now.</summary>
    public Task TellAsync(OwnCluster cluster, string id)
    {
        var task = System.Text.Json.Nodes.JsonNode.Parse(cluster.Tasks[id].ToJsonString())!.AsObject();
        foreach (var moment in task.Where(m => m.Key.EndsWith("At", StringComparison.Ordinal)).Select(m => m.Key).ToList())
            task[moment] = DateTimeOffset.FromUnixTimeMilliseconds((long)((double)task[moment]! * 1000)).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var at = Time.GetUtcNow().UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        task["updatedAt"] = at;
        var json = new System.Text.Json.Nodes.JsonObject
        {
            ["id"] = $"{id}@{task["version"]}", ["detail-type"] = "ECS Task State Change", ["source"] = "aws.ecs", ["account"] = OwnEcs.Account, ["region"] = OwnEcs.Region, ["time"] = at, ["detail"] = task,
        };
        var decoded = (Decoded.Ok)new EventDecoder().Decode(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), Time.GetUtcNow());
        return Pipeline.SubmitAsync(new IngestBatch("sqs", Time.GetUtcNow(), [decoded.Event], []), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Pipeline.DisposeAsync();
        await _store.DisposeAsync();
    }

    private sealed class Rules(ResyncRun run) : IEventRules
    {
        private readonly ShippedRules _rules = new([ShippedRules.TaskFailed]);

        public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
        {
            _rules.Evaluate(ecsEvent, diagnosis, run.Firings);
            _rules.Evaluate(ecsEvent, diagnosis, firings);
        }
    }
}
