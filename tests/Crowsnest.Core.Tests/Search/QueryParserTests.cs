using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Core.Tests.Search;

public class QueryParserTests
{
    [Theory]
    [InlineData("", "*")]
    [InlineData("*", "*")]
    [InlineData("*:*", "*")]
    [InlineData("NOT *:*", "NOT *")]
    [InlineData("/ecs/app", "\"ecs app\"")]
    [InlineData("image:\\/a\\/", "image:\"/a/\"")]
    [InlineData("containers[0]", "\"containers 0\"")]
    [InlineData("kind:ImagePull AND cluster:prod", "kind:imagepull AND cluster:prod")]
    [InlineData("a b OR NOT c", "(a AND b) OR NOT c")]
    [InlineData("a || b && !c -d +e", "a OR (b AND NOT c AND NOT d AND e)")]
    [InlineData("kind:(A OR B) x", "(kind:a OR kind:b) AND x")]
    [InlineData("exitCode:1 AND stoppedReason:\"Essential container in task exited\"", "exitCode:1 AND stoppedReason:\"essential container in task exited\"")]
    [InlineData("exitCode:>128", "exitCode:{128 TO *]")]
    [InlineData("exitCode:<=128", "exitCode:[* TO 128]")]
    [InlineData("detail.containers.exitCode:[1 TO 5}", "exitCode:[1 TO 5}")]
    [InlineData("exitCode:1.0", "exitCode:1")]
    [InlineData("time:[now-1h TO now]", "time:[2026-03-02T11:00:00.000Z TO 2026-03-02T12:00:00.000Z]")]
    [InlineData("time:now/d", "time:[2026-03-02T00:00:00.000Z TO 2026-03-03T00:00:00.000Z}")]
    [InlineData("time:>2026-03", "time:[2026-04-01T00:00:00.000Z TO *]")]
    [InlineData("time:<=2026-03-02||+1d", "time:[* TO 2026-03-03T00:00:00.000Z]")]
    [InlineData("image:Repo/We*", "image:repo\\/we*")]
    [InlineData("image:*web?1", "image:*web?1")]
    [InlineData("image:a\\*b", "image:\"a*b\"")]
    [InlineData("stoppedReason:Pull*", "stoppedReason:pull*")]
    [InlineData("CannotPull-Err*", "cannotpull AND err*")]
    [InlineData("i-0abc", "\"i 0abc\"")]
    [InlineData("group:service:web", "group:service:web")]
    [InlineData("task:arn:aws:ecs:eu-west-1:1:task/prod/ABC", "task:abc")]
    [InlineData("_exists_:stopCode", "_exists_:stopCode")]
    [InlineData("stopCode:*", "_exists_:stopCode")]
    [InlineData("detail.foo.bar:X", "detail.foo.bar:x")]
    [InlineData("detail-type:\"ECS Task State Change\"", "detailType:\"ecs task state change\"")]
    [InlineData("tag.team:Pay", "tag.team:pay")]
    [InlineData("東京 Straße", "東京 AND straße", true)]
    public void A_query_is_read_as(string text, string expected, bool quoted = false)
    {
        var parsed = QueryParser.Parse(text, Some.Noon);

        Assert.Empty(parsed.Errors);
        var printed = QueryPrinter.Print(parsed.Query!);
        Assert.Equal(expected, quoted ? printed.Replace("\"", "", StringComparison.Ordinal) : printed);
    }

