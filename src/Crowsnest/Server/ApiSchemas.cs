using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Crowsnest.Rehearsal;
using Crowsnest.Server.Alertmanager;
using Crowsnest.Server.Silences;

namespace Crowsnest.Server;

/// <summary>The shapes of answers as JSON Schema, by the names that <see cref="Operation.Answer"/> and the page's types use.</summary>
/// <remarks>What is a record is described from the record; what <see cref="EventJson"/> writes by hand is described here by hand, and tests hold answers to it.</remarks>
internal static class ApiSchemas
{
    // Names of records, so that a record within another is named and not repeated.
    private static readonly Dictionary<Type, (string Name, JsonTypeInfo Info)> Records = new()
    {
        [typeof(ProblemBody)] = ("Problem", ApiJson.Default.ProblemBody),
        [typeof(AccountingBody)] = ("Accounting", ApiJson.Default.AccountingBody),
        [typeof(UntoldBody)] = ("Untold", ApiJson.Default.UntoldBody),
        [typeof(PipelineBody)] = ("Pipeline", ApiJson.Default.PipelineBody),
        [typeof(IngestAnswer)] = ("IngestAnswer", ApiJson.Default.IngestAnswer),
        [typeof(QuarantineItem)] = ("QuarantineItem", ApiJson.Default.QuarantineItem),
        [typeof(Page<QuarantineItem>)] = ("QuarantinePage", ApiJson.Default.PageQuarantineItem),
        [typeof(QuarantineDetail)] = ("QuarantineDetail", ApiJson.Default.QuarantineDetail),
        [typeof(NotificationItem)] = ("NotificationItem", ApiJson.Default.NotificationItem),
        [typeof(Page<NotificationItem>)] = ("NotificationPage", ApiJson.Default.PageNotificationItem),
        [typeof(IncidentItem)] = ("IncidentItem", ApiJson.Default.IncidentItem),
        [typeof(Page<IncidentItem>)] = ("IncidentPage", ApiJson.Default.PageIncidentItem),
        [typeof(IncidentDetail)] = ("IncidentDetail", ApiJson.Default.IncidentDetail),
        [typeof(IncidentStepItem)] = ("IncidentStep", ApiJson.Default.IncidentStepItem),
        [typeof(SilenceItem)] = ("Silence", ApiJson.Default.SilenceItem),
        [typeof(Page<SilenceItem>)] = ("SilencePage", ApiJson.Default.PageSilenceItem),
        [typeof(SilencePreview)] = ("SilencePreview", ApiJson.Default.SilencePreview),
        [typeof(IReadOnlyList<AmAlert>)] = ("AlertmanagerAlerts", AlertmanagerJson.Default.IReadOnlyListAmAlert),
        [typeof(AmAlert)] = ("AlertmanagerAlert", AlertmanagerJson.Default.AmAlert),
        [typeof(IReadOnlyList<AmAlertGroup>)] = ("AlertmanagerAlertGroups", AlertmanagerJson.Default.IReadOnlyListAmAlertGroup),
        [typeof(IReadOnlyList<AmReceiver>)] = ("AlertmanagerReceivers", AlertmanagerJson.Default.IReadOnlyListAmReceiver),
        [typeof(IReadOnlyList<AmSilence>)] = ("AlertmanagerSilences", AlertmanagerJson.Default.IReadOnlyListAmSilence),
        [typeof(AmSilence)] = ("AlertmanagerSilence", AlertmanagerJson.Default.AmSilence),
        [typeof(AmSilenceId)] = ("AlertmanagerSilenceId", AlertmanagerJson.Default.AmSilenceId),
        [typeof(AmStatus)] = ("AlertmanagerStatus", AlertmanagerJson.Default.AmStatus),
        [typeof(DeliveryItem)] = ("Delivery", ApiJson.Default.DeliveryItem),
        [typeof(ReceiverItem)] = ("Receiver", ApiJson.Default.ReceiverItem),
        [typeof(Page<ReceiverItem>)] = ("ReceiverPage", ApiJson.Default.PageReceiverItem),
        [typeof(ReceiverIntegration)] = ("ReceiverIntegration", ApiJson.Default.ReceiverIntegration),
        [typeof(ReceiverTest)] = ("ReceiverTest", ApiJson.Default.ReceiverTest),
        [typeof(IntegrationTest)] = ("IntegrationTest", ApiJson.Default.IntegrationTest),
        [typeof(TokenItem)] = ("Token", ApiJson.Default.TokenItem),
        [typeof(Page<TokenItem>)] = ("TokenPage", ApiJson.Default.PageTokenItem),
        [typeof(CreatedToken)] = ("CreatedToken", ApiJson.Default.CreatedToken),
        [typeof(NotEvent)] = ("NotEvent", ApiJson.Default.NotEvent),
        [typeof(StatusBody)] = ("Status", ApiJson.Default.StatusBody),
        [typeof(StatusFailure)] = ("StatusFailure", ApiJson.Default.StatusFailure),
        [typeof(StatusCluster)] = ("StatusCluster", ApiJson.Default.StatusCluster),
        [typeof(StatusService)] = ("StatusService", ApiJson.Default.StatusService),
        [typeof(StatusStrip)] = ("StatusStrip", ApiJson.Default.StatusStrip),
        [typeof(StatusDeployment)] = ("StatusDeployment", ApiJson.Default.StatusDeployment),
        [typeof(StatusKindCount)] = ("StatusKindCount", ApiJson.Default.StatusKindCount),
        [typeof(StatusServiceCount)] = ("StatusServiceCount", ApiJson.Default.StatusServiceCount),
        [typeof(ResyncBody)] = ("Resync", ApiJson.Default.ResyncBody),
        [typeof(ResyncRunBody)] = ("ResyncRun", ApiJson.Default.ResyncRunBody),
        [typeof(ResyncProgressBody)] = ("ResyncProgress", ApiJson.Default.ResyncProgressBody),
        [typeof(TaskLogsBody)] = ("TaskLogs", ApiJson.Default.TaskLogsBody),
        [typeof(ContainerLogBody)] = ("ContainerLog", ApiJson.Default.ContainerLogBody),
        [typeof(LogLineBody)] = ("LogLine", ApiJson.Default.LogLineBody),
        [typeof(RuleItem)] = ("Rule", ApiJson.Default.RuleItem),
        [typeof(Page<RuleItem>)] = ("RulePage", ApiJson.Default.PageRuleItem),
        [typeof(Rehearsed)] = ("Rehearsed", ApiJson.Default.Rehearsed),
        [typeof(RehearsedItem)] = ("RehearsedItem", ApiJson.Default.RehearsedItem),
        [typeof(SessionBody)] = ("Session", ApiJson.Default.SessionBody),
    };

