using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;

namespace Crowsnest.Notifiers.Tests;

/// <summary>A mail that the server took.</summary>
internal sealed record TakenMail(string From, string[] To, string User, bool Secure, string Mail);

/// <summary>npm's smtp-server, a mail server that nobody here wrote, on this machine only (<c>./test</c> installs it). Tests skip aloud without it.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _reading;
    private readonly Channel<TakenMail> _taken = Channel.CreateUnbounded<TakenMail>();

    private MailServer(Process process, string folder, int port, X509Certificate2 certificate)
    {
        (_process, _folder, Port) = (process, folder, port);
        Trusted = [certificate];
        _reading = ReadAsync();
    }

    public int Port { get; }

    public X509Certificate2Collection Trusted { get; }

    /// <param name="mode">starttls, tls or plain.</param>
    public static async Task<MailServer> StartAsync(string mode = "starttls")
    {
        if (Program() is not { } program)
        {
            Assert.Skip("skipped: no tests/smtp/node_modules ('npm ci' there installs it)");
            throw new InvalidOperationException();
        }

        var folder = Directory.CreateTempSubdirectory("crowsnest-smtp-").FullName;
        var certificate = Certificate(folder);
        var start = new ProcessStartInfo("node", [program, Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"), mode]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new MailServer(process, folder, int.Parse(port!, CultureInfo.InvariantCulture), certificate);
    }

    /// <summary>The next mail that it took.</summary>
    public ValueTask<TakenMail> NextAsync() => _taken.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>How many it took that nobody has looked at.</summary>
    public int Waiting => _taken.Reader.Count;

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        foreach (var certificate in Trusted) certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // What the server was just writing when it was ended is half a line, which nobody waits for.
    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.EndsWith('}')) continue;
            using var mail = JsonDocument.Parse(line);
            string Text(string name) => mail.RootElement.GetProperty(name).GetString()!;
            _taken.Writer.TryWrite(new TakenMail(
                Text("from"), [.. mail.RootElement.GetProperty("to").EnumerateArray().Select(to => to.GetString()!)], Text("user"), mail.RootElement.GetProperty("secure").GetBoolean(), Text("mail")));
        }
    }

    private static string? Program()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Crowsnest.slnx"))) folder = folder.Parent;
        return folder is not null && Directory.Exists(Path.Combine(folder.FullName, "tests", "smtp", "node_modules")) ? Path.Combine(folder.FullName, "tests", "smtp", "server.js") : null;
    }

    private static X509Certificate2 Certificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mail.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.example.com");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
