using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crowsnest.Host.Tests.Server;

/// <summary>The API's description: kept beside the page, whose types are made from it, and true of what is answered.</summary>
public class ApiDescriptionTests
{
    [Fact]
    public async Task The_description_that_the_page_is_typed_from_is_the_servers_own()
    {
        await using var server = await RunningServer.StartAsync(o => o with { Version = "0.0.0" });
        var described = (await server.SendAsync("GET", "/openapi/v1.json")).Body.ReplaceLineEndings("\n") + "\n";
        var path = Repository.PathOf("ui", "openapi.json");
        if (Environment.GetEnvironmentVariable("CROWSNEST_UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(path, described, TestContext.Current.CancellationToken);
        Assert.True(
            described == await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken),
            "ui/openapi.json is not the server's description: run this test with CROWSNEST_UPDATE_GOLDEN=1, read the difference, then run 'npm run types' in ui/.");
    }

    [Fact]
    public async Task Every_answer_in_JSON_has_a_shape_and_every_shape_that_is_named_is_there()
    {
        await using var server = await RunningServer.StartAsync();
        var description = JsonNode.Parse((await server.SendAsync("GET", "/openapi/v1.json")).Body)!;
        var schemas = description["components"]!["schemas"]!.AsObject();
        foreach (var (path, methods) in description["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var success = operation!["responses"]!.AsObject().First(r => r.Key.StartsWith('2')).Value!;
                if (success["content"]?["application/json"] is not { } content || path == "/openapi/v1.json") continue;
                Assert.True(content["schema"]?["$ref"] is not null, $"{method} {path} answers JSON of no shape (Operation.Answer).");
            }
        }

        Assert.Equal([], References(description).Distinct().Where(name => !schemas.ContainsKey(name)));
    }

    [Theory]
    [InlineData("/api/v1/events", "EventPage")]
    [InlineData("/api/v1/events/by-id/1", "EventList")]
    [InlineData("/api/v1/histogram?by=kind", "Histogram")]
    [InlineData("/api/v1/fields", "FieldList")]
    [InlineData("/api/v1/fields/kind/values", "ValueList")]
    [InlineData("/api/v1/pipeline", "Pipeline")]
    [InlineData("/api/v1/quarantine", "QuarantinePage")]
    [InlineData("/api/v1/notifications", "NotificationPage")]
    [InlineData("/api/v1/session", "Session")]
    [InlineData("/api/v1/tokens", "TokenPage")]
    [InlineData("/api/v1/capacity", "CapacityPage")]
    [InlineData("/api/v1/capacity/prod", "CapacityOfCluster")]
    [InlineData("/api/v1/events?q=(", "Problem")]
    public async Task Answers_have_the_members_that_are_described_and_no_others(string path, string shape)
    {
        await using var server = await RunningHost.StartAsync();
        await server.PostAsync("/api/v1/events", await File.ReadAllTextAsync(Repository.PathOf("docs", "example-event.json"), TestContext.Current.CancellationToken), HttpStatusCode.Accepted);
        await server.PostAsync("/api/v1/events", """{"id":"1","detail-type":"x"}""", HttpStatusCode.Accepted);
        await server.PostAsync("/api/v1/events", "not JSON", HttpStatusCode.Accepted);
        var description = JsonNode.Parse((await server.GetAsync("/openapi/v1.json")).GetRawText())!;
        var answer = JsonNode.Parse((await server.GetAsync(path, shape == "Problem" ? HttpStatusCode.BadRequest : HttpStatusCode.OK)).GetRawText());
        Assert.Equal([], Differences(answer, new JsonObject { ["$ref"] = $"#/components/schemas/{shape}" }, description["components"]!["schemas"]!.AsObject(), "answer"));
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(m => m.Key == "$ref" ? [((string)m.Value!).Split('/')[^1]] : References(m.Value)),
        JsonArray many => many.SelectMany(References),
        _ => [],
    };

    // As much of JSON Schema as the description uses.
    private static IEnumerable<string> Differences(JsonNode? value, JsonNode schema, JsonObject schemas, string at)
    {
        if ((string?)schema["$ref"] is { } name) return Differences(value, schemas[name.Split('/')[^1]]!, schemas, at);
        if (schema["type"] is not { } type) return [];
        var types = type is JsonArray several ? several.Select(t => (string)t!).ToArray() : [(string)type!];
        var found = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.Number => "integer",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "string",
        };
        if (!types.Contains(found) && !(found == "integer" && types.Contains("number"))) return [$"{at} is {found} and not {string.Join(" or ", types)}"];
        if (value is JsonArray items) return items.SelectMany((item, i) => Differences(item, schema["items"] ?? new JsonObject(), schemas, $"{at}[{i}]"));
        if (value is not JsonObject members) return [];
        var required = schema["required"]?.AsArray().Select(r => (string)r!).Where(r => !members.ContainsKey(r)).Select(r => $"{at}.{r} is missing") ?? [];
        return required.Concat(members.SelectMany(m => schema["properties"]?[m.Key] is { } described ? Differences(m.Value, described, schemas, $"{at}.{m.Key}")
            : schema["additionalProperties"] is JsonObject any ? Differences(m.Value, any, schemas, $"{at}.{m.Key}")
            : [$"{at}.{m.Key} is not described"]));
    }
}
