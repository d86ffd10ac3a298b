using Crowsnest.Configuration;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Commands;

/// <summary>Makes the parts of Core as the configuration says.</summary>
internal static class Composition
{
    /// <summary>The table of causes, and whose events are believed.</summary>
    public static EventDiagnoser Diagnoser(CrowsnestConfig config) => new([], new TrustedSources(config.Sources.Trusted));

    /// <summary>The shipped rules that are on.</summary>
    public static ShippedRules Rules(CrowsnestConfig config) =>
        new([.. config.Rules.SelectMany(set => ShippedRules.Sets[set.Use].Except(set.Except, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)]);

    /// <summary>What is masked.</summary>
    public static MaskingOptions Masking(CrowsnestConfig config) => new() { Environment = config.Masking.Environment };
}
