using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Aws.Sns;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>A certificate authority that only a test trusts, and what SNS signs with a certificate of it.</summary>
public sealed class SnsAuthority
{
    private static readonly Lazy<SnsAuthority> Shared = new(() => new SnsAuthority("The tests' own"));
    private static readonly Lazy<SnsAuthority> Foreign = new(() => new SnsAuthority("Somebody else's"));

    private readonly X509Certificate2 _root;

    private SnsAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        Signer = Issue(["sns.amazonaws.com"]);
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The one that is trusted.</summary>
    public static SnsAuthority Ours => Shared.Value;

    /// <summary>One that is not.</summary>
    public static SnsAuthority Theirs => Foreign.Value;

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    /// <summary>What SNS signs with in most regions.</summary>
    public X509Certificate2 Signer { get; }

    public X509Certificate2 Issue(string[] names, DateTimeOffset? from = null, DateTimeOffset? to = null, int bits = 2048)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        using var bare = request.Create(_root, from ?? Now.AddDays(-30), to ?? Now.AddDays(90), RandomNumberGenerator.GetBytes(12));
        using var whole = bare.CopyWithPrivateKey(key);

        // A server needs its key beside its certificate, which on some systems only a file of both gives.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>The members of an envelope, unsigned, with the names and the order of SNS's own.</summary>
    public static JsonObject Envelope(string type, string message, DateTimeOffset at, string topic = SnsHost.TopicArn, string? subject = null)
    {
        var json = new JsonObject { ["Type"] = type, ["MessageId"] = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324" };
        if (type != SnsEnvelope.Notification) json["Token"] = SnsHost.Token;
        json["TopicArn"] = topic;
        if (subject is not null) json["Subject"] = subject;
        json["Message"] = message;
        if (type != SnsEnvelope.Notification) json["SubscribeURL"] = $"https://{SnsHost.Host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={SnsHost.Token}";
        json["Timestamp"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);
        return json;
    }

    /// <summary>Signs as SNS does: by the documentation's own words, and not by the code under test.</summary>
    public static byte[] Sign(JsonObject envelope, X509Certificate2 signer, string version = "1", string address = SnsHost.CertificateAddress)
    {
        string[] names = (string)envelope["Type"]! == "Notification"
            ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        var text = string.Concat(names.Where(name => envelope[name] is not null).Select(name => $"{name}\n{(string)envelope[name]!}\n"));
        using var key = signer.GetRSAPrivateKey()!;
#pragma warning disable CA5350 // What version 1 says.
        var hash = version == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
#pragma warning restore CA5350
        envelope["SignatureVersion"] = version;
        envelope["Signature"] = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), hash, RSASignaturePadding.Pkcs1));
        envelope["SigningCertURL"] = address;
        if (envelope["Token"] is null) envelope["UnsubscribeURL"] = $"https://{SnsHost.Host}/?Action=Unsubscribe&SubscriptionArn={SnsHost.TopicArn}:c9135db0";
        return Encoding.UTF8.GetBytes(envelope.ToJsonString());
    }
}
