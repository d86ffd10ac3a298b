using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Rules;

/// <summary>Severities and outcomes as labels and patterns have them.</summary>
internal static class DiagnosisWords
{
    /// <summary>info, warning, error or critical.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Error => "error",
        _ => "critical",
    };

    /// <summary>failure, routine, info or unknown.</summary>
    public static string Of(EventOutcome outcome) => outcome switch
    {
        EventOutcome.Failure => "failure",
        EventOutcome.Routine => "routine",
        EventOutcome.Info => "info",
        _ => "unknown",
    };
}
