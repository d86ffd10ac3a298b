using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

public sealed class PatternMatcherTests
{
    [Theory]
    [InlineData("""{"a":["x"]}""", """{"\u0061":"\u0078"}""", true)]
    [InlineData("""{"\u0061":["\u0078"]}""", """{"a":"x"}""", true)]
    [InlineData("""{"a":[{"suffix":"\\"}]}""", """{"a":"C:\\"}""", true)]
    [InlineData("""{"a":[{"wildcard":"C:\\\\*\\*"}]}""", """{"a":"C:\\x*"}""", true)]
    [InlineData("""{"a":["\ud83d\ude00"]}""", """{"a":"😀"}""", true)]
    [InlineData("""{"a":["😀"]}""", """{"a":"\uD83D\uDE00"}""", true)]
    [InlineData("""{"a":["?"]}""", """{"a":"\ud83d"}""", true)]
    [InlineData("""{"a":[{"prefix":"é"}]}""", """{"a":"e\u0301"}""", false)]
    [InlineData("""{"a":[{"wildcard":"日*語"}]}""", """{"a":"日本語"}""", true)]
    [InlineData("""{"a":[{"equals-ignore-case":"straße"}]}""", """{"a":"STRASSE"}""", true)]
    [InlineData("""{"a":[{"equals-ignore-case":"strasse"}]}""", """{"a":"straße"}""", false)]
    [InlineData("""{"a":[{"suffix":{"equals-ignore-case":"ÉtÉ"}}]}""", """{"a":"un éTé"}""", true)]
    [InlineData("""{"a":[{"prefix":{"equals-ignore-case":"K"}}]}""", """{"a":"kelvin"}""", true)]
    [InlineData("""{"a":["x"]}""", """{"b":"}\"{[\\","a":"x"}""", true)]
    [InlineData("""{"a":["x"]}""", """{"b":{"c":"\\\\\"}]","d":["]}","{["]},"a":"x"}""", true)]
    [InlineData("""{"a":{"b":["x"]}}""", """{"a.b":"x"}""", true)]
    [InlineData("""{"a.b":{"c":["x"]}}""", """{"a":{"b.c":"x"}}""", true)]
    [InlineData("""{"a":{"":["x"]}}""", """{"a.":"x"}""", true)]
    [InlineData("""{"":["x"]}""", """{"":"x"}""", true)]
    [InlineData("""{"a":["x"]}""", " \n{ \"a\" : [ 1 , \"x\" ] }\n", true)]
    [InlineData("""{"a":[{"numeric":["=",4.9e-324]}]}""", """{"a":4.9E-324}""", true)]
    [InlineData("""{"a":[{"numeric":["<",0.1]}]}""", """{"a":0.1000}""", false)]
    [InlineData("""{"a":[-0.0]}""", """{"a":0}""", true)]
    [InlineData("""{"a":[123456789012345678]}""", """{"a":123456789012345678}""", true)]
    [InlineData("""{"a":[{"numeric":[">",0]}]}""", """{"a":123456789012345678}""", false)]
    [InlineData("""{"a":["::1"]}""", """{"a":"0:0:0:0:0:0:0:1"}""", true)]
    [InlineData("""{"a":["10.0.0.1"]}""", """{"a":"::ffff:10.0.0.1"}""", false)]
    [InlineData("""{"a":[{"cidr":"10.0.0.0/8"}]}""", """{"a":"10.255.255.255"}""", true)]
    [InlineData("""{"a":{"x":["x"],"y":["y"]}}""", """{"a":[{"x":"x"},{"y":"y"}],"a.x":"q","a.y":"q"}""", false)]
    [InlineData("""{"a":{"x":["x"],"y":["y"]}}""", """{"a":[{"x":"x"},{"y":"q"}],"a.x":"q","a.y":"y"}""", true)]
    [InlineData("""{"$or":["x"]}""", """{"$or":"x"}""", true)]
    [InlineData("""{"$or":[{"a":["x"]},{"b":["y"]}],"a":["z"]}""", """{"a":"z"}""", true)]
    public void Corners(string pattern, string eventText, bool matches)
    {
        Assert.Equal(matches, Matches(eventText, pattern));
        Assert.Equal(matches, NaiveMatcher.Matches(Some.Pattern(pattern), eventText));
    }

    // event-ruler 2.0.1 loses this match when the wildcard rule was added first.
    [Fact]
    public void A_rule_is_answered_so_whatever_stands_beside_it()
    {
        string[] rules = ["""{"a":[{"wildcard":"*o"}]}""", """{"a":[{"anything-but":{"equals-ignore-case":["FOO","BAR"]}}]}""", """{"a":[{"cidr":"0.0.0.0/0"}]}""", """{"a":[{"numeric":[">",0]}]}"""];

        Assert.Equal([1], Rules("""{"a":"barfoo2"}""", rules));
        Assert.Equal([0, 1], Rules("""{"a":"barfoo"}""", rules));
        Assert.Equal([0, 1], Rules("""{"a":"barfoo"}""", rules[..2]));
        Assert.Equal(Rules("""{"a":5}""", rules), Enumerable.Range(0, 4).Where(i => Matches("""{"a":5}""", rules[i])));
    }

