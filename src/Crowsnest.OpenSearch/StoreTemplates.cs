using System.IO.Hashing;
using System.Text.Json;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>An index template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">Of all that it says: two that have the same are the same. It stands in the template's <c>_meta</c> under <see cref="Mark"/>, since the server gives back settings in a form of its own.</param>
/// <param name="Body">What is put.</param>
internal sealed record StoreTemplate(string Name, string Hash, ReadOnlyMemory<byte> Body)
{
    public const string Mark = "crowsnest";
}

/// <summary>The index templates: what every index of ours is made from. Put again they change nothing, or what has changed here.</summary>
internal static class StoreTemplates
{
    /// <summary>All of them, for these options.</summary>
    public static List<StoreTemplate> All(OpenSearchOptions options, IndexNames names) =>
    [
        // https://docs.opensearch.org/docs/latest/im-plugin/index-templates/ ; the same since Elasticsearch 7.8.
        Of(names.Prefix + "-events", names.Events, json => EventMapping.Write(json, options)),
        .. Documents(names).Select(one => Of(one.Index, one.Index, json => Small(json, options, one.Properties))),
    ];

    /// <summary>The indices that are not made by a first document alone, so that reading them never finds none.</summary>
    public static IEnumerable<string> Indices(IndexNames names) => Documents(names).Select(d => d.Index).Append(names.Archive);

    private static IEnumerable<(string Index, (string Name, string Type)[] Properties)> Documents(IndexNames names) =>
    [
        (names.States, [("type", "keyword"), ("stopped", "boolean"), ("keyTime", "long")]),
        (names.Checkpoints, [("at", "long"), ("base", "long"), ("whole", "boolean"), ("part", "integer")]),
        (names.Quarantine, [("place", "long"), ("receivedAt", "date"), ("reason", "keyword"), ("length", "long")]),
        (names.Firings, [("pending", "boolean"), ("incident", "keyword"), ("place", "long"), ("rank", "integer")]),
        (names.Incidents, [("id", "keyword"), ("groupKey", "keyword"), ("state", "keyword"), ("firstAt", "date"), ("lastAt", "date"), ("expiresAt", "date"), ("writtenAt", "date"), ("removed", "boolean")]),
        (names.Groups, [("key", "keyword"), ("dueAt", "date"), ("messages", "integer"), ("removed", "boolean")]),
        (names.Silences, [("removed", "boolean"), ("endsAt", "date")]),
        (names.Outbox, [("receiver", "keyword"), ("state", "keyword"), ("dueAt", "date"), ("place", "long")]),
        (names.Ledger, [("kind", "keyword"), ("place", "long"), ("events", "long"), ("quarantined", "long"), ("resources", "long"), ("incidents", "long")]),
        (names.Tokens, [("place", "long")]),
    ];

    private static void Small(Utf8JsonWriter json, OpenSearchOptions options, (string Name, string Type)[] properties)
    {
        json.Object("settings", settings =>
        {
            settings.WriteNumber("number_of_shards", 1);
            settings.WriteString("auto_expand_replicas", $"0-{options.Replicas}");
            settings.WriteString("refresh_interval", "1s");
        });
        json.Object("mappings", mappings =>
        {
            mappings.WriteString("dynamic", "false");
            mappings.WriteBoolean("date_detection", false);
            mappings.Object("properties", p =>
            {
                foreach (var (name, type) in properties)
                {
                    p.Object(name, one =>
                    {
                        one.WriteString("type", type);
                        if (type == "date") one.WriteString("format", "epoch_millis");
                    });
                }
            });
        });
    }

    private static StoreTemplate Of(string name, string pattern, Action<Utf8JsonWriter> template)
    {
        var hash = Convert.ToHexStringLower(XxHash128.Hash(Body(null).Span));
        return new StoreTemplate(name, hash, Body(hash));

        ReadOnlyMemory<byte> Body(string? mark) => JsonBody.Of(json =>
        {
            json.WriteStartArray("index_patterns");
            json.WriteStringValue(pattern);
            json.WriteEndArray();
            // Above what a cluster's own catch-all templates have.
            json.WriteNumber("priority", 500);
            json.Object("template", template);
            if (mark is not null) json.Object("_meta", meta => meta.WriteString(StoreTemplate.Mark, mark));
        });
    }
}
