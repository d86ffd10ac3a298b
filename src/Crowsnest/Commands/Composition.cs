using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Commands;

/// <summary>Makes the parts of Core as the configuration says.</summary>
internal static class Composition
{
    /// <summary>The table of causes, and whose events are believed.</summary>
    public static EventDiagnoser Diagnoser(CrowsnestConfig config) =>
        new([.. config.Diagnosis.Select(Cause)], new TrustedSources(config.Sources.Trusted));

    /// <summary>The shipped rules that are on.</summary>
    public static ShippedRules Rules(CrowsnestConfig config) =>
        new([.. config.Rules.SelectMany(set => ShippedRules.Sets[set.Use].Except(set.Except, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)]);

    /// <summary>What is masked.</summary>
    public static MaskingOptions Masking(CrowsnestConfig config) => new() { Environment = config.Masking.Environment, Paths = config.Masking.Paths };

    private static StopCause Cause(CauseConfig row) => new()
    {
        Kind = row.Kind,
        Severity = Enum.Parse<Severity>(row.Severity, ignoreCase: true),
        Words = row.Words,
        NextStep = row.NextStep,
        StopCodes = row.StopCode.Length > 0 ? [row.StopCode] : [],
        ReasonContains = row.ReasonContains.Length > 0 ? [row.ReasonContains] : [],
        ExitCodes = row.ExitCode is { } code ? [code] : [],
    };
}