    [Fact]
    public void What_is_known_beside_the_event_stands_for_its_member()
    {
        var matcher = PatternMatcher.Compile([Some.Pattern("""{"source":["aws.ecs"],"crowsnest":{"severity":["error"],"tags":{"name":["team"],"value":["pay\"ments"]}}}"""), Some.Pattern("""{"crowsnest":{"severity":[{"exists":false}]}}""")]);
        var matches = new PatternMatches();

        matcher.Match("""{"source":"aws.ecs"}"""u8, """{"severity":"error","tags":[{"name":"stage","value":"pay\"ments"},{"name":"team","value":"pay\"ments"}]}"""u8, matches);
        Assert.Equal([0], matches.Rules);
        matcher.Match("""{"source":"aws.ecs"}"""u8, """{"severity":"error","tags":[{"name":"stage","value":"pay\"ments"},{"name":"team","value":"x"}]}"""u8, matches);
        Assert.Equal([], matches.Rules);

        // An event cannot say it of itself, in whatever spelling.
        foreach (var forged in (string[])["""{"crowsnest":{"severity":"x"}}""", """{"crowsnest.severity":"x"}""", """{"\u0063rowsnest":{"severity":"x"}}""", """{"\u0063rowsnest.severity":"x"}"""])
        {
            matcher.Match(Encoding.UTF8.GetBytes(forged), "{}"u8, matches);
            Assert.Equal([1], matches.Rules);
            matcher.Match(Encoding.UTF8.GetBytes(forged), matches);
            Assert.Equal([], matches.Rules);
        }
    }

    [Fact]
    public void Memory_serves_one_matcher_after_another()
    {
        var (one, two, matches) = (PatternMatcher.Compile([Some.Pattern("""{"a":["x"]}""")]), PatternMatcher.Compile([Some.Pattern("""{"b":["x"]}"""), Some.Pattern("""{"a":["x"]}""")]), new PatternMatches());

        for (var i = 0; i < 3; i++)
        {
            one.Match("""{"a":"x"}"""u8, matches);
            Assert.Equal([0], matches.Rules);
            two.Match("""{"a":"x"}"""u8, matches);
            Assert.Equal([1], matches.Rules);
        }
    }

    [Fact]
    public void No_rules_match_nothing()
    {
        var matches = new PatternMatches();

        PatternMatcher.Compile([]).Match("""{"a":"x"}"""u8, """{"a":"x"}"""u8, matches);

        Assert.Equal([], matches.Rules);
    }

    // Goal: threads do not disturb each other.
    // Method: one matcher, many threads with memory of their own, each with the same events in another order.
    [Fact]
    public void Threads_share_a_matcher()
    {
        var source = new RandomPatterns(new Random(7));
        var matcher = PatternMatcher.Compile([.. Enumerable.Range(0, 200).Select(_ => Some.Pattern(source.Pattern()))]);
        var events = Enumerable.Range(0, 500).Select(_ => Encoding.UTF8.GetBytes(source.Event())).ToArray();
        var expected = events.Select(e => Rules(matcher, e)).ToArray();

        Parallel.For(0, 8, thread =>
        {
            var matches = new PatternMatches();
            for (var i = 0; i < events.Length; i++)
            {
                var n = (i + (thread * 61)) % events.Length;
                matcher.Match(events[n], matches);
                Assert.Equal(expected[n], matches.Rules);
            }
        });
    }

    // What an event has in it, long or short, nested or with escapes: nothing is allocated once the memory has grown.
    [Fact]
    public void Matching_allocates_nothing()
    {
        var source = new RandomPatterns(new Random(11));
        var matcher = PatternMatcher.Compile([.. Enumerable.Range(0, 300).Select(_ => Some.Pattern(source.Pattern()))]);
        var events = Enumerable.Range(0, 300).Select(_ => Encoding.UTF8.GetBytes(source.Event())).ToArray();
        var matches = new PatternMatches();
        Pass();
        Pass();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass()
        {
            foreach (var one in events) matcher.Match(one, """{"kind":"OutOfMemory","severity":"err\u006fr"}"""u8, matches);
        }
    }

    private static bool Matches(string eventText, string pattern) => Rules(eventText, pattern).Length > 0;

    private static int[] Rules(string eventText, params string[] patterns) => Rules(PatternMatcher.Compile([.. patterns.Select(Some.Pattern)]), Encoding.UTF8.GetBytes(eventText));

    private static int[] Rules(PatternMatcher matcher, byte[] eventUtf8)
    {
        var matches = new PatternMatches();
        matcher.Match(eventUtf8, matches);
        return matches.Rules.ToArray();
    }
}
