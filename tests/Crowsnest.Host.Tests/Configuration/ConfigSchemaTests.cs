using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crowsnest.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Host.Tests.Configuration;

/// <summary>Holds the published JSON Schema of <c>crowsnest.yaml</c> to the parser: the same keys everywhere, and the same verdict on examples.</summary>
public sealed partial class ConfigSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "schema", "crowsnest.schema.json")))!.AsObject();

    // Asked by the parser only to say that it is not available, or not there.
    private static readonly string[] NotYet = ["route.matchers", "route.match", "route.match_re", "route.continue", "route.mute_time_intervals", "route.active_time_intervals"];

    public static TheoryData<string> Sections => [.. Places(Schema, "").Select(place => place.Path)];

    public static TheoryData<string> Examples =>
    [
        "", "server:", "server: {listen: '[::1]:9000', external_url: https://crowsnest.example.com}", "server: {listen: localhost:8723}", "store: {kind: sqlite}", "store: {kind: opensearch, url: 'https://search.example.com:9200', aws_service: es, replicas: 2, gzip: true}", "store: {kind: elasticsearch, url: 'http://127.0.0.1:9200', user: u, password: '${HOOK_KEY}', index_prefix: team-a}",
        "retention: {events: 30d, quarantine: 7d, size: 50GB}", "masking: {environment: values}", "masking: {environment: off, paths: ['detail.containers[].image']}",
        "sources:\n  http: {}\n  trusted: [aws.*]",
        "sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:ecs-events', 'arn:aws-cn:sns:cn-north-1:123456789012:t_1']}}", "sources: {http: {sns_topics: []}}",
        "sources: {sqs: [{queue_url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/crowsnest'}, {queue_url: 'http://127.0.0.1:4566/000000000000/q'}]}", "resync:", "resync: {accounts: []}", "resync: {accounts: [{role_arn: 'arn:aws:iam::123456789012:role/crowsnest-read', regions: [eu-west-1, us-gov-west-1]}, {regions: [eu-west-1]}], every: 15m}", "resync: {accounts: [], log_lines: true}", "resync: {accounts: [{role_arns: ['arn:aws:iam::123456789012:role/a', 'arn:aws:iam::210987654321:role/a'], regions: [eu-west-1]}]}", "outbox: {max_age: 2h}", "usage:", "usage: {kind: prometheus, url: 'http://127.0.0.1:9090', token: '${HOOK_KEY}', step: 1m, allow_private: true, labels: {service: svc, family: fam, container: c, cluster: cl}, queries: {cpu: a, memory: b, tasks: c}}", "usage: {kind: cloudwatch}\nresync: {accounts: [{regions: [eu-west-1]}]}",
        "prices: {currency: EUR, fargate: {vcpu_hour: 0.04048, gib_hour: '0.004445'}, instances: {m6i.large: 0.107, c7g.xlarge: 1}}", "advice: {window: 21d, minimum_saving: {cpu: 1024, memory: 0}}", "diagnosis: []", "rules:\n  - use: default\n    except: [task-failed]\n  - use: blog",
        "rules: [{name: pay, event: {source: [aws.ecs], detail: {containers: {exitCode: [{numeric: ['>', 128]}]}}, crowsnest: {service: [{prefix: pay-}]}}, severity: critical, labels: {team: payments}, group_by: [service, team]}, {use: default}]\nroute: {receiver: console, routes: [{matchers: [team=payments]}]}", "rules: [{name: task-failed, event: '{\"source\":[\"aws.ecs\"]}'}]",
        "rules: [{use: deployments}, {use: crash-loop}, {name: often, count: {event: {crowsnest: {outcome: [failure]}}, at_least: 3, within: 10m, by: [cluster, service]}}, {name: deployed, notice: {detail: {eventName: [SERVICE_DEPLOYMENT_COMPLETED]}}, group_by: [cluster]}]",
        "rules: [{name: a, condition: {service: {running: below-desired}}, for: 10m, where: {cluster: [prod], tags: {team: [{prefix: pay}]}}, severity: critical}, {name: b, condition: {instance: {agent: disconnected}}}, {name: c, condition: {deployment: {hook: waiting}}}, {name: d, condition: {task: {status: pending}}}]",
        "rules: [{name: a, condition: {task: {schedule: cron(0 3 * * ? *), family: x, timezone: Europe/Berlin, cluster: c, account: '1', region: r, grace: 30m}}}, {name: b, condition: {stream: {heartbeat: missing}}, for: 15m}, {name: c, condition: {deployment: {hook: expiring}}, within: 1h}]",
        "rules: [{name: a, condition: {capacity: {reservation: cpu, above: 85%}}, for: 10m, keep_firing_for: 15m}, {name: b, condition: {capacity: {reservation: gpu, below: 30, of: provider}}}, {name: c, condition: {service: {room: none, tasks: 3}}}, {name: d, condition: {service: {zones: uneven, difference: 4}}}, {name: e, condition: {instance: {tasks: none}}}, {use: capacity, except: [no-room]}, {use: instance-idle}]",
        "diagnosis: [{kind: Licence, words: No licence., exit_code: 77, severity: critical, next_step: Ask.}]",
        "route: {receiver: ops, group_by: [alertname, cluster, service, instance, kind, tag_team], group_wait: 1h30m}\nreceivers: [{name: ops, console_configs: [{}]}]",
        "route: {receiver: console, group_by: ['...']}", "route: {receiver: console, routes: [{matchers: ['severity =~ \"error|critical\"', 'cluster = prod'], continue: true, group_wait: 0s}, {match: {service: api}, match_re: {tag_team: 'pay.*'}, routes: [{receiver: console, matchers: ['{kind!=Placement}']}]}]}",
        "receivers: [{name: ops, console_configs: [{send_resolved: false}], sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:crowsnest', send_resolved: true}]}]",
        "receivers: [{name: ops, sns_configs: [{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:crowsnest'}]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: ['severity=~\"warning|error\"'], equal: [cluster, service]}, {source_match: {severity: critical}, target_match_re: {kind: 'Image.*'}}]", "inhibit_rules: []",
        "time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}], weekdays: ['monday:friday', Sunday], days_of_month: [1, '2:-3', '-1'], months: [december, '1:3', may:june], years: [2026, '2027:2029'], location: Europe/Berlin}]}]\nmute_time_intervals: [{name: office, time_intervals: []}]\nroute: {receiver: console, routes: [{mute_time_intervals: [nights], active_time_intervals: [office]}]}",
        "receivers: [{name: a, fallback: b, fallback_after: 90s}, {name: b, console_configs: [{}]}]\nroute: {receiver: a}",
        "templates: [{name: short, title: '{{ kind }}'}]\nreceivers: [{name: a, console_configs: [{template: short, title: x, text: '{{ summary | upper }}'}]}]\nroute: {receiver: a}",
        "verify:", "verify: {nonce: 6f2c2b1e-3f57-11f0-b558-0242ac120002, receiver: console}", "verify: {source: my.trial, nonce: '${LONG_NONCE}'}", "verify: {nonce: 'ssm:/crowsnest/nonce'}",
        "store: {kind: opensearch, url: 'https://x', user: u, password: 'secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:crowsnest-AbCdEf#password'}",
        "receivers:\n  - name: ops\n    webhook_configs: [{url: https://hooks.example.com/crowsnest, hmac_key: '${HOOK_KEY}', allow_private: true, send_resolved: false}]\n    console_configs: [{}]",
        "receivers: [{name: ops, slack_configs: [{webhook_url: 'ssm:/crowsnest/slack'}, {bot_token: '${HOOK_KEY}', channel: '#ops', send_resolved: false}], teams_configs: [{webhook_url: 'ssm:/crowsnest/teams', allow_private: true}]}]\nroute: {receiver: ops}",
        "receivers: [{name: ops, email_configs: [{to: 'ops@example.com, Night <night@example.com>', from: crowsnest@example.com, smarthost: 'smtp.example.com:587', auth_username: u, auth_password: '${HOOK_KEY}', require_tls: true, hello: crowsnest.example.com}, {to: a@b.example, from: 'C <c@b.example>', smarthost: '[::1]:25', require_tls: false, allow_private: true, send_resolved: false}]}]\nroute: {receiver: ops}",
        "receivers: [{name: ops, pagerduty_configs: [{routing_key: '${HOOK_KEY}'}, {routing_key: '${HOOK_KEY}', url: 'https://events.eu.pagerduty.com/v2/enqueue'}], alertmanager_configs: [{url: 'http://127.0.0.1:9093', resolve_timeout: 1d, allow_private: true, send_resolved: true}]}]\nroute: {receiver: ops}",
    ];

    public static TheoryData<string> Wrong =>
    [
        "sever: {}", "server: 5", "server: {listen: 8723}", "server: {external_url: nowhere}", "store: {}", "store: {kind: opensearch}", "store: {kind: redis}", "store: {kind: opensearch, url: nowhere}", "store: {kind: opensearch, url: 'https://x', shards: 0}", "store: {kind: opensearch, url: 'https://x', password: geheim, user: u}", "retention: {events: 5}",
        "retention: {events: 5x}", "retention: {size: 50}", "masking: {environment: none}", "sources: {trusted: ['*.aws']}", "sources: {trusted: aws}", "sources: {sqs: [{}]}", "sources: {http: {sns_topics: [crowsnest]}}", "sources: {http: {sns_topics: ['arn:aws:sns:eu-west-1:123456789012:t.fifo']}}", "sources: {http: {sns_topics: 'arn:aws:sns:eu-west-1:123456789012:t'}}", "sources: {sqs: [{queue_url: crowsnest}]}", "sources: {sqs: [{queue_url: 'https://sqs.eu-west-1.amazonaws.com/crowsnest'}]}",
        "sources: {sqs: {queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q'}}", "outbox: {max_age: soon}",
        "usage: {}", "usage: {kind: datadog}", "usage: {kind: prometheus}", "usage: {kind: prometheus, url: 'http://x', token: geheim}", "usage: {kind: prometheus, url: 'http://x', step: 5}", "usage: {kind: prometheus, url: 'http://x', labels: {service: 'a b'}}", "usage: {kind: prometheus, url: 'http://x', queries: [a]}",
        "prices: {fargate: {vcpu_hour: cheap}}", "prices: {currency: euro}", "advice: {minimum_saving: {cpu: few}}", "advice: {window: 14}",
        "resync: {}", "resync: {accounts: {}}", "resync: {accounts: [{}]}", "resync: {accounts: [{regions: []}]}", "resync: {accounts: [{regions: [Ireland]}]}", "resync: {accounts: [{regions: [eu-west-1, eu-west-1]}]}", "resync: {accounts: [{role_arn: crowsnest, regions: [eu-west-1]}]}", "resync: {accounts: [{regions: [eu-west-1]}], every: often}", "resync: {accounts: [], log_lines: 20}", "resync: {accounts: [{role_arns: [], regions: [eu-west-1]}]}", "resync: {accounts: [{role_arns: [crowsnest], regions: [eu-west-1]}]}",
        "diagnosis: [{words: x, exit_code: 1}]", "diagnosis: [{kind: X, words: x, exit_code: 1000}]", "diagnosis: [{kind: X, words: x, exit_code: 1, severity: bad}]",
        "rules: [{name: x, condition: {}}]", "rules: [{name: x, condition: {service: {}}}]", "rules: [{name: x, condition: {service: {running: few}}}]", "rules: [{name: x, condition: {task: {status: pending}}, event: {a: [b]}}]", "rules: [{name: x, condition: {task: {status: pending}}, for: soon}]", "rules: [{name: x, condition: {task: {schedule: rate(5 minutes)}}}]", "rules: [{name: x, condition: {task: {schedule: daily, family: a}}}]", "rules: [{name: x, condition: {stream: {heartbeat: slow}}, for: 15m}]",
        "rules: [{name: x, condition: {capacity: {reservation: cpu}}}]", "rules: [{name: x, condition: {capacity: {reservation: disk, above: 85%}}}]", "rules: [{name: x, condition: {capacity: {reservation: cpu, above: 120%}}}]", "rules: [{name: x, condition: {capacity: {reservation: cpu, above: 85%, below: 10%}}}]", "rules: [{name: x, condition: {service: {running: none, tasks: 3}}}]", "rules: [{name: x, condition: {service: {room: none, tasks: 0}}}]", "rules: [{name: x, condition: {instance: {tasks: few}}}]", "rules: [{name: x, condition: {task: {status: pending}}, keep_firing_for: 5}]",
        "rules: [{name: x, count: {event: {a: [b]}, at_least: 1, within: 10m}}]", "rules: [{name: x, count: {event: {a: [b]}, within: 10m}}]", "rules: [{name: x, count: {at_least: 3, within: 10m}}]", "rules: [{name: x, notice: [a]}]",
        "rules: [{name: x}]", "rules: [{name: x, event: [a]}]", "rules: [{name: x, event: {a: [b]}, severity: bad}]", "rules: [{name: x, event: {a: [b]}, labels: [team]}]", "rules: [{use: blogg}]", "rules: [{}]", "templates: [{title: x}]", "templates: [{name: a, text: [b]}]", "receivers: [{}]", "receivers: [{name: a, fallback: [b]}]", "receivers: [{name: a, fallback: a, fallback_after: 5}]", "receivers: [{name: a, slack_configs: [{webhook_url: 'https://hooks.slack.com/services/T/B/x'}]}]", "receivers: [{name: a, teams_configs: [{webhook_url: 5}]}]", "receivers: [{name: a, pagerduty_configs: [{routing_key: geheim}]}]", "receivers: [{name: a, alertmanager_configs: [{}]}]", "receivers: [{name: a, email_configs: [{to: ops, from: a@b, smarthost: 's:25'}]}]", "receivers: [{name: a, email_configs: [{to: a@b, from: a@b, smarthost: s}]}]", "receivers: [{name: a, email_configs: [{to: a@b, from: a@b, smarthost: 's:25', auth_username: u, auth_password: geheim}]}]", "receivers: [{name: a, email_configs: [{to: a@b, from: a@b}]}]", "receivers: [{name: a, alertmanager_configs: [{url: 'https://a', resolve_timeout: 5}]}]", "receivers: [{name: a, sns_configs: [{}]}]", "receivers: [{name: a, sns_configs: [{topic_arn: 'arn:aws:sqs:eu-west-1:123456789012:q'}]}]", "receivers: [{name: a, webhook_configs: [{}]}]\nroute: {receiver: a}",
        "receivers: [{name: a, webhook_configs: [{url: 'https://x', hmac_key: geheim}]}]", "receivers: [{name: a, console_configs: [{}, {}]}]", "route: {group_by: [alertname]}",
        "inhibit_rules: {}", "inhibit_rules: [{source_matchers: severity=critical, target_matchers: [a=b]}]", "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [kind=OutOfMemory], equal: ['a b']}]", "time_intervals: [{}]", "time_intervals: [{name: x, time_intervals: [{times: [{start_time: '9:00', end_time: '17:00'}]}]}]", "time_intervals: [{name: x, time_intervals: [{times: [{start_time: '09:00'}]}]}]",
        "route: {receiver: console, group_by: ['a b']}", "route: {receiver: console, routes: [{matcher: [a=b]}]}", "route: {receiver: console, routes: [{continue: 5}]}", "route: {receiver: console, routes: {}}", "verify: {nonce: short}", "verify: {source: aws.ecs}", "verify: {source: crowsnest.resync}", "verify: {nonce: 'ssn:/crowsnest/nonce'}", "verify: 5", "route: {receiver: console, group_wait: 5}",
    ];

    // Method: a key that nobody knows makes the parser name those that it knows.
    [Theory]
    [MemberData(nameof(Sections))]
    public void Every_section_has_the_keys_that_the_parser_knows(string path)
    {
        var place = Places(Schema, "").Single(p => p.Path == path);
        var mistake = Parse(path.Split('.', StringSplitOptions.RemoveEmptyEntries).Reverse().Aggregate("{zz: 1}", (inner, step) =>
            step.EndsWith("[0]", StringComparison.Ordinal) ? $"{{{step[..^3]}: [{inner}]}}" : $"{{{step}: {inner}}}")).Single(m => m.Message.StartsWith("unknown key 'zz'", StringComparison.Ordinal));
        var known = KnownKeys().Match(mistake.Message).Groups[1].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .Where(key => !NotYet.Contains($"{path}.{key}"));

        Assert.Equal(known.Order(StringComparer.Ordinal), Keys(place.Schema).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void What_is_right_is_right_for_both(string yaml)
    {
        Assert.Equal([], Parse(yaml));
        Assert.Equal([], Violations(yaml));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_wrong_for_both(string yaml)
    {
        Assert.NotEmpty(Parse(yaml));
        Assert.NotEmpty(Violations(yaml));
    }

    // Goal: of the documented example both refuse the same places: what is not available in this version, and what is not on this machine.
    [Fact]
    public void The_documented_example_is_refused_only_where_this_version_falls_short()
    {
        var surface = Repository.PathOf("..", "shared", "SURFACE.md");
        if (!File.Exists(surface)) Assert.Skip("skipped: no ../shared/SURFACE.md beside the repository");
        var yaml = Regex.Match(File.ReadAllText(surface), "```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var mistakes = Parse(yaml);

        Assert.All(mistakes, m => Assert.Matches("not available in this version|is not a rule of|cannot read", m.Message));

        // The parser says once of a rule that it is not available, the schema of each of the rule's keys.
        Assert.All(Violations(yaml), path => Assert.Contains(mistakes, m => path.StartsWith(Section(m.Key), StringComparison.Ordinal) || m.Key.StartsWith(path, StringComparison.Ordinal)));
    }

    private static string Section(string key) => key.LastIndexOf("].", StringComparison.Ordinal) is var end and >= 0 ? key[..(end + 1)] : key;

    [GeneratedRegex(@"\(known: (.*)\)$")]
    private static partial Regex KnownKeys();

    private static IReadOnlyList<ConfigMistake> Parse(string yaml) =>
        ConfigParser.Parse(yaml, new SecretReader(name => name == "HOOK_KEY" ? "s3cret" : name == "LONG_NONCE" ? "0123456789abcdef" : null, Path.GetTempPath(), fetched: null)).Mistakes;

    private static IEnumerable<string> Keys(JsonObject schema) => schema["properties"]!.AsObject().Select(p => p.Key);

    // Every object of the schema, by the way to it.
    private static IEnumerable<(string Path, JsonObject Schema)> Places(JsonObject schema, string path)
    {
        if (schema["properties"] is JsonObject properties)
        {
            yield return (path, schema);
            foreach (var (key, inner) in properties)
            {
                foreach (var place in Places(inner!.AsObject(), path.Length == 0 ? key : $"{path}.{key}")) yield return place;
            }
        }

        if (schema["items"] is not JsonObject items) yield break;
        foreach (var place in Places(items, path + "[0]")) yield return place;
    }

    private static List<string> Violations(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var found = new List<string>();
        if (stream.Documents.Count > 0) Check(Schema, stream.Documents[0].RootNode, "", found);
        return found;
    }

    // As much of JSON Schema as the file uses; a word that it does not know is our mistake.
    private static void Check(JsonObject schema, YamlNode node, string path, List<string> found)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference) Check(Schema["$defs"]![reference["#/$defs/".Length..]]!.AsObject(), node, path, found);
        foreach (var (word, value) in schema)
        {
            var holds = word switch
            {
                "type" => (value is JsonArray types ? types.Select(t => t!.GetValue<string>()) : [value!.GetValue<string>()]).Contains(TypeOf(node)),
                "enum" => value!.AsArray().Any(v => v!.ToString() == Text(node)),
                "pattern" => TypeOf(node) != "string" || Regex.IsMatch(Text(node), value!.GetValue<string>()),
                "minLength" => TypeOf(node) != "string" || Text(node).Length >= value!.GetValue<int>(),
                "minimum" => TypeOf(node) != "integer" || long.Parse(Text(node)) >= value!.GetValue<long>(),
                "maximum" => TypeOf(node) != "integer" || long.Parse(Text(node)) <= value!.GetValue<long>(),
                "minItems" => node is not YamlSequenceNode few || few.Children.Count >= value!.GetValue<int>(),
                "uniqueItems" => node is not YamlSequenceNode each || each.Children.Select(Text).Distinct(StringComparer.Ordinal).Count() == each.Children.Count,
                "maxItems" => node is not YamlSequenceNode list || list.Children.Count <= value!.GetValue<int>(),
                "required" => node is not YamlMappingNode map || value!.AsArray().All(key => map.Children.ContainsKey(new YamlScalarNode(key!.GetValue<string>()))),
                "oneOf" => value!.AsArray().Count(one => Holds(one!.AsObject(), node)) == 1,
                "minProperties" => node is not YamlMappingNode least || least.Children.Count >= value!.GetValue<int>(),
                "maxProperties" => node is not YamlMappingNode most || most.Children.Count <= value!.GetValue<int>(),
                "additionalProperties" or "properties" or "items" or "$ref" or "if" or "then" or "else" or "$schema" or "$defs" or "title" or "description" or "default" => true,
                _ => throw new InvalidOperationException($"the test does not know '{word}'"),
            };
            if (!holds) found.Add(path);
        }

        if (schema["if"] is JsonObject condition && node is YamlMappingNode conditioned && (IsMet(condition, conditioned) ? schema["then"] : schema["else"]) is JsonObject chosen) Check(chosen, node, path, found);
        if (node is YamlMappingNode mapping && schema["properties"] is JsonObject properties)
        {
            foreach (var (key, inner) in mapping.Children)
            {
                var there = path.Length == 0 ? key.ToString() : $"{path}.{key}";
                if (properties[key.ToString()] is JsonObject known) Check(known, inner, there, found);
                else found.Add(there);
            }
        }

        if (node is not YamlSequenceNode sequence || schema["items"] is not JsonObject items) return;
        for (var i = 0; i < sequence.Children.Count; i++) Check(items, sequence.Children[i], $"{path}[{i}]", found);
    }

    private static bool Holds(JsonObject schema, YamlNode node)
    {
        var found = new List<string>();
        Check(schema, node, "", found);
        return found.Count == 0;
    }

    // A condition names some of the keys only.
    private static bool IsMet(JsonObject condition, YamlMappingNode node)
    {
        var known = new YamlMappingNode(node.Children.Where(child => condition["properties"]![child.Key.ToString()] is not null));
        return Holds(condition, known);
    }

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? "";

    private static string TypeOf(YamlNode node) => node switch
    {
        YamlMappingNode => "object",
        YamlSequenceNode => "array",
        YamlScalarNode { Style: not ScalarStyle.Plain } => "string",
        YamlScalarNode { Value: null or "" or "~" or "null" } => "null",
        YamlScalarNode { Value: "true" or "false" } => "boolean",
        YamlScalarNode scalar when long.TryParse(scalar.Value, out _) => "integer",
        _ => "string",
    };
}
