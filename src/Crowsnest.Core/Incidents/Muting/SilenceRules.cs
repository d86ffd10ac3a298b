using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>What a silence must be like, and how many there may be.</summary>
public static class SilenceRules
{
    /// <summary>Silences that have not ended.</summary>
    public const int OpenMax = 1_000;

    /// <summary>Silences that have ended and are still shown, the latest of them.</summary>
    public const int ExpiredMax = 1_000;

    /// <summary>Characters of an author's name.</summary>
    public const int NameMax = 100;

    /// <summary>Characters of a comment.</summary>
    public const int CommentMax = 2_000;

    /// <summary>Matchers of one silence.</summary>
    public const int MatchersMax = 32;

    private const int ValueMax = 2_000;

    /// <summary>How long one that has ended is still shown: Alertmanager's <c>data.retention</c>.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(120);

    /// <summary>All that is wrong with it, each in a sentence; Alertmanager's rules.</summary>
    public static IReadOnlyList<string> Mistakes(Silence silence, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(silence);
        var mistakes = new List<string>();
        if (silence.Matchers.IsDefaultOrEmpty) mistakes.Add("A silence needs at least one matcher, as in cluster=\"prod\".");
        else if (silence.Matchers.All(matcher => matcher.HoldsFor(""))) mistakes.Add("At least one matcher must not match the empty value, or the silence would hide everything.");
        if (!silence.Matchers.IsDefault && silence.Matchers.Length > MatchersMax) mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"A silence has at most {MatchersMax} matchers."));
        if (!silence.Matchers.IsDefault && silence.Matchers.Any(matcher => matcher.Name.Length is 0 or > NameMax || matcher.Value.Length > ValueMax))
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"A matcher's label has 1 to {NameMax} characters, its value at most {ValueMax}."));
        if (silence.EndsAt <= silence.StartsAt) mistakes.Add("It must end after it starts.");
        else if (silence.EndsAt <= now) mistakes.Add("Its end is in the past.");
        if (silence.CreatedBy.Trim().Length == 0) mistakes.Add("An author is missing: who silences?");
        if (silence.CreatedBy.Length > NameMax) mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"The author has more than {NameMax} characters."));
        if (silence.Comment.Trim().Length == 0) mistakes.Add("A comment is missing: why?");
        if (silence.Comment.Length > CommentMax) mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"The comment has more than {CommentMax} characters."));
        return mistakes;
    }
}
