using System.Collections.Immutable;
using Crowsnest.Aws.Sns;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>crowsnest.yaml</c>: all of it, or all of its mistakes.</summary>
internal static class ConfigParser
{
    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);

    /// <summary>The configuration and its mistakes; it is to be used only when there are none.</summary>
    public static (CrowsnestConfig Config, IReadOnlyList<ConfigMistake> Mistakes) Parse(string text, SecretReader secrets)
    {
        var mistakes = new List<ConfigMistake>();
        if (YamlDocuments.Read(text, mistakes) is not { } node || YamlSection.Of(node, "", mistakes) is not { } root) return (new CrowsnestConfig(), mistakes);
        return (Root(root, secrets), mistakes);
    }

    private static CrowsnestConfig Root(YamlSection root, SecretReader secrets)
    {
        var defaults = new CrowsnestConfig();
        var templates = MessageTemplates.Parse(root);
        List<(ReceiverConfig? Receiver, YamlSection Section)> read = [.. root.Sections("receivers").Select(s => (ReceiverParser.Parse(s, secrets, templates), s))];
        var receivers = root.Has("receivers") ? [.. read.Select(one => one.Receiver).OfType<ReceiverConfig>()] : defaults.Receivers;
        foreach (var (receiver, section) in read) FallbackCheck.Check(receiver, section, receivers);
        foreach (var twice in receivers.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            root.Mistake("receivers", $"two receivers are named '{twice.Key}'");

        var rules = RuleParser.Parse(root);
        var config = new CrowsnestConfig
        {
            Server = Server(root.Section("server")),
            Store = StoreParser.Parse(root.Section("store"), secrets),
            Retention = Retention(root.Section("retention")),
            Masking = Masking(root.Section("masking")),
            Sources = Sources(root.Section("sources")),
            Resync = ResyncParser.Parse(root.Section("resync")),
            OutboxMaxAge = OutboxMaxAge(root.Section("outbox")) ?? defaults.OutboxMaxAge,
            Diagnosis = [.. root.Sections("diagnosis").Select(Cause).OfType<CauseConfig>()],
            Rules = root.Has("rules") ? rules : defaults.Rules,
            Receivers = receivers,
            };
        ImmutableArray<string> ownLabels = [.. rules.Events.SelectMany(rule => rule.Labels).Concat(rules.Conditions.SelectMany(rule => rule.Labels)).Select(label => label.Key)];
        config = config with { InhibitRules = InhibitParser.Parse(root, ownLabels), TimeIntervals = TimeIntervalParser.Parse(root) };
        config = config with { Route = new RouteParser([.. receivers.Select(r => r.Name)], ownLabels, [.. config.TimeIntervals.Keys]).Root(root.Section("route"), root) };
        config = config with { Verify = VerifyParser.Parse(root.Section("verify"), config.Sources.Trusted, receivers, secrets) };
        config = config with { Sizing = SizingParser.Parse(root, config.Resync, secrets) };
        root.Done("auth");
        return config;
    }

    private static ServerConfig Server(YamlSection? section)
    {
        var defaults = new ServerConfig();
        if (section is null) return defaults;
        var server = new ServerConfig { Listen = section.EndPoint("listen") ?? defaults.Listen, ExternalUrl = section.Url("external_url") };
        section.Done();
        return server;
    }

    private static Retention Retention(YamlSection? section)
    {
        var defaults = new Retention();
        if (section is null) return defaults;
        var least = TimeSpan.FromHours(1);
        var retention = new Retention
        {
            Events = section.Duration("events", least, Century) ?? defaults.Events,
            Quarantine = section.Duration("quarantine", least, Century) ?? defaults.Quarantine,
            Incidents = section.Duration("incidents", least, Century) ?? defaults.Incidents,
            SizeBytes = section.Size("size") ?? defaults.SizeBytes,
        };
        section.Done();
        return retention;
    }

    private static MaskingConfig Masking(YamlSection? section)
    {
        if (section is null) return new MaskingConfig();
        var environment = section.OneOf("environment", ["values", "off"]);
        var paths = section.Words("paths") ?? ImmutableArray<string>.Empty;
        foreach (var path in paths.Where(p => !MaskingOptions.IsPath(p)))
            section.Mistake("paths", $"'{path}' is not a path into an event's detail; write e.g. detail.overrides.containerOverrides[].command");
        section.Done();
        return new MaskingConfig { Environment = environment != "off", Paths = paths };
    }

    private static SourcesConfig Sources(YamlSection? section)
    {
        var defaults = new SourcesConfig();
        if (section is null) return defaults;
        var topics = SnsTopics(section.Section("http"));
        var trusted = section.Words("trusted");
        foreach (var pattern in trusted ?? [])
        {
            if (pattern.IndexOf('*', StringComparison.Ordinal) is var star and >= 0 && star != pattern.Length - 1)
                section.Mistake("trusted", $"'{pattern}': a * may only stand at the end");
        }

        ImmutableArray<SqsConfig> queues = [.. section.Sections("sqs").Select(Sqs).OfType<SqsConfig>()];
        foreach (var twice in queues.GroupBy(q => q.QueueUrl).Where(g => g.Count() > 1)) section.Mistake("sqs", $"the queue {twice.Key} is named twice");
        section.Done();
        return new SourcesConfig { Trusted = trusted ?? defaults.Trusted, Sqs = queues, SnsTopics = topics };
    }

    private static ImmutableArray<SnsTopic> SnsTopics(YamlSection? section)
    {
        if (section is null) return [];
        var topics = ImmutableArray.CreateBuilder<SnsTopic>();
        foreach (var arn in section.Words("sns_topics") ?? [])
        {
            if (SnsTopic.Parse(arn) is not { } topic) section.Mistake("sns_topics", $"'{arn}' is not the ARN of a topic that delivers over HTTP; it is of the form arn:aws:sns:REGION:ACCOUNT:NAME");
            else if (topics.Contains(topic)) section.Mistake("sns_topics", $"the topic {arn} is named twice");
            else topics.Add(topic);
        }

        section.Done();
        return topics.ToImmutable();
    }

    private static SqsConfig? Sqs(YamlSection section)
    {
        var url = section.Url("queue_url", required: true);
        section.Done();
        if (url is null) return null;
        if (url is { Segments: ["/", _, var name], Query.Length: 0 } && !name.EndsWith('/')) return new SqsConfig(url);
        section.Mistake("queue_url", "not the URL of a queue; it is of the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME ('aws sqs get-queue-url' prints it)");
        return null;
    }

    private static TimeSpan? OutboxMaxAge(YamlSection? section)
    {
        var age = section?.Duration("max_age", TimeSpan.FromMinutes(1), Century);
        section?.Done();
        return age;
    }

    private static CauseConfig? Cause(YamlSection section)
    {
        var kind = section.Text("kind", required: true);
        var words = section.Text("words", required: true);
        var cause = new CauseConfig
        {
            Kind = kind ?? "",
            Words = words ?? "",
            ReasonContains = section.Text("reason_contains") ?? "",
            StopCode = section.Text("stop_code") ?? "",
            ExitCode = section.Number("exit_code", -1, 255),
            Severity = section.OneOf("severity", ["info", "warning", "error", "critical"]) ?? "error",
            NextStep = section.Text("next_step") ?? "",
        };
        if (cause is { ReasonContains.Length: 0, StopCode.Length: 0, ExitCode: null }) section.Mistake("kind", "give at least one of reason_contains, stop_code and exit_code");
        section.Done();
        return kind is null || words is null ? null : cause;
    }
}
