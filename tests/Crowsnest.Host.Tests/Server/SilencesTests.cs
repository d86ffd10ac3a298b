using System.Net;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Silences over HTTP, through the whole system.</summary>
public class SilencesTests
{
    [Fact]
    public async Task What_is_silenced_is_hidden_until_somebody_ends_it_and_then_told_with_a_note()
    {
        await using var host = await RunningHost.StartAsync(MutedHost.AtOnce);
        var silence = await host.PostAsync("/api/v1/silences", """{"matchers":["cluster=prod","service=~web|api"],"duration":"2h","by":"anna","comment":"deploy"}""", HttpStatusCode.OK);
        var id = Text(silence, "id");
        Assert.Equal(("active", "anna", "deploy", """["cluster=\u0022prod\u0022","service=~\u0022web|api\u0022"]"""), (Text(silence, "state"), Text(silence, "createdBy"), Text(silence, "comment"), silence.GetProperty("matchers").GetRawText()));
        Assert.Equal(TimeSpan.FromHours(2), silence.GetProperty("endsAt").GetDateTime() - silence.GetProperty("startsAt").GetDateTime());

        await host.CrashAsync("web", "pay");
        var hidden = (await host.UntilAsync("/api/v1/incidents", page => page.GetProperty("items").EnumerateArray().Any(i => Text(i, "muted").Length > 0))).GetProperty("items").EnumerateArray().Single(i => Text(i.GetProperty("labels"), "service") == "web");
        Assert.Equal("Silenced by anna: deploy", Text(hidden, "muted"));
        var preview = await host.PostAsync("/api/v1/silences/preview", """{"matchers":["cluster=prod"]}""", HttpStatusCode.OK);
        Assert.Equal((2, 2, 2, false), (preview.GetProperty("firing").GetArrayLength(), preview.GetProperty("firingCount").GetInt32(), preview.GetProperty("lastWeek").GetInt32(), preview.GetProperty("isCut").GetBoolean()));

        var changed = await host.PostAsync("/api/v1/silences", $$"""{"id":"{{id}}","matchers":["cluster=prod","service=~web|api"],"endsAt":"2999-01-01","by":"bob","comment":"takes longer"}""", HttpStatusCode.OK);
        Assert.Equal((id, "bob"), (Text(changed, "id"), Text(changed, "createdBy")));
        Assert.Equal("expired", Text(await host.PostAsync($"/api/v1/silences/{id}/expire", "", HttpStatusCode.OK), "state"));
        var whole = await host.UntilAsync($"/api/v1/incidents/{Text(hidden, "id")}", d => d.GetProperty("steps").EnumerateArray().Any(s => Text(s, "kind") == "told"));
        Assert.Equal(["opened", "muted", "unmuted", "told"], whole.GetProperty("steps").EnumerateArray().Select(s => Text(s, "kind")));
        Assert.Equal("", Text(whole.GetProperty("incident"), "muted"));

        Assert.Equal(id, Text((await host.GetAsync("/api/v1/silences?state=expired")).GetProperty("items")[0], "id"));
        Assert.Equal("expired", Text(await host.GetAsync($"/api/v1/silences/{id}"), "state"));
        Assert.Empty((await host.GetAsync("/api/v1/silences?state=open")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"matchers":[],"duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "matchers")]
    [InlineData("""{"matchers":["cluster"],"duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "expected =")]
    [InlineData("""{"matchers":["cluster=~.*"],"duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "hide everything")]
    [InlineData("""{"matchers":["cluster=prod"],"duration":"2h","by":"a"}""", HttpStatusCode.BadRequest, "comment is missing")]
    [InlineData("""{"matchers":["cluster=prod"],"by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "until when")]
    [InlineData("""{"matchers":["cluster=prod"],"duration":"soon","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "'duration'")]
    [InlineData("""{"matchers":["cluster=prod"],"endsAt":"2020-01-01","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "end after it starts")]
    [InlineData("""{"matchers":["cluster=prod"],"endsAt":"2999-01-01","duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "not both")]
    [InlineData("""{"matchers":[null],"duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.BadRequest, "each a text")]
    [InlineData("""{"matcher":["cluster=prod"]}""", HttpStatusCode.BadRequest, "Send {")]
    [InlineData("""{"id":"none","matchers":["cluster=prod"],"duration":"2h","by":"a","comment":"b"}""", HttpStatusCode.NotFound, "no silence with this id")]
    public async Task What_makes_no_sense_is_refused_in_words(string body, HttpStatusCode status, string words)
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Contains(words, Text(await host.PostAsync("/api/v1/silences", body, status), "detail"), StringComparison.Ordinal);
    }

    // Looking is for everybody; hiding something from all is for operators.
    [Theory]
    [InlineData("GET", "/api/v1/silences", "", true)]
    [InlineData("GET", "/api/v2/silences", "", true)]
    [InlineData("POST", "/api/v1/silences", "{}", false)]
    [InlineData("POST", "/api/v1/silences/x/expire", "", false)]
    [InlineData("POST", "/api/v2/silences", "{}", false)]
    [InlineData("DELETE", "/api/v2/silence/x", "", false)]
    public async Task A_viewer_looks_and_changes_nothing(string method, string path, string body, bool mayDo)
    {
        await using var server = await RunningServer.StartAsync();
        var (status, said) = await server.SendAsync(method, path, body.Length == 0 ? null : body, body.Length == 0 ? null : "application/json", await server.TokenAsync(TokenRole.Viewer));

        Assert.True((mayDo ? HttpStatusCode.OK : HttpStatusCode.Forbidden) == status, said);
    }

    private static string Text(JsonElement of, string member) => of.GetProperty(member).GetString() ?? "";
}
