using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Server;

/// <summary>What of a configuration may change while the server runs: rules, and who is told of what. It is swapped whole, or stays as it was.</summary>
/// <remarks>What a batch, a tick or a sending has begun with, it ends with.</remarks>
internal sealed class LiveConfig : IEventRules, IDisposable
{
    private readonly Func<CrowsnestConfig, Telling> _telling;
    private readonly TimeProvider _time;

    // Something may still be on its way by them; a configuration is read again now and then only.
    private readonly List<Telling> _retired = [];
    private readonly Lock _gate = new();
    private volatile Parts _now;

    /// <summary>What the server starts with.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="telling">Makes every integration of a configuration.</param>
    /// <param name="time">The clock.</param>
    public LiveConfig(CrowsnestConfig config, Func<CrowsnestConfig, Telling> telling, TimeProvider time)
    {
        (_telling, _time) = (telling, time);
        _now = Of(config);
        SucceededAt = time.GetUtcNow();
    }

    /// <summary>Who is told.</summary>
    public Telling Telling => _now.Telling;

    /// <summary>The rules that are on.</summary>
    public RulesConfig Rules => _now.Rules;

    /// <summary>What people do with incidents.</summary>
    public IncidentActions Actions => _now.Actions;

    /// <summary>The rules that look at how things are.</summary>
    public ConditionRules Conditions => _now.Conditions;

    /// <summary>The configuration was well the last time that it was read.</summary>
    public bool IsWell { get; private set; } = true;

    /// <summary>When one was last taken.</summary>
    public DateTimeOffset SucceededAt { get; private set; }

    /// <inheritdoc/>
    public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings) => _now.Events.Evaluate(ecsEvent, diagnosis, firings);

    /// <summary>Takes another configuration in place of this one.</summary>
    public void Take(CrowsnestConfig config)
    {
        var next = Of(config);
        lock (_gate)
        {
            _retired.Add(_now.Telling);
            (_now, IsWell, SucceededAt) = (next, true, _time.GetUtcNow());
        }
    }

    /// <summary>Another was read that has mistakes, or could not be read; this one stays.</summary>
    public void Refuse() => IsWell = false;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var telling in _retired.Append(_now.Telling)) telling.Dispose();
    }

    private Parts Of(CrowsnestConfig config)
    {
        var telling = _telling(config);
        return new Parts(config.Rules, Composition.Rules(config), Composition.Conditions(config), telling, telling.Actions());
    }

    private sealed record Parts(RulesConfig Rules, RuleSet Events, ConditionRules Conditions, Telling Telling, IncidentActions Actions);
}
