using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Email;

namespace Crowsnest.Notifiers.Tests;

public sealed partial class EmailNotifierTests : NotifierContract
{
    private const string Password = "s3cret-s3cret";

    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<TcpListener> _listeners = [];
    private readonly List<TcpClient> _clients = [];

    [Fact]
    public async Task A_mail_arrives_signed_in_and_encrypted_as_text_and_as_HTML()
    {
        var server = await StartAsync();
        var notifier = Make(server, options => new EmailOptions
        {
            To = [Address("Operations <ops@example.com>"), Address("night@example.com")], From = options.From, Host = options.Host, Port = options.Port, Username = "crowsnest", Password = Password, ExternalUrl = options.ExternalUrl,
        });
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Placed()), TestContext.Current.CancellationToken));

        var taken = await server.NextAsync();
        Assert.Equal("crowsnest@example.com", taken.From);
        Assert.Equal(["ops@example.com", "night@example.com"], taken.To);
        Assert.True(taken.Secure);
        Assert.Equal("crowsnest", taken.User);
        Golden.Equal("email.txt", Readable(taken.Mail));
    }

    [Fact]
    public async Task Hostile_text_stays_text_and_makes_no_header()
    {
        var server = await StartAsync();
        var hostile = SomeMessage.HostileOne();
        var incident = hostile.Incidents[0];
        var notifier = Make(server);
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(
            hostile with { NotificationId = "x>\r\nBcc: all@example.com", Receiver = SomeMessage.Hostile, GroupKey = "\r\n.\r\n", Incidents = [incident with { Summary = "\r\n.\r\nBcc: all@example.com\r\n\r\n" + SomeMessage.Hostile }] },
            TestContext.Current.CancellationToken));

        var taken = await server.NextAsync();
        Golden.Equal("email-hostile.txt", Readable(taken.Mail));
        var head = taken.Mail[..taken.Mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.All(head.Split("\r\n"), line => Assert.Matches("^(From|To|Subject|Date|Message-ID|References|Auto-Submitted|MIME-Version|Content-Type): | =\\?utf-8\\?B\\?[A-Za-z0-9+/=]+\\?=$", line));
        Assert.All(taken.Mail.Split("\r\n"), line => Assert.InRange(line.Length, 0, 200));
        Assert.Equal(["ops@example.com"], taken.To);
    }

    [Fact]
    public void What_is_over_says_so_in_the_subject_and_a_repeat_has_the_same_id()
    {
        string Mail(Notification message) => EmailMessage.Write(message, Options("mail.example.com", 587), MessageLinks.ToAws);
        var resolved = Mail(SomeMessage.Of(SomeMessage.Resolved()));
        Assert.Contains("Subject: [RESOLVED] OutOfMemory in prod/api\r\n", resolved, StringComparison.Ordinal);
        Assert.Equal(resolved, Mail(SomeMessage.Of(SomeMessage.Resolved())));

        var first = Mail(SomeMessage.Of(SomeMessage.Incident()) with { NotificationId = "another" });
        Assert.NotEqual(Header(first, "Message-ID"), Header(resolved, "Message-ID"));
        Assert.Equal(Header(first, "References"), Header(resolved, "References"));
    }

    [Fact]
    public async Task TLS_from_the_first_byte_is_spoken_where_the_port_says_so()
    {
        var server = await StartAsync("tls");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        var connection = new SmtpConnection(client.GetStream());
        await using (connection)
        {
            await connection.EncryptAsync(
                new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = Trusting(server) }, TestContext.Current.CancellationToken);
            Assert.True(connection.IsEncrypted);
            Assert.Equal(220, (await connection.ReadAsync(TestContext.Current.CancellationToken)).Code);
        }
    }

    [Fact]
    public async Task Without_TLS_nothing_is_sent_unless_that_is_meant_and_a_password_never()
    {
        var server = await StartAsync("plain");
        var refused = await Make(server).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Refused, refused.Outcome);
        Assert.Contains("STARTTLS", refused.Reason, StringComparison.Ordinal);

        Assert.Equal(Delivery.Sent, await Make(server, o => Plain(o, "")).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));
        Assert.False((await server.NextAsync()).Secure);

        var named = new EmailNotifier(Plain(Options("mail.example.com", server.Port), "crowsnest"), TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), server.Trusted);
        var unsent = await named.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Refused, unsent.Outcome);
        Assert.Contains("the password is not sent without TLS", unsent.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_gets_nothing()
    {
        var server = await StartAsync();
        var notifier = new EmailNotifier(Options("127.0.0.1", server.Port), TimeProvider.System);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Contains("is not trusted", delivery.Reason, StringComparison.Ordinal);
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_never_told()
    {
        var server = await StartAsync();
        var delivery = await Make(server, o => new EmailOptions { To = o.To, From = o.From, Host = o.Host, Port = o.Port, Username = "crowsnest", Password = "wrong-but-secret" })
            .SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("no such user or password: crowsnest …", delivery.Reason, StringComparison.Ordinal);
        Assert.Contains("check auth_username", delivery.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-but-secret", delivery.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody@example.com", DeliveryOutcome.Refused, 0)]
    [InlineData("ops@example.com,nobody@example.com", DeliveryOutcome.Refused, 1)]
    [InlineData("ops@example.com,later@example.com", DeliveryOutcome.NotNow, 0)]
    public async Task A_recipient_who_is_not_taken_keeps_no_other_from_getting_it(string to, DeliveryOutcome outcome, int mails)
    {
        var server = await StartAsync();
        var delivery = await Make(server, o => new EmailOptions { To = [.. EmailAddress.ParseList(to)!], From = o.From, Host = o.Host, Port = o.Port })
            .SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(outcome, delivery.Outcome);
        Assert.Contains(to[(to.IndexOf(',', StringComparison.Ordinal) + 1)..], delivery.Reason, StringComparison.Ordinal);
        if (mails > 0) Assert.Equal(["ops@example.com"], (await server.NextAsync()).To);
        Assert.Equal(0, server.Waiting);
    }

    // Goal: no mail is too large. Method: as many incidents as a message has, of nothing but characters that take most room, to a server that takes a megabyte.
    [Theory]
    [InlineData('<')]
    [InlineData('\u001b')]
    [InlineData('漢')]
    public async Task Not_even_a_monstrous_message_is_too_large(char filling)
    {
        var server = await StartAsync();
        var text = new string(filling, 20_000);
        var one = SomeMessage.Incident() with { Id = text, Summary = text, NextStep = text, Evidence = [text, text, text, text, text], Resources = [text, text, text, text, text, text] };
        Assert.Equal(Delivery.Sent, await Make(server).SendAsync(SomeMessage.Of([.. Enumerable.Repeat(one, 100)]), TestContext.Current.CancellationToken));
        Assert.InRange((await server.NextAsync()).Mail.Length, 1, 1024 * 1024);
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("127.0.0.1", false)]
    public async Task A_name_that_leads_where_no_message_goes_is_refused(string address, bool allowPrivate)
    {
        var options = new EmailOptions { To = [Address("a@example.com")], From = Address("b@example.com"), Host = "mail.example.com", AllowPrivate = allowPrivate };
        var notifier = new EmailNotifier(options, TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]), null);
        Assert.Equal(DeliveryOutcome.Refused, (await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken)).Outcome);
    }

    // Goal: nothing that somebody slipped in before TLS is believed inside it (CVE-2011-0411's kind). Method: a server that says too much with its yes.
    [Fact]
    public async Task Words_that_came_before_TLS_are_not_taken_for_words_inside_it()
    {
        var port = Listen(async stream =>
        {
            await stream.WriteAsync("220 hello\r\n"u8.ToArray());
            using var reader = new StreamReader(stream, leaveOpen: true);
            await reader.ReadLineAsync();
            await stream.WriteAsync("250-here\r\n250 STARTTLS\r\n"u8.ToArray());
            await reader.ReadLineAsync();
            await stream.WriteAsync("220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n"u8.ToArray());
            await reader.ReadLineAsync();
        });
        var delivery = await new EmailNotifier(Options("127.0.0.1", port), TimeProvider.System).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Contains("in the clear", delivery.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ops@example.com", true)]
    [InlineData("Operations <ops@example.com>", true)]
    [InlineData("a+b@x-y.example", true)]
    [InlineData("ops", false)]
    [InlineData("ops@example.com\r\nBcc: x@example.com", false)]
    [InlineData("\"a b\"@example.com", false)]
    [InlineData("ops@exämple.com", false)]
    [InlineData("a@b>,<c@d", false)]
    public void An_address_is_one_that_can_end_no_line_and_no_command(string text, bool isOne) => Assert.Equal(isOne, EmailAddress.Parse(text) is not null);

    protected override async Task<INotifier> WorkingAsync() => Make(await StartAsync());

    protected override Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var port = Listen(_ =>
        {
            reached.TrySetResult();
            return Task.CompletedTask;
        });
        return Task.FromResult<(INotifier, Task)>((new EmailNotifier(Options("127.0.0.1", port), time), reached.Task));
    }

    protected override async ValueTask CleanUpAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        foreach (var client in _clients) client.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
    }

    private async Task<MailServer> StartAsync(string mode = "starttls")
    {
        var server = await MailServer.StartAsync(mode);
        _servers.Add(server);
        return server;
    }

    private int Listen(Func<NetworkStream, Task> serve)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        _ = AcceptAsync();
        return ((IPEndPoint)listener.LocalEndpoint).Port;

        async Task AcceptAsync()
        {
            var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            _clients.Add(client);
            await serve(client.GetStream());
        }
    }

    private static X509ChainPolicy Trusting(MailServer server)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(server.Trusted);
        return policy;
    }

    private static EmailNotifier Make(MailServer server, Func<EmailOptions, EmailOptions>? change = null)
    {
        var options = Options("127.0.0.1", server.Port);
        return new EmailNotifier(change?.Invoke(options) ?? options, TimeProvider.System, null, server.Trusted);
    }

    private static EmailOptions Options(string host, int port) =>
        new() { To = [Address("ops@example.com")], From = Address("Crowsnest <crowsnest@example.com>"), Host = host, Port = port, ExternalUrl = new Uri("https://crowsnest.example.com") };

    private static EmailOptions Plain(EmailOptions o, string username) =>
        new() { To = o.To, From = o.From, Host = o.Host, Port = o.Port, RequireTls = false, AllowPrivate = true, Username = username, Password = username.Length > 0 ? Password : null };

    private static EmailAddress Address(string text) => EmailAddress.Parse(text)!;

    private static string Header(string mail, string name) => mail.Split("\r\n").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    // The mail with its parts and its encoded words as a person sees them.
    private static string Readable(string mail)
    {
        var lines = mail.Replace("\r\n", "\n", StringComparison.Ordinal);
        lines = EncodedWord().Replace(lines, word => Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value)));
        return Base64Part().Replace(lines, part => "\n\n" + Encoding.UTF8.GetString(Convert.FromBase64String(part.Groups[1].Value)) + "--");
    }

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"\n\n([A-Za-z0-9+/=\n]+?)--")]
    private static partial Regex Base64Part();
}
