using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>The compiled matcher beside the naive one, over rules and events by chance.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    // Goal: the compiled matcher says what the language means, and no rule's verdict depends on the others.
    // Method: sets of rules against events, each verdict compared with the naive matcher's of that rule alone; then the same rules in another order, and each one by itself.
    [Fact]
    public void Compiled_and_naive_agree_whatever_the_rules_and_their_order()
    {
        var random = Seeds.Random(output, out _);
        var source = new RandomPatterns(random);
        var matches = new PatternMatches();
        var positive = 0;
        for (var round = 0; round < 60; round++)
        {
            var texts = Enumerable.Range(0, 120).Select(_ => source.Pattern()).ToArray();
            var patterns = texts.Select(Some.Pattern).ToArray();
            var order = Enumerable.Range(0, patterns.Length).ToArray();
            random.Shuffle(order);
            var matcher = PatternMatcher.Compile(patterns);
            var shuffled = PatternMatcher.Compile([.. order.Select(i => patterns[i])]);
            var alone = patterns.Select(p => PatternMatcher.Compile([p])).ToArray();
            for (var n = 0; n < 60; n++)
            {
                var text = source.Event();
                var bytes = Encoding.UTF8.GetBytes(text);
                var expected = Enumerable.Range(0, patterns.Length).Where(i => NaiveMatcher.Matches(patterns[i], text)).ToArray();
                positive += expected.Length;

                matcher.Match(bytes, matches);
                var actual = matches.Rules.ToArray();
                Assert.True(expected.SequenceEqual(actual), $"{text}: {string.Join(' ', expected.Except(actual).Concat(actual.Except(expected)).Select(i => texts[i]))}");
                shuffled.Match(bytes, matches);
                Assert.Equal(expected, matches.Rules.ToArray().Select(i => order[i]).Order());
                if (n % 10 != 0) continue;
                Assert.Equal(expected, alone.Index().Where(m =>
                {
                    m.Item.Match(bytes, matches);
                    return matches.Rules.Length > 0;
                }).Select(m => m.Index));
            }
        }

        Assert.True(positive > 10_000, $"only {positive} matches: the test compares too little");
    }
}
