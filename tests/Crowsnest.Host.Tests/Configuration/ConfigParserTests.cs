using System.Net;
using Crowsnest.Configuration;
using Crowsnest.Core.Search;

namespace Crowsnest.Host.Tests.Configuration;

public sealed class ConfigParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("server:\n")]
    [InlineData("{}")]
    public void An_empty_file_is_the_configuration_without_a_file(string text)
    {
        var config = Good(text);

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8723), config.Server.Listen);
        Assert.Equal("default", Assert.Single(config.Rules).Use);
        Assert.True(Assert.Single(config.Receivers).Console);
        Assert.Equal("console", config.Route.Receiver);
        Assert.Equal(TimeSpan.FromHours(2), config.OutboxMaxAge);
    }

    [Fact]
    public void Every_section_is_read()
    {
        var config = Good("""
            server: {listen: '[::1]:9000', external_url: https://crowsnest.example.com}
            store: {kind: sqlite}
            retention: {events: 30d, quarantine: 7d, size: 50GB}
            masking: {environment: off, paths: ["detail.containers[].image"]}
            sources: {http: {}, trusted: [aws.*, my.app]}
            outbox: {max_age: 1h30m}
            diagnosis:
              - {kind: ImagePull, reason_contains: toomanyrequests, severity: critical, words: The registry limits pulls., next_step: Sign in to the registry.}
            rules: [{use: default, except: [task-failed]}, {use: blog}]
            route: {receiver: ops, group_by: [alertname, tag_team], group_wait: 0s, group_interval: 1m, repeat_interval: 1h}
            receivers:
              - name: ops
                webhook_configs: [{url: https://hooks.example.com/a, hmac_key: '${HOOK_KEY}', allow_private: true, send_resolved: false}]
                console_configs: [{}]
            """);

        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9000), config.Server.Listen);
        Assert.Equal(new Uri("https://crowsnest.example.com"), config.Server.ExternalUrl);
        Assert.Equal(new Core.Pipeline.Retention { Events = TimeSpan.FromDays(30), Quarantine = TimeSpan.FromDays(7), SizeBytes = 50_000_000_000 }, config.Retention);
        Assert.False(config.Masking.Environment);
        Assert.Equal(["detail.containers[].image"], config.Masking.Paths);
        Assert.Equal(["aws.*", "my.app"], config.Sources.Trusted);
        Assert.Equal(TimeSpan.FromMinutes(90), config.OutboxMaxAge);
        Assert.Equal("toomanyrequests", Assert.Single(config.Diagnosis).ReasonContains);
        Assert.Equal(["default", "blog"], config.Rules.Select(r => r.Use));
        Assert.Equal(["task-failed"], config.Rules[0].Except);
        Assert.Equal(TimeSpan.Zero, config.Route.GroupWait);
        var webhook = Assert.Single(Assert.Single(config.Receivers).Webhooks);
        Assert.Equal("s3cret", webhook.HmacKey!.Reveal());
        Assert.Equal("***", webhook.HmacKey.ToString());
        Assert.True(webhook.AllowPrivate);
        Assert.False(webhook.SendResolved);
    }

    [Fact]
    public void All_mistakes_are_reported_together_with_line_column_and_the_nearest_word()
    {
        var mistakes = Mistakes("""
            sever: {listen: 127.0.0.1}
            retention: {evnts: 30d}
            receivers:
              - name: ops
                webhook_configs:
                  - url: nowhere
            """);

        Assert.Equal(
            [(1, 1, "sever"), (2, 13, "retention.evnts"), (6, 14, "receivers[0].webhook_configs[0].url")],
            mistakes.Select(m => (m.Line, m.Column, m.Key)));
        Assert.Contains("did you mean 'server'", mistakes[0].Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'events'", mistakes[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [\n b: c", "not YAML")]
    [InlineData("server: {}\nserver: {}", "Duplicate key server")]
    [InlineData("- one", "expected keys and values")]
    [InlineData("--- {}\n--- {}", "one document")]
    [InlineData("server: 5", "expected keys and values")]
    [InlineData("server: {listen: 8723}", "not an address with a port")]
    [InlineData("server: {listen: '127.0.0.1:99999'}", "not an address with a port")]
    [InlineData("retention: {events: 5}", "not a duration")]
    [InlineData("retention: {events: 5x}", "not a duration")]
    [InlineData("retention: {events: 99999999y}", "not a duration")]
    [InlineData("retention: {events: 1s}", "is not between 1h and")]
    [InlineData("retention: {size: 50}", "not a size")]
    [InlineData("retention: {size: 999999999999TB}", "not a size")]
    [InlineData("store: {}", "'kind' is missing")]
    [InlineData("store: {kind: opensearch}", "not available in this version")]
    [InlineData("sources: {trusted: ['*.aws']}", "may only stand at the end")]
    [InlineData("masking: {paths: [detail.**]}", "not a path")]
    [InlineData("masking: {paths: [id]}", "not a path")]
    [InlineData("sources: {sqs: []}", "not available in this version")]
    [InlineData("rules: [{name: mine}]", "not available in this version")]
    [InlineData("rules: [{use: blogg}]", "did you mean 'blog'")]
    [InlineData("rules: [{use: default, except: [task-faild]}]", "did you mean 'task-failed'")]
    [InlineData("diagnosis: [{kind: X, words: y}]", "at least one of")]
    [InlineData("receivers: [{name: a}, {name: a}]\nroute: {receiver: a}", "two receivers are named 'a'")]
    [InlineData("receivers: [{name: a}, {name: b}]", "'route' is missing")]
    [InlineData("receivers: [{name: a, slack_configs: []}]", "not available in this version")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'file:///etc/passwd'}]}]", "https://host/path")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://me:pw@host'}]}]", "without a user name")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: geheim}]}]", "does not stand in the file")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: 'a${HOOK_KEY}'}]}]", "does not stand in the file")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: '${NOT_SET}'}]}]", "NOT_SET is not set")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: 'ssm:key'}]}]", "not available in this version")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key_file: ./no-such-file}]}]", "cannot read")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: '${HOOK_KEY}', hmac_key_file: x}]}]", "not both")]
    [InlineData("route: {receiver: ops}", "no receiver is named 'ops'")]
    [InlineData("route: {receiver: console, group_by: [clutser]}", "did you mean 'cluster'")]
    [InlineData("auth: {}", "not available in this version")]
    public void A_mistake_says_what_would_be_right(string text, string part) =>
        Assert.Contains(part, Assert.Single(Mistakes(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secret_that_is_wrong_is_not_repeated() =>
        Assert.DoesNotContain("geheim", Assert.Single(Mistakes("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: geheim}]}]")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("30d", 2_592_000)]
    [InlineData("1w", 604_800)]
    public void Durations_are_read(string text, int seconds)
    {
        Assert.True(Units.TryParseDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("extrnal_url", "external_url")]
    [InlineData("lsiten", "listen")]
    [InlineData("zebra", null)]
    public void The_nearest_word_is_found_or_none(string word, string? nearest) => Assert.Equal(nearest, Spelling.Nearest(word, ["listen", "external_url"]));

    private static CrowsnestConfig Good(string text)
    {
        var (config, mistakes) = Parse(text);
        Assert.Equal([], mistakes);
        return config;
    }

    private static IReadOnlyList<ConfigMistake> Mistakes(string text) => [.. Parse(text).Mistakes.OrderBy(m => (m.Line, m.Column))];

    private static (CrowsnestConfig Config, IReadOnlyList<ConfigMistake> Mistakes) Parse(string text) =>
        ConfigParser.Parse(text, new SecretReader(name => name == "HOOK_KEY" ? "s3cret" : null, Path.GetTempPath()));
}