    private const string Text = """{"type":"string"}""";
    private const string TextOrNull = """{"type":["string","null"]}""";
    private const string Texts = """{"type":"array","items":{"type":"string"}}""";
    private const string Time = """{"type":"string","format":"date-time"}""";
    private const string Number = """{"type":"integer"}""";
    private const string Numbers = """{"type":"array","items":{"type":"integer"}}""";
    private const string Bool = """{"type":"boolean"}""";
    private const string Null = """{"type":"null"}""";
    private const string Percent = """{"type":"number"}""";
    private const string Events = """{"type":"array","items":{"$ref":"#/components/schemas/Event"}}""";

    // Of an answer about the past.
    private static readonly (string Member, string Schema)[] PackingMembers = [("workloads", ListOf("PackedWorkload")), ("instances", ListOf("PackedInstance"))];
    private static readonly (string Member, string Schema)[] Past = [("at?", Time), ("since?", Time), ("resyncedSince?", Time), ("note?", TextOrNull)];

    private static readonly (string Member, string Schema)[] Fargate = [("fargateTasks", Number), ("fargateCpu", Number), ("fargateMemory", Number)];

    private static readonly (string Member, string Schema)[] Sum =
    [
        ("instances", Number), ("instancesTakingTasks", Number), ("instancesNotKnown", Number), .. Amounts(""), ("availableCpu", Number), ("availableMemory", Number), ("availableGpus", Number),
        ("reservedNetworkInterfaces", Number), ("tasks", Number), ("tasksByService", ListOf("ServiceTasks")), .. Fargate,
    ];

    private static readonly (string Member, string Schema)[] Outcome =
        [("instanceHours", Percent), ("minutesShort", Number), ("idleInstanceHours", Percent), ("instancesMost", Number), ("scaledOut", Number), ("scaledIn", Number)];

