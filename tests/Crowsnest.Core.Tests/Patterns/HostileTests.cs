using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>Patterns and events made to be slow, or to break something: bounds counted in steps, not in seconds.</summary>
public sealed class HostileTests(ITestOutputHelper output)
{
    [Fact]
    public void Or_alternatives_that_multiply_beyond_the_bound_are_refused_in_words()
    {
        var pattern = "{" + string.Join(',', Enumerable.Range(0, 11).Select(i => $$$"""
            "o{{{i}}}":{"$or":[{"a":[1]},{"b":[1]}]}
            """)) + "}";

        Assert.Null(EventPattern.Parse(pattern, out var mistakes));
        Assert.Equal($"its $or alternatives multiply out to more than {EventPattern.BranchesMax} branches; split the pattern into several rules", Assert.Single(mistakes).Message);
        Assert.NotNull(EventPattern.Parse(pattern.Replace(",\"o10\":{\"$or\":[{\"a\":[1]},{\"b\":[1]}]}", "", StringComparison.Ordinal), out _));
    }

    [Fact]
    public void Too_many_fields_or_too_much_text_is_refused()
    {
        var fields = string.Join(',', Enumerable.Range(0, EventPattern.FieldsMax + 1).Select(i => $"\"f{i}\":[1]"));

        Assert.Null(EventPattern.Parse("{" + fields + "}", out var mistakes));
        Assert.Contains("fields at most", Assert.Single(mistakes).Message, StringComparison.Ordinal);
        Assert.Null(EventPattern.Parse(new string(' ', EventPattern.TextBytesMax) + "{}", out mistakes));
        Assert.Contains("bytes at most", Assert.Single(mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_without_end_are_told_up_to_a_hundred()
    {
        Assert.Null(EventPattern.Parse("{\"a\":[" + string.Join(',', Enumerable.Repeat("{\"x\":1}", 5_000)) + "]}", out var mistakes));
        Assert.Equal(100, mistakes.Count);
    }

    // Arrays that do not lie within each other: the ways through them must add up, not multiply. The last field fails only for its element, after all others were chosen.
    [Fact]
    public void Independent_arrays_add_up()
    {
        var names = Enumerable.Range(0, 8).Select(i => $"f{i}").ToArray();
        var pattern = Some.Pattern("{\"a\":{" + string.Join(',', names.Select(n => $$$"""
            "{{{n}}}":{"x":["x"],"y":["y"]}
            """)) + ""","z":{"x":["x"],"y":["z"]}}}""");
        var elements = string.Join(',', Enumerable.Repeat("""{"x":"x","y":"y"}""", 40));
        var eventText = "{\"a\":[{" + string.Join(',', names.Select(n => $"\"{n}\":[{elements}]")) + ""","z":[{"x":"x"},{"y":"z"}]}]}""";

        Assert.InRange(Steps(pattern, eventText, matches: false), 1, 20_000);
    }

    [Fact]
    public void A_long_array_is_searched_in_proportion_to_its_length()
    {
        var pattern = Some.Pattern("""{"a":{"x":["x"],"y":["y"],"z":["z"]}}""");
        var elements = string.Join(',', Enumerable.Range(0, 20_000).Select(i => i == 0 ? """{"z":"z"}""" : """{"x":"x","y":"y"}"""));

        Assert.InRange(Steps(pattern, "{\"a\":[" + elements + "]}", matches: false), 1, 400_000);
        Assert.InRange(Steps(pattern, "{\"a\":[" + elements + ""","x",{"x":"x","y":"y","z":"z"}]}""", matches: true), 1, 400_000);
    }

    // One name many times in one object makes as many arrays of one path, which can be combined freely.
    [Fact]
    public void A_search_without_end_is_cut_short_and_says_so()
    {
        var fields = string.Join(',', "bcdefghijklmnop".Select(c => $"\"{c}\":[\"x\"]"));
        var pattern = Some.Pattern("{\"a\":{" + fields + ""","z":["x"],"y":["x"]}}""");
        var arrays = string.Join(',', Enumerable.Range(0, 30).Select(_ => "\"a\":[" + string.Join(',', Enumerable.Range(0, 15).Select(i => $"{{\"{(char)('b' + i)}\":\"x\"}}")) + ",{}]"));
        var matches = new PatternMatches();

        PatternMatcher.Compile([pattern]).Match(Encoding.UTF8.GetBytes("{" + arrays + ""","a":[{"y":"x"},{"z":"x"}]}"""), matches);

        Assert.Equal([], matches.Rules);
        Assert.True(matches.IsCutShort);
        Assert.InRange(matches.Memory.Search.Steps, ConsistencySearch.StepsMax, ConsistencySearch.StepsMax + 10_000);
        PatternMatcher.Compile([pattern]).Match("{}"u8, matches);
        Assert.False(matches.IsCutShort);
    }

    [Fact]
    public void Long_wildcards_agree_with_a_simple_matcher()
    {
        var random = Seeds.Random(output, out _);
        for (var i = 0; i < 2_000; i++)
        {
            var (wildcard, value) = (Text(random, random.Next(8), 1 + random.Next(90), '*'), Text(random, random.Next(8), 1 + random.Next(300), 'b'));
            while (wildcard.Contains("**", StringComparison.Ordinal)) wildcard = wildcard.Replace("**", "*", StringComparison.Ordinal);
            if (random.Next(2) == 0) value = wildcard.Replace("*", Text(random, 2, 5, 'b'), StringComparison.Ordinal);

            Assert.Equal(Simple(wildcard, value), Glob.Parse(wildcard, out _)!.Matches(Encoding.UTF8.GetBytes(value)));
        }
    }

    // Goal: whatever the bytes are, matching ends, within them, and without a word.
    // Method: events by chance, cut, and with bytes changed, each in memory of its exact length.
    [Fact]
    public void Bytes_that_are_no_JSON_do_no_harm()
    {
        var random = Seeds.Random(output, out _);
        var source = new RandomPatterns(random);
        var matcher = PatternMatcher.Compile([.. Enumerable.Range(0, 100).Select(_ => Some.Pattern(source.Pattern()))]);
        var matches = new PatternMatches();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(source.Event());
            for (var n = random.Next(4); n > 0; n--) bytes[random.Next(bytes.Length)] = "{}[]\",:\\ 0a\0\xff"u8[random.Next(13)];
            matcher.Match(bytes.AsSpan(0, random.Next(bytes.Length + 1)), matches);
        }

        foreach (var text in (string[])["", "{", "[", "\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":\"\\", "{\"a\\", new string('{', 100_000), "{\"a\":" + new string('[', 1_000_000), string.Concat(Enumerable.Repeat("{\"a\":", 100_000))])
            matcher.Match(Encoding.UTF8.GetBytes(text), matches);
    }

    // Goal: what is passed over ends where it ends, wherever in a block of 64 bytes its quotes, backslashes and brackets stand.
    // Method: containers by chance, of such bytes mostly, at every offset.
    [Fact]
    public void What_nobody_asks_for_is_passed_over_exactly()
    {
        var random = Seeds.Random(output, out _);
        var matcher = PatternMatcher.Compile([Some.Pattern("""{"a":["x"]}""")]);
        var matches = new PatternMatches();
        for (var i = 0; i < 5_000; i++)
        {
            var text = new StringBuilder("{\"").Append('p', random.Next(64)).Append("\":");
            AppendValue(text, random, 5);
            text.Append(",\"a\":\"x\"}");
            matcher.Match(Encoding.UTF8.GetBytes(text.ToString()), matches);
            Assert.True(matches.Rules.Length == 1, text.ToString());
        }
    }

    private static void AppendValue(StringBuilder text, Random random, int depth)
    {
        if (depth == 0 || random.Next(3) == 0)
        {
            text.Append('"');
            for (var n = random.Next(40); n > 0; n--) text.Append(random.Next(6) switch { 0 => "\\\\", 1 => "\\\"", 2 => "{", 3 => "]", 4 => "}", _ => "x" });
            text.Append('"');
            return;
        }

        var isObject = random.Next(2) == 0;
        text.Append(isObject ? '{' : '[');
        for (int n = random.Next(4), i = 0; i < n; i++)
        {
            if (i > 0) text.Append(',');
            if (isObject) text.Append("\"\\\"}\\\\\":");
            AppendValue(text, random, depth - 1);
        }

        text.Append(isObject ? '}' : ']');
    }

    private static long Steps(EventPattern pattern, string eventText, bool matches)
    {
        var answer = new PatternMatches();
        PatternMatcher.Compile([pattern]).Match(Encoding.UTF8.GetBytes(eventText), answer);
        Assert.Equal(matches, answer.Rules.Length == 1);
        Assert.False(answer.IsCutShort);
        return answer.Memory.Search.Steps;
    }

    private static string Text(Random random, int rareness, int length, char rare) => string.Concat(Enumerable.Range(0, random.Next(length)).Select(_ => random.Next(rareness + 2) == 0 ? rare : 'a'));

    private static bool Simple(string wildcard, string value)
    {
        var reached = new bool[value.Length + 1];
        reached[0] = true;
        foreach (var c in wildcard)
        {
            if (c == '*')
            {
                for (var i = 1; i <= value.Length; i++) reached[i] |= reached[i - 1];
                continue;
            }

            for (var i = value.Length; i > 0; i--) reached[i] = reached[i - 1] && value[i - 1] == c;
            reached[0] = false;
        }

        return reached[^1];
    }
}
