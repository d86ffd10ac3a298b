using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Server;

/// <summary>The API's description, made from what is mapped.</summary>
internal static class OpenApiEndpoints
{
    /// <summary>Maps <c>/openapi/v1.json</c>.</summary>
    public static void MapOpenApi(this WebApplication app, ServerOptions options) => app.Map(
        new Operation("GET", "/openapi/v1.json", Access.Viewer, "This description."),
        _ => Task.FromResult<IResult>(TypedResults.Bytes(Describe(app, options.Version), "application/json")));

    private static ReadOnlyMemory<byte> Describe(IEndpointRouteBuilder routes, string version)
    {
        var operations = routes.DataSources.SelectMany(s => s.Endpoints).Select(e => e.Metadata.GetMetadata<Operation>()).OfType<Operation>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("openapi", "3.1.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Crowsnest");
        json.WriteString("version", version);
        json.WriteEndObject();
        json.WriteStartObject("paths");
        foreach (var path in operations.GroupBy(o => o.Path, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(path.Key);
            foreach (var operation in path.OrderBy(o => o.Method, StringComparer.Ordinal)) Write(json, operation);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("components");
        json.WritePropertyName("schemas");
        ApiSchemas.All().WriteTo(json);
        json.WriteStartObject("securitySchemes");
        json.WriteStartObject("token");
        json.WriteString("type", "http");
        json.WriteString("scheme", "bearer");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject(operation.Method.ToLowerInvariant());
        json.WriteString("summary", operation.Summary);
        json.WriteString("description", operation.Access == Access.Open ? "Open to everyone." : $"Needs the role {operation.Access.ToString().ToLowerInvariant()}.");
        json.WriteStartArray("parameters");
        foreach (var name in RouteNames(operation.Path)) WriteParameter(json, name, "path", "string", "Which one.");
        foreach (var parameter in operation.Query) WriteParameter(json, parameter.Name, "query", parameter.Type, parameter.Description);
        json.WriteEndArray();
        if (operation.Accepts.Count > 0)
        {
            json.WriteStartObject("requestBody");
            json.WriteStartObject("content");
            foreach (var type in operation.Accepts) WriteContent(json, type, "");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject("responses");
        json.WriteStartObject(operation.Success.ToString(CultureInfo.InvariantCulture));
        json.WriteString("description", "Done.");
        if (operation.Success != StatusCodes.Status204NoContent)
        {
            json.WriteStartObject("content");
            WriteContent(json, operation.Produces, operation.Answer);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("default");
        json.WriteString("description", "Problem details (RFC 9457).");
        json.WriteStartObject("content");
        WriteContent(json, "application/problem+json", "Problem");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        if (operation.Access != Access.Open)
        {
            json.WriteStartArray("security");
            json.WriteStartObject();
            json.WriteStartArray("token");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, string name, string place, string type, string description)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("in", place);
        json.WriteBoolean("required", place == "path");
        json.WriteString("description", description);
        json.WriteStartObject("schema");
        json.WriteString("type", type);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, string type, string schema)
    {
        json.WriteStartObject(type);
        if (schema.Length > 0)
        {
            json.WritePropertyName("schema");
            json.WriteRawValue(ApiSchemas.Ref(schema));
        }

        json.WriteEndObject();
    }

    private static IEnumerable<string> RouteNames(string path) =>
        path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
}
