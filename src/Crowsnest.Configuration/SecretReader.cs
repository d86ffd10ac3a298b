using System.Text;

namespace Crowsnest.Configuration;

/// <summary>Fetches secrets from where a configuration says they are.</summary>
/// <param name="environment">Variables of the environment.</param>
/// <param name="folder">Where files are relative to.</param>
/// <param name="fetched">What is kept in AWS, by its reference, or why it cannot be had; <see langword="null"/> to learn only which are named (<see cref="Wanted"/>).</param>
internal sealed class SecretReader(Func<string, string?> environment, string folder, IReadOnlyDictionary<string, (Secret? Secret, string? Mistake)>? fetched)
{
    /// <summary>A key file, not a disk image given by mistake.</summary>
    public const int BytesMax = 64 * 1024;

    // As long as any that is asked for has to be.
    private static readonly Secret Unknown = new("not-fetched-yet-not-fetched-yet");

    /// <summary>Reads nothing: where nobody is told, secrets need not be at hand, and are nobody's business.</summary>
    public static SecretReader Unread { get; } = new(_ => null, ".", null) { _isUnread = true };

    private bool _isUnread;

    /// <summary>The references into AWS that were met and are not fetched yet, each once. What was answered for them is nobody's secret.</summary>
    public List<string> Wanted { get; } = [];

    /// <summary>Whether it is the secret itself, and does not stand for one that is not fetched yet.</summary>
    public static bool IsRead(Secret secret) => !ReferenceEquals(secret, Unknown);

    /// <summary>From a file, relative to the configuration's folder; one line end at the end is not part of it.</summary>
    public (Secret? Secret, string? Mistake) FromFile(string path)
    {
        if (_isUnread) return (Unknown, null);
        var full = Path.GetFullPath(path, folder);
        try
        {
            using var stream = File.OpenRead(full);
            var bytes = new byte[BytesMax + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > BytesMax) return (null, $"{path} is larger than 64 KiB");
            var text = Encoding.UTF8.GetString(bytes, 0, length);
            if (text.EndsWith('\n')) text = text[..^1];
            if (text.EndsWith('\r')) text = text[..^1];
            return text.Length == 0 ? (null, $"{path} is empty") : (new Secret(text), null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot read {path}: {failure.Message}");
        }
    }

    /// <summary>From <c>${ENV}</c> as a whole value, from <c>ssm:NAME</c>, or from <c>secretsmanager:ARN</c>.</summary>
    public (Secret? Secret, string? Mistake) FromReference(string text)
    {
        if (RemoteText.IsSecret(text)) return _isUnread ? (Unknown, null) : FromAws(text);
        if (!text.StartsWith("${", StringComparison.Ordinal) || !text.EndsWith('}') || text.Length < 4)
            return (null, "a secret does not stand in the file itself; write ${NAME} for an environment variable (as the whole value), ssm:NAME, secretsmanager:ARN, or give its '_file' form");
        var name = text[2..^1];
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return (null, $"'{name}' is not a name of an environment variable");
        if (_isUnread) return (Unknown, null);
        return environment(name) is { Length: > 0 } value ? (new Secret(value), null) : (null, $"the environment variable {name} is not set");
    }

    private (Secret? Secret, string? Mistake) FromAws(string reference)
    {
        if (fetched is not null) return fetched[reference];
        if (!Wanted.Contains(reference, StringComparer.Ordinal)) Wanted.Add(reference);
        return (Unknown, null);
    }
}