    // A member whose name ends in '?' is there only where it is known.
    private static readonly (string Name, (string Member, string Schema)[] Members)[] Written =
    [
        ("Event",
        [
            ("key", Text), ("occurredAt", Time), ("receivedAt", Time), ("timeUncertain?", Bool), ("synthetic?", Bool), ("id?", Text), ("source?", Text), ("detailType?", Text), ("account?", Text),
            ("region?", Text), ("cluster?", Text), ("service?", Text), ("task?", Text), ("instance?", Text), ("kind?", Text), ("outcome?", Text), ("severity?", Text),
            ("summary?", Text), ("evidence?", Texts), ("nextStep?", Text), ("masked?", Texts), ("event", "{}"),
        ]),
        ("ResourcePage", [("items", """{"type":"array","items":{"type":"object"}}"""), ("next", TextOrNull), .. Past]),
        ("TaskDiagnosis", [("kind?", Text), ("outcome", Text), ("severity", Text), ("summary", Text), ("evidence", Texts), ("nextStep", Text)]),
        ("TaskPhase", [("phase", Text), ("from", Time), ("to?", Time), ("seconds?", """{"type":"number"}""")]),
        ("TaskTag", [("key", Text), ("value", Text), ("of", """{"type":"string","enum":["service","taskDefinition","cluster"]}""")]),
        ("TaskRecord",
        [
            ("task", """{"type":"object"}"""), ("tags", ListOf("TaskTag")), ("diagnosis", """{"oneOf":[{"$ref":"#/components/schemas/TaskDiagnosis"},{"type":"null"}]}"""), ("phases", ListOf("TaskPhase")), ("events", Events),
            ("siblings", """{"type":"array","items":{"type":"object"}}"""), ("serviceEvents", Events), ("logs", """{"oneOf":[{"$ref":"#/components/schemas/TaskLogs"},{"type":"null"}]}"""), ("cut", TextOrNull),
        ]),
        ("LargestTask", [("instance", Text), ("cpu", Number), ("memory", Number)]),
        ("ServiceTasks", [("serviceName", Text), ("tasks", Number)]),
        ("CapacitySum", Sum),
        ("CapacityCluster", [("account", Text), ("region", Text), ("cluster", Text), .. Sum, ("largestByCpu?", Ref("LargestTask")), ("largestByMemory?", Ref("LargestTask")), ("services", Number), ("placementFailures", Number)]),
        ("CapacityPage", [("by", Text), ("items", ListOf("CapacityCluster")), ("next", TextOrNull), .. Past]),
        ("CapacityInstance",
        [
            ("instance", Text), ("ec2InstanceId?", Text), ("status?", Text), ("agentConnected?", Bool), ("takesTasks", """{"type":"string","enum":["yes","notActive","agentDisconnected","notKnown"]}"""),
            ("capacityProviderName?", Text), ("availabilityZone?", Text), ("instanceType?", Text), .. Amounts("?"), ("reservedNetworkInterfaces", Number), ("tasks", Number),
            ("tasksByService", ListOf("ServiceTasks")), ("updatedAt?", Time),
        ]),
        ("CapacityGroup", [("availabilityZone?", Text), ("capacityProviderName?", Text), .. Sum]),
        ("CapacityTask",
        [
            ("cpu?", Number), ("memory?", Number), ("gpus", Number), ("ports", Numbers), ("udpPorts", Numbers), ("networkInterface", Bool), ("launchType?", Text), ("capacityProviderName?", Text),
        ]),
        ("CapacityService",
        [
            ("serviceName", Text), ("tasks", Number), ("reservedCpu", Number), ("reservedMemory", Number), .. Fargate, ("task?", Ref("CapacityTask")), ("fits?", Number), ("fitsInOnePiece?", Number),
            ("instances?", Number), ("stoppedBy?", """{"type":"string","enum":["cpu","memory","gpu","ports","instances"]}"""), ("stoppedOn?", Number), ("placementFailure?", Text),
        ]),
        ("MissingForTask", [("instance", Text), ("missingCpu", Number), ("missingMemory", Number), ("missingGpus", Number), ("portTaken", Bool)]),
        ("PlacementFailure",
        [
            ("serviceName", Text), ("at?", Time), ("code", Text), ("reason", Text), ("has", Text), ("wouldFit", Text), ("nextStep", Text), ("instances", Number), ("instancesTakingNone", Number), ("fits?", Number),
            ("cpuAtItsMemory?", Number), ("memoryAtItsCpu?", Number), ("nearest?", Ref("MissingForTask")),
        ]),
        ("CapacityOfCluster",
        [
            ("account", Text), ("region", Text), ("cluster", Text), ("total", Ref("CapacitySum")), ("largestByCpu?", Ref("LargestTask")), ("largestByMemory?", Ref("LargestTask")),
            ("placementFailures", ListOf("PlacementFailure")), ("by", Text), ("items", $$"""{"type":"array","items":{"oneOf":[{{Ref("CapacityInstance")}},{{Ref("CapacityService")}},{{Ref("CapacityGroup")}}]} }"""),
            ("next", TextOrNull), .. Past,
        ]),
        ("PlanAdded", [("instanceType", Text), ("availabilityZone?", Text), ("instances", Number)]),
        ("PlanInstance", [("instance", Text), ("ec2InstanceId?", Text), ("instanceType?", Text), ("availabilityZone?", Text)]),
        ("PlanBlock", [("kind", """{"type":"string","enum":["resource","distinct","port","zone","pinned","room","noPlace"]}"""), ("name", Text), ("needs", Number), ("text", Text)]),
        ("PlanStep", [("action", """{"type":"string","enum":["add","start","stop","release"]}"""), ("taskId?", Text), ("group?", Text), ("instance", Text), ("ec2InstanceId?", Text)]),
        ("CapacityPlan",
        [
            ("account", Text), ("region", Text), ("cluster", Text), ("isPossible", Bool), ("instances", Number), ("tasks", Number), ("kept", Number), ("leastKept", Number), ("moves", Number),
            ("added", ListOf("PlanAdded")), ("released", ListOf("PlanInstance")), ("blocks", ListOf("PlanBlock")), ("notOrdered", Texts), ("steps", ListOf("PlanStep")), ("stepsLeftOut", Number),
            ("packing?", Ref("Packing")), .. Past,
        ]),
        ("CapacityPacking", [("account", Text), ("region", Text), ("cluster", Text), .. PackingMembers, .. Past]),
        ("Packing", PackingMembers),
        ("PackedWorkload", [("name", Text), ("cpu", Number), ("memory", Number), ("isDaemon", Bool)]),
        ("PackedInstance",
        [
            ("instance", Text), ("ec2InstanceId?", Text), ("instanceType?", Text), ("availabilityZone?", Text), ("isDraining", Bool), ("cpu", Number), ("memory", Number), ("takenCpu", Number), ("takenMemory", Number),
            ("tasks", $$"""{"type":"array","items":{{Numbers}}}"""),
        ]),
        ("CapacityMoment",
        [
            ("at", Time), ("isKnown", Bool), ("silentSeconds?", Number), ("instances?", Number), ("instancesTakingTasks?", Number), .. Amounts("?").Where(amount => !amount.Member.Contains("Ports", StringComparison.Ordinal)), ("availableCpu?", Number), ("availableMemory?", Number), ("availableGpus?", Number),
            ("tasks?", Number), ("runningTasks?", Number), ("pendingTasks?", Number), ("placementFailures?", Number),
        ]),
        ("PlacementMark", [("at", Time), ("serviceName", Text), ("code", Text), ("reason", Text)]),
        ("CapacityHistory",
        [
            ("account", Text), ("region", Text), ("cluster", Text), ("from", Time), ("to", Time), ("items", ListOf("CapacityMoment")), ("placementFailures", ListOf("PlacementMark")), ("placementFailuresLeftOut", Number),
            ("events", Number), ("cutAt?", Time), ("since?", Time), ("resyncedSince?", Time), ("note", TextOrNull),
        ]),
        ("ScalingOutcome", Outcome),
        ("ScalingTarget", [("target", Number), .. Outcome]),
        ("CapacityProviderScaling",
        [
            ("capacityProviderName", Text), ("from", Time), ("instances", Number), ("instancesWithTasks", Number), ("provisioningTasks", Number), ("capacityProviderReservation", Percent),
            ("capacityProviderReservationLeast", Percent), ("capacityProviderReservationMost", Percent), ("was", Ref("ScalingOutcome")), ("needed", Ref("ScalingOutcome")), ("targets", ListOf("ScalingTarget")),
        ]),
        ("CapacityScaling",
        [
            ("account", Text), ("region", Text), ("cluster", Text), ("from", Time), ("to", Time), ("items", ListOf("CapacityProviderScaling")), ("events", Number), ("cutAt?", Time), ("since?", Time), ("note", TextOrNull),
        ]),
        ("AdvisedSize", [("cpu?", Number), ("memory?", Number)]),
        ("AdviceEvidence", [("taskId", Text), ("at", Time), ("text", Text)]),
        ("AdviceSaving", [("cpu", Number), ("memory", Number), ("instances?", Number), ("perMonth?", Percent), ("currency?", Text)]),
        ("Advice",
        [
            ("kind", """{"type":"string","enum":["raiseMemory","raiseCpu","resizeTask","lowerMemory","lowerCpu","restarts"]}"""), ("serviceName?", Text), ("family?", Text), ("container?", Text), ("fargate", Bool),
            ("tasks", Number), ("from?", Ref("AdvisedSize")), ("to?", Ref("AdvisedSize")), ("taskFrom?", Ref("AdvisedSize")), ("taskTo?", Ref("AdvisedSize")), ("text", Text), ("formula", Text),
            ("evidence", ListOf("AdviceEvidence")), ("evidenceTotal", Number), ("usage?", Text), ("saving", Ref("AdviceSaving")), ("risk", Text), ("whyNotMore", Text), ("reservationsOnly", Bool),
        ]),
        ("CapacityAdvice", [("account", Text), ("region", Text), ("cluster", Text), ("windowDays", Number), ("items", ListOf("Advice")), ("itemsLeftOut", Number), ("notes", Texts), .. Past]),
        ("EventPage", [("items", Events), ("next", TextOrNull), ("cut", TextOrNull), ("hint", TextOrNull)]),
        ("EventList", [("items", Events), ("next", Null)]),
        ("EventContext", [("event", Ref("Event")), ("earlier", Events), ("later", Events), ("cut", TextOrNull)]),
        ("Explanation",
        [
            ("id", Text), ("occurredAt", Time), ("detailType", Text), ("cluster?", Text), ("service?", Text), ("task?", Text), ("kind", Text), ("outcome", Text), ("severity", Text),
            ("summary", Text), ("evidence", Texts), ("nextStep", Text),
        ]),
        ("ExplanationList", [("items", ListOf("Explanation")), ("next", Null), ("notEvents", ListOf("NotEvent"))]),
        ("HistogramSeries", [("value", TextOrNull), ("total", Number), ("counts", Numbers)]),
        ("Histogram", [("from", Time), ("bucketMilliseconds", Number), ("total", Number), ("counts", Numbers), ("series", ListOf("HistogramSeries")), ("cut", TextOrNull)]),
        ("Field", [("name", Text), ("path", Text), ("type", Text), ("description", Text), ("listed", Bool)]),
        ("FieldList", [("items", ListOf("Field")), ("next", Null)]),
        ("ValueCount", [("value", Text), ("count", Number)]),
        ("ValueList", [("items", ListOf("ValueCount")), ("next", Null), ("total", Number), ("without", Number), ("cut", TextOrNull)]),
    ];

