using System.Text.Json.Nodes;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>EventBridge's patterns as its documentation has them, as far as our templates use them; the simplest form that can be right.</summary>
internal static class EventPattern
{
    public static bool Matches(JsonObject pattern, JsonObject? seen) => pattern.All(p => p.Key == "$or"
        ? p.Value!.AsArray().Any(branch => Matches(branch!.AsObject(), seen))
        : p.Value is JsonObject deeper ? Matches(deeper, seen?[p.Key] as JsonObject)
        : p.Value!.AsArray().Any(wanted => One(wanted!, seen?[p.Key])));

    private static bool One(JsonNode wanted, JsonNode? value) => wanted is JsonObject operation
        ? operation.First() is ("exists", { } exists) ? (bool)exists == value is not null : throw new NotSupportedException(operation.ToJsonString())
        : value is JsonArray values ? values.Any(v => JsonNode.DeepEquals(wanted, v)) : JsonNode.DeepEquals(wanted, value);
}
