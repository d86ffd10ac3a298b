using System.Collections.Immutable;

namespace Crowsnest.Notifiers.Email;

/// <summary>One target of <c>email_configs</c>. Not a record: a record prints its values, and the password is a secret.</summary>
public sealed class EmailOptions
{
    /// <summary>To whom; at least one.</summary>
    public required ImmutableArray<EmailAddress> To { get; init; }

    /// <summary>From whom.</summary>
    public required EmailAddress From { get; init; }

    /// <summary>The server that takes mail: a name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port: 587 or 25, where TLS is begun by <c>STARTTLS</c>; at 465 it is there from the first byte.</summary>
    public int Port { get; init; } = 587;

    /// <summary>The user, with <see cref="Password"/>; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>The user's password. Never printed, and never sent without TLS but to this machine itself.</summary>
    public string? Password { get; init; }

    /// <summary>Whether nothing is sent without TLS. Without it none is begun, as Alertmanager does.</summary>
    public bool RequireTls { get; init; } = true;

    /// <summary>What we call ourselves.</summary>
    public string Hello { get; init; } = "localhost";

    /// <summary>Whether the host's name may lead to this machine or a private network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for the links in messages, or <see langword="null"/> for no links to it.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long one attempt may take, from the look-up of the name to the server's last word. RFC 5321 (4.5.3.2) lets servers take minutes; other messages wait meanwhile.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