    /// <summary>All of them, by name.</summary>
    public static JsonObject All()
    {
        var schemas = Records.Values.Select(r => (r.Name, Schema: OfRecord(r.Info))).Concat(Written.Select(w => (w.Name, Schema: (JsonNode)OfMembers(w.Members))));
        return new JsonObject(schemas.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.Schema)));
    }

    /// <summary>A reference to one of them.</summary>
    public static string Ref(string name) => $$"""{"$ref":"#/components/schemas/{{name}}"}""";

    // A reservation is not there where nothing can be reserved.
    private static (string Member, string Schema)[] Amounts(string optional) =>
    [
        .. ((string[])["Cpu", "Memory", "Gpus", "Ports"]).SelectMany(name => ((string[])["registered", "reserved", "remaining"]).Select(of => (of + name + optional, Number))),
        ("cpuReservation?", Percent), ("memoryReservation?", Percent), ("gpuReservation?", Percent),
    ];

    private static string ListOf(string name) => $$"""{"type":"array","items":{{Ref(name)}}}""";

    private static JsonNode OfRecord(JsonTypeInfo info) => info.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) =>
        {
            if (!context.Path.IsEmpty && Records.TryGetValue(context.TypeInfo.Type, out var named)) return JsonNode.Parse(Ref(named.Name))!;
            if (context.TypeInfo.Kind != JsonTypeInfoKind.Object || node is not JsonObject schema) return node;

            // Every member is written, but those that are left out when they are null.
            var always = context.TypeInfo.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) != true);
            schema["required"] = new JsonArray([.. always.Select(p => (JsonNode)p.Name)]);
            return schema;
        },
    });

    private static JsonObject OfMembers((string Member, string Schema)[] members) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Member.TrimEnd('?'), JsonNode.Parse(m.Schema)))),
        ["required"] = new JsonArray([.. members.Where(m => !m.Member.EndsWith('?')).Select(m => (JsonNode)m.Member)]),
    };
}
