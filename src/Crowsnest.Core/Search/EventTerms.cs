using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Search;

/// <summary>What an event can be found by: every leaf of its JSON under its field, and what was derived from it.</summary>
/// <remarks>
/// One pass over the bytes. Arrays add nothing to a path, <c>null</c> is no value, numbers and bools are their text. Of unlisted fields at most
/// <see cref="UnlistedMax"/> values an event are reported, the first ones. A key given twice counts with both values. The same field and value may be
/// reported more than once. Columns (<see cref="SearchFields.IsColumn"/>) are not reported.
/// </remarks>
public static class EventTerms
{
    /// <summary>At most so many values of unlisted fields an event.</summary>
    public const int UnlistedMax = 200;

    private const int DepthMax = 256;

    /// <summary>Reports everything that the event can be found by.</summary>
    public static void Extract(in DiagnosedEvent diagnosed, ITermSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var (ecs, diagnosis) = diagnosed;
        Derived(ecs, diagnosis, sink);
        Walk(ecs, sink);
    }

    private static void Derived(EcsEvent ecs, EventDiagnosis diagnosis, ITermSink sink)
    {
        sink.Add(Ids.TimeUncertain, ecs.TimeUncertain ? "true"u8 : "false"u8);
        sink.Add(Ids.Outcome, OutcomeText(diagnosis.Outcome));
        sink.Add(Ids.Severity, SeverityText(diagnosis.Severity));
        Put(Ids.Kind, diagnosis.Kind, sink);
        Put(Ids.Account, ecs.Account, sink);
        Put(Ids.Region, ecs.Region, sink);
        Put(Ids.Cluster, ecs.Cluster, sink);
        Put(Ids.Service, ecs.Service, sink);
        Put(Ids.Family, ecs.Family, sink);
        Put(Ids.Task, ecs.TaskId, sink);
        Put(Ids.Instance, ecs.Instance, sink);
        Put(Ids.Deployment, ecs.Deployment, sink);
    }

    // Names that the event lacks are empty, and no value.
    private static void Put(int field, string value, ITermSink sink)
    {
        if (value.Length == 0) return;
        Span<byte> bytes = stackalloc byte[NormalForm.KeywordMax * 3];
        Utf8.FromUtf16(value.AsSpan(0, Math.Min(value.Length, NormalForm.KeywordMax)), bytes, out _, out var written);
        sink.Add(field, bytes[..written]);
    }

    private static void Walk(EcsEvent ecs, ITermSink sink)
    {
        var reader = new Utf8JsonReader(ecs.Raw.Span, new JsonReaderOptions { MaxDepth = DepthMax, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var places = ArrayPool<Place>.Shared.Rent(DepthMax + 1);
        try
        {
            Walk(ref reader, places, ecs.Kind == EventKind.Unknown, sink);
        }
        finally
        {
            ArrayPool<Place>.Shared.Return(places);
        }
    }

    private static void Walk(ref Utf8JsonReader reader, Place[] places, bool isUnknown, ITermSink sink)
    {
        var depth = 0;
        var unlisted = 0;
        var node = PathNode.Root;
        PathNode? previous = null;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    previous = node = reader.ValueIsEscaped ? EscapedChild(ref reader, places[depth].Node, previous) : places[depth].Node.Child(reader.ValueSpan, previous);
                    break;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    if (node.IsTags && reader.TokenType == JsonTokenType.StartArray) Tags(reader, ref unlisted, sink);
                    places[depth].Previous = previous;
                    places[++depth].Node = node;
                    previous = null;
                    break;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    // What follows in an array belongs to the array's own place.
                    depth--;
                    node = places[depth].Node ?? PathNode.Root;
                    previous = places[depth].Previous;
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    Leaf(ref reader, node, isUnknown, ref unlisted, sink);
                    break;
            }
        }
    }

    private static void Leaf(ref Utf8JsonReader reader, PathNode node, bool isUnknown, ref int unlisted, ITermSink sink)
    {
        var field = node.Field;
        if (field == PathNode.Nowhere) return;
        if (reader.ValueIsEscaped)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            Report(Unescape(ref reader, buffer), reader.TokenType, node, field, isUnknown, ref unlisted, sink);
            ArrayPool<byte>.Shared.Return(buffer);
            return;
        }

