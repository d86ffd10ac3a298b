using System.Text.Json.Nodes;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>What cfn-lint does not look at: names that lead nowhere, and policies that allow more than, or something else than, what they stand beside.</summary>
internal static class TemplateCheck
{
    private static readonly string[] Pseudo = ["AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"];

    // Each takes no resource by AWS's own table of actions, or none that would cover what it lists.
    private static readonly string[] NamesNothing = 
        ["cloudwatch:GetMetricData", "ecr:GetAuthorizationToken", "ecs:ListClusters", "ecs:ListServices", "ecs:ListTasks", "ecs:DescribeTaskDefinition"];

    /// <summary>All mistakes, each with the resource that it is in.</summary>
    public static IReadOnlyList<string> Mistakes(CloudFormationTemplate template)
    {
        var mistakes = new List<string>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, node) in template.Resources.Concat(template.Outputs).Concat(template.Conditions)) Names(template, id, node, used, mistakes);
        foreach (var parameter in template.Parameters.Select(p => p.Key).Where(p => !used.Contains(p))) mistakes.Add($"{parameter}: no resource uses this parameter");
        foreach (var condition in template.Conditions.Select(p => p.Key).Where(p => !used.Contains(p))) mistakes.Add($"{condition}: no resource uses this condition");
        foreach (var (id, resource) in template.Resources)
        {
            foreach (var statement in Statements(resource)) Statement(template, id, statement, mistakes);
            Attached(template, id, resource!, mistakes);
        }

        return mistakes;
    }

    // Ref, GetAtt, Sub, Condition and DependsOn: each leads to something that is there.
    private static void Names(CloudFormationTemplate template, string id, JsonNode? node, HashSet<string> used, List<string> mistakes)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list) Names(template, id, element, used, mistakes);
        }

        if (node is not JsonObject map) return;
        foreach (var (key, value) in map)
        {
            switch (key)
            {
                case "Ref": Name((string)value!, isCondition: false); break;
                case "Fn::GetAtt": Name((string)value![0]!, isCondition: false); break;
                case "DependsOn" when value is JsonValue: Name((string)value!, isCondition: false); break;
                case "Condition" when value is JsonValue: Name((string)value!, isCondition: true); break;
                case "Fn::If":
                    Name((string)value![0]!, isCondition: true);
                    Names(template, id, value, used, mistakes);
                    break;
                case "Fn::Sub":
                    var (text, names) = value is JsonArray pair ? ((string)pair[0]!, (JsonObject)pair[1]!) : ((string)value!, []);
                    foreach (var hole in CloudFormationTemplate.Hole().Matches(text).Select(m => m.Groups[1].Value))
                    {
                        if (!names.ContainsKey(hole)) Name(hole.StartsWith("AWS::", StringComparison.Ordinal) ? hole : hole.Split('.')[0], isCondition: false);
                    }

                    foreach (var name in names.Select(n => n.Key).Where(n => !text.Contains($"${{{n}}}", StringComparison.Ordinal))) mistakes.Add($"{id}: Sub is given {name} and has no use for it");
                    Names(template, id, names, used, mistakes);
                    break;
                default: Names(template, id, value, used, mistakes); break;
            }
        }

        void Name(string name, bool isCondition)
        {
            used.Add(name);
            var isThere = isCondition ? template.Conditions.ContainsKey(name) : template.Parameters.ContainsKey(name) || template.Resources.ContainsKey(name) || Pseudo.Contains(name);
            if (!isThere) mistakes.Add($"{id}: there is no {name}");
        }
    }

    private static void Statement(CloudFormationTemplate template, string id, JsonObject statement, List<string> mistakes)
    {
        var actions = Flat(statement["Action"]).Select(a => a.ToString()).ToList();
        if (actions.Count == 0) mistakes.Add($"{id}: a statement without an action");
        foreach (var action in actions.Where(a => a.Contains('*', StringComparison.Ordinal))) mistakes.Add($"{id}: {action} allows more than can be named");
        var resources = Flat(statement["Resource"]).ToList();
        if (resources.Any(r => r.ToString() == "*") && actions.Except(NamesNothing).Any()) mistakes.Add($"{id}: {string.Join(", ", actions)} on every resource");
        foreach (var arn in resources.Select(r => (In(r, "Fn::Sub") is JsonArray pair ? pair[0] : In(r, "Fn::Sub") ?? r as JsonValue)?.ToString()).Where(r => r is not null && r.StartsWith("arn:aws:", StringComparison.Ordinal)))
            mistakes.Add($"{id}: {arn} is of one partition alone");

        // Who may do it: a service only for a resource of ours; everybody only under a condition.
        if (statement["Principal"] is not { } principal) return;
        var isTrust = actions is ["sts:AssumeRole"];
        if (principal is JsonValue && principal.ToString() == "*" && statement["Condition"] is null) mistakes.Add($"{id}: everybody may {string.Join(", ", actions)}");
        if (!isTrust && resources.Count == 0) mistakes.Add($"{id}: a policy of a resource that names none");
        if (In(principal, "Service") is not { } service) return;
        var sources = Flat(In(In(statement["Condition"], "ArnEquals"), "aws:SourceArn")).ToList();
        if (sources.Count == 0 && !isTrust) mistakes.Add($"{id}: {service} may {string.Join(", ", actions)} for whomever it likes: aws:SourceArn is missing");
        foreach (var source in sources)
        {
            var name = (string?)In(source, "Fn::GetAtt")?[0];
            if (name is null ? !Built(template, source) : !template.Resources.ContainsKey(name)) mistakes.Add($"{id}: aws:SourceArn {source.ToJsonString()} is no resource of this template");
        }
    }

    // An ARN that is put together, where asking for it would be a circle: it ends with the name that a resource has.
    private static bool Built(CloudFormationTemplate template, JsonNode source) =>
        (string?)(In(source, "Fn::Sub") as JsonValue) is { } arn
        && template.Resources.Any(r => (string?)(In(In(r.Value!["Properties"], "Name"), "Fn::Sub") as JsonValue) is { } name && arn.EndsWith($":rule/{name}", StringComparison.Ordinal));

    // What a policy speaks of is what it is attached to; a role that a policy names is one of the template's.
    private static void Attached(CloudFormationTemplate template, string id, JsonNode resource, List<string> mistakes)
    {
        var properties = resource["Properties"] ?? new JsonObject();
        var (holder, key) = CloudFormationTemplate.TypeOf(resource) switch
        {
            "AWS::SQS::QueuePolicy" => (Flat(properties["Queues"]), "Arn"),
            "AWS::SNS::TopicPolicy" => (Flat(properties["Topics"]), ""),
            "AWS::Events::EventBusPolicy" => (Flat(properties["EventBusName"]), "Arn"),
            _ => ([], ""),
        };
        foreach (var name in holder.Select(h => (string?)In(h, "Ref") ?? h.ToString()))
        {
            foreach (var about in Statements(resource).SelectMany(s => Flat(s["Resource"])))
            {
                var spoken = key.Length > 0 ? (string?)In(about, "Fn::GetAtt")?[0] : (string?)In(about, "Ref");
                if (spoken != name) mistakes.Add($"{id}: stands at {name} and speaks of {about.ToJsonString()}");
            }
        }

        if (CloudFormationTemplate.TypeOf(resource) != "AWS::IAM::Policy") return;
        foreach (var role in Flat(properties["Roles"]))
        {
            if ((string?)In(role, "Ref") is not { } name || CloudFormationTemplate.TypeOf(template.Resources[name]) != "AWS::IAM::Role") mistakes.Add($"{id}: its role {role.ToJsonString()} is none of this template");
        }
    }

    private static JsonNode? In(JsonNode? node, string key) => (node as JsonObject)?[key];

    private static IEnumerable<JsonObject> Statements(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Statements),
        JsonObject map => map.SelectMany(p => p.Key == "Statement" ? Flat(p.Value).OfType<JsonObject>().Where(s => (string?)(s["Effect"] as JsonValue) == "Allow") : Statements(p.Value)),
        _ => [],
    };

    // One or many, with both sides of each If.
    private static IEnumerable<JsonNode> Flat(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => list.SelectMany(Flat),
        JsonObject map when map["Fn::If"] is JsonArray { Count: 3 } sides => Flat(sides[1]).Concat(Flat(sides[2])),
        JsonObject map when (string?)(map["Ref"] as JsonValue) == "AWS::NoValue" => [],
        _ => [node],
    };
}
