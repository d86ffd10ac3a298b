using System.Text.RegularExpressions;

namespace Crowsnest.Core.Events;

/// <summary>Takes out of free text what looks like a secret: what people's programs write into their logs is shown to more people than the logs are.</summary>
/// <remarks>
/// It knows the shapes in which secrets are usually written, and cannot know all. What stands between is left as it is. The patterns step over each character a
/// bounded number of times, and the text is cut first, so that hostile lines take no time.
/// </remarks>
public static partial class SecretText
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary>The text with secrets masked, cut to at most so many characters.</summary>
    public static string Masked(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Cut behind the masking, or a cut secret would not look like one; but not of megabytes.
        var cut = text.Length > most * 2 ? text[..(most * 2)] : text;
        cut = PrivateKey().Replace(cut, Mask);
        cut = Signed().Replace(cut, Mask);
        cut = AccessKey().Replace(cut, Mask);
        cut = Known().Replace(cut, Mask);
        cut = Login().Replace(cut, "$1" + Mask + "@");
        cut = Scheme().Replace(cut, "$1 " + Mask);
        cut = Named().Replace(cut, "$1" + Mask);
        return cut.Length > most ? string.Concat(cut.AsSpan(0, most), "…") : cut;
    }

    // Logs have a key's lines one by one: what is base64 and as long as its lines are is taken for one.
    [GeneratedRegex("-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*|^[A-Za-z0-9+/]{60,80}={0,2}\\s*$", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    // A JSON Web Token.
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.?[A-Za-z0-9_-]*")]
    private static partial Regex Signed();

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    [GeneratedRegex(@"\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")]
    private static partial Regex AccessKey();

    // GitHub, GitLab, Slack, Stripe, Google.
    [GeneratedRegex(@"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|[sr]k_(live|test)_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{30,})")]
    private static partial Regex Known();

    // scheme://user:password@host
    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^\s/@]{1,300}@")]
    private static partial Regex Login();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    // password=…, "api_key": "…", DB_PASSWORD: …, --secret …; a quoted value with its spaces.
    [GeneratedRegex("""((?:passwords?|passwd|passphrase|pwd|secrets?|secret[_-]?(?:access[_-]?)?key|client[_-]?secret|api[_-]?keys?|access[_-]?keys?|private[_-]?key|auth[_-]?token|tokens?|credentials?|authorization|session[_-]?id|cookie)["'\\]{0,3}\s{0,3}[:=]\s{0,3})(?:\\{0,2}"[^"\\]*\\{0,2}"?|'[^']*'?|[^\s,;&"'}\]]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
