using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Alertmanager;

namespace Crowsnest.Notifiers.Tests;

public sealed partial class AlertmanagerNotifierTests : HttpNotifierContract
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    [Fact]
    public void An_incident_is_an_alert_that_goes_on_until_it_would_be_told_again() =>
        Golden.Equal("alertmanager.json", Indented(Assert.Single(AlertmanagerPayload.Write(SomeMessage.Of(SomeMessage.Placed(), SomeMessage.Resolved("billing")), Links, TimeSpan.FromHours(5)))));

    [Fact]
    public void Hostile_text_stays_text() =>
        Golden.Equal("alertmanager-hostile.json", Indented(Assert.Single(AlertmanagerPayload.Write(SomeMessage.HostileOne(), Links, TimeSpan.FromHours(5)))));

    [Fact]
    public async Task It_is_posted_below_the_path_that_Alertmanager_has()
    {
        var paths = new List<string>();
        var target = await KeepAsync(http =>
        {
            paths.Add(http.Request.Path);
            return Task.CompletedTask;
        });
        Assert.Equal(Delivery.Sent, await Make(new Uri(target.Url, "/am/")).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));
        Assert.Equal(["/am/api/v2/alerts"], paths);
    }

    private protected override INotifier Create(Uri url, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve) =>
        new AlertmanagerNotifier(new AlertmanagerOptions { Url = url, AllowPrivate = allowPrivate, ExternalUrl = new Uri("https://crowsnest.example.com") }, time, resolve);

    // What a real one refuses (types/types.go, Alert.Validate).
    protected override (int Status, string Text) Serve(JsonElement body)
    {
        foreach (var alert in body.EnumerateArray())
        {
            var names = alert.GetProperty("labels").EnumerateObject().Concat(alert.GetProperty("annotations").EnumerateObject()).Select(label => label.Name);
            if (!names.All(name => LabelName().IsMatch(name)) || !alert.GetProperty("labels").EnumerateObject().Any()) return (400, "invalid label set");
            if (alert.GetProperty("endsAt").GetDateTime() < alert.GetProperty("startsAt").GetDateTime()) return (400, "start time must be before end time");
        }

        return body.GetRawText().Length < 8_000_000 ? (200, "") : (413, "");
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex LabelName();
}
