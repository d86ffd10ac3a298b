using System.Text.Json;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>How documents of events are indexed: everything by name, nothing by guessing. Made of the field table.</summary>
internal static class EventMapping
{
    // A token longer than this would be cut in two by the tokenizer; no value is longer.
    private const int TokenMax = NormalForm.TextMax;

    /// <summary>Writes <c>settings</c> and <c>mappings</c>.</summary>
    public static void Write(Utf8JsonWriter json, OpenSearchOptions options)
    {
        json.Object("settings", settings =>
        {
            settings.WriteNumber("number_of_shards", options.Shards);
            settings.WriteString("auto_expand_replicas", $"0-{options.Replicas}");
            settings.WriteString("codec", "best_compression");
            settings.WriteString("refresh_interval", "1s");
            settings.Object("analysis", analysis =>
            {
                analysis.Object("tokenizer", t => t.Object("crowsnest_tokens", one =>
                {
                    one.WriteString("type", "whitespace");
                    one.WriteNumber("max_token_length", TokenMax);
                }));
                analysis.Object("analyzer", a => a.Object("crowsnest_tokens", one =>
                {
                    one.WriteString("type", "custom");
                    one.WriteString("tokenizer", "crowsnest_tokens");
                }));
            });
        });
        json.Object("mappings", mappings =>
        {
            mappings.WriteString("dynamic", "false");
            mappings.WriteBoolean("date_detection", false);
            mappings.Object("properties", Properties);
        });
    }

    /// <summary>Every column and its type, for whoever shows them.</summary>
    public static IEnumerable<(string Name, string Type)> Columns() =>
        SearchFields.All.Select(field => (EventFieldNames.Column(field), TypeOf(field)))
            .Append((EventFieldNames.KeyTime, "long")).Append((EventFieldNames.KeyHash, "keyword"))
            .Append((EventFieldNames.WrittenAt, "date")).Append((EventFieldNames.Size, "integer"));

    private static void Properties(Utf8JsonWriter json)
    {
        var root = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, type) in Columns())
        {
            var at = root;
            var parts = name.Split('.');
            foreach (var part in parts[..^1])
            {
                if (!at.TryGetValue(part, out var inner)) at[part] = inner = new Dictionary<string, object>(StringComparer.Ordinal);
                at = (Dictionary<string, object>)inner;
            }

            at[parts[^1]] = type;
        }

        Tree(json, root);
        json.Object("t", t =>
        {
            t.WriteString("type", "keyword");
            t.WriteBoolean("doc_values", false);
            t.WriteBoolean("norms", false);
        });
        json.Object("f", f => f.WriteString("type", "keyword"));
        json.Object("u", u => u.WriteString("type", "keyword"));
        json.Object("s", s =>
        {
            s.WriteString("type", "keyword");
            s.WriteBoolean("index", false);
        });
        json.Object("x", x => x.Object("properties", texts =>
        {
            foreach (var field in SearchFields.All.Where(field => field.Type == FieldType.Text)) texts.Object(field.Name, Text);
        }));
        json.Object("raw", Unindexed);
        json.Object("facts", facts =>
        {
            facts.WriteString("type", "object");
            facts.WriteBoolean("enabled", false);
        });
    }

    private static void Tree(Utf8JsonWriter json, Dictionary<string, object> level)
    {
        foreach (var (name, below) in level)
        {
            json.Object(name, one =>
            {
                if (below is string type) Column(one, type);
                else one.Object("properties", inner => Tree(inner, (Dictionary<string, object>)below));
            });
        }
    }

    private static void Column(Utf8JsonWriter json, string type)
    {
        json.WriteString("type", type);
        if (type == "date") json.WriteString("format", "epoch_millis||strict_date_optional_time");
        if (type == "keyword") json.WriteNumber("ignore_above", 8_191);
    }

    private static void Text(Utf8JsonWriter json)
    {
        json.WriteString("type", "text");
        json.WriteString("analyzer", "crowsnest_tokens");
        json.WriteBoolean("norms", false);
        json.WriteNumber("position_increment_gap", 100);
    }

    /// <summary>A string that is kept and neither indexed nor counted.</summary>
    public static void Unindexed(Utf8JsonWriter json)
    {
        json.WriteString("type", "keyword");
        json.WriteBoolean("index", false);
        json.WriteBoolean("doc_values", false);
    }

    private static string TypeOf(SearchField field) => field.Type switch
    {
        FieldType.Number => "double",
        FieldType.Time => "date",
        _ => "keyword",
    };
}
