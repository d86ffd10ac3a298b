using System.Collections.Immutable;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Finds fallbacks that would tell nobody: of no name, without integrations, or leading round to where they began.</summary>
internal static class FallbackCheck
{
    /// <summary>Reports what is wrong with a receiver's fallback.</summary>
    public static void Check(ReceiverConfig? receiver, YamlSection section, ImmutableArray<ReceiverConfig> all)
    {
        if (receiver?.Fallback is not { } name) return;
        if (all.FirstOrDefault(one => one.Name == name) is not { } fallback)
        {
            section.Mistake("fallback", $"no receiver is named '{name}'{Spelling.Hint(name, [.. all.Select(one => one.Name)])} (known: {string.Join(", ", all.Select(one => one.Name))})");
        }
        else if (Way(receiver, all) is [.., var last] way && last == receiver.Name)
        {
            section.Mistake("fallback", way.Count == 2 ? $"'{name}' cannot be its own fallback" : $"the fallbacks lead in a circle: {string.Join(" -> ", way)}");
        }
        else if (IsEmpty(fallback))
        {
            section.Mistake("fallback", $"'{name}' has no integration, so nobody would be told");
        }
    }

    // From one to the next, until there is none, or one comes again.
    private static List<string> Way(ReceiverConfig receiver, ImmutableArray<ReceiverConfig> all)
    {
        List<string> way = [receiver.Name];
        for (var next = receiver.Fallback; next is not null; next = all.FirstOrDefault(one => one.Name == next)?.Fallback)
        {
            var isAgain = way.Contains(next, StringComparer.Ordinal);
            way.Add(next);
            if (isAgain) break;
        }

        return way;
    }

    private static bool IsEmpty(ReceiverConfig receiver) =>
        receiver is { Webhooks: [], Topics: [], Slack: [], Teams: [], PagerDuty: [], Emails: [], Alertmanagers: [], Console: null };
}
