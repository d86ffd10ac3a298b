namespace Crowsnest.Notifiers.Email;

/// <summary>Text in the head of a mail: nothing of it can end its line, whatever it came from.</summary>
internal static class EmailHeaders
{
    // RFC 2047, section 2: an encoded word has at most 75 characters, and 60 of base64 are 45 bytes.
    private const int WordBytesMax = 45;

    // RFC 5322, 2.1.1: lines should have at most 78 characters; a header that is short and plain is left as it is.
    private const int PlainMax = 60;

    /// <summary>Plain where that is readable, otherwise as encoded words (RFC 2047), each on a line that goes on the one before.</summary>
    public static string Text(string text)
    {
        if (text.Length <= PlainMax && !text.Contains("=?", StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        return Words(text);
    }

    /// <summary>An address, with its name before it where it has one.</summary>
    public static string Mailbox(EmailAddress mailbox)
    {
        if (mailbox.Name.Length == 0) return mailbox.Address;
        var isPlain = mailbox.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') && mailbox.Name.Length <= PlainMax;
        return $"{(isPlain ? mailbox.Name : Words(mailbox.Name))} <{mailbox.Address}>";
    }

    private static string Words(string text)
    {
        var words = new List<string>();
        var bytes = new List<byte>(WordBytesMax);
        Span<byte> one = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(one);
            if (bytes.Count + length > WordBytesMax) End(words, bytes);
            bytes.AddRange(one[..length]);
        }

        End(words, bytes);
        return string.Join("\r\n ", words);
    }

    private static void End(List<string> words, List<byte> bytes)
    {
        if (bytes.Count == 0) return;
        words.Add(Word([.. bytes]));
        bytes.Clear();
    }

    private static string Word(byte[] bytes) => $"=?utf-8?B?{Convert.ToBase64String(bytes)}?=";
}
