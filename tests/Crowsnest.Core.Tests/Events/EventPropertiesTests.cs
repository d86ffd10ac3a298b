using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>What holds for any event: masking touches only what it names, the key says only what it should, and a wrapper changes nothing.</summary>
public class EventPropertiesTests(ITestOutputHelper output)
{
    private static readonly string[] MaskedNames = ["overrides", "containerOverrides", "environment", "value", "requestParameters", "variables", "\\u0076alue", "environ\\u006dent", "Environment", "VALUE"];

    // Method: a plain walk with the runtime's reader says which spans are to be masked, and what their pointers are.
    [Fact]
    public void Masking_changes_the_masked_values_and_no_other_byte()
    {
        var random = Seeds.Random(output, out var seed);
        var decoder = new EventDecoder();
        var masked = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var json = Encoding.UTF8.GetBytes($$"""{"detail-type":"x", "detail" : {{Node(random, 0)}} ,"z":1}""");
            var read = Assert.IsType<Decoded.Ok>(decoder.Decode(json, Samples.Now)).Event;
            var (expected, pointers) = Oracle.Mask(json);

            Assert.True(expected.AsSpan().SequenceEqual(read.Raw.Span), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(json)}\n{Encoding.UTF8.GetString(read.Raw.Span)}");
            Assert.Equal(pointers, read.Masked);
            masked += pointers.Count;
        }

