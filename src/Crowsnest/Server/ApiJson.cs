using System.Text.Json.Serialization;
using Crowsnest.Rehearsal;
using Crowsnest.Server.Silences;

namespace Crowsnest.Server;

/// <summary>How what we answer is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    PropertyNameCaseInsensitive = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(Page<TokenItem>))]
[JsonSerializable(typeof(Page<QuarantineItem>))]
[JsonSerializable(typeof(QuarantineDetail))]
[JsonSerializable(typeof(Page<NotificationItem>))]
[JsonSerializable(typeof(Page<IncidentItem>))]
[JsonSerializable(typeof(IncidentDetail))]
[JsonSerializable(typeof(IncidentWish))]
[JsonSerializable(typeof(Page<SilenceItem>))]
[JsonSerializable(typeof(SilenceBody))]
[JsonSerializable(typeof(SilencePreview))]
[JsonSerializable(typeof(Page<ReceiverItem>))]
[JsonSerializable(typeof(ReceiverTest))]
[JsonSerializable(typeof(Page<RuleItem>))]
[JsonSerializable(typeof(RehearsalWish))]
[JsonSerializable(typeof(Rehearsed))]
[JsonSerializable(typeof(RehearsedItem))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(NewSession))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(TokenItem))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(PipelineBody))]
[JsonSerializable(typeof(UntoldBody))]
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(AccountingBody))]
[JsonSerializable(typeof(BackupWish))]
[JsonSerializable(typeof(BackupLine))]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(ResyncBody))]
[JsonSerializable(typeof(ResyncRunBody))]
[JsonSerializable(typeof(TaskLogsBody))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>A page of a list.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
