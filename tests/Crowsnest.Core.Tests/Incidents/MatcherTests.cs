using System.Collections.Immutable;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Incidents;

public class MatcherTests
{
    private static readonly ImmutableSortedDictionary<string, string> Labels =
        ImmutableSortedDictionary<string, string>.Empty.Add("team", "payments").Add("severity", "critical").Add("text", "say \"hi\"\n");

    [Theory]
    [InlineData("team=payments", true)]
    [InlineData(" team = \"payments\" ", true)]
    [InlineData("team!=payments", false)]
    [InlineData("severity=~error|critical", true)]
    [InlineData("severity=~crit", false)]
    [InlineData("severity !~ \"warn.*\"", true)]
    [InlineData("missing=\"\"", true)]
    [InlineData("missing!=x", true)]
    [InlineData("missing=~.+", false)]
    [InlineData("{team=\"payments\", severity=~\"c.*\"}", true)]
    [InlineData("{team=\"payments\",severity=error,}", false)]
    [InlineData("text=\"say \\\"hi\\\"\\n\"", true)]
    [InlineData("\"team\"=\"payments\"", true)]
    public void A_matcher_is_read_as_Alertmanager_reads_it(string text, bool holds) =>
        Assert.Equal(holds, MatcherText.Parse(text).All(matcher => matcher.Holds(Labels)));

    [Theory]
    [InlineData("", "no matcher")]
    [InlineData("team", "expected =")]
    [InlineData("=x", "name is missing")]
    [InlineData("team=\"x", "closing quote")]
    [InlineData("{team=x", "closing }")]
    [InlineData("team=\"x\" severity=y", "comma")]
    [InlineData("team=~\"(\"", "not a regular expression")]
    [InlineData("team=~\"(?=x)\"", "look-around")]
    public void What_is_no_matcher_is_refused_with_words(string text, string words) =>
        Assert.Contains(words, Assert.Throws<MatcherException>(() => MatcherText.Parse(text)).Message, StringComparison.Ordinal);

    // Goal: what is written is read as the same. Method: names and values drawn from signs that matter.
    [Fact]
    public void What_it_prints_reads_as_the_same()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out _);
        const string Signs = "ab\"\\\n{},=~! é";
        for (var i = 0; i < 2_000; i++)
        {
            var value = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => Signs[random.Next(Signs.Length)]));
            var matcher = LabelMatcher.Of("team", random.Next(2) == 0 ? MatcherKind.Equal : MatcherKind.NotEqual, value);
            Assert.Equal(matcher, Assert.Single(MatcherText.Parse(matcher.ToString())));
        }
    }

    // prometheus/alertmanager, dispatch/route_test.go: the tree of its own test, and what each set of labels meets there.
    [Theory]
    [InlineData("owner=team-A", "notify-A")]
    [InlineData("owner=team-A env=unset", "notify-A")]
    [InlineData("owner=team-C", "notify-def")]
    [InlineData("owner=team-A env=testing", "notify-testing")]
    [InlineData("owner=team-A env=production", "notify-productionA notify-productionB")]
    [InlineData("owner=team-B", "notify-BC")]
    [InlineData("group_by=role", "notify-def")]
    [InlineData("env=testing group_by=role", "notify-def")]
    public void A_tree_is_walked_as_Alertmanager_walks_it(string labels, string receivers)
    {
        var tree = new Route
        {
            Receiver = "notify-def",
            Routes =
            [
                Branch("notify-A", "owner=team-A",
                    Branch("notify-testing", "env=testing"), Branch("notify-productionA", "env=production") with { Continue = true }, Branch("notify-productionB", "env=production")),
                Branch("notify-BC", "owner=~team-(B|D)"),
            ],
        };
        var set = labels.Split(' ').Select(pair => pair.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var found = tree.Of(set).ToList();
        Assert.Equal(receivers, string.Join(' ', found.Select(one => one.Route.Receiver)));
        Assert.All(found, one => Assert.Same(one.Route, tree.At(one.Path)));

        static Route Branch(string receiver, string matcher, params Route[] routes) => new() { Receiver = receiver, Matchers = MatcherText.Parse(matcher), Routes = [.. routes] };
    }
}
