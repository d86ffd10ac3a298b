using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads the matchers of a section: a list of texts, and Alertmanager's older mappings of labels to values.</summary>
internal static class MatcherSection
{
    /// <summary>All of them, in order.</summary>
    /// <param name="section">Where they stand.</param>
    /// <param name="list">The key of the list.</param>
    /// <param name="equal">The key of the older mapping to values.</param>
    /// <param name="pattern">The key of the older mapping to regular expressions.</param>
    /// <param name="ownLabels">Labels that rules give their incidents.</param>
    public static List<LabelMatcher> Read(YamlSection section, string list, string equal, string pattern, IReadOnlyCollection<string> ownLabels)
    {
        List<LabelMatcher> matchers = [.. Listed(section, list), .. Old(section, equal, MatcherKind.Equal), .. Old(section, pattern, MatcherKind.Matches)];
        foreach (var matcher in matchers.Where(matcher => !LabelNames.IsKnown(matcher.Name, ownLabels)))
            section.Mistake(new[] { list, equal, pattern }.First(section.Has), $"'{matcher.Name}' is not a label{Spelling.Hint(matcher.Name, [.. LabelNames.Known, .. ownLabels])} (known: {string.Join(", ", [.. LabelNames.Known, .. ownLabels])}, tag_NAME)");
        return matchers;
    }

    private static List<LabelMatcher> Listed(YamlSection section, string key)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var text in section.Words(key) ?? [])
        {
            try
            {
                matchers.AddRange(MatcherText.Parse(text));
            }
            catch (MatcherException e)
            {
                section.Mistake(key, e.Message);
            }
        }

        return matchers;
    }

    private static List<LabelMatcher> Old(YamlSection section, string key, MatcherKind kind)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var (label, value) in section.Section(key)?.Pairs() ?? [])
        {
            try
            {
                matchers.Add(LabelMatcher.Of(label, kind, value));
            }
            catch (ArgumentException e)
            {
                section.Mistake(key, $"'{value}' is not a regular expression: {e.Message}");
            }
        }

        return matchers;
    }
}
