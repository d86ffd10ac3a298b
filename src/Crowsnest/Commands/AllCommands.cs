namespace Crowsnest.Commands;

/// <summary>The table of commands, in the order in which help shows them.</summary>
internal static class AllCommands
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<CommandSpec> Specs =
    [
        UpCommand.Spec,
        DemoCommand.Spec,
        IngestCommand.Spec,
        SearchCommand.Spec,
        TailCommand.Spec,
        ExportCommand.Spec,
        StatusCommand.Spec,
        GetCommand.Spec,
        ExplainCommand.Spec,
        IncidentsCommand.List,
        IncidentsCommand.Show,
        IncidentsCommand.Acknowledge,
        IncidentsCommand.Assign,
        IncidentsCommand.Resolve,
        IncidentsCommand.Reopen,
        IncidentsCommand.Comment,
        SilencesCommand.List,
        SilencesCommand.Add,
        SilencesCommand.Preview,
        SilencesCommand.Expire,
        ReceiversCommand.Test,
        BackupCommand.Backup,
        BackupCommand.Restore,
        QuarantineCommand.List,
        QuarantineCommand.Show,
        QuarantineCommand.Replay,
        QuarantineCommand.Drop,
        ResyncCommand.Spec,
        DlqCommand.Status,
        DlqCommand.Redrive,
        TokenCommand.List,
        TokenCommand.Create,
        TokenCommand.Revoke,
        LambdaCommand.Package,
        OpenSearchCommand.SetUp,
        RulesCheckCommand.Spec,
        RulesTestCommand.Spec,
        PatternCommand.Check,
        PatternCommand.Match,
        PatternBench.Spec,
        SimulateCommand.Spec,
        DoctorCommand.Spec,
        VerifyCommand.Spec,
        CompletionCommand.Spec,
    ];
}
