using System.Collections.Immutable;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Templates;

namespace Crowsnest.Core.Tests.Incidents;

public sealed class TemplateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com"));

    [Theory]
    [InlineData("{{ summary }}", "Out of memory.")]
    [InlineData("{{summary|upper}}!", "OUT OF MEMORY.!")]
    [InlineData("[{{ severity | upper }}] {{ kind }} in {{ place }}", "[ERROR] OutOfMemory in prod/api")]
    [InlineData("{{ labels.cluster | upper | lower }}", "prod")]
    [InlineData("{{ labels.team | default:\"nobody's\" }}", "nobody's")]
    [InlineData("{{ labels.cluster | default:none }}", "prod")]
    [InlineData("{{ summary | truncate:4 }}", "Out…")]
    [InlineData("{{ firstAt | time }}, {{ firstAt | ago }} ago", "2026-03-02 12:00:00 UTC, 5 min ago")]
    [InlineData("{{ resolvedAt | default:\"it goes on\" }}", "it goes on")]
    [InlineData("{{ count }} of {{ count | json }}", "12 of 12")]
    [InlineData("{{ evidence | join:\" / \" }}", "one / two")]
    [InlineData("{{ evidence }}", "one, two")]
    [InlineData("{{ evidence | json }}", "[\"one\",\"two\"]")]
    [InlineData("{{ summary | json }}", "\"Out of memory.\"")]
    [InlineData("{{ labels | json | truncate:12 }}", "{\"alertname…")]
    [InlineData("{{ summary | default:\"a \\\" | }} b\" }}", "Out of memory.")]
    [InlineData("{{ link }}", "https://crowsnest.example.com/incidents/i-1")]
    [InlineData("{ not a placeholder }", "{ not a placeholder }")]
    [InlineData("[{{ mark }}] {{ kind }}", "[ERROR] OutOfMemory")]
    [InlineData("{{ status }} {{ receiver }} {{ rule }} {{ id }}", "firing ops task-failed i-1")]
    public void A_template_is_filled(string template, string text) => Assert.Equal(text, Fill(template).Title);

    [Theory]
    [InlineData("{{ sumary }}", "at character 4: there is no placeholder 'sumary'; did you mean 'summary'?")]
    [InlineData("x {{ summary | uper }}", "at character 16: there is no filter 'uper'; did you mean 'upper'?")]
    [InlineData("{{ summary", "at character 1: '{{' without '}}'")]
    [InlineData("summary }}", "at character 9: '}}' without '{{'")]
    [InlineData("{{ }}", "the name of a placeholder is missing")]
    [InlineData("{{ labels. }}", "there is no placeholder 'labels.'")]
    [InlineData("{{ summary upper }}", "'u' is not expected here")]
    [InlineData("{{ summary | }}", "there is no filter ''")]
    [InlineData("{{ summary | truncate }}", "'truncate' needs a number from 1 to 4000")]
    [InlineData("{{ summary | truncate:0 }}", "'truncate' needs a number from 1 to 4000")]
    [InlineData("{{ summary | default }}", "'default' needs a text")]
    [InlineData("{{ summary | upper:x }}", "'upper' is told nothing")]
    [InlineData("{{ summary | default:\"x }}", "a quote that does not end")]
    [InlineData("{{ summary | ago }}", "'ago' goes with a time")]
    [InlineData("{{ firstAt | upper | time }}", "'time' goes with a time, before any other filter")]
    [InlineData("{{ summary | join }}", "'join' goes with a list")]
    [InlineData("{{ if summary }}", "there is no placeholder 'if'")]
    public void A_mistake_is_found_when_it_is_read_with_its_place_and_what_would_be_right(string template, string message) =>
        Assert.Contains(message, Assert.Throws<TemplateException>(() => Template.Parse(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void Lines_are_the_templates_own_and_no_value_begins_one_or_hides_in_one()
    {
        var told = Fill("t", "{{ kind }}:\n{{ summary }}\n\n{{ nextStep }}\n", Incident() with { Summary = "a\nb\u001b[31m", NextStep = "" });
        Assert.Equal(["OutOfMemory:", "a b\\u001b[31m"], told.Lines!);
    }

    // Goal: whatever a template holds and an event says, what comes out is bounded. Method: as many of the longest values as a template may have.
    [Fact]
    public void What_comes_out_is_bounded()
    {
        var source = string.Concat(Enumerable.Repeat("{{summary}}\n", 300));
        var told = Fill(source, source, Incident() with { Summary = new string('x', 100_000) });
        Assert.InRange(told.Title!.Length, 1, 300);
        Assert.InRange(told.Lines!.Sum(line => line.Length), 1, Template.LengthMax);
        Assert.Equal(Template.LinesMax, Fill("t", string.Concat(Enumerable.Repeat("a\n", 300))).Lines!.Count);
        Assert.Contains("at most 4000", Assert.Throws<TemplateException>(() => Template.Parse(new string('x', 4_001))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ labels.team }}")]
    [InlineData("\n {{ resolvedAt }} \n")]
    public void Where_nothing_is_left_of_a_template_the_incident_is_told_as_always(string template)
    {
        var message = new MessageTemplate(Template.Parse(template), Template.Parse(template)).Apply(Message(Incident()), Links);
        Assert.Equal(MessageText.Of(Message(Incident())), MessageText.Of(message));
    }

    // Goal: no message is lost for a template, even one that breaks in a way that nobody thought of. Method: it is given no links to make one of.
    [Fact]
    public async Task A_template_that_breaks_costs_its_words_and_no_message()
    {
        var inner = new Listener();
        var notifier = TemplatedNotifier.Of(inner, new MessageTemplate(Template.Parse("{{ link }}"), null), null!);
        await notifier.SendAsync(Message(Incident()), TestContext.Current.CancellationToken);
        Assert.Null(Assert.Single(inner.Told).Incidents.Single().Words);
    }

    [Fact]
    public async Task A_medium_that_can_change_its_messages_still_can()
    {
        var inner = new Listener();
        var notifier = TemplatedNotifier.Of(inner, new MessageTemplate(Template.Parse("{{ kind }}"), null), Links);
        await ((IEditingNotifier)notifier).EditAsync(Message(Incident()), "C1 1.2", TestContext.Current.CancellationToken);
        Assert.Equal(("C1 1.2", "OutOfMemory"), (inner.Edited, MessageText.Headline(Assert.Single(inner.Told))));
        Assert.True(notifier.MayJoin);
    }

    private static IncidentWords Fill(string title, string? text = null, NotifiedIncident? incident = null) =>
        new MessageTemplate(Template.Parse(title), text is null ? null : Template.Parse(text)).Apply(Message(incident ?? Incident()), Links).Incidents.Single().Words!;

    private static Notification Message(NotifiedIncident incident) => new()
    {
        NotificationId = "n", Receiver = "ops", GroupKey = "{}", GroupLabels = ImmutableSortedDictionary<string, string>.Empty, At = Noon.AddMinutes(5), Incidents = [incident],
    };

    private static NotifiedIncident Incident() => new()
    {
        Id = "i-1",
        Labels = new Dictionary<string, string> { ["alertname"] = "task-failed", ["severity"] = "error", ["kind"] = "OutOfMemory", ["cluster"] = "prod", ["service"] = "api" }.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Summary = "Out of memory.", NextStep = "Raise the limit.", Evidence = ["one", "two"], FirstAt = Noon, LastAt = Noon, Count = 12, Resources = ["t1"],
    };

    private sealed class Listener : IEditingNotifier
    {
        public string Kind => "listener";

        public bool MayJoin => true;

        public List<Notification> Told { get; } = [];

        public string Edited { get; private set; } = "";

        public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            Told.Add(notification);
            return new(Delivery.Sent);
        }

        public ValueTask<Delivery> EditAsync(Notification notification, string reference, CancellationToken cancellationToken)
        {
            Edited = reference;
            return SendAsync(notification, cancellationToken);
        }
    }
}
