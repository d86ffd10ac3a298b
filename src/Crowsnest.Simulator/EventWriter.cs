using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>Writes events into one buffer that is used again: what a step of the simulation says, until the next step.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64 << 10);
    private readonly Queue<Written> _written = new();
    private readonly Timeline _timeline;
    private readonly Chance _ids;
    private readonly OddEvents _odd;
    private string _id = "";
    private int _start;
    private int _detailAt;
    private long _at;

    public EventWriter(Timeline timeline, WireTime time, Chance ids, OddEvents odd)
    {
        (_timeline, Time, _ids, _odd) = (timeline, time, ids, odd);
        // What comes after is JSON by construction, and events are not HTML.
        Json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Where the detail is written.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>How times are written.</summary>
    public WireTime Time { get; }

    /// <summary>What is odd about the event that was begun.</summary>
    public Oddity Oddity { get; private set; }

    /// <summary>Begins an event of ECS about a resource of a cluster; its detail's object is open then.</summary>
    public void Begin(string detailType, Cluster cluster, string? resource) =>
        Begin(detailType, "aws.ecs", cluster.Account, cluster.Region, resource is null ? [] : [resource]);

    /// <summary>Begins an event; its detail's object is open then.</summary>
    public void Begin(string detailType, string source, string account, string region, ReadOnlySpan<string> resources)
    {
        if (_written.Count == 0) _buffer.ResetWrittenCount();
        _start = _buffer.WrittenCount;
        _at = _timeline.Now;
        _id = _ids.Uuid();
        Oddity = _odd.Next();
        Json.Reset();
        Json.WriteStartObject();
        Json.WriteString("version"u8, "0"u8);
        Json.WriteString("id"u8, _id);
        Json.WriteString("detail-type"u8, Oddity == Oddity.UnknownKind ? "ECS Future State Change" : detailType);
        Json.WriteString("source"u8, source);
        Json.WriteString("account"u8, account);
        Time.WriteSeconds(Json, "time"u8, _at);
        Json.WriteString("region"u8, region);
        Json.WriteStartArray("resources"u8);
        foreach (var resource in resources) Json.WriteStringValue(resource);
        Json.WriteEndArray();
        if (Oddity == Oddity.ExtraMember) Json.WriteString("x-note"u8, OddEvents.Text);
        _detailAt = (int)(Json.BytesCommitted + Json.BytesPending);
        Json.WriteStartObject("detail"u8);
        if (Oddity == Oddity.ExtraProperty) OddEvents.WriteExtra(Json);
    }

    /// <summary>Ends the event that was begun.</summary>
    public void End(string kind, string? resource = null, string? cls = null, ResourceTruth? state = null, bool isSeed = false)
    {
        Json.WriteEndObject();
        Json.WriteEndObject();
        Json.Flush();
        if (Oddity == Oddity.OtherOrder) OddEvents.DetailFirst(_buffer, _start, _detailAt);
        var truth = Oddity == Oddity.UnknownKind
            ? new EventTruth { Id = _id, Kind = "other", Resource = resource, IsOdd = true }
            : new EventTruth { Id = _id, Kind = kind, Resource = resource, Version = state?.Version, Class = cls, State = state, IsSeed = isSeed, IsOdd = Oddity != Oddity.None };
        _written.Enqueue(new Written(_start, _buffer.WrittenCount - _start, _at, truth));
    }

    /// <summary>Takes the oldest event that was not taken; its bytes hold until the next one begins after all are taken.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> json, out long at, out EventTruth truth)
    {
        if (!_written.TryDequeue(out var next))
        {
            (json, at, truth) = (default, 0, null!);
            return false;
        }

        (json, at, truth) = (_buffer.WrittenMemory.Slice(next.Start, next.Length), next.At, next.Truth);
        return true;
    }

    /// <summary>When the oldest event that was not taken was said.</summary>
    public bool TryPeek(out long at)
    {
        var isThere = _written.TryPeek(out var next);
        at = next.At;
        return isThere;
    }

    public void Dispose() => Json.Dispose();

    private readonly record struct Written(int Start, int Length, long At, EventTruth Truth);
}
