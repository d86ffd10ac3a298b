using System.Text.Json.Serialization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server.Alertmanager;

/// <summary>Alertmanager's words for a name.</summary>
internal sealed record AmReceiver(string Name);

/// <summary>How an alert stands: active, or suppressed by what is named.</summary>
internal sealed record AmAlertStatus(string State, IReadOnlyList<string> SilencedBy, IReadOnlyList<string> InhibitedBy, IReadOnlyList<string> MutedBy);

/// <summary>An incident that fires, as an alert.</summary>
internal sealed record AmAlert(
    IReadOnlyDictionary<string, string> Annotations, DateTime EndsAt, string Fingerprint, IReadOnlyList<AmReceiver> Receivers, DateTime StartsAt, AmAlertStatus Status, DateTime UpdatedAt,
    IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Where it is shown; left out where nobody knows the address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("generatorURL")]
    public string? GeneratorUrl { get; init; }
}

/// <summary>Alerts that one receiver is told of together.</summary>
internal sealed record AmAlertGroup(IReadOnlyList<AmAlert> Alerts, IReadOnlyDictionary<string, string> Labels, AmReceiver Receiver);

/// <summary>A condition on a label.</summary>
internal sealed record AmMatcher(string Name, string Value, bool IsRegex, bool IsEqual = true)
{
    /// <summary>As Alertmanager writes it.</summary>
    public static AmMatcher Of(LabelMatcher matcher) => new(
        matcher.Name, matcher.Value, matcher.Kind is MatcherKind.Matches or MatcherKind.NotMatches, matcher.Kind is MatcherKind.Equal or MatcherKind.Matches);

    /// <summary>As we have it.</summary>
    public LabelMatcher Read() => LabelMatcher.Of(Name, (IsRegex, IsEqual) switch
    {
        (false, true) => MatcherKind.Equal,
        (false, false) => MatcherKind.NotEqual,
        (true, true) => MatcherKind.Matches,
        _ => MatcherKind.NotMatches,
    }, Value);
}

/// <summary>Where a silence stands.</summary>
internal sealed record AmSilenceStatus(string State);

/// <summary>A silence.</summary>
internal sealed record AmSilence(
    string Id, AmSilenceStatus Status, DateTime UpdatedAt, string Comment, string CreatedBy, DateTime EndsAt, DateTime StartsAt, IReadOnlyList<AmMatcher> Matchers)
{
    /// <summary>As Alertmanager writes it.</summary>
    public static AmSilence Of(Silence silence, DateTimeOffset now) => new(
        silence.Id, new AmSilenceStatus(silence.StateAt(now).ToString().ToLowerInvariant()), silence.UpdatedAt.UtcDateTime, silence.Comment, silence.CreatedBy,
        silence.EndsAt.UtcDateTime, silence.StartsAt.UtcDateTime, [.. silence.Matchers.Select(AmMatcher.Of)]);
}

/// <summary>A silence to be made or changed.</summary>
internal sealed record AmPostableSilence(IReadOnlyList<AmMatcher>? Matchers, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, string? CreatedBy, string? Comment, string? Id = null);

/// <summary>The silence that was made or changed.</summary>
internal sealed record AmSilenceId([property: JsonPropertyName("silenceID")] string SilenceId);

/// <summary>What the server is.</summary>
internal sealed record AmStatus(AmCluster Cluster, AmVersion VersionInfo, AmConfig Config, DateTime Uptime);

/// <summary>Alertmanager's cluster, which is not what several processes on one store are.</summary>
internal sealed record AmCluster(string Status, IReadOnlyList<AmPeer> Peers);

/// <summary>Another of the cluster.</summary>
internal sealed record AmPeer(string Name, string Address);

/// <summary>Its version.</summary>
internal sealed record AmVersion(string Branch, string BuildDate, string BuildUser, string GoVersion, string Revision, string Version);

/// <summary>Its configuration, as YAML.</summary>
internal sealed record AmConfig(string Original);

/// <summary>How Alertmanager's JSON is read and written: members that it has and we do not know are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<AmAlert>))]
[JsonSerializable(typeof(IReadOnlyList<AmAlertGroup>))]
[JsonSerializable(typeof(IReadOnlyList<AmReceiver>))]
[JsonSerializable(typeof(IReadOnlyList<AmSilence>))]
[JsonSerializable(typeof(AmPostableSilence))]
[JsonSerializable(typeof(AmSilenceId))]
[JsonSerializable(typeof(AmStatus))]
[JsonSerializable(typeof(string))]
internal sealed partial class AlertmanagerJson : JsonSerializerContext;
