using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Crowsnest.Aws.Sns;

/// <summary>What became of looking for something that is signed or confirmed: it is well, it is not and never will be, or it may be a moment later.</summary>
/// <param name="IsWell">It is well.</param>
/// <param name="MayPass">It may be well a moment later.</param>
/// <param name="Why">What is wrong.</param>
internal readonly record struct SnsFinding(bool IsWell, bool MayPass, string Why)
{
    public static readonly SnsFinding Well = new(true, false, "");

    public static SnsFinding Never(string why) => new(false, false, why);

    public static SnsFinding NotNow(string why) => new(false, true, why);
}

/// <summary>The keys that SNS signs with: fetched from its own hosts, believed when their certificates are, and kept for a day.</summary>
/// <remarks>
/// Whoever reaches the endpoint decides which address of SNS's is fetched, so fetches are few: of one address one at a time, and of all together so many a minute. Only what proved
/// to be SNS's is kept, so that no made-up address drives out a real one.
/// </remarks>
internal sealed class SnsCertificates(HttpClient http, SnsTrust trust, TimeProvider time)
{
    // A region has one or two at a time.
    private const int KeptMax = 64;
    private const int FetchesAMinute = 30;
    private const int KeyBitsMin = 2048;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);
    private static readonly TimeSpan FetchTime = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<(SnsFinding Finding, Kept? Kept)>> _fetching = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> _fetched = new();

    /// <summary>Whether an address is one where SNS keeps certificates of a topic's region: that very host, by https, a file and nothing else.</summary>
    public static bool IsPlace(string url, SnsTopic topic)
    {
        var start = $"https://{topic.Host}/";
        if (!url.StartsWith(start, StringComparison.Ordinal)) return false;
        var file = url.AsSpan(start.Length);
        if (file.Length > 200 || !file.EndsWith(".pem", StringComparison.Ordinal)) return false;
        foreach (var c in file)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        }

        return true;
    }

    /// <summary>Looks whether a text was signed by the certificate at this address, which must be <see cref="IsPlace"/>, and that certificate be SNS's.</summary>
    public async Task<SnsFinding> CheckAsync(string url, SnsTopic topic, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> signature, string version, CancellationToken cancellationToken)
    {
        var (finding, kept) = await KeyAsync(url, topic, cancellationToken).ConfigureAwait(false);
        if (kept is null) return finding;
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(kept.Key, out _);

        // SHA-1 is what version 1, SNS's default, says; whoever wants better sets the topic's SignatureVersion to 2.
#pragma warning disable CA5350
        var hash = version == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
#pragma warning restore CA5350
        return key.VerifyData(text.Span, signature.Span, hash, RSASignaturePadding.Pkcs1) ? SnsFinding.Well : SnsFinding.Never("the signature is not that of this message");
    }

    private async Task<(SnsFinding Finding, Kept? Kept)> KeyAsync(string url, SnsTopic topic, CancellationToken cancellationToken)
    {
        Task<(SnsFinding Finding, Kept? Kept)>? fetching;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_kept.TryGetValue(url, out var kept))
            {
                if (now < kept.Until && now >= kept.From) return (SnsFinding.Well, kept);
                _kept.Remove(url);
            }

            if (!_fetching.TryGetValue(url, out fetching))
            {
                while (_fetched.TryPeek(out var first) && first <= now - TimeSpan.FromMinutes(1)) _fetched.Dequeue();
                if (_fetched.Count >= FetchesAMinute) return (SnsFinding.NotNow($"more than {FetchesAMinute} certificates were asked for within a minute"), null);
                _fetched.Enqueue(now);

                // Not ended with the request that began it: others wait for it too.
                _fetching[url] = fetching = Task.Run(() => FetchAsync(url, topic), CancellationToken.None);
            }
        }

        return await fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<(SnsFinding Finding, Kept? Kept)> FetchAsync(string url, SnsTopic topic)
    {
        var found = await TryAsync(url, topic).ConfigureAwait(false);
        lock (_gate)
        {
            _fetching.Remove(url);
            if (found.Kept is null) return found;
            if (_kept.Count >= KeptMax) _kept.Remove(_kept.MinBy(k => k.Value.Until).Key);
            _kept[url] = found.Kept;
        }

        return found;
    }

    private async Task<(SnsFinding Finding, Kept? Kept)> TryAsync(string url, SnsTopic topic)
    {
        using var limit = new CancellationTokenSource(FetchTime, time);
        try
        {
            using var answer = await http.GetAsync(new Uri(url), limit.Token).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.OK) return Judge(await answer.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false), topic);
            var why = $"{topic.Host} answers {(int)answer.StatusCode} where the certificate should be";
            return (answer.StatusCode >= HttpStatusCode.InternalServerError || answer.StatusCode == HttpStatusCode.TooManyRequests ? SnsFinding.NotNow(why) : SnsFinding.Never(why), null);
        }
        catch (OperationCanceledException)
        {
            return (SnsFinding.NotNow($"{topic.Host} did not give the certificate within {FetchTime.TotalSeconds:0} s"), null);
        }
        catch (HttpRequestException e)
        {
            return (SnsFinding.NotNow($"the certificate cannot be had from {topic.Host}: {e.Message}"), null);
        }
    }

    private (SnsFinding Finding, Kept? Kept) Judge(string pem, SnsTopic topic)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            if (certificates.Count == 0) return (SnsFinding.Never("there is no certificate where SigningCertURL leads"), null);
            var leaf = certificates[0];
            if (!topic.CertificateNames.Any(name => leaf.MatchesHostname(name, allowWildcards: false))) return (SnsFinding.Never("the certificate is not for SNS of this region"), null);
            var now = time.GetUtcNow();
            using var chain = new X509Chain { ChainPolicy = trust.Policy(now) };
            for (var i = 1; i < certificates.Count; i++) chain.ChainPolicy.ExtraStore.Add(certificates[i]);
            if (!chain.Build(leaf)) return Untrusted(chain);
            using var key = leaf.GetRSAPublicKey();
            if (key is null || key.KeySize < KeyBitsMin) return (SnsFinding.Never($"the certificate has no RSA key of {KeyBitsMin} bits"), null);
            var end = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
            return (SnsFinding.Well, new Kept(key.ExportSubjectPublicKeyInfo(), new DateTimeOffset(leaf.NotBefore.ToUniversalTime()), end < now + KeptFor ? end : now + KeptFor));
        }
        catch (CryptographicException)
        {
            return (SnsFinding.Never("what is where SigningCertURL leads is no certificate"), null);
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    // SNS gives its certificate without the one above it, which the system fetches where the certificate says; when it cannot, the chain is not wrong but short.
    private static (SnsFinding Finding, Kept? Kept) Untrusted(X509Chain chain)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var why = $"the certificate is not trusted here ({status})";
        return (status == X509ChainStatusFlags.PartialChain ? SnsFinding.NotNow(why) : SnsFinding.Never(why), null);
    }

    private sealed record Kept(byte[] Key, DateTimeOffset From, DateTimeOffset Until);
}
