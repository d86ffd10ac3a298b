using System.Net;
using System.Text.Json;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>The index templates: what every index of ours is made from. Put again they change nothing, or what has changed here.</summary>
internal static class StoreTemplates
{
    /// <summary>Puts all of them.</summary>
    public static async Task PutAsync(OpenSearchClient client, OpenSearchOptions options, IndexNames names, CancellationToken cancellationToken)
    {
        // https://docs.opensearch.org/docs/latest/im-plugin/index-templates/ ; the same since Elasticsearch 7.8.
        await PutAsync(client, names.Prefix + "-events", names.Events, json => EventMapping.Write(json, options), cancellationToken).ConfigureAwait(false);
        foreach (var (index, properties) in Documents(names))
            await PutAsync(client, index, index, json => Small(json, options, properties), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the indices that are not made by a first document alone, so that reading them never finds none.</summary>
    public static async Task MakeAsync(OpenSearchClient client, IndexNames names, CancellationToken cancellationToken)
    {
        foreach (var index in Documents(names).Select(d => d.Index).Append(names.Archive))
        {
            var answer = await client.SendAsync(HttpMethod.Put, index, default, cancellationToken, isLines: false, HttpStatusCode.BadRequest).ConfigureAwait(false);
            if (!answer.IsSuccess && !answer.Words.Contains("resource_already_exists", StringComparison.Ordinal)) throw client.Refusal(answer);
        }
    }

    private static IEnumerable<(string Index, (string Name, string Type)[] Properties)> Documents(IndexNames names) =>
    [
        (names.States, [("stopped", "boolean"), ("keyTime", "long")]),
        (names.Quarantine, [("place", "long"), ("receivedAt", "date"), ("reason", "keyword"), ("length", "long")]),
        (names.Firings, [("pending", "boolean"), ("incident", "keyword"), ("place", "long"), ("rank", "integer")]),
        (names.Incidents, [("id", "keyword"), ("groupKey", "keyword"), ("state", "keyword"), ("firstAt", "date"), ("lastAt", "date"), ("expiresAt", "date"), ("writtenAt", "date"), ("removed", "boolean")]),
        (names.Groups, [("key", "keyword"), ("dueAt", "date"), ("messages", "integer"), ("removed", "boolean")]),
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

    private static async Task PutAsync(OpenSearchClient client, string name, string pattern, Action<Utf8JsonWriter> template, CancellationToken cancellationToken)
    {
        var body = JsonBody.Of(json =>
        {
            json.WriteStartArray("index_patterns");
            json.WriteStringValue(pattern);
            json.WriteEndArray();
            // Above what a cluster's own catch-all templates have.
            json.WriteNumber("priority", 500);
            json.Object("template", template);
        });
        await client.SendAsync(HttpMethod.Put, "_index_template/" + name, body, cancellationToken).ConfigureAwait(false);
    }
}
