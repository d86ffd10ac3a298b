using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Dashboards;

/// <summary>What OpenSearch Dashboards and Kibana import to show what is stored: an index pattern, saved searches, charts, and a dashboard of them.</summary>
/// <remarks>
/// Both read one format, since the first came from the second's 7.10, and both bring older objects up to date by the version that each names
/// (<c>migrationVersion</c>) and refuse newer ones. The versions named here are those of Kibana 7.8, the oldest that goes with a server that we work with.
/// Ids are made of the prefix, so that importing again replaces what was imported before.
/// </remarks>
public static class SavedObjects
{
    private const string SearchSource = "kibanaSavedObjectMeta.searchSourceJSON.index";
    private const int Width = 48, Height = 15;

    /// <summary>An import file: one object a line.</summary>
    /// <param name="indexPrefix">What the names of our indices begin with.</param>
    public static byte[] Of(string indexPrefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(indexPrefix);
        var lines = new ArrayBufferWriter<byte>();
        foreach (var line in All(indexPrefix))
        {
            lines.Write(line.Span);
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> All(string prefix)
    {
        var pattern = prefix + "-events";
        yield return Object("index-pattern", pattern, "7.6.0", [], json =>
        {
            json.WriteString("title", new IndexNames(prefix).Events);
            json.WriteString("timeFieldName", EventFieldNames.Time);
            json.WriteString("fields", Inner(w => w.Objects("fields", Fields()), "fields"));
            // What our own search goes by says nothing to people.
            json.WriteString("sourceFilters", Inner(w => w.Objects("filters", HiddenFields.Select(name => (Action<Utf8JsonWriter>)(f => f.WriteString("value", name)))), "filters"));
        });
        foreach (var one in Visualisation.All)
        {
            yield return one switch
            {
                Visualisation.Table table => Object("search", Id(one), "7.4.0", [(SearchSource, "index-pattern", pattern)], json =>
                {
                    Title(json, one);
                    json.WriteNumber("hits", 0);
                    json.WriteStartArray("columns");
                    foreach (var column in table.Columns) json.WriteStringValue(column);
                    json.WriteEndArray();
                    json.WriteStartArray("sort");
                    json.WriteStartArray();
                    json.WriteStringValue(EventFieldNames.Time);
                    json.WriteStringValue("desc");
                    json.WriteEndArray();
                    json.WriteEndArray();
                    Source(json, one.Query, hasIndex: true);
                }),
                Visualisation.Chart chart => Object("visualization", Id(one), "7.8.0", [(SearchSource, "index-pattern", pattern)], json =>
                {
                    Title(json, one);
                    json.WriteString("visState", Inner(state => ChartState.Write(state, chart)));
                    json.WriteString("uiStateJSON", "{}");
                    Source(json, one.Query, hasIndex: true);
                }),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        yield return Object("dashboard", prefix + "-dashboard", "7.3.0", [.. Visualisation.All.Select((one, i) => (PanelName(i), one is Visualisation.Table ? "search" : "visualization", Id(one)))], json =>
        {
            json.WriteString("title", "Crowsnest: ECS tasks that failed");
            json.WriteString("description", "Why tasks stopped, where, and which container agents are connected");
            json.WriteNumber("version", 1);
            json.WriteNumber("hits", 0);
            json.WriteBoolean("timeRestore", true);
            json.WriteString("timeFrom", "now-24h");
            json.WriteString("timeTo", "now");
            json.WriteString("optionsJSON", """{"useMargins":true,"hidePanelTitles":false}""");
            json.WriteString("panelsJSON", Inner(w => w.Objects("panels", Visualisation.All.Select((one, i) => (Action<Utf8JsonWriter>)(p => Panel(p, one, i)))), "panels"));
            Source(json, "", hasIndex: false);
        });

        string Id(Visualisation one) => $"{prefix}-{one.Name}";
    }

    private static readonly string[] HiddenFields = [EventFieldNames.Terms, EventFieldNames.Fields, EventFieldNames.Unlisted, EventFieldNames.Spelled, "x.*", EventFieldNames.Facts + ".*"];

    private static IEnumerable<Action<Utf8JsonWriter>> Fields()
    {
        foreach (var (name, type) in EventMapping.Columns())
            yield return json => Field(json, name, type is "keyword" ? "string" : type is "date" ? "date" : "number", type, isIndexed: true);
        yield return json => Field(json, "_id", "string", "_id", isIndexed: true);
        yield return json => Field(json, "_index", "string", "_index", isIndexed: true);
        yield return json => Field(json, "_source", "_source", "_source", isIndexed: false);
        yield return json => Field(json, EventFieldNames.Raw, "string", "keyword", isIndexed: false);
    }

    private static void Field(Utf8JsonWriter json, string name, string type, string serverType, bool isIndexed)
    {
        json.WriteString("name", name);
        json.WriteString("type", type);
        json.WriteStartArray("esTypes");
        json.WriteStringValue(serverType);
        json.WriteEndArray();
        json.WriteNumber("count", 0);
        json.WriteBoolean("scripted", false);
        json.WriteBoolean("searchable", isIndexed);
        json.WriteBoolean("aggregatable", isIndexed);
        json.WriteBoolean("readFromDocValues", isIndexed && name[0] != '_');
    }

    private static void Panel(Utf8JsonWriter json, Visualisation one, int place)
    {
        var id = (place + 1).ToString(CultureInfo.InvariantCulture);
        // The second and the third stand side by side; each other takes the whole width.
        var (x, row, width) = place switch { 0 => (0, 0, Width), 1 => (0, 1, Width / 2), 2 => (Width / 2, 1, Width / 2), _ => (0, place - 1, Width) };
        json.WriteString("panelIndex", id);
        json.WriteString("version", "7.3.0");
        json.WriteString("panelRefName", PanelName(place));
        json.WriteString("title", one.Title);
        json.Object("embeddableConfig", static _ => { });
        json.Object("gridData", g =>
        {
            g.WriteNumber("x", x);
            g.WriteNumber("y", row * Height);
            g.WriteNumber("w", width);
            g.WriteNumber("h", Height);
            g.WriteString("i", id);
        });
    }

    private static string PanelName(int place) => "panel_" + place.ToString(CultureInfo.InvariantCulture);

    private static void Title(Utf8JsonWriter json, Visualisation one)
    {
        json.WriteString("title", "Crowsnest: " + one.Title);
        json.WriteString("description", "");
        json.WriteNumber("version", 1);
    }

    private static void Source(Utf8JsonWriter json, string query, bool hasIndex) =>
        json.Object("kibanaSavedObjectMeta", meta => meta.WriteString("searchSourceJSON", Inner(source =>
        {
            source.Object("query", q =>
            {
                q.WriteString("query", query);
                q.WriteString("language", "lucene");
            });
            source.Objects("filter");
            if (hasIndex) source.WriteString("indexRefName", SearchSource);
        })));

    private static ReadOnlyMemory<byte> Object(string type, string id, string version, IReadOnlyList<(string Name, string Type, string Id)> references, Action<Utf8JsonWriter> attributes) => JsonBody.Of(json =>
    {
        json.WriteString("type", type);
        json.WriteString("id", id);
        json.Object("attributes", attributes);
        json.Objects("references", references.Select(one => (Action<Utf8JsonWriter>)(r =>
        {
            r.WriteString("name", one.Name);
            r.WriteString("type", one.Type);
            r.WriteString("id", one.Id);
        })));
        json.Object("migrationVersion", m => m.WriteString(type, version));
    });

    // Much of a saved object is JSON in a string; where that is an array, it is made as the one member of an object.
    private static string Inner(Action<Utf8JsonWriter> write, string? member = null)
    {
        var made = JsonBody.Of(write);
        return member is null ? Encoding.UTF8.GetString(made.Span) : JsonElement.Parse(made.Span).GetProperty(member).GetRawText();
    }
}
