using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

public class SyntheticEventTests
{
    private const string Nonce = "6f2c2b1e-3f57-11f0-b558-0242ac1\u00e90002";

    private static readonly DateTimeOffset Now = Samples.Now;
    private static readonly MaskingOptions Verifying = new() { Synthetic = new SyntheticSource("crowsnest.verify", Nonce) };

    [Fact]
    public void An_event_with_the_source_and_the_nonce_is_synthetic_and_diagnosed_and_its_nonce_is_not_kept()
    {
        var read = Read(Event());

        Assert.True(read.IsSynthetic);
        Assert.Equal(("EssentialContainerExited", EventOutcome.Failure), (new EventDiagnoser().Diagnose(read).Kind, new EventDiagnoser().Diagnose(read).Outcome));
        Assert.Equal(["/detail/crowsnest/synthetic/nonce"], read.Masked);
        Assert.Equal("verified", JsonNode.Parse(read.Raw.Span)!["detail"]!["crowsnest"]!["synthetic"]!["nonce"]!.GetValue<string>());
    }

    // Goal: nothing but the whole of it makes an event synthetic, and no nonce is kept, right or wrong.
    // Method: change one thing of an event that is.
    [Theory]
    [MemberData(nameof(Others))]
    public void Any_other_event_stays_what_it_was(string what)
    {
        var node = Event();
        var detail = node["detail"]!.AsObject();
        switch (what)
        {
            case "a wrong nonce": Put(detail, Nonce[..^1] + "3"); break;
            case "a longer nonce": Put(detail, Nonce + "3"); break;
            case "the start of the nonce": Put(detail, Nonce[..^1]); break;
            case "another case": Put(detail, Nonce.ToUpperInvariant()); break;
            case "an empty nonce": Put(detail, ""); break;
            case "a number": detail["crowsnest"]!["synthetic"]!["nonce"] = 5; break;
            case "an object": detail["crowsnest"]!["synthetic"]!["nonce"] = new JsonObject { ["nonce"] = Nonce }; break;
            case "an array": detail["crowsnest"]!["synthetic"]!["nonce"] = new JsonArray(Nonce); break;
            case "no nonce": detail["crowsnest"]!["synthetic"] = new JsonObject(); break;
            case "no member": detail.Remove("crowsnest"); break;
            case "what is kept of the right one": Put(detail, "verified"); break;
            case "deeper": detail["more"] = detail["crowsnest"]!.DeepClone(); detail.Remove("crowsnest"); break;
            case "within an array": detail["crowsnest"]!["synthetic"] = new JsonArray(detail["crowsnest"]!["synthetic"]!.DeepClone()); break;
            case "outside of the detail": node["crowsnest"] = detail["crowsnest"]!.DeepClone(); detail.Remove("crowsnest"); break;
            case "another source": node["source"] = "crowsnest.verify2"; break;
            case "no source": node.Remove("source"); break;
            case "yesterday": node["time"] = "2026-11-22T23:59:59Z"; break;
            case "tomorrow": node["time"] = "2026-11-25T00:00:01Z"; break;
            case "no time": node.Remove("time"); break;
            case "no readable time": node["time"] = "soon"; break;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }

        var read = Read(node);

        Assert.False(read.IsSynthetic);
        Assert.Equal((EventOutcome.Info, ""), (new EventDiagnoser().Diagnose(read).Outcome, new EventDiagnoser().Diagnose(read).Kind));
        Assert.False(Again(read).IsSynthetic);
        if (read.Source == "crowsnest.verify" && what is not ("deeper" or "outside of the detail" or "within an array")) Assert.DoesNotContain(Nonce[..8], Text(read), StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<string> Others => new(
        "a wrong nonce", "a longer nonce", "the start of the nonce", "another case", "an empty nonce", "a number", "an object", "an array", "no nonce", "no member",
        "what is kept of the right one", "deeper", "within an array", "outside of the detail", "another source", "no source", "yesterday", "tomorrow", "no time", "no readable time");

    [Theory]
    [InlineData("2026-11-23T00:00:00Z", true)]
    [InlineData("2026-11-25T00:00:00Z", true)]
    [InlineData("2026-11-22T23:59:59Z", false)]
    [InlineData("2026-11-25T00:00:01Z", false)]
    [InlineData("0001-01-01T00:00:00Z", false)]
    [InlineData("9999-12-31T23:59:59Z", false)]
    public void Its_time_is_within_a_day_of_ours(string time, bool isSynthetic)
    {
        var node = Event();
        node["time"] = time;

        Assert.Equal(isSynthetic, Read(node).IsSynthetic);
    }

    [Fact]
    public void A_nonce_given_twice_is_none_and_neither_is_kept()
    {
        var read = Read(Event().ToJsonString().Replace("\"synthetic\":{", $"\"synthetic\":{{\"nonce\":\"{Nonce}\",", StringComparison.Ordinal));

        Assert.False(read.IsSynthetic);
        Assert.Equal(2, Text(read).Split("\"***\"").Length - 1);
    }

    [Fact]
    public void Escapes_say_nothing() =>
        Assert.True(Read(Event().ToJsonString().Replace("6f2c", "\\u0036f2c", StringComparison.Ordinal).Replace("crowsnest.verify", "crowsnest\\u002everify", StringComparison.Ordinal)).IsSynthetic);

    [Fact]
    public void It_is_read_again_from_what_is_kept_as_what_it_was_and_by_nobody_else_s_masking()
    {
        var read = Read(Event());
        Assert.True(Again(read).IsSynthetic);
        Assert.Equal(read.Masked, Again(read).Masked);

        // The bytes alone, as an export brings them into another store, are not enough; nor are they with a masking that hits the same place.
        Assert.False(Read(JsonNode.Parse(read.Raw.Span)!).IsSynthetic);
        var elsewhere = new EventDecoder(new MaskingOptions { Paths = ["detail.crowsnest.synthetic.nonce"] });
        Assert.False(Again(Assert.IsType<Decoded.Ok>(elsewhere.Decode(read.Raw, Now)).Event).IsSynthetic);
    }

    [Fact]
    public void Masking_of_the_same_place_takes_nothing_away_from_it_and_other_values_are_masked_as_ever()
    {
        var node = Event();
        node["detail"]!["overrides"] = JsonNode.Parse("""{"containerOverrides":[{"environment":[{"name":"A","value":"secret"}]}]}""");
        var read = Assert.IsType<Decoded.Ok>(new EventDecoder(Verifying with { Paths = ["detail.crowsnest.**.nonce"] }).Decode(Bytes(node), Now)).Event;

        Assert.True(read.IsSynthetic);
        Assert.Equal(["/detail/crowsnest/synthetic/nonce", "/detail/overrides/containerOverrides/0/environment/0/value"], read.Masked.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("secret", Text(read), StringComparison.Ordinal);
        Assert.True(Again(read).IsSynthetic);
    }

    [Fact]
    public void Without_a_nonce_of_ours_nothing_is_synthetic_and_nothing_is_masked()
    {
        var read = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Bytes(Event()), Now)).Event;

        Assert.False(read.IsSynthetic);
        Assert.Empty(read.Masked);
    }

    private static void Put(JsonObject detail, string nonce) => detail["crowsnest"]!["synthetic"]!["nonce"] = nonce;

    private static JsonObject Event() => JsonNode.Parse($$$"""
        {"id":"1","detail-type":"ECS Task State Change","source":"crowsnest.verify","account":"123456789012","region":"eu-west-1","time":"2026-11-24T00:00:00Z",
         "detail":{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/crowsnest-verify/0123456789abcdef","lastStatus":"STOPPED","stopCode":"EssentialContainerExited",
         "stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}],"crowsnest":{"synthetic":{"nonce":"{{{Nonce}}}"} } } }
        """)!.AsObject();

    private static EcsEvent Read(JsonNode node) => Read(node.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    private static EcsEvent Read(string json) => Assert.IsType<Decoded.Ok>(new EventDecoder(Verifying).Decode(Encoding.UTF8.GetBytes(json), Now)).Event;

    private static EcsEvent Again(EcsEvent read) => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(read.Raw, read.ReceivedAt, read.Masked)).Event;

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static string Text(EcsEvent read) => Encoding.UTF8.GetString(read.Raw.Span);
}
