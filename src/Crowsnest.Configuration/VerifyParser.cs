using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads the section <c>verify</c>.</summary>
internal static class VerifyParser
{
    // Long enough that nobody finds it by trying; a UUID has 36 characters.
    private const int NonceMin = 16;
    private const int NonceMax = 200;

    /// <summary>What is synthetic, and who is told of it.</summary>
    public static VerifyConfig Parse(YamlSection? section, ImmutableArray<string> trusted, ImmutableArray<ReceiverConfig> receivers, SecretReader secrets)
    {
        var defaults = new VerifyConfig();
        if (section is null) return defaults;
        var verify = new VerifyConfig
        {
            Source = section.Text("source") ?? defaults.Source,
            Nonce = Nonce(section, secrets),
            Receiver = section.Text("receiver"),
        };
        if (TrustedSources.Default.Includes(verify.Source)) section.Mistake("source", $"'{verify.Source}' is AWS's own, under which nobody else may send; write e.g. {defaults.Source}");
        else if (verify.Source == OwnEvents.Source) section.Mistake("source", $"'{verify.Source}' is of what this program learns by itself; give it a name of its own, e.g. {defaults.Source}");
        else if (new TrustedSources(trusted).Includes(verify.Source))
            section.Mistake("source", $"'{verify.Source}' is one of sources.trusted, whose events change state; a synthetic event must not: give it a name of its own, e.g. {defaults.Source}");
        if (verify.Receiver is { } receiver && receivers.All(r => r.Name != receiver))
        {
            var names = receivers.Select(r => r.Name).ToArray();
            section.Mistake("receiver", $"no receiver is named '{receiver}'{Spelling.Hint(receiver, names)} (known: {string.Join(", ", names)})");
        }

        section.Done();
        return verify;
    }

    // It tells a deployment's own events from others' and opens nothing, so it may stand in the file: a stack's output does so too.
    private static Secret? Nonce(YamlSection section, SecretReader secrets)
    {
        var text = section.Text("nonce");
        var isWritten = text is not null && !text.StartsWith("${", StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal) && !section.Has("nonce_file");
        var nonce = isWritten ? new Secret(text!) : section.Secret("nonce", secrets);
        if (nonce is null) return null;
        if (nonce.Reveal() is { Length: >= NonceMin and <= NonceMax } given && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return nonce;
        section.Mistake(section.Has("nonce_file") ? "nonce_file" : "nonce", $"a nonce is {NonceMin} to {NonceMax} letters, digits, - and _; 'uuidgen' makes one");
        return null;
    }
}
