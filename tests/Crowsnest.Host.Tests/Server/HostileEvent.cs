using System.Text;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Valid events that a reader may stumble over: spread over lines, whole events on lines inside, wrappers' names, odd white space and text.</summary>
internal static class HostileEvent
{
    private static readonly string[] Spaces = ["", "", " ", "\n", "\r\n", "\n\n", "\n  ", "\t\n", "\n\t"];

    private static readonly string[] Texts =
        ["\"\"", "\"a\"", "\"\\n{\\\"detail-type\\\":\\\"x\\\"}\"", "\"=1+1\"", "\"\\u0000\\ud800\"", "\"\u202e\u0085\u2028\"", "\"2026-01-01T00:00:00Z {\"", "\"]}\"", "\"***\"", "\"\U0001f600é\""];

    private static readonly string[] Names =
        ["\"detail\"", "\"Records\"", "\"Message\"", "\"body\"", "\"logEvents\"", "\"data\"", "\"time\"", "\"overrides\"", "\"environment\"", "\"value\"", "\"a.b\"", "\"\\u0069d\"", "\"\""];

    private static int _drawn;

    /// <summary>One, with an id of its own.</summary>
    public static string Draw(Random random)
    {
        var members = new List<string>
        {
            $"\"id\":{Space(random)}\"h{Interlocked.Increment(ref _drawn)}\"", $"\"detail-type\"{Space(random)}:{(random.Next(2) == 0 ? "\"ECS Task State Change\"" : "\"x\\ny\"")}",
            "\"source\":\"aws.ecs\"", $"\"detail\"{Space(random)}:{Value(random, 0)}",
        };
        if (random.Next(4) > 0) members.Add($"\"time\":\"2026-03-0{random.Next(1, 9)}T08:00:0{random.Next(10)}Z\"");
        if (random.Next(4) == 0) members.Add($"\"version\":{Value(random, 3)}");
        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        return "{" + Space(random) + string.Join(Space(random) + "," + Space(random), shuffled) + Space(random) + "}";
    }

    private static string Value(Random random, int depth) => Space(random) + random.Next(depth > 3 ? 3 : 7) switch
    {
        0 => Texts[random.Next(Texts.Length)],
        1 => random.Next(3) switch { 0 => "1e400", 1 => "null", _ => "-0.10" },
        2 => "true",
        3 or 4 => Object(random, depth + 1),
        5 => "[" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))) + Space(random) + "]",

        // On a line of its own, as if the line before had been cut off.
        _ => "\n{\"detail-type\":\"inner\",\"detail\":" + Object(random, depth + 2).Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal) + "}\n",
    } + Space(random);

    private static string Object(Random random, int depth)
    {
        var text = new StringBuilder("{");
        for (var i = random.Next(4); i > 0; i--)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(Space(random)).Append(Names[random.Next(Names.Length)]).Append(Space(random)).Append(':').Append(Value(random, depth));
        }

        return text.Append(Space(random)).Append('}').ToString();
    }

    private static string Space(Random random) => Spaces[random.Next(Spaces.Length)];
}
