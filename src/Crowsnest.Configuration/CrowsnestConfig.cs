using System.Collections.Immutable;
using System.Net;
using Crowsnest.Aws.Sns;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Configuration;

/// <summary>What <c>crowsnest.yaml</c> says, whole and immutable. The default value is the configuration without a file.</summary>
public sealed record CrowsnestConfig
{
    /// <summary>Where the server listens and how people reach it.</summary>
    public ServerConfig Server { get; init; } = new();

    /// <summary>Where events and state are kept.</summary>
    public StoreConfig Store { get; init; } = new();

    /// <summary>How long and how much is kept.</summary>
    public Retention Retention { get; init; } = new();

    /// <summary>What is masked before it is stored.</summary>
    public MaskingConfig Masking { get; init; } = new();

    /// <summary>Where events come from.</summary>
    public SourcesConfig Sources { get; init; } = new();

    /// <summary>What is compared with the ECS API.</summary>
    public ResyncConfig Resync { get; init; } = new();

    /// <summary>What advice on sizes is made from.</summary>
    public SizingConfig Sizing { get; init; } = new();

    /// <summary>What happened longer ago is recorded, not told.</summary>
    public TimeSpan OutboxMaxAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Further causes, before the shipped ones.</summary>
    public ImmutableArray<CauseConfig> Diagnosis { get; init; } = [];

    /// <summary>Which rules are on.</summary>
    public RulesConfig Rules { get; init; } = new([new RuleSetConfig(ShippedRules.DefaultSet, [])], [], []);

    /// <summary>Who is told, and how messages are grouped.</summary>
    public Route Route { get; init; } = new() { Receiver = "console" };

    /// <summary>Which incidents need no telling while others fire.</summary>
    public ImmutableArray<InhibitRule> InhibitRules { get; init; } = InhibitRule.Shipped;

    /// <summary>The times that routes name.</summary>
    public ImmutableDictionary<string, TimeInterval> TimeIntervals { get; init; } = ImmutableDictionary<string, TimeInterval>.Empty;

    /// <summary>What events that only try the way look like, and who is told of them.</summary>
    public VerifyConfig Verify { get; init; } = new();

    /// <summary>The receivers by name, in the file's order.</summary>
    public ImmutableArray<ReceiverConfig> Receivers { get; init; } = [new ReceiverConfig("console", [], new ConsoleConfig())];
}

/// <summary>Where the server listens and how people reach it.</summary>
public sealed record ServerConfig
{
    /// <summary>The address and port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8723);

    /// <summary>The base of links in messages; that of <see cref="Listen"/> when <see langword="null"/>.</summary>
    public Uri? ExternalUrl { get; init; }
}

/// <summary>Where events and state are kept.</summary>
public sealed record StoreConfig
{
    /// <summary>The server that keeps events, and all else where <see cref="Dynamo"/> is <see langword="null"/>.</summary>
    public OpenSearchConfig? OpenSearch { get; init; }

    /// <summary>The table of DynamoDB that keeps all but events; without <see cref="OpenSearch"/> nobody keeps events.</summary>
    public DynamoConfig? Dynamo { get; init; }

    /// <summary>Several processes share it; otherwise it is the embedded store in the data folder.</summary>
    public bool IsShared => OpenSearch is not null || Dynamo is not null;

    /// <summary>Where it is, for people; of a shared store.</summary>
    public string InWords => string.Join(" and ", ((string?[])
    [
        OpenSearch is { } server ? $"{server.Url.GetLeftPart(UriPartial.Path)} ({server.IndexPrefix}-*)" : null,
        Dynamo is { } table ? $"DynamoDB ({table.TableName})" : null,
    ]).OfType<string>());
}

/// <summary>A table of DynamoDB.</summary>
/// <param name="TablePrefix">What its name begins with.</param>
/// <param name="Region">Its region, or <see langword="null"/>: that of the environment or the machine.</param>
public sealed record DynamoConfig(string TablePrefix, string? Region)
{
    /// <summary>Its name.</summary>
    public string TableName => TablePrefix + "store";
}

/// <summary>A server of OpenSearch or Elasticsearch.</summary>
public sealed record OpenSearchConfig
{
    /// <summary>Its URL.</summary>
    public required Uri Url { get; init; }

    /// <summary>The service that requests are signed for (<c>es</c>), or <see langword="null"/>: they are not signed.</summary>
    public string? AwsService { get; init; }

    /// <summary>The region that requests are signed for, or <see langword="null"/>: that of the environment or the machine.</summary>
    public string? Region { get; init; }

    /// <summary>The user, with <see cref="Password"/>.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public Secret? Password { get; init; }

    /// <summary>An API key, encoded as Elasticsearch gives it.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>A file of certificates that are trusted besides the machine's.</summary>
    public string? CaFile { get; init; }

