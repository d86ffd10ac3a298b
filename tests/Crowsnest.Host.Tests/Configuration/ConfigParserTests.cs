using System.Net;
using Crowsnest.Configuration;
using Crowsnest.Core.Incidents.Templates;
using Crowsnest.Core.Search;

namespace Crowsnest.Host.Tests.Configuration;

public sealed class ConfigParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("server:\n")]
    [InlineData(" \t\n")]
    [InlineData("---\n")]
    [InlineData("null")]
    [InlineData("{}")]
    public void An_empty_file_is_the_configuration_without_a_file(string text)
    {
        var config = Good(text);

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8723), config.Server.Listen);
        Assert.Equal("default", Assert.Single(config.Rules.Sets).Use);
        Assert.NotNull(Assert.Single(config.Receivers).Console);
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
            sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:ecs-events']}, trusted: [aws.*, my.app]}
            resync: {accounts: [{role_arn: 'arn:aws:iam::123456789012:role/crowsnest-read', regions: [eu-west-1, us-east-1]}, {regions: [eu-west-1]}], every: 30m, log_lines: true}
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
        Assert.Equal("sns.eu-west-1.amazonaws.com", Assert.Single(config.Sources.SnsTopics).Host);
        Assert.Equal(["arn:aws:iam::123456789012:role/crowsnest-read eu-west-1,us-east-1", " eu-west-1"], config.Resync.Accounts.Select(a => $"{a.RoleArn} {string.Join(',', a.Regions)}"));
        Assert.Equal(TimeSpan.FromMinutes(30), config.Resync.Every);
        Assert.Equal(TimeSpan.FromMinutes(90), config.OutboxMaxAge);
        Assert.Equal("toomanyrequests", Assert.Single(config.Diagnosis).ReasonContains);
        Assert.Equal(["default", "blog"], config.Rules.Sets.Select(r => r.Use));
        Assert.Equal(["task-failed"], config.Rules.Sets[0].Except);
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
    [InlineData("store: {kind: opensearch}", "'url' is missing")]
    [InlineData("store: {kind: opensearhc}", "did you mean 'opensearch'?")]
    [InlineData("store: {kind: sqlite, url: 'https://x'}", "a URL goes with kind: opensearch")]
    [InlineData("store: {kind: opensearch, url: 'https://u:p@x'}", "without a user name or password in it")]
    [InlineData("store: {kind: opensearch, url: 'https://x', user: u}", "user and password go together")]
    [InlineData("store: {kind: opensearch, url: 'https://x', aws_service: aoss}", "not available in this version")]
    [InlineData("store: {kind: opensearch, url: 'https://x', aws_service: s3}", "neither 'es' nor 'aoss'")]
    [InlineData("store: {kind: opensearch, url: 'https://x', index_prefix: Big}", "cannot begin an index's name")]
    [InlineData("store: {kind: opensearch, url: 'https://x', ca_file: /no/such/file}", "is not there")]
    [InlineData("sources: {trusted: ['*.aws']}", "may only stand at the end")]
    [InlineData("masking: {paths: [detail.**]}", "not a path")]
    [InlineData("masking: {paths: [id]}", "not a path")]
    [InlineData("sources: {sqs: [{queue_url: 'https://sqs.eu-west-1.amazonaws.com/crowsnest'}]}", "not the URL of a queue; it is of the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")]
    [InlineData("sources: {sqs: [{queue_url: 'https://h/1/q'}, {queue_url: 'https://h/1/q'}]}", "the queue https://h/1/q is named twice")]
    [InlineData("sources: {http: {sns_topics: [crowsnest]}}", "'crowsnest' is not the ARN of a topic that delivers over HTTP; it is of the form arn:aws:sns:REGION:ACCOUNT:NAME")]
    [InlineData("sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:t.fifo']}}", "is not the ARN of a topic that delivers over HTTP")]
    [InlineData("sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:t', 'arn:aws:sns:eu-west-1:123456789012:t']}}", "the topic arn:aws:sns:eu-west-1:123456789012:t is named twice")]
    [InlineData("sources: {http: {sns_topics: 'arn:aws:sns:eu-west-1:123456789012:t'}}", "expected a list")]
    [InlineData("sources: {http: {sns_topic: []}}", "did you mean 'sns_topics'")]
    [InlineData("sources: {sqs: [{queue_ulr: 'https://h/1/q', queue_url: 'https://h/1/q'}]}", "did you mean 'queue_url'")]
    [InlineData("receivers: [{name: a, sns_configs: [{topic_arn: crowsnest}]}]", "'crowsnest' is not the ARN of a topic; it is of the form arn:aws:sns:REGION:ACCOUNT:NAME")]
    [InlineData("rules: [{name: mine, count: {event: {a: [b]}, at_least: 3}}]", "'within' is missing")]
    [InlineData("rules: [{use: blogg}]", "did you mean 'blog'")]
    [InlineData("rules: [{use: default, except: [task-faild]}]", "did you mean 'task-failed'")]
    [InlineData("diagnosis: [{kind: X, words: y}]", "at least one of")]
    [InlineData("receivers: [{name: a}, {name: a}]\nroute: {receiver: a}", "two receivers are named 'a'")]
    [InlineData("receivers: [{name: a}, {name: b}]", "'route' is missing")]
    [InlineData("templates: [{name: a}]", "give title, text, or both")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'file:///etc/passwd'}]}]", "https://host/path")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://me:pw@host'}]}]", "without a user name")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: geheim}]}]", "does not stand in the file")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: 'a${HOOK_KEY}'}]}]", "does not stand in the file")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: '${NOT_SET}'}]}]", "NOT_SET is not set")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key_file: ./no-such-file}]}]", "cannot read")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: '${HOOK_KEY}', hmac_key_file: x}]}]", "not both")]
    [InlineData("route: {receiver: ops}", "no receiver is named 'ops'")]
    [InlineData("route: {receiver: console, group_by: [clutser]}", "did you mean 'cluster'")]
    [InlineData("route: {receiver: console, group_by: ['...', cluster]}", "stands alone")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'http://169.254.169.254/latest'}]}]", "a link-local or metadata address")]
    [InlineData("receivers: [{name: a, webhook_configs: [{url: 'http://[fd00:ec2::254]/latest'}]}]", "a metadata address")]
    [InlineData("receivers: [\nroute: {receiver: x}\n", "not YAML")]
    [InlineData("&a", "expected keys and values")]
    [InlineData("hello", "expected keys and values")]
    [InlineData("auth: {}", "not available in this version")]
    [InlineData("verify: {receiver: consloe}", "no receiver is named 'consloe'; did you mean 'console'?")]
    [InlineData("verify: {source: aws.ecs}", "is AWS's own, under which nobody else may send")]
    [InlineData("verify: {source: my.app}\nsources: {trusted: [aws.*, my.*]}", "is one of sources.trusted, whose events change state")]
    [InlineData("verify: {source: crowsnest.resync}", "is of what this program learns by itself")]
    [InlineData("usage: {kind: cloudwatch}", "under 'resync', and none is there")]
    [InlineData("usage: {kind: cloudwatch, url: 'http://x'}\nresync: {accounts: [{regions: [eu-west-1]}]}", "'url' goes with kind: prometheus alone")]
    [InlineData("usage: {kind: prometheus, url: 'http://x', token: geheim}", "a secret does not stand in the file itself")]
    [InlineData("prices: {instances: {m6i.large: -1}}", "'-1' is not a price")]
    [InlineData("advice: {window: 1d}", "is not between 3d and 60d")]
    [InlineData("resync: {every: 15m}", "'accounts' is missing")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1], role_arn: crowsnest}]}", "is not the ARN of a role")]
    [InlineData("resync: {accounts: [{role_arn: 'arn:aws:iam::123456789012:role/x'}]}", "name at least one region")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1], role_arns: [crowsnest]}]}", "is not the ARN of a role")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1], role_arn: 'arn:aws:iam::123456789012:role/x', role_arns: ['arn:aws:iam::123456789013:role/x']}]}", "not both")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1], role_arns: ['arn:aws:iam::123456789012:role/x', 'arn:aws:iam::123456789012:role/x']}]}", "is named twice")]
    [InlineData("resync: {accounts: [{regions: [Ireland]}]}", "'Ireland' is not a region")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1, eu-west-1]}]}", "the region eu-west-1 is named twice")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1]}, {regions: [eu-west-2]}]}", "two accounts have no role_arn")]
    [InlineData("resync: {accounts: [{regions: [eu-west-1]}], every: 5s}", "not between 1m and 1d")]
    [InlineData("resync: {accounts: [], evry: 5m}", "did you mean 'every'")]
    [InlineData("verify: {nonce: short}", "a nonce is 16 to 200 letters, digits, - and _")]
    [InlineData("verify: {nonce: '${HOOK_KEY}'}", "a nonce is 16 to 200 letters, digits, - and _")]
    [InlineData("verify: {nonce: '${NOT_SET}'}", "NOT_SET is not set")]
    [InlineData("verify: {nonce: 6f2c2b1e-3f57-11f0-b558-0242ac120002, nonce_file: x}", "not both")]
    [InlineData("verify: {nonce_file: ./no-such-file}", "cannot read")]
    [InlineData("verify: {nonse: 6f2c2b1e-3f57-11f0-b558-0242ac120002}", "did you mean 'nonce'")]
    public void A_mistake_says_what_would_be_right(string text, string part) =>
        Assert.Contains(part, Assert.Single(Mistakes(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_nonce_stands_in_the_file_or_elsewhere_and_is_not_printed()
    {
        var written = Good("verify: {nonce: 6f2c2b1e-3f57-11f0-b558-0242ac120002, receiver: console}").Verify;
        Assert.Equal(("crowsnest.verify", "6f2c2b1e-3f57-11f0-b558-0242ac120002", "console", "***"), (written.Source, written.Nonce!.Reveal(), written.Receiver, written.Nonce.ToString()));

        var file = Path.GetTempFileName();
        File.WriteAllText(file, "0123456789abcdef\n");
        Assert.Equal("0123456789abcdef", Good($"verify: {{source: my.trial, nonce_file: {file}}}").Verify.Nonce!.Reveal());
        File.Delete(file);
        Assert.Null(Good("verify: {receiver: console}").Verify.Nonce);
    }

    [Fact]
    public void All_labels_may_join_incidents_and_an_address_of_this_network_may_be_told()
    {
        var config = Good("route: {receiver: a, group_by: ['...']}\nreceivers: [{name: a, webhook_configs: [{url: 'http://127.0.0.1:9000/hook'}]}]");

        Assert.Equal(["..."], config.Route.GroupBy);
    }

    // Alertmanager's own example (doc/examples/simple.yml), as far as its labels are ours: what a route does not say is as above it.
    [Fact]
    public void A_tree_of_routes_is_read_as_Alertmanager_reads_it()
    {
        var route = Good("""
            route:
              receiver: team-X
              group_by: [alertname, cluster]
              group_wait: 10s
              repeat_interval: 3h
              routes:
                - matchers: [service =~ "foo1|foo2|baz", 'kind != "Placement"']
                  group_interval: 1m
                  routes:
                    - {matchers: [severity="critical"], receiver: pager, continue: true}
                    - {match: {tag_owner: x}, match_re: {cluster: 'pr.*'}, group_by: ['...']}
            receivers: [{name: team-X, console_configs: [{send_resolved: false}]}, {name: pager}]
            """).Route;

        var branch = Assert.Single(route.Routes);
        Assert.Equal(("team-X", "service=~\"foo1|foo2|baz\" kind!=\"Placement\""), (branch.Receiver, string.Join(' ', branch.Matchers)));
        var (pager, other) = (branch.Routes[0], branch.Routes[1]);
        Assert.Equal(("pager", true, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromHours(3)), (pager.Receiver, pager.Continue, pager.GroupWait, pager.GroupInterval, pager.RepeatInterval));
        Assert.Equal(("tag_owner=\"x\" cluster=~\"pr.*\"", "...", false), (string.Join(' ', other.Matchers), other.GroupBy.Single(), other.Continue));
    }

    [Theory]
    [InlineData("{matchers: [severty=error]}", "'severty' is not a label; did you mean 'severity'?")]
    [InlineData("{matchers: [severity]}", "expected =, !=, =~ or !~")]
    [InlineData("{matchers: ['severity=~\"(\"']}", "is not a regular expression")]
    [InlineData("{match_re: {severity: '('}}", "is not a regular expression")]
    [InlineData("{receiver: paper}", "no receiver is named 'paper'")]
    [InlineData("{mute_time_intervals: [nights]}", "no time interval is named 'nights': there is no time_intervals")]
    [InlineData("{continue: maybe}", "'maybe' is not one of true, false")]
    public void A_route_that_is_wrong_is_named_with_its_place(string branch, string message)
    {
        var mistake = Assert.Single(Mistakes($"receivers: [{{name: ops}}]\nroute:\n  receiver: ops\n  routes:\n    - {branch}"));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(5, mistake.Line);
    }

    [Fact]
    public void A_receiver_may_have_a_fallback_and_that_one_another()
    {
        var config = Good("route: {receiver: a}\nreceivers: [{name: a, fallback: b, fallback_after: 2m}, {name: b, fallback: c, console_configs: [{}]}, {name: c, console_configs: [{}]}]");
        Assert.Equal([("b", 2.0), ("c", 5.0), (null, 5.0)], config.Receivers.Select(r => (r.Fallback, r.FallbackAfter.TotalMinutes)));
    }

    [Theory]
    [InlineData("fallback: nigth", "no receiver is named 'nigth'; did you mean 'night'?")]
    [InlineData("fallback: ops", "'ops' cannot be its own fallback")]
    [InlineData("fallback: nobody", "'nobody' has no integration, so nobody would be told")]
    [InlineData("fallback: day", "the fallbacks lead in a circle: ops -> day -> ops")]
    [InlineData("fallback_after: 1m", "'fallback' is missing")]
    [InlineData("fallback: night, fallback_after: 1s", "is not between 10s and 1d")]
    public void A_fallback_that_would_tell_nobody_is_named_with_its_place(string keys, string message)
    {
        var mistake = Mistakes($"route: {{receiver: ops}}\nreceivers:\n  - {{name: night, console_configs: [{{}}]}}\n  - {{name: nobody}}\n  - {{name: day, fallback: ops, console_configs: [{{}}]}}\n  - {{name: ops, console_configs: [{{}}], {keys}}}")
            .Single(one => one.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(6, mistake.Line);
        Assert.InRange(mistake.Column, 39, 80);
    }

    [Fact]
    public void An_integration_takes_a_named_template_and_its_own_words_before_it()
    {
        var config = Good("""
            templates: [{name: short, title: '{{ kind }}', text: '{{ summary }}'}]
            route: {receiver: a}
            receivers: [{name: a, console_configs: [{template: short, text: '{{ place }}'}], sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:t'}]}]
            """);
        var receiver = Assert.Single(config.Receivers);
        Assert.NotNull(receiver.Console!.Template!.Title);
        Assert.Null(Assert.Single(receiver.Topics).Template);
        using var telling = new Telling(config, TextWriter.Null, null, TimeProvider.System);
        Assert.Equal(["sns", "console"], telling.Receivers["a"].Select(notifier => notifier.Kind));
        Assert.IsType<TemplatedNotifier>(telling.Receivers["a"][1]);
    }

    [Theory]
    [InlineData("console_configs: [{template: shrot}]", "no template is named 'shrot'; did you mean 'short'?")]
    [InlineData("console_configs: [{text: '{{ sumary }}'}]", "there is no placeholder 'sumary'; did you mean 'summary'?")]
    [InlineData("console_configs: [{title: '{{ kind | uper }}'}]", "there is no filter 'uper'; did you mean 'upper'?")]
    [InlineData("webhook_configs: [{url: 'https://x', text: '{{ kind }}'}]", "unknown key 'text'")]
    public void A_template_that_is_wrong_is_named_with_its_place(string integration, string message)
    {
        var mistake = Assert.Single(Mistakes($"templates: [{{name: short, text: x}}]\nroute: {{receiver: ops}}\nreceivers:\n  - name: ops\n    {integration}"));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(5, mistake.Line);
    }

    [Fact]
    public void Templates_have_names_of_their_own_and_something_to_say()
    {
        Assert.Contains("two templates are named 'a'", Assert.Single(Mistakes("templates: [{name: a, text: x}, {name: a, text: y}]")).Message, StringComparison.Ordinal);
        Assert.Contains("give title, text, or both", Assert.Single(Mistakes("templates: [{name: a}]")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_takes_everything() =>
        Assert.Equal(2, Mistakes("route: {receiver: console, matchers: [severity=error], continue: true}").Count(m => m.Message.Contains("the root route takes everything", StringComparison.Ordinal)));

    [Fact]
    public void A_rule_of_ones_own_has_a_pattern_and_may_have_labels_that_routes_know()
    {
        var config = Good("""
            rules:
              - use: default
              - name: payments-failed
                event:
                  detail-type: [ECS Task State Change]
                  account: ['012345678901', 111122223333]
                  detail: {containers: {exitCode: [{numeric: ['>', 128]}, 3]}, group: [{anything-but: [service:x, null-ish]}]}
                  crowsnest: {outcome: [failure], service: [{prefix: pay-}], synthetic: [{exists: false}]}
                severity: critical
                labels: {team: payments}
                group_by: [cluster, team]
              - {name: task-failed, event: '{"source":["aws.ecs"]}'}
            route: {receiver: console, group_by: [team], routes: [{matchers: [team = payments]}]}
            """);

        Assert.Equal(["payments-failed", "task-failed"], config.Rules.Events.Select(rule => rule.Name));
        var rule = config.Rules.Events[0];
        Assert.Equal((Core.Diagnosis.Severity.Critical, "team=payments", "cluster team"), (rule.Severity!.Value, string.Join(' ', rule.Labels.Select(l => $"{l.Key}={l.Value}")), string.Join(' ', rule.GroupBy)));
        Assert.True(config.Rules.Events[1].GroupBy.IsDefault);
    }

    // Goal: whatever is done to a file, it is a configuration or has mistakes, each with a place in it. Method: every beginning of a full example, and draws of it
    // with one to three characters changed, put in or taken out, most of them such as mean something.
    [Fact]
    public void No_text_is_anything_but_a_configuration_or_mistakes()
    {
        for (var length = 0; length <= Full.Length; length++) Check(Full[..length]);
        const string Marks = "[]{}:,-&*!|>'\"%@`#?~ \n\t\0\u00e9\ud83d\ufeffaz09$";
        var random = new Random(3);
        var good = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var text = new System.Text.StringBuilder(Full);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var (at, mark) = (random.Next(text.Length), random.Next(4) == 0 ? (char)random.Next(128) : Marks[random.Next(Marks.Length)]);
                if (random.Next(3) != 0) text.Remove(at, 1);
                if (random.Next(3) != 0) text.Insert(at, mark);
            }

            if (Check(text.ToString())) good++;
        }

        Assert.InRange(good, 1, 4_999);

        static bool Check(string text)
        {
            var (_, mistakes) = Parse(text);
            var lines = text.Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 2;
            Assert.All(mistakes, m => Assert.True(m.Line >= 1 && m.Line <= lines && m.Column >= 1 && m.Message.Length > 0, $"{m}\n{text}"));
            return mistakes.Count == 0;
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    public void A_nesting_without_end_is_a_mistake(string open) =>
        Assert.Contains("nested deeper", Assert.Single(Mistakes(string.Concat(Enumerable.Repeat(open, 20_000)))).Message, StringComparison.Ordinal);

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

    private const string Full = """
        # Everything that there is.
        server: {listen: '[::1]:9000', external_url: https://crowsnest.example.com}
        store: {kind: sqlite}
        retention: {events: 30d, quarantine: 7d, size: 50GB}
        masking: {environment: off, paths: ["detail.containers[].image"]}
        sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:ecs-events']}, trusted: [aws.*, my.app]}
        outbox: {max_age: 1h30m}
        diagnosis:
          - {kind: ImagePull, reason_contains: toomanyrequests, severity: critical, words: The registry limits pulls., next_step: Sign in.}
          - kind: Licence
            words: >-
              There is no
              licence.
            exit_code: 77
        rules: [{use: default, except: [task-failed]}, {use: blog}]
        route: &route
          receiver: ops
          group_by: [alertname, tag_team]
          group_wait: 0s
        receivers:
          - name: ops
            webhook_configs:
              - url: "https://hooks.example.com/a"
                hmac_key: ${HOOK_KEY}
                allow_private: true
            console_configs: [{}]
        """;

    internal static CrowsnestConfig Good(string text)
    {
        var (config, mistakes) = Parse(text);
        Assert.Equal([], mistakes);
        return config;
    }

    internal static IReadOnlyList<ConfigMistake> Mistakes(string text) => [.. Parse(text).Mistakes.OrderBy(m => (m.Line, m.Column))];

    private static (CrowsnestConfig Config, IReadOnlyList<ConfigMistake> Mistakes) Parse(string text) =>
        ConfigParser.Parse(text, new SecretReader(name => name == "HOOK_KEY" ? "s3cret" : null, Path.GetTempPath(), fetched: null));
}