        Report(reader.ValueSpan, reader.TokenType, node, field, isUnknown, ref unlisted, sink);
    }

    private static void Report(
        ReadOnlySpan<byte> value, JsonTokenType type, PathNode node, int field, bool isUnknown, ref int unlisted, ITermSink sink)
    {
        var isListed = field < SearchFields.FirstUnlisted;
        if (!isListed || field == Ids.Text)
        {
            if (unlisted >= UnlistedMax) return;
            unlisted++;
        }

        sink.Add(field, value.Length <= NormalForm.UnlistedMax ? value : NormalForm.Cut(value, NormalForm.LengthMax(field)));
        if (isUnknown && node.IsDetail && type == JsonTokenType.String && !(isListed && SearchFields.All[field].InText))
            sink.Add(Ids.Text, value.Length <= NormalForm.UnlistedMax ? value : NormalForm.Cut(value, NormalForm.TextMax));
    }

    // A copy of the reader goes ahead over the tags: {"key":K,"value":V} is also found as tag.K = V.
    private static void Tags(Utf8JsonReader reader, ref int unlisted, ITermSink sink)
    {
        var end = reader.CurrentDepth;
        PathNode? tag = null;
        byte[]? value = null;
        while (reader.Read() && reader.CurrentDepth > end)
        {
            if (reader.CurrentDepth != end + 1 && !(reader.CurrentDepth == end + 2 && reader.TokenType == JsonTokenType.PropertyName))
            {
                continue;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    tag = null;
                    value = null;
                    break;
                case JsonTokenType.PropertyName:
                    var isKey = reader.ValueTextEquals("key"u8);
                    var isValue = reader.ValueTextEquals("value"u8);
                    if (!reader.Read()) return;
                    if (reader.TokenType == JsonTokenType.String && isKey) tag = PathNode.Tag.Child(Copy(ref reader), null);
                    if (reader.TokenType == JsonTokenType.String && isValue) value = Copy(ref reader);
                    break;
                case JsonTokenType.EndObject when tag is not null && value is not null && unlisted < UnlistedMax:
                    unlisted++;
                    sink.Add(tag.Field, NormalForm.Cut(value, NormalForm.UnlistedMax));
                    break;
            }
        }
    }

    private static byte[] Copy(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.ToArray();
        return Unescape(ref reader, new byte[reader.ValueSpan.Length]).ToArray();
    }

    private static PathNode EscapedChild(ref Utf8JsonReader reader, PathNode parent, PathNode? previous) =>
        parent.Child(Unescape(ref reader, new byte[reader.ValueSpan.Length]), previous);

    private static ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader, Span<byte> buffer)
    {
        try
        {
            return buffer[..reader.CopyString(buffer)];
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is valid JSON and no text. The event is kept, so it is found by what it literally says.
            return reader.ValueSpan;
        }
    }

    private static ReadOnlySpan<byte> OutcomeText(EventOutcome outcome) => outcome switch
    {
        EventOutcome.Failure => "failure"u8,
        EventOutcome.Routine => "routine"u8,
        EventOutcome.Unknown => "unknown"u8,
        _ => "info"u8,
    };

    private static ReadOnlySpan<byte> SeverityText(Severity severity) => severity switch
    {
        Severity.Critical => "critical"u8,
        Severity.Error => "error"u8,
        Severity.Warning => "warning"u8,
        _ => "info"u8,
    };

    private struct Place
    {
        public PathNode Node;
        public PathNode? Previous;
    }

    /// <summary>Ids of the derived fields, looked up once.</summary>
    private static class Ids
    {
        public static readonly int Text = Id("text");
        public static readonly int TimeUncertain = Id("timeUncertain");
        public static readonly int Outcome = Id("outcome");
        public static readonly int Severity = Id("severity");
        public static readonly int Kind = Id("kind");
        public static readonly int Account = Id("account");
        public static readonly int Region = Id("region");
        public static readonly int Cluster = Id("cluster");
        public static readonly int Service = Id("service");
        public static readonly int Family = Id("family");
        public static readonly int Task = Id("task");
        public static readonly int Instance = Id("instance");
        public static readonly int Deployment = Id("deployment");

        private static int Id(string name) => SearchFields.TryGet(name, out SearchField? field) ? field.Id : throw new InvalidOperationException(name);
    }
}