        Assert.True(masked > 1_250, $"only {masked} values");
    }

    [Fact]
    public void A_huge_value_is_masked_like_a_small_one()
    {
        var json = "{\"detail-type\":\"x\",\"detail\":{\"overrides\":{\"containerOverrides\":[{\"environment\":[{\"value\":\"" + new string('s', 900_000) + "\",\"name\":\"A\"}]}]}}}";
        var read = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Samples.Now)).Event;

        Assert.Equal("""{"detail-type":"x","detail":{"overrides":{"containerOverrides":[{"environment":[{"value":"***","name":"A"}]}]}}}""", Encoding.UTF8.GetString(read.Raw.Span));
    }

    // Method: draw two events whose parts come from few values, written in any order and in any wrapper; the keys are equal exactly when the parts are.
    [Fact]
    public async Task Keys_are_equal_exactly_when_the_events_say_the_same()
    {
        var random = Seeds.Random(output, out var seed);
        int equal = 0, rounds = 2_000;
        for (var round = 0; round < rounds; round++)
        {
            var left = Parts.Draw(random);
            var right = random.Next(2) == 0 ? left.ChangeOne(random) : left;
            var (a, b) = (await KeyAsync(left, random), await KeyAsync(right, random));
            if (left == right) equal++;
            Assert.True(left == right == (a == b), $"seed {seed}, round {round}: {left} {a}, {right} {b}");
            Assert.Equal(left.Milliseconds, a.TimeMilliseconds);
        }

        Assert.InRange(equal, rounds / 4, rounds * 3 / 4);
    }

    [Fact]
    public async Task A_wrapper_changes_nothing_of_an_event()
    {
        var random = Seeds.Random(output, out _);
        var decoder = new EventDecoder();
        foreach (var file in Directory.EnumerateFiles(Golden.Folder("events"), "*.json").Order(StringComparer.Ordinal))
        {
            var text = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
            var plain = Assert.IsType<Decoded.Ok>(decoder.Decode(Encoding.UTF8.GetBytes(text), Samples.Now)).Event;
            for (var i = 0; i < 6; i++)
            {
                var read = Assert.IsType<Decoded.Ok>(Assert.Single(await Streams.ReadAsync(Encoding.UTF8.GetBytes(Wrap(text, i, random))))).Event;
                Assert.True(plain.Raw.Span.SequenceEqual(read.Raw.Span), file);
                Assert.Equal((plain.Key, plain.Kind, plain.Id, plain.TaskId), (read.Key, read.Kind, read.Id, read.TaskId));
            }
        }
    }

    private static async Task<EventKey> KeyAsync(Parts parts, Random random)
    {
        var items = await Streams.ReadAsync(Encoding.UTF8.GetBytes(Wrap(parts.Write(random), random.Next(6), random)));
        return Assert.IsType<Decoded.Ok>(Assert.Single(items)).Event.Key;
    }

    private static string Wrap(string json, int how, Random random)
    {
        var text = "\"" + JsonEncodedText.Encode(json, random.Next(2) == 0 ? System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping : null) + "\"";
        return how switch
        {
            0 => json,
            1 => $$$"""{"Messages":[{"Body":{{{text}}}}]}""",
            2 => $$$"""{"Records":[{"Sns":{"Message":{{{text}}}}}]}""",
            3 => $"[\n{json}]",
            4 => $$$"""{"records":[{"data":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}}"}]}""",
            _ => $$$"""{"Type":"Notification","Message":{{{text}}}}""",
        };
    }

    // Objects and arrays whose names are often those on the way to an environment's values.
    private static string Node(Random random, int depth)
    {
        if (depth > 6 || random.Next(8) == 0) return RandomJson.Value(random, 4);
        if (depth % 2 == 1 && random.Next(2) == 0) return "[" + string.Join(" ,", Enumerable.Range(0, random.Next(3)).Select(_ => Node(random, depth))) + "]";
        return "{" + string.Join(',', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Name(random, depth) + ":" + Node(random, depth + 1))) + "}";
    }

    private static string Name(Random random, int depth) =>
        random.Next(5) == 0 ? RandomJson.Text(random) : "\"" + MaskedNames[Math.Min(MaskedNames.Length - 1, depth == 0 ? random.Next(2) * 4 : random.Next(MaskedNames.Length))] + "\"";

    private sealed record Parts(int Time, int Source, int Type, int Account, int Id, int Detail)
    {
        private static readonly string[] Details = ["""{"a":1}""", """{"a": 1}""", """{"a":1,"b":"é"}""", """{"a":1.0}""", "null"];

        public long Milliseconds => 1767225600000 + (Time * 250);

        public static Parts Draw(Random random) => new(random.Next(3), random.Next(2), random.Next(2), random.Next(2), random.Next(3), random.Next(Details.Length));

        public Parts ChangeOne(Random random) => random.Next(6) switch
        {
            0 => this with { Time = random.Next(3) },
            1 => this with { Source = random.Next(2) },
            2 => this with { Type = random.Next(2) },
            3 => this with { Account = random.Next(2) },
            4 => this with { Id = random.Next(3) },
            _ => this with { Detail = random.Next(Details.Length) },
        };

        public string Write(Random random)
        {
            var time = (Time, random.Next(3)) switch
            {
                (0, 0) => "2026-01-01T00:00:00Z",
                (0, 1) => "2026-01-01T02:00:00.000+02:00",
                var (t, form) => $"2026-01-01T00:00:00.{t * 250:000}{(form == 2 ? "000" : "")}Z",
            };
            string[] members =
            [
                $"\"time\":\"{time}\"", $"\"source\":\"{(Source == 0 ? "aws.ecs" : random.Next(2) == 0 ? "my/app" : "my\\/app")}\"", $"\"detail-type\":\"t{Type}\"",
                $"\"account\":\"{Account}11122223333\"", Id == 2 ? "\"region\":\"r\"" : $"\"id\":\"{Id}\"", $"\"detail\":{Details[Detail]}",
                random.Next(2) == 0 ? "\"version\":\"0\"" : "\"replay-name\":\"again\"",
            ];
            random.Shuffle(members);
            return "{" + string.Join(random.Next(2) == 0 ? "," : " ,\n ", members) + "}";
        }
    }

    private static class Oracle
    {
        public static (byte[] Bytes, List<string> Pointers) Mask(byte[] json)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 200 });
            var masked = new MemoryStream();
            var pointers = new List<string>();
            var from = 0;
            reader.Read();
            Walk(ref reader, [], "");
            masked.Write(json.AsSpan(from));
            return (masked.ToArray(), pointers);

            void Walk(ref Utf8JsonReader at, List<string> path, string pointer)
            {
                var isObject = at.TokenType == JsonTokenType.StartObject;
                for (var index = 0; at.Read() && at.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
                {
                    var name = "[]";
                    if (isObject)
                    {
                        name = at.GetString()!;
                        at.Read();
                    }

                    List<string> here = [.. path, name];
                    var there = pointer + "/" + (isObject ? name.Replace("~", "~0").Replace("/", "~1") : index.ToString());
                    var start = (int)at.TokenStartIndex;
                    if (IsMasked(here, at.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)))
                    {
                        at.Skip();
                        masked.Write(json.AsSpan(from, start - from));
                        masked.Write("\"***\""u8);
                        from = (int)at.BytesConsumed;
                        pointers.Add(there);
                    }
                    else if (at.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        Walk(ref at, here, there);
                    }
                }
            }
        }

        private static bool IsMasked(List<string> path, bool isScalar)
        {
            if (path.Count < 3 || path[0] != "detail") return false;
            var environment = path.FindLastIndex(path.Count - 2, path.Count - 3, name => Is(name, "environment"));
            if (Is(path[1], "overrides"))
            {
                var any = path.FindIndex(2, name => Is(name, "environment"));
                return (any >= 2 && any < path.Count - 1 && Is(path[^1], "value")) || (environment == path.Count - 2 && (path[^1] != "[]" || isScalar));
            }

            if (path.Count < 5 || !(Is(path[1], "requestParameters") || Is(path[1], "responseElements"))) return false;
            return Is(path[^3], "environment") && ((path[^2] == "[]" && Is(path[^1], "value")) || (Is(path[^2], "variables") && path[^1] != "[]"));
        }

        private static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