    [Theory]
    [InlineData("a AND", 6, "missing")]
    [InlineData("(a", 1, "never closed")]
    [InlineData("a)", 2, "without its '('")]
    [InlineData("\"a", 1, "never closed")]
    [InlineData("a OR OR b", 6, "OR needs")]
    [InlineData("x kin:y", 3, "no field 'kin'")]
    [InlineData("exitCode:abc", 10, "is a number")]
    [InlineData("time:yesterday", 6, "is a time")]
    [InlineData("detail.foo.bar:[1 TO 2]", 16, "detail.foo.bar")]
    [InlineData("cluster:>a", 9, "ranges exist")]
    [InlineData("exitCode:[1 5]", 13, "TO")]
    [InlineData("exitCode:", 10, "value is missing")]
    [InlineData("foo~2", 1, "Near matches")]
    [InlineData("agentConnected:maybe", 16, "true or false")]
    [InlineData("agentConnected:>true", 16, "agentConnected:true")]
    [InlineData("a /reg.x/ b", 3, "Regular expressions")]
    [InlineData("image:/we b/", 7, "Regular expressions")]
    [InlineData("a ]", 3, "without its '['")]
    [InlineData("exitCode:1]", 11, "without its '['")]
    [InlineData("a}", 2, "without its '{'")]
    [InlineData("*:x", 1, "no field '*'")]
    public void A_mistake_is_pointed_at(string text, int column, string words)
    {
        var parsed = QueryParser.Parse(text, Some.Noon);

        Assert.Null(parsed.Query);
        Assert.Equal(column, parsed.Errors[0].Column);
        Assert.Contains(words, parsed.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outcome:failure and kind:x", "column 17: 'and' is searched for as a word; the operator is written AND.")]
    [InlineData("a or b", "column 3: 'or' is searched for as a word; the operator is written OR.")]
    [InlineData("not kind:x", "column 1: 'not' is searched for as a word; the operator is written NOT.")]
    [InlineData("a AND b")]
    [InlineData("and")]
    [InlineData("black and")]
    [InlineData("(a and) b")]
    [InlineData("a \"and\" b")]
    [InlineData("kind:and x")]
    public void A_lower_case_operator_between_clauses_gets_a_hint(string text, params string[] hints)
    {
        var parsed = QueryParser.Parse(text, Some.Noon);

        Assert.NotNull(parsed.Query);
        Assert.Equal(hints, parsed.Hints);
    }

    [Fact]
    public void A_mistyped_field_gets_the_nearest_name()
    {
        var parsed = QueryParser.Parse("stopedReason:x clusted:y", Some.Noon);

        Assert.Equal(["Did you mean 'stoppedReason'?", "Did you mean 'cluster'?"], parsed.Errors.Select(error => error.Suggestion));
    }

    [Fact]
    public void Length_nesting_and_clauses_are_bounded()
    {
        Assert.Single(QueryParser.Parse(new string('a', QueryParser.LengthMax + 1), Some.Noon).Errors);
        Assert.Contains("nested", QueryParser.Parse(new string('(', 4000), Some.Noon).Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("nested", QueryParser.Parse(new string('-', 4000) + "a", Some.Noon).Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("clauses", QueryParser.Parse(string.Join(' ', Enumerable.Repeat("a", 600)), Some.Noon).Errors[0].Message, StringComparison.Ordinal);
    }

    // Goal: no text makes it throw or answer both a tree and errors. Method: random strings of what means something.
    [Fact]
    public void Any_text_is_read_or_refused()
    {
        string[] pieces = ["kind", ":", "\"", "(", ")", "[", "]", "{", "}", " TO ", " AND ", " OR ", "NOT ", "-", "+", "!", "*", "?", "\\", " ", "now", "/d", "||", "1", ">", "=", "time:", "exitCode:", "a.b:", "é", "\ud83d", "_exists_:", "~", "^", "/", "and "];
        var random = new Random(7);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var parsed = QueryParser.Parse(text, Some.Noon);
            Assert.True(parsed.Query is null == parsed.Errors.Count > 0, text);
            Assert.All(parsed.Errors, error => Assert.InRange(error.Column, 1, text.Length + 1));
            if (parsed.Query is not null) read++;
        }

        Assert.True(read > 1000);
    }

    // Goal: what is printed reads back as the same tree.
    [Fact]
    public void A_printed_tree_reads_back_equal()
    {
        var queries = new RandomQueries(11, new RandomEvents(11).Take(200));
        for (var i = 0; i < 2000; i++)
        {
            var query = queries.Next();
            var text = QueryPrinter.Print(query);
            var parsed = QueryParser.Parse(text, Some.Noon);
            Assert.True(parsed.Query is not null, $"{text}\n{string.Join('\n', parsed.Errors)}");
            Assert.True(Same(query, parsed.Query), $"{text}\n{QueryPrinter.Print(parsed.Query)}");
        }
    }

    private static bool Same(SearchQuery left, SearchQuery right) => (left, right) switch
    {
        (SearchQuery.And a, SearchQuery.And b) => a.Clauses.Count == b.Clauses.Count && a.Clauses.Zip(b.Clauses).All(pair => Same(pair.First, pair.Second)),
        (SearchQuery.Or a, SearchQuery.Or b) => a.Clauses.Count == b.Clauses.Count && a.Clauses.Zip(b.Clauses).All(pair => Same(pair.First, pair.Second)),
        (SearchQuery.Not a, SearchQuery.Not b) => Same(a.Clause, b.Clause),
        (SearchQuery.Match a, SearchQuery.Match b) => a.Field == b.Field && a.Value.Text == b.Value.Text && a.Value.Number.Equals(b.Value.Number)
            && a.Value.Tokens.SequenceEqual(b.Value.Tokens),
        _ => left.Equals(right),
    };
}
