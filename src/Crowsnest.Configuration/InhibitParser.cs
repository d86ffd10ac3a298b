using System.Collections.Immutable;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>inhibit_rules</c>: those of an <c>alertmanager.yml</c> are taken as they are. The user's take the place of the shipped ones.</summary>
internal static class InhibitParser
{
    /// <summary>All of them, in the file's order; without the key the shipped ones.</summary>
    public static ImmutableArray<InhibitRule> Parse(YamlSection root, IReadOnlyCollection<string> ownLabels) =>
        root.Has("inhibit_rules") ? [.. root.Sections("inhibit_rules").Select(section => Rule(section, ownLabels))] : InhibitRule.Shipped;

    private static InhibitRule Rule(YamlSection section, IReadOnlyCollection<string> ownLabels)
    {
        var rule = new InhibitRule
        {
            Sources = [.. MatcherSection.Read(section, "source_matchers", "source_match", "source_match_re", ownLabels)],
            Targets = [.. MatcherSection.Read(section, "target_matchers", "target_match", "target_match_re", ownLabels)],
            Equal = section.Words("equal") ?? [],
        };
        foreach (var side in (string[])["source", "target"])
        {
            if (!section.Has(side + "_matchers") && !section.Has(side + "_match") && !section.Has(side + "_match_re"))
                section.Mistake(side + "_matchers", $"'{side}_matchers' is missing: {(side == "source" ? "which incidents inhibit others" : "which incidents are inhibited")}?");
        }

        foreach (var label in rule.Equal.Where(label => !LabelNames.IsKnown(label, ownLabels)))
            section.Mistake("equal", $"'{label}' is not a label{Spelling.Hint(label, [.. LabelNames.Known, .. ownLabels])} (known: {string.Join(", ", [.. LabelNames.Known, .. ownLabels])}, tag_NAME)");
        section.Done();
        return rule;
    }
}
