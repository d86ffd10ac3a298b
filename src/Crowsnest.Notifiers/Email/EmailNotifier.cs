using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Email;

/// <summary>Sends messages by e-mail through a server that takes mail (SMTP, RFC 5321; STARTTLS, RFC 3207; AUTH, RFC 4954).</summary>
/// <remarks>One connection a message. A recipient whom the server does not take for good keeps no other from getting it, and shows as a failure.</remarks>
public sealed class EmailNotifier : INotifier
{
    // RFC 8314: TLS from the first byte.
    private const int ImplicitTlsPort = 465;

    private readonly EmailOptions _options;
    private readonly TimeProvider _time;
    private readonly MessageLinks _links;
    private readonly GuardedConnector _connector;
    private readonly X509Certificate2Collection? _trusted;

    /// <summary>One list of recipients.</summary>
    public EmailNotifier(EmailOptions options, TimeProvider time) : this(options, time, null, null)
    {
    }

    /// <param name="options">What it is to do.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">Looks names up; the system's when <see langword="null"/>.</param>
    /// <param name="trusted">Who may vouch for a server; those whom the system trusts when <see langword="null"/>.</param>
    internal EmailNotifier(EmailOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve, X509Certificate2Collection? trusted)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.To.IsDefaultOrEmpty) throw new ArgumentException("A mail goes to somebody.", nameof(options));
        (_options, _time, _links, _trusted) = (options, time, new MessageLinks(options.ExternalUrl), trusted);
        _connector = new GuardedConnector(resolve ?? Dns.GetHostAddressesAsync, options.AllowPrivate, options.Timeout, time);
    }

    /// <inheritdoc/>
    public string Kind => "email";

    /// <inheritdoc/>
    public bool MayJoin => true;

    private string Name => string.Create(CultureInfo.InvariantCulture, $"the mail server {_options.Host}:{_options.Port}");

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var connection = new SmtpConnection(await _connector.ConnectAsync(_options.Host, _options.Port, both.Token).ConfigureAwait(false));
            await using (connection.ConfigureAwait(false))
            {
                return await SendAsync(connection, EmailMessage.Write(notification, _options, _links), both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Delivery.NotNow(string.Create(CultureInfo.InvariantCulture, $"{Name} did not answer within {_options.Timeout.TotalSeconds:0.###} s"));
        }
        catch (SmtpException refusal)
        {
            return refusal.Delivery;
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException or AddressRefusedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ConnectionFailure.Judge(failure, Name, Quote) ?? Delivery.NotNow($"{Name}: {Quote(failure.Message)}");
        }
    }

    private async Task<Delivery> SendAsync(SmtpConnection connection, string mail, CancellationToken cancellationToken)
    {
        if (_options.Port == ImplicitTlsPort) await connection.EncryptAsync(Tls(), cancellationToken).ConfigureAwait(false);
        Expect(await connection.ReadAsync(cancellationToken).ConfigureAwait(false), "at the greeting", 220);
        var offers = await HelloAsync(connection, cancellationToken).ConfigureAwait(false);
        if (_options.RequireTls && !connection.IsEncrypted)
        {
            if (!offers.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase)) throw Refused("it offers no STARTTLS, and nothing is sent without TLS; is it the right port? require_tls: false sends in the clear");
            Expect(await connection.AskAsync("STARTTLS", cancellationToken).ConfigureAwait(false), "to STARTTLS", 220);
            await connection.EncryptAsync(Tls(), cancellationToken).ConfigureAwait(false);
            offers = await HelloAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        if (_options.Username.Length > 0) await SignInAsync(connection, offers, cancellationToken).ConfigureAwait(false);
        Expect(await connection.AskAsync($"MAIL FROM:<{_options.From.Address}>", cancellationToken).ConfigureAwait(false), "to the sender", 250);
        var refused = new List<string>();
        foreach (var to in _options.To)
        {
            var reply = await connection.AskAsync($"RCPT TO:<{to.Address}>", cancellationToken).ConfigureAwait(false);
            if (reply.Code is >= 500) refused.Add($"{to.Address}: {reply.Code} {Quote(reply.Words)}");
            else Expect(reply, $"to the recipient {to.Address}", 250, 251, 252);
        }

        if (refused.Count == _options.To.Length) throw Refused($"it takes no mail to {string.Join("; ", refused)}");
        Expect(await connection.AskAsync("DATA", cancellationToken).ConfigureAwait(false), "to DATA", 354);
        Expect(await connection.AskAsync(mail + ".", cancellationToken).ConfigureAwait(false), "to the mail", 250);

        // It has the mail. Who waits for the good-bye could still be told by a slow one that it has not.
        return refused.Count == 0 ? Delivery.Sent : Delivery.Refused($"{Name}: it takes no mail to {string.Join("; ", refused)}; the other recipients have it");
    }

    private async Task<IReadOnlyList<string>> HelloAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.AskAsync($"EHLO {_options.Hello}", cancellationToken).ConfigureAwait(false);
        Expect(reply, "to EHLO", 250);
        return reply.Lines;
    }

    private async Task SignInAsync(SmtpConnection connection, IReadOnlyList<string> offers, CancellationToken cancellationToken)
    {
        var isHere = _options.Host == "localhost" || (IPAddress.TryParse(_options.Host, out var address) && IPAddress.IsLoopback(address));
        if (!connection.IsEncrypted && !isHere) throw Refused("the password is not sent without TLS; leave require_tls on");
        var ways = offers.FirstOrDefault(offer => offer.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.ToUpperInvariant().Split(' ') ?? [];
        SmtpReply reply;
        if (ways.Contains("PLAIN", StringComparer.Ordinal))
        {
            reply = await connection.AskAsync("AUTH PLAIN " + Base64($"\0{_options.Username}\0{_options.Password}"), cancellationToken).ConfigureAwait(false);
        }
        else if (ways.Contains("LOGIN", StringComparer.Ordinal))
        {
            Expect(await connection.AskAsync("AUTH LOGIN", cancellationToken).ConfigureAwait(false), "to AUTH", 334);
            Expect(await connection.AskAsync(Base64(_options.Username), cancellationToken).ConfigureAwait(false), "to the user", 334);
            reply = await connection.AskAsync(Base64(_options.Password ?? ""), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw Refused("it offers no way to sign in that is known here (AUTH PLAIN, AUTH LOGIN)");
        }

        if (reply.Code is >= 500) throw Refused($"it did not let us in: {reply.Code} {Quote(reply.Words)}; check auth_username and auth_password");
        Expect(reply, "to the password", 235);
    }

    // https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1: 4xx may go well another time, 5xx will not.
    private void Expect(SmtpReply reply, string when, params ReadOnlySpan<int> codes)
    {
        if (codes.Contains(reply.Code)) return;
        var words = $"{Name} said {reply.Code.ToString(CultureInfo.InvariantCulture)} {when}: {Quote(reply.Words)}";
        throw new SmtpException(reply.Code is >= 500 and < 600 ? Delivery.Refused(words) : Delivery.NotNow(words));
    }

    private SmtpException Refused(string why) => new(Delivery.Refused($"{Name}: {why}"));

    private SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions { TargetHost = _options.Host };
        if (_trusted is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_trusted);
        }

        return options;
    }

    // Servers repeat what they were sent.
    private string Quote(string text)
    {
        if (_options.Password is { Length: > 0 } password)
        {
            foreach (var secret in new[] { Base64($"\0{_options.Username}\0{password}"), Base64(password), password }) text = text.Replace(secret, "…", StringComparison.Ordinal);
        }

        return VisibleText.Of(text.Trim(), 200);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
