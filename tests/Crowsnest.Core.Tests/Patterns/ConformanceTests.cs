using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>Our verdicts beside EventBridge's own, as recorded from its open-source matcher.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_row_is_answered_as_EventBridge_does()
    {
        var (matches, rows) = (new PatternMatches(), Corpus.Open());
        var wrong = rows.Where(r => Alone(r, matches) != r.Matches).ToList();

        foreach (var r in wrong.Take(40)) output.WriteLine($"{r.Id} {r.Pattern} {r.Event} {r.Matches} {string.Join(',', r.Quirks)}");
        var plain = rows.Count(r => r.Quirks.Count == 0);
        output.WriteLine($"{rows.Count - wrong.Count} of {rows.Count} rows; without the tagged ones {plain - wrong.Count(r => r.Quirks.Count == 0)} of {plain}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_naive_matcher_says_the_same() => Assert.All(Corpus.Open(), r => Assert.Equal(r.Matches, NaiveMatcher.Matches(Some.Pattern(r.Pattern), r.Event)));

    // Goal: no rule of the corpus is answered differently for the company of the others.
    // Method: all distinct patterns in one matcher, each event against all, and each row's own rule looked up in the answer.
    [Fact]
    public void Every_row_is_answered_so_among_all_other_rules()
    {
        var rows = Corpus.Open();
        var patterns = rows.Select(r => r.Pattern).Distinct().ToList();
        var numbers = patterns.Index().ToDictionary(p => p.Item, p => p.Index);
        var matcher = PatternMatcher.Compile([.. patterns.Select(Some.Pattern)]);
        var matches = new PatternMatches();
        var wrong = rows.Where(r =>
        {
            matcher.Match(Encoding.UTF8.GetBytes(r.Event), matches);
            return matches.Rules.Contains(numbers[r.Pattern]) != r.Matches;
        });

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_invalid_pattern_is_refused_with_its_place()
    {
        var rows = Corpus.Invalid();

        Assert.Equal([], rows.Where(r => EventPattern.Parse(r.Pattern, out _) is not null));
        Assert.All(rows, r =>
        {
            EventPattern.Parse(r.Pattern, out var mistakes);
            Assert.All(mistakes, m => Assert.True(m.Line >= 1 && m.Column >= 1 && m.Message.Length > 0));
        });
    }

    [Theory]
    [InlineData("{\"a\":[{\"exists\":true},]}", "line 1, column 23: not JSON: ']' cannot stand here")]
    [InlineData("{\n \"é\": [Infinity]}", "line 2, column 8: not JSON: 'I' cannot stand here")]
    [InlineData("{\"a\":[\"x\"]", "line 1, column 11: not JSON: the text ends before the pattern does")]
    [InlineData("\uFEFF{}", "line 1, column 1: not JSON: '\uFEFF' cannot stand here")]
    [InlineData("", "line 1, column 1: a pattern is a JSON object: write {\"source\": [\"aws.ecs\"]} or the like")]
    public void What_is_no_JSON_is_said_in_our_words(string pattern, string mistake)
    {
        Assert.Null(EventPattern.Parse(pattern, out var mistakes));
        Assert.Equal(mistake, Assert.Single(mistakes).ToString());
    }

    private static bool Alone(Corpus.Row row, PatternMatches matches)
    {
        PatternMatcher.Compile([Some.Pattern(row.Pattern)]).Match(Encoding.UTF8.GetBytes(row.Event), matches);
        return matches.Rules.Length == 1;
    }
}
