using System.Net;
using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;
using Crowsnest.Server.Alertmanager;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Alertmanager's API as its tools see it, member for member.</summary>
public class AlertmanagerTests
{
    [Fact]
    public async Task Incidents_that_fire_are_alerts_with_what_suppresses_them()
    {
        await using var host = await RunningHost.StartAsync(MutedHost.AtOnce);
        await host.CrashAsync("web", "pay");
        var made = await host.PostAsync(
            "/api/v2/silences",
            """{"matchers":[{"name":"service","value":"we.","isRegex":true,"isEqual":true},{"name":"cluster","value":"test","isRegex":false,"isEqual":false}],"startsAt":"2020-01-01T00:00:00.000Z","endsAt":"2999-01-01T00:00:00.000Z","createdBy":"anna","comment":"deploy","unheardOf":1}""",
            HttpStatusCode.OK);
        var silence = made.GetProperty("silenceID").GetString();

        var all = (await host.GetAsync("/api/v2/alerts")).EnumerateArray().ToDictionary(a => a.GetProperty("labels").GetProperty("service").GetString()!);
        var (web, pay) = (all["web"], all["pay"]);
        Assert.Equal(["annotations", "endsAt", "fingerprint", "labels", "receivers", "startsAt", "status", "updatedAt"], web.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal($$"""{"state":"suppressed","silencedBy":["{{silence}}"],"inhibitedBy":[],"mutedBy":[]}""", web.GetProperty("status").GetRawText());
        Assert.Equal("""{"state":"active","silencedBy":[],"inhibitedBy":[],"mutedBy":[]}""", pay.GetProperty("status").GetRawText());
        Assert.Equal("""[{"name":"payments"}]""", pay.GetProperty("receivers").GetRawText());
        Assert.Equal(web.GetProperty("fingerprint").GetString(), (await host.GetAsync("/api/v1/incidents")).GetProperty("items").EnumerateArray().Single(i => i.GetProperty("labels").GetProperty("service").GetString() == "web").GetProperty("id").GetString());

        Assert.Equal(["pay"], await ServicesAsync(host, "silenced=false&inhibited=false&active=true"));
        Assert.Equal(["web"], await ServicesAsync(host, "active=false&unprocessed=true"));
        Assert.Equal(["pay"], await ServicesAsync(host, "receiver=pay.*"));
        Assert.Equal(["web"], await ServicesAsync(host, "filter=" + Uri.EscapeDataString("cluster=\"prod\"") + "&filter=" + Uri.EscapeDataString("service!=\"pay\"")));
        Assert.Empty(await ServicesAsync(host, "filter=" + Uri.EscapeDataString("tag_team=~\".*\"")));

        var groups = (await host.GetAsync("/api/v2/alerts/groups")).EnumerateArray().ToList();
        Assert.Equal("""{"cluster":"prod","service":"pay"}""", groups.Single(g => g.GetProperty("receiver").GetProperty("name").GetString() == "payments").GetProperty("labels").GetRawText());
        Assert.Equal("""[{"name":"console"},{"name":"payments"}]""", (await host.GetAsync("/api/v2/receivers")).GetRawText());
    }

    [Fact]
    public async Task Silences_have_Alertmanagers_members_and_refusals_are_a_text()
    {
        await using var host = await RunningHost.StartAsync(MutedHost.AtOnce);
        const string Body = """{"matchers":[{"name":"service","value":"web","isRegex":false}],"startsAt":"2020-01-01T00:00:00Z","endsAt":"2999-01-01T00:00:00Z","createdBy":"anna","comment":"deploy"}""";
        var id = (await host.PostAsync("/api/v2/silences", Body, HttpStatusCode.OK)).GetProperty("silenceID").GetString();

        var silence = await host.GetAsync($"/api/v2/silence/{id}");
        Assert.Equal(["comment", "createdBy", "endsAt", "id", "matchers", "startsAt", "status", "updatedAt"], silence.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal(("""{"state":"active"}""", """[{"name":"service","value":"web","isRegex":false,"isEqual":true}]"""), (silence.GetProperty("status").GetRawText(), silence.GetProperty("matchers").GetRawText()));
        Assert.Single((await host.GetAsync("/api/v2/silences?filter=service%3Dweb")).EnumerateArray());
        Assert.Empty((await host.GetAsync("/api/v2/silences?filter=service%3Dapi")).EnumerateArray());

        await host.GetAsync("/api/v2/silence/none", HttpStatusCode.NotFound);
        Assert.Equal(JsonValueKind.String, (await host.PostAsync("/api/v2/silences", Body.Replace("deploy", "", StringComparison.Ordinal), HttpStatusCode.BadRequest)).ValueKind);
        await host.PostAsync("/api/v2/silences", Body.Replace("\"web\",\"isRegex\":false", "\"(\",\"isRegex\":true", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        await host.PostAsync("/api/v2/silences", Body.Replace("{\"matchers\"", "{\"id\":\"none\",\"matchers\"", StringComparison.Ordinal), HttpStatusCode.NotFound);
        using var ended = await host.Client.DeleteAsync(new Uri($"/api/v2/silence/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal("expired", (await host.GetAsync($"/api/v2/silence/{id}")).GetProperty("status").GetProperty("state").GetString());
    }

    // Goal: what is shown of the configuration can be read again, and has no secret. Method: read it with our own parser.
    [Fact]
    public void The_configuration_is_shown_as_an_alertmanager_yml_without_secrets()
    {
        const string Yaml = """
            route:
              receiver: ops
              routes:
                - matchers: ['kind =~ "a\\|\"b"', severity=critical]
                  receiver: night
                  continue: true
                  mute_time_intervals: [office]
                  routes: [{group_by: ['...'], group_wait: 0s, repeat_interval: 90m}]
            receivers:
              - {name: ops, webhook_configs: [{url: 'https://hooks.example.com/s3cret', hmac_key: '${KEY}'}]}
              - {name: night, console_configs: [{}]}
            inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster]}]
            time_intervals: [{name: office, time_intervals: [{times: [{start_time: '09:00', end_time: '24:00'}], weekdays: ['monday:friday'], days_of_month: ['1:-1'], months: ['1:3'], years: [2026], location: Europe/Berlin}]}]
            """;
        var config = Read(Yaml);
        var options = Options(config);
        var shown = ShownConfig.Of(options, config.Receivers.Select(r => r.Name));

        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
        var again = Options(Read(shown));
        Assert.Equal(shown, ShownConfig.Of(again, config.Receivers.Select(r => r.Name)));
        Assert.Equal(options.Route.Routes[0].Matchers, again.Route.Routes[0].Matchers);
        Assert.Equal(options.TimeIntervals["office"].Parts[0].Times, again.TimeIntervals["office"].Parts[0].Times);

        static CrowsnestConfig Read(string yaml)
        {
            var (config, mistakes) = ConfigParser.Parse(yaml, new SecretReader(_ => "s3cret", Path.GetTempPath(), fetched: null));
            Assert.Empty(mistakes);
            return config;
        }

        static TellingOptions Options(CrowsnestConfig config) => new() { Route = config.Route, InhibitRules = config.InhibitRules, TimeIntervals = config.TimeIntervals };
    }

    private static async Task<IEnumerable<string?>> ServicesAsync(RunningHost host, string query) =>
        (await host.GetAsync("/api/v2/alerts?" + query)).EnumerateArray().Select(a => a.GetProperty("labels").GetProperty("service").GetString());
}
