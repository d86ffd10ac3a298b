using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>A template as CloudFormation reads it: its short forms written out, and what its functions come to for given parameters.</summary>
/// <remarks>Only the functions that our templates use; another one fails aloud. A resource that is not there has an ARN that says which one it is.</remarks>
internal sealed partial class CloudFormationTemplate
{
    public const string Account = "123456789012";
    public const string Region = "eu-west-1";
    public const string StackName = "crowsnest";
    public const string Nonce = "0b54c6a0-cd1f-11f0-9f5e-0a1b2c3d4e5f";

    private readonly JsonObject _root;

    public CloudFormationTemplate(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        _root = (JsonObject)Json(yaml.Documents[0].RootNode)!;
    }

    public static CloudFormationTemplate Of(string name) => new(Repository.Read("deploy", "cloudformation", name));

    public JsonObject Parameters => Section("Parameters");

    public JsonObject Conditions => Section("Conditions");

    public JsonObject Resources => Section("Resources");

    public JsonObject Outputs => Section("Outputs");

    public static string TypeOf(JsonNode? resource) => (string?)resource?["Type"] ?? "";

    /// <summary>The resources that a deployment with these parameters has, by logical id, and the outputs under the id <c>Outputs</c>.</summary>
    public JsonObject Deploy(params (string Name, string Value)[] parameters)
    {
        var evaluation = new Evaluation(this, parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));
        var deployed = new JsonObject();
        foreach (var (id, resource) in Resources)
        {
            if (!evaluation.Holds((string?)resource!["Condition"])) continue;
            deployed[id] = new JsonObject { ["Type"] = TypeOf(resource), ["Properties"] = evaluation.Of(resource["Properties"] ?? new JsonObject()) };
        }

