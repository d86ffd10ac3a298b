using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Configuration;
using Crowsnest.Core.Tests;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>The templates as they are written: what CloudFormation, IAM, EventBridge and our own program make of them.</summary>
public sealed class TemplateTests
{
    private const string Prod = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod";

    // Lambda's own bound for all variables together.
    private const int EnvironmentBytesMax = 4096;

    public static TheoryData<string> Names() => [.. Directory.GetFiles(Repository.PathOf("deploy", "cloudformation"), "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Lint_has_nothing_to_say(string name)
    {
        if (Peers.Find("aws", "cfn-lint") is not { } lint)
        {
            Assert.Skip("skipped: no ../shared/peers/aws/cfn-lint beside the repository");
            return;
        }

        using var process = Process.Start(new ProcessStartInfo(lint, [Repository.PathOf("deploy", "cloudformation", name)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0 && said.Trim().Length == 0, said);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_leads_somewhere_and_every_policy_allows_what_it_stands_beside(string name) => Assert.Equal([], TemplateCheck.Mistakes(CloudFormationTemplate.Of(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_template_is_small_enough_to_be_sent_as_it_is(string name) => Assert.InRange(Encoding.UTF8.GetByteCount(Repository.Read("deploy", "cloudformation", name)), 1, 51_200);

    // The blog's policy is for a role of one name and is given to a role of another; the rest are the ways in which a policy says more than was meant.
    [Theory]
    [InlineData("Roles: [!Ref Role]", "Roles: [crowsnest-lambda]", """Policy: its role "crowsnest-lambda" is none of this template""")]
    [InlineData("Role: !GetAtt Role.Arn", "Role: !GetAtt LambdaRole.Arn", "Function: there is no LambdaRole")]
    [InlineData("Queues: [!Ref UndeliveredQueue]", "Queues: [!Ref DeadLetterQueue]", """UndeliveredQueuePolicy: stands at DeadLetterQueue and speaks of {"Fn::GetAtt":["UndeliveredQueue","Arn"]}""")]
    [InlineData("aws:SourceArn': !GetAtt Rule.Arn", "aws:SourceArn': 'arn:aws:events:eu-west-1:123456789012:rule/other'", "is no resource of this template")]
    [InlineData("Condition: {ArnEquals: {'aws:SourceArn': !GetAtt Rule.Arn}}", "Sid: rule", "aws:SourceArn is missing")]
    [InlineData("Condition: {StringEquals: {'aws:PrincipalOrgID': !Ref OrganizationId}}", "Sid: everybody", "BusPolicy: everybody may events:PutEvents")]
    [InlineData("Action: sns:Publish\n            Resource: !Ref Topic\n          - Effect", "Action: sns:*\n            Resource: !Ref Topic\n          - Effect", "Policy: sns:* allows more than can be named")]
    [InlineData("Resource: !GetAtt LogGroup.Arn", "Resource: '*'", "Policy: logs:CreateLogStream, logs:PutLogEvents on every resource")]
    [InlineData("arn:${AWS::Partition}:ssm", "arn:aws:ssm", "is of one partition alone")]
    [InlineData("Condition: HasEmail", "Condition: HasMail", "EmailSubscription: there is no HasMail")]
    [InlineData(", RetentionInDays: !Ref LogRetentionDays", "", "LogRetentionDays: no resource uses this parameter")]
    public void A_planted_mistake_is_found(string right, string wrong, string said)
    {
        var text = Repository.Read("deploy", "cloudformation", "crowsnest.yaml");
        Assert.Contains(right, text, StringComparison.Ordinal);

        var mistakes = TemplateCheck.Mistakes(new CloudFormationTemplate(text.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Contains(mistakes, m => m.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", "", "https://search-domain.eu-west-1.es.amazonaws.com/", "es")]
    [InlineData("http://127.0.0.1:9200", "", "", "http://127.0.0.1:9200/", null)]
    [InlineData("https://search-x.eu-west-1.es.amazonaws.com", "x", "https://crowsnest.example.com", "https://search-x.eu-west-1.es.amazonaws.com/", "es")]
    public void The_function_is_given_a_configuration_without_a_mistake(string at, string domain, string page, string store, string? signedFor)
    {
        var deployed = CloudFormationTemplate.Of("crowsnest.yaml").Deploy(("CodeBucket", "code"), ("StoreUrl", at), ("StoreDomainName", domain), ("ExternalUrl", page), ("TrustedSources", "aws.*,my.app"));
        var variables = deployed["Function"]!["Properties"]!["Environment"]!["Variables"]!.AsObject();
        var (name, text) = Assert.Single(variables);
        Assert.Equal("CROWSNEST_CONFIG_YAML", name);
        Assert.InRange(variables.Sum(v => Encoding.UTF8.GetByteCount(v.Key + v.Value)), 1, EnvironmentBytesMax / 2);

        var config = Good((string)text!);

        Assert.Equal((store, signedFor, "crowsnest"), (config.Store.OpenSearch!.Url.AbsoluteUri, config.Store.OpenSearch.AwsService, config.Store.OpenSearch.IndexPrefix));
        Assert.Equal(store.TrimEnd('/'), (string?)deployed["Outputs"]!["StoreUrl"]);
        Assert.Equal(["aws.*", "my.app"], config.Sources.Trusted);
        Assert.Equal((string?)deployed["Outputs"]!["QueueUrl"], Assert.Single(config.Sources.Sqs).QueueUrl.AbsoluteUri);
        Assert.Equal("arn:aws:sns:eu-west-1:123456789012:crowsnest", Assert.Single(Assert.Single(config.Receivers).Topics).TopicArn);
        Assert.Equal((CloudFormationTemplate.Nonce, "topic", (string?)deployed["Outputs"]!["VerifySource"]), (config.Verify.Nonce!.Reveal(), config.Verify.Receiver, config.Verify.Source));
        Assert.Equal(CloudFormationTemplate.Nonce, (string?)deployed["Outputs"]!["VerifyNonce"]);
        Assert.Equal(page.Length > 0 ? new Uri(page) : null, config.Server.ExternalUrl);
        Assert.Equal(TimeSpan.FromDays(30), config.Retention.Events);
    }

    [Fact]
    public void A_configuration_of_ones_own_is_named_and_may_be_read()
    {
        var deployed = CloudFormationTemplate.Of("crowsnest.yaml").Deploy(("CodeBucket", "code"), ("StoreUrl", "http://127.0.0.1:9200"), ("ConfigParameter", "/crowsnest/config"));

        Assert.Equal("""{"CROWSNEST_CONFIG":"ssm:/crowsnest/config"}""", deployed["Function"]!["Properties"]!["Environment"]!["Variables"]!.ToJsonString());
        Assert.Contains("arn:aws:ssm:eu-west-1:123456789012:parameter/crowsnest/config", Allowed(deployed["Policy"]!));
    }

    // What each deployment's role may do, whole: a line more here is a right more that was given.
    [Fact]
    public void The_function_may_do_this_and_no_more()
    {
        var template = CloudFormationTemplate.Of("crowsnest.yaml");
        string[] always =
        [
            "sqs:ReceiveMessage,sqs:DeleteMessage,sqs:ChangeMessageVisibility,sqs:GetQueueAttributes arn:aws:sqs:eu-west-1:123456789012:crowsnest",
            "sns:Publish arn:aws:sns:eu-west-1:123456789012:crowsnest",
            "logs:CreateLogStream,logs:PutLogEvents arn:aws:of:eu-west-1:123456789012:LogGroup",
        ];
        const string Store = "es:ESHttpGet,es:ESHttpHead,es:ESHttpPost,es:ESHttpPut,es:ESHttpDelete ";

        Assert.Equal([.. always, Store + "arn:aws:of:eu-west-1:123456789012:Domain/*"], Rights());
        Assert.Equal(always, Rights(("StoreUrl", "https://search.example.com")));
        Assert.Equal(
            [.. always, Store + "arn:aws:es:eu-west-1:123456789012:domain/x/*", "kms:GenerateDataKey,kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/k"],
            Rights(("StoreUrl", "https://x"), ("StoreDomainName", "x"), ("TopicKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/k")));

        IEnumerable<string> Rights(params (string, string)[] parameters) =>
            template.Deploy([("CodeBucket", "code"), .. parameters])["Policy"]!["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray()
                .Select(s => $"{(s!["Action"] is JsonArray many ? string.Join(',', many) : s["Action"])} {s["Resource"]}");
    }

    // Goal: one way in, whoever reads it. Method: what both templates have under one name is one text, but for what must differ.
    [Fact]
    public void Workers_and_function_have_the_same_way_in_and_the_same_alarms()
    {
        string[] differ = ["LogGroup", "Policy", "Role", "SilenceAlarm", "TopicPolicy"];
        var (function, workers) = (Comparable("crowsnest.yaml"), Comparable("workers.yaml"));

        var shared = function.Keys.Intersect(workers.Keys).Except(differ).ToList();

        Assert.Equal(16, shared.Count);
        Assert.All(shared, name => Assert.Equal(function[name], workers[name]));

        static Dictionary<string, string> Comparable(string template) => CloudFormationTemplate.Of(template).Resources.ToDictionary(r => r.Key, r =>
        {
            var resource = r.Value!.DeepClone().AsObject();
            var properties = resource["Properties"]!.AsObject();
            // Six times a function's timeout, or as long as a worker says.
            properties.Remove("VisibilityTimeout");
            properties.Remove("AlarmDescription");
            return resource.ToJsonString();
        });
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("x", "es")]
    public void Workers_are_given_a_configuration_without_a_mistake_and_may_do_what_it_needs(string domain, string? signedFor)
    {
        var deployed = CloudFormationTemplate.Of("workers.yaml").Deploy(
            ("Image", "crowsnest"), ("SubnetIds", "a,b"), ("SecurityGroupIds", "c"), ("StoreUrl", "https://search.example.com"), ("StoreDomainName", domain));
        var (parameter, container) = (deployed["Configuration"]!["Properties"]!, deployed["TaskDefinition"]!["Properties"]!["ContainerDefinitions"]![0]!);

        var config = Good((string)parameter["Value"]!);

        Assert.Equal((signedFor, "https://search.example.com/"), (config.Store.OpenSearch!.AwsService, config.Store.OpenSearch.Url.AbsoluteUri));
        Assert.Equal((string?)deployed["Outputs"]!["QueueUrl"], Assert.Single(config.Sources.Sqs).QueueUrl.AbsoluteUri);
        Assert.Equal("topic", config.Verify.Receiver);
        Assert.Equal("ssm:/crowsnest/crowsnest.yaml", (string?)container["Environment"]![0]!["Value"]);
        string[] always =
        [
            "arn:aws:sqs:eu-west-1:123456789012:crowsnest", "arn:aws:sns:eu-west-1:123456789012:crowsnest", "arn:aws:ssm:eu-west-1:123456789012:parameter/crowsnest/crowsnest.yaml",
        ];
        Assert.Equal(domain.Length > 0 ? [.. always, "arn:aws:es:eu-west-1:123456789012:domain/x/*"] : always, Allowed(deployed["Policy"]!));
        Assert.Equal(["arn:aws:of:eu-west-1:123456789012:LogGroup"], Allowed(deployed["ExecutionPolicy"]!));
    }

    // Goal: comparing with ECS is a choice, reads alone, and takes on the roles that are named and no other. Method: the whole of the rights, and what the workers are told.
    [Fact]
    public void Workers_compare_with_ECS_where_they_are_told_to_and_may_do_that_and_no_more()
    {
        const string Role = "arn:aws:iam::210987654321:role/crowsnest-read";
        var template = CloudFormationTemplate.Of("workers.yaml");
        (string, string)[] always = [("Image", "crowsnest"), ("SubnetIds", "a,b"), ("SecurityGroupIds", "c"), ("StoreUrl", "https://search.example.com")];
        Assert.False(template.Deploy(always).ContainsKey("ResyncPolicy"));
        Assert.Empty(Config(template.Deploy(always)).Resync.Accounts);

        var alone = template.Deploy([.. always, ("ResyncRegions", "eu-west-1,us-east-1")]);
        Assert.Equal([ReadAll, ReadSome("123456789012")], Rights(alone["ResyncPolicy"]!["Properties"]!["PolicyDocument"]!));
        var account = Assert.Single(Config(alone).Resync.Accounts);
        Assert.Equal((null, "eu-west-1,us-east-1", false), (account.RoleArn, string.Join(',', account.Regions), Config(alone).Resync.LogLines));

        var all = template.Deploy([.. always, ("ResyncRegions", "eu-west-1"), ("ResyncRoleArns", $"{Role},{Role}-2"), ("ResyncLogGroupPrefix", "/ecs/"), ("ResyncUsage", "true")]);
        Assert.Equal(
            [ReadAll, ReadSome("123456789012"), "logs:GetLogEvents arn:aws:logs:*:123456789012:log-group:/ecs/*", "cloudwatch:GetMetricData *", $"sts:AssumeRole {Role},{Role}-2"],
            Rights(all["ResyncPolicy"]!["Properties"]!["PolicyDocument"]!));
        Assert.Equal([null, Role, Role + "-2"], Config(all).Resync.Accounts.Select(a => a.RoleArn));
        Assert.All(Config(all).Resync.Accounts, a => Assert.Equal(["eu-west-1"], a.Regions));
        Assert.True(Config(all).Resync.LogLines);
        Assert.Equal((null, new UsageConfig.ContainerInsights()), (Config(alone).Sizing.Usage, Config(all).Sizing.Usage));
        Assert.Null(Config(template.Deploy([.. always, ("ResyncUsage", "true")])).Sizing.Usage);

        static CrowsnestConfig Config(JsonObject deployed) => Good((string)deployed["Configuration"]!["Properties"]!["Value"]!);
    }

    [Fact]
    public void A_spoke_lets_one_role_read_its_ECS_when_it_is_named()
    {
        const string Reader = "arn:aws:iam::123456789012:role/crowsnest";
        var template = CloudFormationTemplate.Of("spoke.yaml");
        (string, string) hub = ("HubBusArn", "arn:aws:events:eu-west-1:123456789012:event-bus/crowsnest");
        Assert.False(template.Deploy(hub).ContainsKey("ReaderRole"));

        Assert.Equal([ReadAll, ReadSome("123456789012")], Rights(template.Deploy(hub, ("ReaderArn", Reader))["ReaderRole"]!["Properties"]!["Policies"]![0]!["PolicyDocument"]!));

        var role = template.Deploy(hub, ("ReaderArn", Reader), ("LogGroupPrefix", "/ecs/"), ("Usage", "true"))["ReaderRole"]!["Properties"]!;

        Assert.Equal($$"""[{"Effect":"Allow","Principal":{"AWS":"{{Reader}}"},"Action":"sts:AssumeRole"}]""", role["AssumeRolePolicyDocument"]!["Statement"]!.ToJsonString());
        Assert.Equal([ReadAll, ReadSome("123456789012"), "logs:GetLogEvents arn:aws:logs:*:123456789012:log-group:/ecs/*", "cloudwatch:GetMetricData *"], Rights(role["Policies"]![0]!["PolicyDocument"]!));
    }

    // What a resync asks for, as docs/resync.md lists it, is what the templates allow.
    [Fact]
    public void The_guide_and_the_templates_name_the_same_actions()
    {
        var guide = System.Text.RegularExpressions.Regex.Matches(Repository.Read("docs", "resync.md"), "\"(ecs|logs|sts):[A-Za-z]+\"").Select(m => m.Value.Trim('"')).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(guide, $"{ReadAll[..ReadAll.IndexOf(' ', StringComparison.Ordinal)]},{ReadSome("")[..ReadSome("").IndexOf(' ', StringComparison.Ordinal)]},logs:GetLogEvents,sts:AssumeRole".Split(',').Order(StringComparer.Ordinal));
    }

    private const string ReadAll = "ecs:ListClusters,ecs:ListServices,ecs:ListTasks,ecs:DescribeTaskDefinition *";

    private static string ReadSome(string account) =>
        "ecs:DescribeClusters,ecs:ListContainerInstances,ecs:DescribeServices,ecs:DescribeTasks,ecs:DescribeContainerInstances "
        + $"arn:aws:ecs:*:{account}:cluster/*,arn:aws:ecs:*:{account}:service/*,arn:aws:ecs:*:{account}:task/*,arn:aws:ecs:*:{account}:container-instance/*";

    private static IEnumerable<string> Rights(JsonNode document) => document["Statement"]!.AsArray().Select(s => $"{Words(s!["Action"]!)} {Words(s["Resource"]!)}");

    private static string Words(JsonNode one) => one is JsonArray many ? string.Join(',', many.Select(m => m!.ToString())) : one.ToString();

    // Where the blog opened the domain to an address.
    [Fact]
    public void The_domain_is_open_to_the_function_and_to_whom_it_is_told_alone()
    {
        var template = CloudFormationTemplate.Of("crowsnest.yaml");
        Assert.Equal("arn:aws:of:eu-west-1:123456789012:Role", Principal().ToString());
        Assert.Equal("""["arn:aws:of:eu-west-1:123456789012:Role","arn:aws:iam::123456789012:role/ops"]""", Principal(("StorePrincipals", "arn:aws:iam::123456789012:role/ops")).ToJsonString());

        JsonNode Principal(params (string, string)[] parameters)
        {
            var policies = template.Deploy([("CodeBucket", "code"), .. parameters])["Domain"]!["Properties"]!["AccessPolicies"]!;
            Assert.Equal("arn:aws:es:eu-west-1:123456789012:domain/crowsnest/*", (string?)policies["Statement"]![0]!["Resource"]);
            return policies["Statement"]![0]!["Principal"]!["AWS"]!;
        }
    }

    [Fact]
    public void The_rule_takes_every_event_of_ECS_and_no_others()
    {
        var samples = Directory.GetFiles(Repository.Shared("ecs-events"), "*.json").Select(f => JsonNode.Parse(File.ReadAllText(f))).OfType<JsonObject>().Where(e => e.ContainsKey("detail-type")).ToList();
        Assert.NotEmpty(samples);

        Assert.All(samples, e => Assert.Equal((string?)e["source"] == "aws.ecs", Takes(e)));
    }

    [Fact]
    public void The_rule_takes_events_of_its_clusters_and_those_that_name_none()
    {
        Assert.True(Takes(Event("aws.ecs", Prod), ("ClusterArns", $"{Prod},{Prod}-2")));
        Assert.True(Takes(Event("aws.ecs", Prod + "-2"), ("ClusterArns", $"{Prod},{Prod}-2")));
        Assert.False(Takes(Event("aws.ecs", Prod + "-3"), ("ClusterArns", $"{Prod},{Prod}-2")));
        Assert.True(Takes(Event("aws.ecs", null), ("ClusterArns", Prod)));
        Assert.True(Takes(Event("crowsnest.verify", "arn:aws:ecs:eu-west-1:123456789012:cluster/crowsnest-verify"), ("ClusterArns", Prod)));
        Assert.False(Takes(Event("aws.health", null)));
        Assert.True(Takes(Event("aws.health", null), ("EventSources", "aws.ecs,aws.health"), ("ClusterArns", Prod)));
        Assert.False(Takes(Event("my.app", Prod), ("ClusterArns", Prod)));
    }

    private static bool Takes(JsonObject seen, params (string, string)[] parameters) =>
        EventPattern.Matches(CloudFormationTemplate.Of("crowsnest.yaml").Deploy([("CodeBucket", "code"), .. parameters])["Rule"]!["Properties"]!["EventPattern"]!.AsObject(), seen);

    private static JsonObject Event(string source, string? cluster) =>
        new() { ["source"] = source, ["detail-type"] = "x", ["detail"] = cluster is null ? new JsonObject() : new JsonObject { ["clusterArn"] = cluster } };

    private static IEnumerable<string> Allowed(JsonNode policy) => policy["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray().Select(s => s!["Resource"]!.ToString());

    internal static CrowsnestConfig Good(string text)
    {
        var (config, mistakes) = ConfigParser.Parse(text, new SecretReader(_ => null, ".", fetched: null));
        Assert.True(mistakes.Count == 0, $"{text}\n{string.Join('\n', mistakes)}");
        return config;
    }
}
