using System.Text.Json;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>Queries and templates use only words that OpenSearch 1 and Elasticsearch 7.8 both know: neither is here to say so itself.</summary>
public sealed class RequestWordsTests
{
    // https://www.elastic.co/guide/en/elasticsearch/reference/7.8/query-dsl.html ; what stands in a field's own object.
    private static readonly HashSet<string> Queries = ["bool", "match_all", "match_none", "term", "terms", "range", "prefix", "wildcard", "match_phrase", "exists"];
    private static readonly HashSet<string> Clauses = ["filter", "should", "must_not", "minimum_should_match"];
    private static readonly HashSet<string> OfFields = ["value", "gte", "gt", "lte", "lt", "format"];

    // https://www.elastic.co/guide/en/elasticsearch/reference/7.8/index-templates.html and its mapping parameters and types.
    private static readonly HashSet<string> OfTemplates =
    [
        "index_patterns", "priority", "_meta", "template", "settings", "mappings", "number_of_shards", "auto_expand_replicas", "codec", "refresh_interval", "analysis", "tokenizer", "analyzer", "max_token_length",
        "dynamic", "date_detection", "properties", "type", "format", "ignore_above", "norms", "doc_values", "index", "position_increment_gap", "enabled",
    ];

    private static readonly HashSet<string> Types = ["keyword", "text", "long", "integer", "double", "date", "boolean", "object", "whitespace", "custom"];

    [Fact]
    public void Every_query_is_made_of_words_that_all_of_them_know()
    {
        var queries = new RandomQueries(20261129, new RandomEvents(1).Take(100));
        for (var i = 0; i < 2_000; i++) Query(JsonElement.Parse(JsonBody.Of(json => QueryDsl.Write(json, queries.Next(), Some.Noon, Some.Noon.AddDays(1))).Span).GetProperty("query"));
    }

    [Fact]
    public void Every_template_is_made_of_words_that_all_of_them_know()
    {
        var templates = StoreTemplates.All(new OpenSearchOptions { Url = new Uri("http://127.0.0.1:9200") }, new IndexNames("crowsnest"));
        Assert.Equal(11, templates.Count);
        foreach (var template in templates) Template(JsonElement.Parse(template.Body.Span), isNames: false);
    }

    private static void Query(JsonElement query)
    {
        var (word, body) = Assert.Single(query.EnumerateObject().Select(one => (one.Name, one.Value)));
        Assert.Contains(word, Queries);
        if (word != "bool")
        {
            foreach (var field in body.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Object))
                Assert.All(field.Value.EnumerateObject(), parameter => Assert.Contains(parameter.Name, OfFields));
            return;
        }

        foreach (var clause in body.EnumerateObject())
        {
            Assert.Contains(clause.Name, Clauses);
            if (clause.Value.ValueKind == JsonValueKind.Object) Query(clause.Value);
            else if (clause.Value.ValueKind == JsonValueKind.Array) foreach (var inner in clause.Value.EnumerateArray()) Query(inner);
        }
    }

    // Below some words stand names of ours, and below those again words.
    private static void Template(JsonElement level, bool isNames)
    {
        foreach (var one in level.EnumerateObject())
        {
            if (!isNames) Assert.Contains(one.Name, OfTemplates);
            if (!isNames && one.Name == "type") Assert.Contains(one.Value.GetString()!, Types);
            if (one.Value.ValueKind == JsonValueKind.Object) Template(one.Value, isNames: !isNames && one.Name is "properties" or "tokenizer" or "analyzer" or "_meta");
        }
    }
}
