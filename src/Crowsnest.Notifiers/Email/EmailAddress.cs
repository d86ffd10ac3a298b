using System.Net.Mail;

namespace Crowsnest.Notifiers.Email;

/// <summary>An address of e-mail, perhaps with a name. What is made by <see cref="Parse"/> can end no line and no command.</summary>
public sealed record EmailAddress
{
    // RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of which are its angle brackets.
    private const int AddressMax = 254;

    private EmailAddress(string name, string address) => (Name, Address) = (name, address);

    /// <summary>The name that is shown; may be empty.</summary>
    public string Name { get; }

    /// <summary>The address itself, in ASCII: <c>ops@example.com</c>.</summary>
    public string Address { get; }

    /// <summary>What stands behind the last at sign.</summary>
    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>Reads <c>ops@example.com</c> or <c>Operations &lt;ops@example.com&gt;</c>; <see langword="null"/> when it is neither, or one that needs quotes or more than ASCII.</summary>
    public static EmailAddress? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Any(char.IsControl) || !MailAddress.TryCreate(text.Trim(), out var read)) return null;
        var isPlain = read.Address.Length <= AddressMax && read.Address.All(c => char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-@".Contains(c, StringComparison.Ordinal));
        return isPlain && read.Address.Count(c => c == '@') == 1 ? new EmailAddress(read.DisplayName, read.Address) : null;
    }

    /// <summary>Reads several, with commas between them; <see langword="null"/> when one of them is none.</summary>
    public static IReadOnlyList<EmailAddress>? ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = text.Split(',', StringSplitOptions.TrimEntries).Select(Parse).ToList();
        return read.Contains(null) ? null : [.. read.OfType<EmailAddress>()];
    }
}
