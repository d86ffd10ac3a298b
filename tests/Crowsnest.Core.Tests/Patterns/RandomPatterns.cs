using System.Text;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>Patterns and events by chance, from few names and few values, so that they often meet.</summary>
internal sealed class RandomPatterns(Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "a.b", "a-b"];

    private static readonly string[] Texts = ["x", "xy", "xyz", "yx", "X", "Xy", "", "10.0.0.1", "10.0.0.77", "::1", "é", "É", "ß", "SS", "a\\\"b", "\\u0078y", "x*y", "foobar", "barfoo", "foobarfoo", "barfoobar", "\\\"", "x\\\""];

    // Long enough and many enough to be found by four bytes of theirs.
    private static readonly string[] Wildcards =
    [
        "*", "x*", "*y", "x*z", "*o*", "f*b*r", "*oo*ar", "x\\\\*y", "", "*x*y*", "*foob*", "*ooba*", "*obar*", "foob*", "*arfo*", "*barf*", "f*obar*", "*rfoo", "*foobarfoo*", "barf*oba*",
    ];

    private static readonly string[] Numbers = ["0", "-0.0", "1", "1.0", "10e-1", "2", "300", "3e2", "-5", "0.1", "9007199254740993", "1e309", "16909060", "1.7976931348623157e308"];

    public string Pattern() => Fields(3, insideOr: false);

    public string Event() => Object(4);

    private string Fields(int depth, bool insideOr)
    {
        var members = Chosen(1 + random.Next(3)).Select(name => $"\"{name}\":{(depth > 0 && random.Next(3) == 0 ? Fields(depth - 1, insideOr) : Tests())}").ToList();
        if (depth > 0 && random.Next(6) == 0) members.Insert(random.Next(members.Count + 1), $"\"$or\":[{Fields(depth - 1, true)},{Fields(depth - 1, true)}]");
        return "{" + string.Join(',', members) + "}";
    }

    private string Tests() => "[" + string.Join(',', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Test())) + "]";

    private string Test()
    {
        var (text, other) = (OneOf(Texts), OneOf(Texts));
        return random.Next(20) switch
        {
            0 => OneOf(Numbers),
            1 => OneOf("true", "false", "null"),
            2 => $"{{\"prefix\":\"{text}\"}}",
            3 => $"{{\"suffix\":\"{text}\"}}",
            4 => $"{{\"equals-ignore-case\":\"{text}\"}}",
            5 => $"{{\"prefix\":{{\"equals-ignore-case\":\"{text}\"}}}}",
            6 => $"{{\"suffix\":{{\"equals-ignore-case\":\"{text}\"}}}}",
            7 => $"{{\"wildcard\":\"{OneOf(Wildcards)}\"}}",
            8 => $"{{\"anything-but\":\"{text}\"}}",
            9 => $"{{\"anything-but\":[{OneOf("1", "300", "0")},{OneOf("2", "-5")}]}}",
            10 => $"{{\"anything-but\":{{\"{OneOf("prefix", "suffix")}\":[\"{OneOf("x", "xy", "é", "foo")}\",\"{OneOf("y", "r")}\"]}}}}",
            11 => $"{{\"anything-but\":{{\"{OneOf("equals-ignore-case", "wildcard")}\":[\"{OneOf("x", "xy", "é", "FOOBAR")}\",\"{OneOf("y", "*r")}\"]}}}}".Replace("\"equals-ignore-case\":[\"x\",\"*r\"]", "\"equals-ignore-case\":\"x\"", StringComparison.Ordinal),
            12 => $"{{\"numeric\":[\"{OneOf("<", "<=", ">", ">=", "=")}\",{OneOf("0", "1", "300", "-5", "0.1")}]}}",
            13 => $"{{\"numeric\":[\"{OneOf(">", ">=")}\",{OneOf("-5", "0")},\"{OneOf("<", "<=")}\",{OneOf("1", "300")}]}}",
            14 => $"{{\"cidr\":\"{OneOf("10.0.0.0/24", "10.0.0.64/26", "0.0.0.0/0", "::/0", "::/64", "1.0.0.0/8")}\"}}",
            15 => "{\"exists\":true}",
            16 or 17 => "{\"exists\":false}",
            _ => $"\"{(random.Next(2) == 0 ? text : other)}\"",
        };
    }

    private string Object(int depth) => "{" + string.Join(',', Chosen(random.Next(4)).Select(name => $"\"{(random.Next(8) == 0 ? name.Replace("a", "\\u0061", StringComparison.Ordinal) : name)}\":{Value(depth - 1)}")) + "}";

    private string Value(int depth)
    {
        var space = random.Next(10) == 0 ? " \n" : "";
        if (depth > 0 && random.Next(5) < 2)
        {
            return random.Next(2) == 0 ? space + Object(depth) : space + "[" + string.Join("," + space, Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))) + space + "]";
        }

        return space + random.Next(6) switch
        {
            0 => OneOf(Numbers),
            1 => OneOf("true", "false", "null"),
            2 => "\"" + new StringBuilder().Append('x', random.Next(100)).Append(OneOf(Texts)) + "\"",
            _ => $"\"{OneOf(Texts)}\"",
        } + space;
    }

    // Now and then one name twice.
    private List<string> Chosen(int count) => [.. Enumerable.Range(0, count).Select(_ => OneOf(Names))];

    private string OneOf(params string[] choices) => choices[random.Next(choices.Length)];
}
