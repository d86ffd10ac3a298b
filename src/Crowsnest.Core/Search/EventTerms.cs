using System.Text.Unicode;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Search;

/// <summary>What an event can be found by: every leaf of its JSON under its field, and what was derived from it.</summary>
/// <remarks>
/// One pass over the bytes. The tags that were known of its service, task definition and cluster when it was taken in are found like its own. Arrays add nothing to a path, <c>null</c> is no value, numbers and bools are their text. Of unlisted fields at most
/// <see cref="UnlistedMax"/> values an event are reported, the first ones. A key given twice counts with both values. The same field and value may be
/// reported more than once. Columns (<see cref="SearchFields.IsColumn"/>) are not reported.
/// </remarks>
public static class EventTerms
{
    /// <summary>At most so many values of unlisted fields an event.</summary>
    public const int UnlistedMax = 200;

    /// <summary>Reports everything that the event can be found by.</summary>
    public static void Extract(in DiagnosedEvent diagnosed, ITermSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var (ecs, diagnosis) = diagnosed;
        Derived(ecs, diagnosis, sink);
        foreach (var (key, value) in ecs.Tags.Encoded) sink.Add(PathNode.Tag.Child(key, null).Field, NormalForm.Cut(value, NormalForm.UnlistedMax));
        new EventTermWalk(ecs.Raw.Span, ecs.Kind == EventKind.Unknown, sink).Run();
    }

    private static void Derived(EcsEvent ecs, EventDiagnosis diagnosis, ITermSink sink)
    {
        sink.Add(Ids.TimeUncertain, ecs.TimeUncertain ? "true"u8 : "false"u8);
        if (ecs.IsSynthetic) sink.Add(Ids.Synthetic, "true"u8);
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

    /// <summary>Ids of the derived fields, looked up once.</summary>
    private static class Ids
    {
        public static readonly int TimeUncertain = Id("timeUncertain");
        public static readonly int Synthetic = Id("synthetic");
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
