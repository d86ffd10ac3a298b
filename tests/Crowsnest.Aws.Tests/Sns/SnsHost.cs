using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Crowsnest.Aws.Sns;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>The host of SNS in a region, on this machine: TLS, certificates, and the answer to confirmations. It writes down what is asked.</summary>
public sealed class SnsHost : IAsyncDisposable
{
    public const string Host = "sns.eu-west-1.amazonaws.com";
    public const string TopicArn = "arn:aws:sns:eu-west-1:123456789012:ecs-events";
    public const string Token = "2336412f37fb687f5d51e6e241d59b68c9c5a1f0";
    public const string CertificateAddress = $"https://{Host}/SimpleNotificationService-0123456789abcdef.pem";

    // Keys take their time to make.
    private static readonly ConcurrentDictionary<string, X509Certificate2> Certificates = new(StringComparer.Ordinal);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private readonly Task _running;

    public SnsHost(string name = Host)
    {
        var certificate = Certificates.GetOrAdd(name, static host => SnsAuthority.Ours.Issue([host]));
        _listener.Start();
        _running = Task.Run(() => AcceptAsync(certificate));
        Put(CertificateAddress, SnsAuthority.Ours.Signer.ExportCertificatePem());
        Put(ConfirmationPath, "<ConfirmSubscriptionResponse/>");
    }

    public static string ConfirmationPath => $"/?Action=ConfirmSubscription&TopicArn={Uri.EscapeDataString(TopicArn)}&Token={Token}";

    public static SnsTopic Topic => SnsTopic.Parse(TopicArn)!;

    /// <summary>What was asked: host and path.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Trusts the tests' authority, and finds every host here.</summary>
    public SnsTrust Trust => new() { Roots = SnsAuthority.Ours.Roots, Connect = ConnectAsync };

    public void Put(string addressOrPath, string body, int status = 200, string? location = null)
    {
        var path = addressOrPath.StartsWith("https://", StringComparison.Ordinal) ? addressOrPath[$"https://{Host}".Length..] : addressOrPath;
        _answers[path] = new Answer(status, body, location);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _listener.Dispose();
        _ending.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        Assert.Equal(443, port);
#pragma warning disable CA2000 // The stream owns it.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
#pragma warning restore CA2000
        await socket.ConnectAsync(_listener.LocalEndpoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task AcceptAsync(X509Certificate2 certificate)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = Task.Run(() => ServeAsync(client, certificate));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, X509Certificate2 certificate)
    {
        try
        {
            using (client)
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _ending.Token);
                using var reader = new StreamReader(tls, Encoding.ASCII);
                while (await reader.ReadLineAsync(_ending.Token) is { } request)
                {
                    var host = "";
                    while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 } header)
                    {
                        if (header.StartsWith("Host: ", StringComparison.OrdinalIgnoreCase)) host = header[6..];
                    }

                    var path = request.Split(' ')[1];
                    Asked.Enqueue(host + path);
                    var answer = _answers.GetValueOrDefault(path, new Answer(404, "", null));
                    var head = $"HTTP/1.1 {answer.Status} X\r\nContent-Length: {Encoding.ASCII.GetByteCount(answer.Body)}\r\n{(answer.Location is null ? "" : $"Location: {answer.Location}\r\n")}\r\n";
                    await tls.WriteAsync(Encoding.ASCII.GetBytes(head + answer.Body), _ending.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // Whoever asked has gone, or did not like the certificate.
        }
    }

    private sealed record Answer(int Status, string Body, string? Location);
}
