using System.Collections.Immutable;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>The way from an event to a message, with a real store, a clock that the test moves, and a receiver that it listens to.</summary>
internal sealed class TellingHarness : IAsyncDisposable, IClusterFacts
{
    private readonly StorePlace _place;
    private readonly TellingOptions _options;
    private readonly RuleSet _rules;
    private readonly ConditionRules _conditionRules;
    private IStore _store;
    private IngestPipeline _pipeline;
    private ClusterModel _clusters;
    private ConditionWatch _conditions;
    private OutboxSender? _sender;
    private double _jitter;

    private TellingHarness(StorePlace place, TellingOptions options, RuleSet rules, ConditionRules conditions, IStore store)
    {
        (_place, _options, _rules, _conditionRules, _store) = (place, options, rules, conditions, store);
        (_pipeline, _clusters, _conditions) = Process();
        Step = TimeSpan.FromSeconds(place.IsShared ? 30 : 10);
    }

    public ManualTime Time => _place.Time;

    public RecordingNotifier Receiver { get; } = new();

    /// <summary>Who is told what the receiver cannot be.</summary>
    public RecordingNotifier Night { get; } = new();

    /// <summary>How long the receiver is tried before its fallback is told; <see langword="null"/>: it has none.</summary>
    public TimeSpan? FallbackAfter { get; init; }

    /// <summary>Whether receivers are told that something is over.</summary>
    public bool SendResolved { get; set; } = true;

    /// <summary>Whether less runs than should, as far as is known.</summary>
    public bool IsShort { get; set; }

    public IStore Store => _store;

    public IIncidentStore Incidents => _store.Incidents;

    public IReadOnlyList<Notification> Told => Receiver.Told;

    public static async Task<TellingHarness> StartAsync(StorePlace place, TellingOptions? options = null, RuleSet? rules = null, TimeSpan? fallbackAfter = null, params ConditionRule[] conditions) => new(
        place, options ?? new TellingOptions { Route = new Route { Receiver = "ops" } }, rules ?? new RuleSet([ShippedRules.TaskFailed], []), new ConditionRules(conditions), await place.OpenAsync()) { FallbackAfter = fallbackAfter };

    public async Task SubmitAsync(params EcsEvent[] events) =>
        await _pipeline.SubmitAsync(new IngestBatch("test", Time.GetUtcNow(), events, []), TestContext.Current.CancellationToken);

    /// <param name="isLast">Nothing more will come.</param>
    /// <param name="behind">How far what is stored is behind the clock.</param>
    public ValueTask<TickReport> TickAsync(bool isLast = false, TimeSpan behind = default) =>
        new IncidentTick(_options, new Dictionary<string, ImmutableArray<Medium>> { ["ops"] = [new Medium("recording", SendResolved)], ["testers"] = [new Medium("recording")] }, this, _conditions)
            .RunAsync(_store.Incidents, Time.GetUtcNow(), Time.GetUtcNow() - behind, isLast, TestContext.Current.CancellationToken);

    public ValueTask<SendReport> SendAsync(double jitter = 0)
    {
        _jitter = jitter;
        return Sender.SendDueAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What sends; another after a restart.</summary>
    public OutboxSender Sender => _sender ??= new(
        _store.Incidents, new Dictionary<string, ImmutableArray<INotifier>> { ["ops"] = [Receiver], ["testers"] = [Receiver], ["night"] = [Night] }, _options.MaxAge, Time, () => _jitter,
        FallbackAfter is { } after ? new Dictionary<string, Fallback> { ["ops"] = new Fallback("night", after, [new Medium("recording")]) } : null);

    public async Task TickAndSendAsync()
    {
        await TickAsync();
        await SendAsync();
    }

    /// <summary>Somebody silences.</summary>
    public async Task<Silence> SilenceAsync(string matchers, TimeSpan time, string comment = "deploy") => (await SilenceActions.SetAsync(
        Incidents, new SilenceWish("", MatcherText.Parse(matchers), null, Time.GetUtcNow() + time, "anna", comment), Time.GetUtcNow(), TestContext.Current.CancellationToken)).Silence!;

    /// <summary>What somebody does with the only incident that there is.</summary>
    public async Task<ActionResult> ActAsync(IncidentVerb verb, string text = "") => await ActAsync((await OnlyIncidentAsync()).Id, verb, text);

    /// <summary>What somebody does with an incident.</summary>
    public ValueTask<ActionResult> ActAsync(string incident, IncidentVerb verb, string text = "") =>
        new IncidentActions(_options).ApplyAsync(Incidents, incident, new IncidentAction(verb, "ann", text), Time.GetUtcNow(), TestContext.Current.CancellationToken);

    public async Task<Incident> OnlyIncidentAsync() => Assert.Single(await Incidents.IncidentsAsync(10, TestContext.Current.CancellationToken));

    /// <summary>How long between ticks; one is cheap where the store is at hand.</summary>
    public TimeSpan Step { get; set; }

    /// <summary>Time goes on, with a tick each <see cref="Step"/>.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Step)
        {
            Time.Advance(left < Step ? left : Step);
            await TickAndSendAsync();
        }
    }

    /// <summary>The process ends and starts again.</summary>
    public async Task RestartAsync()
    {
        await _pipeline.DisposeAsync();
        _store = await _place.OpenAsync();
        (_pipeline, _clusters, _conditions) = Process();
        await _clusters.LoadAsync(since => _store.ReadStatesAsync(since, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        _sender = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await _place.DisposeAsync();
    }

    bool IClusterFacts.IsShort(Incident incident) => IsShort;

    ImmutableArray<string> IClusterFacts.Deployed(Incident incident) => new ClusterFacts(() => _clusters.View).Deployed(incident);

    private (IngestPipeline Pipeline, ClusterModel Clusters, ConditionWatch Conditions) Process()
    {
        var clusters = new ClusterModel(new EventDiagnoser(), Time);
        return (new IngestPipeline(_store, new EventDiagnoser(), _rules, Time) { StatesWritten = clusters.Apply }, clusters, new ConditionWatch(_conditionRules, () => clusters.View, _store.Events));
    }
}

/// <summary>A receiver that remembers, and answers what the test says.</summary>
internal sealed class RecordingNotifier : IEditingNotifier
{
    public string Kind => "recording";

    public bool MayJoin { get; set; }

    public List<Notification> Told { get; } = [];

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; private set; }

    /// <summary>What was told by changing an earlier message, and that one's reference.</summary>
    public List<(string NotificationId, string Reference)> Edits { get; } = [];

    /// <summary>The answer to the next attempt; what is told counts only when it is <see cref="Delivery.Sent"/> or throws.</summary>
    public Func<Delivery> Answer { get; set; } = () => Delivery.Sent;

    /// <summary>Whether a message is one that the target always fails at.</summary>
    public Func<Notification, bool> Fails { get; set; } = _ => false;

    /// <summary>What happens while a message is under way.</summary>
    public Func<Notification, Task> Meanwhile { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        await Meanwhile(notification);
        lock (Told)
        {
            Attempts++;
            var answer = Fails(notification) ? Delivery.NotNow("it fails at this one") : Answer();
            if (answer.Outcome == DeliveryOutcome.Sent) Told.Add(notification);
            return answer;
        }
    }

    public ValueTask<Delivery> EditAsync(Notification notification, string reference, CancellationToken cancellationToken)
    {
        Edits.Add((notification.NotificationId, reference));
        return SendAsync(notification, cancellationToken);
    }
}
