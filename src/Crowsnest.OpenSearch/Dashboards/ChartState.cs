using System.Text.Json;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Dashboards;

/// <summary>A chart's <c>visState</c>: what it asks the server for, and how bars look.</summary>
internal static class ChartState
{
    private const string CategoryAxis = "CategoryAxis-1", ValueAxis = "ValueAxis-1";

    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json, Visualisation.Chart chart)
    {
        json.WriteString("title", chart.Title);
        json.WriteString("type", chart.By is null ? "histogram" : "horizontal_bar");
        json.Objects("aggs",
            a => Aggregation(a, "1", "cardinality", "metric", p =>
            {
                p.WriteString("field", chart.Counted);
                p.WriteString("customLabel", chart.Unit);
            }),
            a => Aggregation(a, "2", chart.By is null ? "date_histogram" : "terms", "segment", p =>
            {
                if (chart.By is { } column)
                {
                    Terms(p, column, 20);
                    return;
                }

                p.WriteString("field", EventFieldNames.Time);
                p.WriteString("interval", "auto");
                p.WriteBoolean("drop_partials", false);
                p.WriteNumber("min_doc_count", 1);
                p.Object("extended_bounds", static _ => { });
            }),
            a => Aggregation(a, "3", "terms", "group", p => Terms(p, chart.Split, 10)));
        json.Object("params", p => Look(p, chart));
    }

    private static void Aggregation(Utf8JsonWriter json, string id, string type, string schema, Action<Utf8JsonWriter> parameters)
    {
        json.WriteString("id", id);
        json.WriteBoolean("enabled", true);
        json.WriteString("type", type);
        json.WriteString("schema", schema);
        json.Object("params", parameters);
    }

    private static void Terms(Utf8JsonWriter json, string column, int size)
    {
        json.WriteString("field", column);
        json.WriteString("orderBy", "1");
        json.WriteString("order", "desc");
        json.WriteNumber("size", size);
        json.WriteBoolean("otherBucket", false);
        json.WriteString("otherBucketLabel", "Other");
        // A task that no service started fails too.
        json.WriteBoolean("missingBucket", true);
        json.WriteString("missingBucketLabel", "(none)");
    }

    private static void Look(Utf8JsonWriter json, Visualisation.Chart chart)
    {
        json.WriteString("type", "histogram");
        json.Object("grid", g => g.WriteBoolean("categoryLines", false));
        json.Objects("categoryAxes", a => Axis(a, CategoryAxis, "category", chart.By is null ? "bottom" : "left", static t => { }));
        json.Objects("valueAxes", a =>
        {
            Axis(a, ValueAxis, "value", chart.By is null ? "left" : "bottom", t => t.WriteString("text", chart.Unit));
            a.WriteString("name", chart.By is null ? "LeftAxis-1" : "BottomAxis-1");
        });
        json.Objects("seriesParams", s =>
        {
            s.WriteBoolean("show", true);
            s.WriteString("type", "histogram");
            s.WriteString("mode", "stacked");
            s.WriteString("valueAxis", ValueAxis);
            s.Object("data", d =>
            {
                d.WriteString("id", "1");
                d.WriteString("label", chart.Unit);
            });
        });
        json.WriteBoolean("addTooltip", true);
        json.WriteBoolean("addLegend", true);
        json.WriteString("legendPosition", "right");
        json.WriteBoolean("addTimeMarker", false);
        json.Objects("times");
    }

    private static void Axis(Utf8JsonWriter json, string id, string type, string position, Action<Utf8JsonWriter> title)
    {
        json.WriteString("id", id);
        json.WriteString("type", type);
        json.WriteString("position", position);
        json.WriteBoolean("show", true);
        json.Object("style", static _ => { });
        json.Object("scale", s =>
        {
            s.WriteString("type", "linear");
            if (type == "value") s.WriteString("mode", "normal");
        });
        json.Object("labels", l =>
        {
            l.WriteBoolean("show", true);
            l.WriteBoolean("filter", type == "category");
            l.WriteNumber("truncate", 100);
        });
        json.Object("title", title);
    }
}
