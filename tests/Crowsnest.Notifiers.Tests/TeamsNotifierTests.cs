using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Teams;

namespace Crowsnest.Notifiers.Tests;

public sealed class TeamsNotifierTests : HttpNotifierContract
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    [Fact]
    public void A_message_is_a_card_with_a_container_for_each_incident() =>
        Golden.Equal("teams.json", Indented(TeamsPayload.Write(SomeMessage.Of(SomeMessage.Placed(), SomeMessage.Resolved("billing")) with { Truncated = 3 }, Links)));

    [Fact]
    public void Hostile_text_stands_only_where_no_Markdown_is_read()
    {
        var body = TeamsPayload.Write(SomeMessage.HostileOne(), Links);
        Golden.Equal("teams-hostile.json", Indented(body));
        using var document = JsonDocument.Parse(body);
        Assert.DoesNotContain(Elements(document.RootElement), element => element.TryGetProperty("type", out var type) && type.GetString() is ("TextBlock" or "FactSet"));
        Assert.All(
            Elements(document.RootElement).Where(element => element.TryGetProperty("url", out _)),
            action => Assert.StartsWith("https://", action.GetProperty("url").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_that_would_be_too_long_has_fewer_incidents_and_says_so()
    {
        var many = SomeMessage.Of([.. Enumerable.Range(0, 100).Select(i => SomeMessage.Incident("s" + i, new string('x', 400)))]) with { Truncated = 7 };
        using var document = JsonDocument.Parse(TeamsPayload.Write(many, Links));
        var shown = Elements(document.RootElement).Count(element => element.TryGetProperty("type", out var type) && type.GetString() == "Container");
        Assert.InRange(shown, 10, 99);
        Assert.Contains($"and {107 - shown} incidents more", document.RootElement.ToString(), StringComparison.Ordinal);
    }

    private protected override INotifier Create(Uri url, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve) =>
        new TeamsNotifier(new TeamsOptions { WebhookUrl = url, AllowPrivate = allowPrivate, ExternalUrl = new Uri("https://crowsnest.example.com") }, time, resolve);

    protected override (int Status, string Text) Serve(JsonElement body) =>
        Encoding.UTF8.GetByteCount(body.GetRawText()) > 28 * 1024 ? (413, "RequestEntityTooLarge")
        : body.GetProperty("attachments")[0].GetProperty("content").GetProperty("type").GetString() == "AdaptiveCard" ? (202, "")
        : (400, "no card");

    private static IEnumerable<JsonElement> Elements(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Elements(member.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Elements),
        _ => [],
    };
}