        deployed[nameof(Outputs)] = new JsonObject(Outputs.Where(o => evaluation.Holds((string?)o.Value!["Condition"]))
            .Select(o => KeyValuePair.Create(o.Key, (JsonNode?)evaluation.Of(o.Value!["Value"]!))));
        return deployed;
    }

    private JsonObject Section(string name) => _root[name] as JsonObject ?? [];

    private static JsonNode? Json(YamlNode node)
    {
        JsonNode? value = node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Json(c.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: { } digits } when int.TryParse(digits, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(((YamlScalarNode)node).Value),
        };
        if (node.Tag.IsEmpty || !node.Tag.IsLocal) return value;
        var function = node.Tag.Value[1..];
        if (function == "GetAtt" && value is JsonValue && (string?)value is { } path) value = new JsonArray(path.Split('.', 2).Select(p => (JsonNode)p).ToArray());
        return new JsonObject { [function is "Ref" or "Condition" ? function : $"Fn::{function}"] = value };
    }

    [GeneratedRegex(@"\$\{([^}!]+)\}")]
    public static partial Regex Hole();

    private sealed class Evaluation(CloudFormationTemplate template, Dictionary<string, string> given)
    {
        // AWS::NoValue: the key or the element is not there.
        private static readonly JsonNode Nothing = "AWS::NoValue";

        public bool Holds(string? condition) => condition is null || Test(template.Conditions[condition]!);

        public JsonNode Of(JsonNode node) => node switch
        {
            JsonObject { Count: 1 } call when call.First() is var (name, argument) && (name == "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal)) => Call(name, argument!),
            JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Of(p.Value))).Where(p => !ReferenceEquals(p.Value, Nothing)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))),
            JsonArray list => new JsonArray([.. list.Select(e => Of(e!)).Where(e => !ReferenceEquals(e, Nothing)).Select(e => e.DeepClone())]),
            _ => node.DeepClone(),
        };

        private JsonNode Call(string name, JsonNode argument)
        {
            switch (name)
            {
                case "Ref": return Ref((string)argument!);
                case "Fn::GetAtt": return Attribute((string)argument[0]!, (string)argument[1]!);
                case "Fn::If": return Of(argument[Holds((string)argument[0]!) ? 1 : 2]!);
                case "Fn::Join": return string.Join((string)argument[0]!, Of(argument[1]!).AsArray().Select(e => e!.ToString()));
                case "Fn::Split": return new JsonArray([.. Of(argument[1]!).ToString().Split((string)argument[0]!).Select(p => (JsonNode)p)]);
                case "Fn::Select": return Of(argument[1]!)[(int)argument[0]!]!.DeepClone();
                case "Fn::Sub":
                    var (text, own) = argument is JsonArray pair ? ((string)pair[0]!, (JsonObject)pair[1]!) : ((string)argument!, []);
                    return Hole().Replace(text, hole => own[hole.Groups[1].Value] is { } value ? Of(value).ToString()
                        : hole.Groups[1].Value.Split('.', 2) is [var id, var attribute] ? Attribute(id, attribute).ToString() : Ref(hole.Groups[1].Value).ToString());
                default: throw new NotSupportedException(name);
            }
        }

        private bool Test(JsonNode condition) => condition.AsObject().First() switch
        {
            ("Fn::Equals", { } sides) => Of(sides[0]!).ToString() == Of(sides[1]!).ToString(),
            ("Fn::Not", { } one) => !Test(one[0]!),
            ("Fn::And", { } all) => all.AsArray().All(c => Test(c!)),
            ("Fn::Or", { } any) => any.AsArray().Any(c => Test(c!)),
            ("Condition", { } name) => Holds((string)name!),
            var (name, _) => throw new NotSupportedException(name),
        };

        private JsonNode Ref(string name) => name switch
        {
            "AWS::NoValue" => Nothing,
            "AWS::AccountId" => Account,
            "AWS::Region" => Region,
            "AWS::Partition" => "aws",
            "AWS::StackName" => StackName,
            "AWS::StackId" => $"arn:aws:cloudformation:{Region}:{Account}:stack/{StackName}/{Nonce}",
            _ when template.Parameters[name] is { } parameter => Parameter(name, parameter),
            _ => template.Resources[name] is not { } resource ? throw new KeyNotFoundException(name) : TypeOf(resource) switch
            {
                "AWS::SQS::Queue" => $"https://sqs.{Region}.amazonaws.com/{Account}/{NameOf(resource)}",
                "AWS::SNS::Topic" => $"arn:aws:sns:{Region}:{Account}:{NameOf(resource)}",
                _ => NameOf(resource) ?? name,
            },
        };

        private JsonNode Parameter(string name, JsonNode parameter)
        {
            var value = given.GetValueOrDefault(name) ?? parameter["Default"]?.ToString() ?? throw new KeyNotFoundException($"the parameter {name} is needed");
            return (string?)parameter["Type"] is { } type && (type == "CommaDelimitedList" || type.StartsWith("List<", StringComparison.Ordinal))
                ? new JsonArray([.. value.Split(',').Select(p => (JsonNode)p)]) : value;
        }

        private JsonNode Attribute(string id, string attribute) => (TypeOf(template.Resources[id]), attribute) switch
        {
            ("", _) => throw new KeyNotFoundException(id),
            ("AWS::SQS::Queue", "Arn") => $"arn:aws:sqs:{Region}:{Account}:{NameOf(template.Resources[id]!)}",
            ("AWS::Events::Rule", "Arn") => $"arn:aws:events:{Region}:{Account}:rule/{NameOf(template.Resources[id]!)}",
            ("AWS::OpenSearchService::Domain", "DomainEndpoint") => $"search-{id.ToLowerInvariant()}.{Region}.es.amazonaws.com",
            (_, "Arn" or "DomainArn") => $"arn:aws:of:{Region}:{Account}:{id}",
            _ => $"{id}.{attribute}",
        };

        // FunctionName, QueueName, …: what the resource is called, where the template says so.
        private string? NameOf(JsonNode resource) =>
            resource["Properties"] is JsonObject properties && properties.FirstOrDefault(p => p.Key == "Name" || p.Key == TypeOf(resource).Split(':')[^1] + "Name").Value is { } name ? Of(name).ToString() : null;
    }
}
