using System.Text;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Valid JSON text of every shape, white space and escapes included.</summary>
internal static class RandomJson
{
    private static readonly string[] Numbers = ["0", "-0", "1", "-12", "3.25", "1e5", "1E-7", "2e+9", "9007199254740993", "0.1e1", "-1e400"];
    private static readonly string[] Pieces =
        ["a", "b", "taskArn", "é", "\U0001f600", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\t", " ", "{", "]", "longer than thirty-two bytes, for the vectors"];

    public static string Value(Random random, int depth) => Space(random) + (random.Next(depth > 4 ? 4 : 7) switch
    {
        0 => Numbers[random.Next(Numbers.Length)],
        1 => random.Next(3) switch { 0 => "true", 1 => "false", _ => "null" },
        2 or 3 => Text(random),
        4 or 5 => Object(random, depth + 1),
        _ => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))) + Space(random) + "]",
    }) + Space(random);

    public static string Object(Random random, int depth) => "{" + string.Join(
        ',', Enumerable.Range(0, random.Next(5)).Select(_ => Space(random) + Text(random) + Space(random) + ":" + Value(random, depth))) + Space(random) + "}";

    public static string Text(Random random)
    {
        var text = new StringBuilder("\"");
        for (var i = random.Next(4); i > 0; i--) text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.Append('"').ToString();
    }

    private static string Space(Random random) => random.Next(6) switch { 0 => " ", 1 => "\n", 2 => "\r\n\t ", _ => "" };
}