    /// <summary>What the names of all indices begin with.</summary>
    public string IndexPrefix { get; init; } = "crowsnest";

    /// <summary>Primary shards of each index of events.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Copies of each index besides the first, where there are nodes for them.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Bodies of requests are compressed.</summary>
    public bool Gzip { get; init; }
}

/// <summary>What is masked before it is stored.</summary>
public sealed record MaskingConfig
{
    /// <summary>The values of environment variables in overrides and in CloudTrail's requests.</summary>
    public bool Environment { get; init; } = true;

    /// <summary>Further values, as paths.</summary>
    public ImmutableArray<string> Paths { get; init; } = [];
}

/// <summary>Where events come from.</summary>
public sealed record SourcesConfig
{
    /// <summary>Sources whose events are diagnosed and change state; <c>*</c> at the end stands for anything.</summary>
    public ImmutableArray<string> Trusted { get; init; } = ["aws.*"];

    /// <summary>The queues that are read.</summary>
    public ImmutableArray<SqsConfig> Sqs { get; init; } = [];

    /// <summary>The topics of Amazon SNS that may deliver to <c>POST /events</c>.</summary>
    public ImmutableArray<SnsTopic> SnsTopics { get; init; } = [];
}

/// <summary>A queue of Amazon SQS.</summary>
/// <param name="QueueUrl">Its URL as AWS gives it: host, account and name.</param>
public sealed record SqsConfig(Uri QueueUrl);

/// <summary>What is compared with the ECS API, and how often.</summary>
public sealed record ResyncConfig
{
    /// <summary>The accounts that are read; none unless named.</summary>
    public ImmutableArray<ResyncAccount> Accounts { get; init; } = [];

    /// <summary>Whether the last lines of a failed task's log are read, when somebody looks at the task.</summary>
    public bool LogLines { get; init; }

    /// <summary>How long between one end and the next begin.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>An account whose ECS is read.</summary>
/// <param name="RoleArn">The role that is taken on for it, or <see langword="null"/>: as whom this program runs.</param>
/// <param name="Regions">Its regions.</param>
public sealed record ResyncAccount(string? RoleArn, ImmutableArray<string> Regions);

/// <summary>A cause that the user adds: what a stop must show, and the words for it.</summary>
public sealed record CauseConfig
{
    /// <summary>The kind it gets: one of the public kinds.</summary>
    public required string Kind { get; init; }

    /// <summary>Text that the stopped reason must hold (case-insensitive).</summary>
    public string ReasonContains { get; init; } = "";

    /// <summary>The stop code that it must have, or empty.</summary>
    public string StopCode { get; init; } = "";

    /// <summary>The exit code that a container must have, or <see langword="null"/>.</summary>
    public int? ExitCode { get; init; }

    /// <summary>info, warning, error or critical.</summary>
    public string Severity { get; init; } = "error";

    /// <summary>What happened, in words.</summary>
    public required string Words { get; init; }

    /// <summary>What to do next.</summary>
    public string NextStep { get; init; } = "";
}

/// <summary>The rules that are on.</summary>
/// <param name="Sets">The shipped ones.</param>
/// <param name="Events">The user's own that look at events, in the file's order.</param>
/// <param name="Conditions">The user's own that look at how things are, in the file's order.</param>
public sealed record RulesConfig(ImmutableArray<RuleSetConfig> Sets, ImmutableArray<EventRule> Events, ImmutableArray<ConditionRule> Conditions)
{
    /// <summary>How many entries the file has.</summary>
    public int Count => Sets.Length + Events.Length + Conditions.Length;

    /// <summary>The names of the shipped rules that are on; one of the user's own takes the place of a shipped one with its name.</summary>
    public ImmutableArray<string> Shipped =>
    [
        .. Sets.SelectMany(set => ShippedRules.Of(set.Use).Except(set.Except, StringComparer.Ordinal))
            .Except(Events.Select(rule => rule.Name).Concat(Conditions.Select(rule => rule.Name)), StringComparer.Ordinal),
    ];
}

/// <summary>A shipped set of rules, but for some.</summary>
public sealed record RuleSetConfig(string Use, ImmutableArray<string> Except);

/// <summary>What events that only try the way look like, and who is told of them.</summary>
public sealed record VerifyConfig
{
    /// <summary>Their source.</summary>
    public string Source { get; init; } = "crowsnest.verify";

    /// <summary>What they must know to be synthetic; without it no event is.</summary>
    public Secret? Nonce { get; init; }

    /// <summary>The receiver's name; <see langword="null"/>: nobody is told.</summary>
    public string? Receiver { get; init; }
}

/// <summary>A secret that came by reference; it never prints itself.</summary>
public sealed class Secret(string value)
{
    /// <summary>The secret itself.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
