using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Pipeline;

/// <summary>The ring that listeners read from.</summary>
public class LiveEventsTests
{
    private readonly ManualTime _time = new(Some.Noon);
    private readonly EventDecoder _decoder = new();

    [Fact]
    public void While_nobody_listens_a_commit_allocates_nothing()
    {
        var live = new LiveEvents(_time);
        DiagnosedEvent[] committed = [Event("a")];
        live.Publish(committed);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) live.Publish(committed);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_listener_gets_what_is_committed_from_then_on_in_order_with_bytes_of_its_own()
    {
        var live = new LiveEvents(_time);
        live.Publish([Event("before")]);
        using var listener = live.TryListen(null)!;
        var buffer = Encoding.UTF8.GetBytes(Json("a"));
        live.Publish([Event(buffer), Event("b")]);
        buffer.AsSpan().Clear();
        live.Publish([Event("c")]);

        Assert.Equal([Json("a"), Json("b"), Json("c")], listener.Take(10, out var missed).Select(e => Encoding.UTF8.GetString(e.Event.Raw.Span)));
        Assert.Equal(0, missed);
        Assert.Empty(listener.Take(10, out _));
    }

    [Fact]
    public async Task A_listener_that_waits_is_woken_by_a_commit()
    {
        var live = new LiveEvents(_time);
        using var listener = live.TryListen(null)!;
        var waiting = listener.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        live.Publish([Event("a")]);

        await waiting;
        Assert.Single(listener.Take(10, out _));
    }

    [Fact]
    public void Who_falls_behind_further_than_the_ring_reaches_is_told_how_many_went_by()
    {
        var live = new LiveEvents(_time);
        using var slow = live.TryListen(null)!;
        for (var i = 0; i < LiveEvents.EventsMax + 10; i++) live.Publish([Event($"{i}")]);

        var taken = slow.Take(int.MaxValue, out var missed);
        Assert.Equal((10L, LiveEvents.EventsMax, "10"), (missed, taken.Count, taken[0].Event.Id));
        Assert.Empty(slow.Take(1, out missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void The_ring_is_bounded_in_bytes_and_always_holds_the_newest()
    {
        var live = new LiveEvents(_time);
        using var listener = live.TryListen(null)!;
        var large = Event(Encoding.UTF8.GetBytes(Json("large").Replace("filler\":\"", "filler\":\"" + new string('x', 1_000_000), StringComparison.Ordinal)));
        for (var i = 0; i < 40; i++) live.Publish([large]);

        var taken = listener.Take(int.MaxValue, out var missed);
        Assert.Equal(40, taken.Count + missed);
        Assert.InRange(taken.Sum(e => (long)e.Event.Raw.Length), 1, LiveEvents.BytesMax);
    }

    [Fact]
    public void Who_comes_back_within_a_minute_goes_on_where_it_was_and_later_does_not()
    {
        var live = new LiveEvents(_time);
        live.TryListen(null)!.Dispose();
        var a = Event("a");
        live.Publish([a, Event("b")]);
        _time.Advance(TimeSpan.FromSeconds(59));
        live.Publish([Event("c")]);

        using (var back = live.TryListen(a.Event.Key)!)
        {
            Assert.True(back.IsResumed);
            Assert.Equal(["b", "c"], back.Take(10, out _).Select(e => e.Event.Id));
        }

        _time.Advance(TimeSpan.FromSeconds(61));
        live.Publish([Event("d")]);
        using var late = live.TryListen(a.Event.Key)!;
        Assert.False(late.IsResumed);
        Assert.Empty(late.Take(10, out var missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void So_many_may_listen_and_no_more()
    {
        var live = new LiveEvents(_time);
        var listeners = Enumerable.Range(0, LiveEvents.ListenersMax).Select(_ => live.TryListen(null)!).ToList();
        Assert.Null(live.TryListen(null));
        listeners[3].Dispose();
        listeners[3].Dispose();
        Assert.NotNull(live.TryListen(null));
        Assert.Null(live.TryListen(null));
    }

    private static string Json(string id) => $$$"""{"detail-type":"x","id":"{{{id}}}","time":"2026-03-02T12:00:00Z","detail":{"filler":"x"}}""";

    private DiagnosedEvent Event(string id) => Event(Encoding.UTF8.GetBytes(Json(id)));

    private DiagnosedEvent Event(byte[] json)
    {
        var ecs = Assert.IsType<Decoded.Ok>(_decoder.Decode(json, Some.Noon)).Event;
        return new DiagnosedEvent(ecs, new EventDiagnoser().Diagnose(ecs));
    }
}
