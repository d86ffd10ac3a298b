using System.Net;
using System.Text;

namespace Crowsnest.Aws.Sns;

/// <summary>What is to be done with a delivery of SNS.</summary>
public abstract record SnsVerdict
{
    private SnsVerdict()
    {
    }

    /// <summary>SNS sent it, for a topic that is let in.</summary>
    /// <param name="Envelope">What it says.</param>
    /// <param name="Topic">The topic.</param>
    public sealed record Genuine(SnsEnvelope Envelope, SnsTopic Topic) : SnsVerdict;

    /// <summary>It is not to be believed, now or later.</summary>
    /// <param name="Why">Why, and where it helps what to do.</param>
    public sealed record Refused(string Why) : SnsVerdict;

    /// <summary>It cannot be judged for now; it should be sent again.</summary>
    /// <param name="Why">Why.</param>
    public sealed record NotNow(string Why) : SnsVerdict;
}

/// <summary>Lets in what Amazon SNS itself delivers of topics that are named, and nothing else: the signature is a delivery's authentication.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. From any thread. Nothing is fetched but certificates, and the answer to a subscription that is wanted,
/// from the one host where SNS of the topic's region is.
/// </remarks>
public sealed class SnsGate : IDisposable
{
    /// <summary>How old a delivery may be: SNS itself tries for an hour at most.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(1);

    // A certificate has two thousand bytes, the answer to a confirmation a few hundred.
    private const int AnswerBytesMax = 64 << 10;
    private static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, SnsTopic> _topics;
    private readonly HttpClient _http;
    private readonly SnsCertificates _certificates;
    private readonly TimeProvider _time;

    /// <summary>A gate for these topics. Dispose closes its connections.</summary>
    public SnsGate(IEnumerable<SnsTopic> topics, SnsTrust trust, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(trust);
        _topics = topics.ToDictionary(t => t.Arn, StringComparer.Ordinal);
        _time = time;
        _http = trust.Client(AnswerBytesMax);
        _certificates = new SnsCertificates(_http, trust, time);
    }

    /// <summary>The topics that are let in.</summary>
    public IReadOnlyCollection<SnsTopic> Topics => _topics.Values;

    /// <summary>Judges a delivery.</summary>
    /// <param name="body">The body of the request.</param>
    /// <param name="type">What its header <c>x-amz-sns-message-type</c> says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SnsVerdict> JudgeAsync(ReadOnlyMemory<byte> body, string type, CancellationToken cancellationToken)
    {
        var (envelope, why) = SnsEnvelope.Read(body);
        if (envelope is null) return new SnsVerdict.Refused($"This is no delivery of SNS: {why}.");
        if (envelope.Type != type) return new SnsVerdict.Refused("The header x-amz-sns-message-type and the Type in the body differ.");
        if (!_topics.TryGetValue(envelope.TopicArn, out var topic))
            return new SnsVerdict.Refused("Its topic is not let in: name its ARN in sources.http.sns_topics, or remove the subscription.");
        var age = _time.GetUtcNow() - envelope.At;
        if (age > AgeMax) return new SnsVerdict.Refused("It is older than an hour. Let the subscription's delivery policy try for less, and compare this machine's clock.");
        if (age < -AgeMax) return new SnsVerdict.Refused("It is of a time more than an hour ahead. Compare this machine's clock.");
        if (!SnsCertificates.IsPlace(envelope.CertificateAddress, topic)) return new SnsVerdict.Refused($"Its SigningCertURL is not a certificate on https://{topic.Host}/.");
        var finding = await _certificates.CheckAsync(
            envelope.CertificateAddress, topic, Encoding.UTF8.GetBytes(envelope.ToSign), envelope.Signature, envelope.SignatureVersion, cancellationToken).ConfigureAwait(false);
        if (finding.IsWell) return new SnsVerdict.Genuine(envelope, topic);
        return finding.MayPass ? new SnsVerdict.NotNow($"It cannot be checked for now: {finding.Why}.") : new SnsVerdict.Refused($"It is not believed: {finding.Why}.");
    }

    /// <summary>Says yes to a subscription that SNS asks about; answers why it did not succeed, or <see langword="null"/>.</summary>
    /// <remarks>Of its SubscribeURL nothing is fetched but what it must be: the address is made anew of the parts that were checked.</remarks>
    public async Task<SnsVerdict> ConfirmAsync(SnsVerdict.Genuine delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var (envelope, topic) = (delivery.Envelope, delivery.Topic);
        if (!IsConfirmation(envelope, topic)) return new SnsVerdict.Refused($"Its SubscribeURL is not the confirmation of this subscription on https://{topic.Host}/.");
        using var limit = new CancellationTokenSource(ConfirmTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var url = new Uri($"https://{topic.Host}/?Action=ConfirmSubscription&TopicArn={Uri.EscapeDataString(topic.Arn)}&Token={Uri.EscapeDataString(envelope.Token)}");
            using var answer = await _http.GetAsync(url, both.Token).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.OK) return delivery;
            return new SnsVerdict.NotNow($"SNS answers {(int)answer.StatusCode} to the confirmation.");
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new SnsVerdict.NotNow($"{topic.Host} did not answer to the confirmation within {ConfirmTime.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            return new SnsVerdict.NotNow($"The subscription cannot be confirmed at {topic.Host}: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=…&Token=…, each once and nothing more.
    private static bool IsConfirmation(SnsEnvelope envelope, SnsTopic topic)
    {
        var start = $"https://{topic.Host}/?";
        if (!envelope.SubscribeAddress.StartsWith(start, StringComparison.Ordinal)) return false;
        var parts = envelope.SubscribeAddress[start.Length..].Split('&').Select(part => part.Split('=', 2)).ToList();
        return parts.Count == 3 && Is("Action", "ConfirmSubscription") && Is("TopicArn", topic.Arn) && Is("Token", envelope.Token);

        bool Is(string name, string value) => parts.Exists(part => part is [var key, var given] && key == name && Uri.UnescapeDataString(given) == value);
    }
}
