using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Notifiers.Tests;

/// <summary>What every medium keeps that posts to a service, tried against a server here that holds it to what that service publishes of its limits.</summary>
public abstract class HttpNotifierContract : NotifierContract
{
    /// <summary>Part of what is secret of every target.</summary>
    protected const string Secret = "T0KENT0KENT0KEN";

    private readonly List<Target> _targets = [];
    private readonly List<IDisposable> _made = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A notifier whose service is at a URL.</summary>
    private protected abstract INotifier Create(Uri url, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve);

    /// <summary>What the service says to a body, and with which status: 2xx when it keeps the limits.</summary>
    protected abstract (int Status, string Text) Serve(JsonElement body);

    [Theory]
    [InlineData(500, DeliveryOutcome.NotNow)]
    [InlineData(429, DeliveryOutcome.NotNow)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(403, DeliveryOutcome.Refused)]
    [InlineData(404, DeliveryOutcome.Refused)]
    [InlineData(410, DeliveryOutcome.Refused)]
    public async Task The_status_decides_whether_it_is_tried_again(int status, DeliveryOutcome outcome)
    {
        var target = await KeepAsync(http =>
        {
            http.Response.StatusCode = status;
            if (status == 429) http.Response.Headers.RetryAfter = "30";
            return http.Response.WriteAsync($"no: {http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Authorization} {Secret}");
        });
        var delivery = await Make(target.Url).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(outcome, delivery.Outcome);
        Assert.Equal(status == 429 ? TimeSpan.FromSeconds(30) : null, delivery.RetryAfter);
        Assert.DoesNotContain(Secret, delivery.Reason, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", delivery.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var elsewhere = await KeepAsync(_ => Task.CompletedTask);
        var target = await KeepAsync(http =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.CompletedTask;
        });
        Assert.Equal(DeliveryOutcome.Refused, (await Make(target.Url).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken)).Outcome);
        Assert.Empty(elsewhere.Received);
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    public async Task A_name_that_leads_where_no_message_goes_is_refused(string address, bool allowPrivate)
    {
        var notifier = Keep(Create(new Uri("http://service.example.com/" + Secret), TimeProvider.System, allowPrivate, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)])));
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.DoesNotContain(Secret, delivery.Reason, StringComparison.Ordinal);
    }

    // Goal: no message is too large for the service. Method: as many incidents as a message has, of nothing but characters that take most room, in every field.
    [Theory]
    [InlineData('<', 100)]
    [InlineData('&', 1)]
    [InlineData('x', 100)]
    [InlineData('\u001b', 3)]
    [InlineData('\ud83d', 100)]
    [InlineData('漢', 100)]
    public async Task Not_even_a_monstrous_message_is_too_large(char filling, int incidents)
    {
        var text = new string(filling, 20_000);
        var one = SomeMessage.Incident() with
        {
            Id = new string(filling, 900), Summary = text, NextStep = text, Evidence = [text, text, text, text, text, text], Resources = [text, text, text, text, text, text], Resolution = text, ResolvedAt = SomeMessage.Noon, IsNews = true,
        };
        var labels = one.Labels.SetItem("cluster", text).SetItem("service", text).SetItem("kind", text).SetItem("region", text);
        for (var i = 0; i < 200; i++) labels = labels.Add($"tag_{i}", text);
        var message = SomeMessage.Of([.. Enumerable.Repeat(one with { Labels = labels }, incidents)]) with { Truncated = 5, Receiver = text, GroupKey = text, Remarks = [.. Enumerable.Repeat(text, 50)] };
        Assert.Equal(Delivery.Sent, await (await WorkingAsync()).SendAsync(message, TestContext.Current.CancellationToken));
    }

    protected override async Task<INotifier> WorkingAsync() => Make((await ServiceAsync()).Url);

    /// <summary>A service that takes what keeps its limits.</summary>
    private protected Task<Target> ServiceAsync() => KeepAsync(http =>
    {
        using var body = JsonDocument.Parse((byte[])http.Items["body"]!);
        var (status, text) = Serve(body.RootElement);
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(text);
    });

    protected override async Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = await KeepAsync(_ =>
        {
            reached.TrySetResult();
            return _ended.Task;
        });
        return (Keep(Create(target.Url, time, allowPrivate: false, resolve: null)), reached.Task);
    }

    protected override async ValueTask CleanUpAsync()
    {
        _ended.TrySetResult();
        foreach (var made in _made) made.Dispose();
        foreach (var target in _targets) await target.DisposeAsync();
    }

    /// <summary>A notifier to a server here.</summary>
    private protected INotifier Make(Uri url) => Keep(Create(url, TimeProvider.System, allowPrivate: false, resolve: null));

    private protected async Task<Target> KeepAsync(Func<HttpContext, Task> answer)
    {
        var target = await Target.StartAsync(answer);
        _targets.Add(target);
        return target;
    }

    /// <summary>A body as a person reads it.</summary>
    private protected static string Indented(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        using var buffer = new MemoryStream();
        using (var indented = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) document.WriteTo(indented);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private INotifier Keep(INotifier notifier)
    {
        _made.Add((IDisposable)notifier);
        return notifier;
    }
}
