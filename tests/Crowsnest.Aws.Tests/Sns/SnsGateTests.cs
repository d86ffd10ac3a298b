using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Aws.Sns;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>The promise of the gate: only what SNS itself signed, for a topic that is named, now, and nothing is fetched from anywhere else.</summary>
public sealed class SnsGateTests : IAsyncDisposable
{
    private readonly SnsHost _host = new();
    private readonly ManualTime _time = new(SnsAuthority.Now);
    private readonly SnsGate _gate;

    public SnsGateTests() => _gate = new SnsGate([SnsHost.Topic], _host.Trust, _time);

    public static TheoryData<string> Types => [SnsEnvelope.Notification, SnsEnvelope.SubscriptionConfirmation, SnsEnvelope.UnsubscribeConfirmation];

    public static TheoryData<string, string> TypesAndVersions =>
        [.. Types.SelectMany(type => (string[])["1", "2"], (type, version) => new TheoryDataRow<string, string>(type, version))];

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(TypesAndVersions))]
    public async Task What_SNS_signed_is_let_in(string type, string version)
    {
        foreach (var subject in new[] { null, "Ein Gru\u00df" })
        {
            var genuine = Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(type, version, subject), type));
            Assert.Equal((Message, SnsHost.Topic), (genuine.Envelope.Message, genuine.Topic));
        }

        Assert.Equal([SnsHost.CertificateAddress["https://".Length..]], _host.Asked);
    }

    // Goal: no member that is signed can be changed, left out, emptied or made something else. Method: one change at a time to a genuine envelope, with every other member as it was.
    [Theory]
    [MemberData(nameof(TypesAndVersions))]
    public async Task Nothing_signed_can_be_changed(string type, string version)
    {
        var genuine = Signed(type, version, "Subject");
        var others = new JsonObject { ["MessageId"] = "another", ["SubscribeURL"] = $"https://{SnsHost.Host}/?Action=ConfirmSubscription&TopicArn=x&Token=y" };
        foreach (var member in JsonNode.Parse(genuine)!.AsObject().Select(m => m.Key).Where(name => name != "UnsubscribeURL"))
        {
            var value = (string)JsonNode.Parse(genuine)![member]!;

            // A confirmation's subject is not signed, and not read.
            if (member == "Subject" && type != SnsEnvelope.Notification) continue;
            JsonNode?[] changes =
            [
                null, "", value + "x", "x" + value, value[..^1], value.ToUpperInvariant(), value.ToLowerInvariant(),
                value + "\n", 1, new JsonArray(value), new JsonObject { ["a"] = value }, others[member]?.DeepClone() ?? value[1..],
            ];
            foreach (var change in changes)
            {
                var changed = JsonNode.Parse(genuine)!.AsObject();
                changed[member] = change;
                if (change?.ToJsonString() == JsonNode.Parse(genuine)![member]!.ToJsonString()) continue;
                Assert.False(await JudgeAsync(Bytes(changed), type) is SnsVerdict.Genuine, $"{member} became {change?.ToJsonString()}");
            }

            var without = JsonNode.Parse(genuine)!.AsObject();
            without.Remove(member);
            Assert.False(await JudgeAsync(Bytes(without), type) is SnsVerdict.Genuine, $"{member} was left out");
        }

        var flipped = JsonNode.Parse(genuine)!.AsObject();
        flipped["SignatureVersion"] = version == "1" ? "2" : "1";
        Assert.Contains("not that of this message", Refused(await JudgeAsync(Bytes(flipped), type)), StringComparison.Ordinal);
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(genuine, type));
    }

    // Goal: whatever is done to the bytes, it is judged, and what is let in says what was signed. Method: draws of one to three changed, removed or added bytes.
    [Fact]
    public async Task No_damage_is_let_in()
    {
        var genuine = Signed(SnsEnvelope.Notification, "2", "Subject");
        var signed = SnsEnvelope.Read(genuine).Envelope!.ToSign;
        var random = new Random(5);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = genuine.ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                if (random.Next(3) != 0) bytes.RemoveAt(at);
                if (random.Next(3) != 0) bytes.Insert(at, (byte)(random.Next(2) == 0 ? random.Next(256) : genuine[random.Next(genuine.Length)]));
            }

            if (await JudgeAsync([.. bytes], SnsEnvelope.Notification) is SnsVerdict.Genuine let) Assert.Equal(signed, let.Envelope.ToSign);
        }
    }

    [Theory]
    [InlineData("http://sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("HTTPS://sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.evil.example/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com@evil.example/x.pem")]
    [InlineData("https://user:pw@sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com:444/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com:443/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com\\@evil.example/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com#@evil.example/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com?@evil.example/x.pem")]
    [InlineData("https://sns.us-east-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.cn/x.pem")]
    [InlineData("https://s3.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://evil.s3.amazonaws.com/sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/?Action=Publish&Message=.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/a/../x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/%2e%2e/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.pem#")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.pem?a")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.crt")]
    [InlineData("https://sns.eu-west-1.amazonaws.com./x.pem")]
    [InlineData("https://127.0.0.1/x.pem")]
    [InlineData("file:///etc/x.pem")]
    [InlineData("x.pem")]
    public async Task A_certificate_from_elsewhere_is_not_even_asked_for(string address)
    {
        var body = SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), SnsAuthority.Ours.Signer, address: address);
        Assert.Contains("Its SigningCertURL is not a certificate on https://sns.eu-west-1.amazonaws.com/", Refused(await JudgeAsync(body)), StringComparison.Ordinal);
        Assert.Empty(_host.Asked);
    }

    [Theory]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:another")]
    [InlineData("arn:aws:sns:eu-west-1:210987654321:ecs-events")]
    [InlineData("arn:aws:sns:us-east-1:123456789012:ecs-events")]
    [InlineData("ARN:aws:sns:eu-west-1:123456789012:ecs-events")]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:ecs-events:c9135db0")]
    public async Task Another_topic_is_refused_and_nothing_is_asked(string topic)
    {
        foreach (var type in Types.Select(row => row.Data))
        {
            var body = SnsAuthority.Sign(SnsAuthority.Envelope(type, Message, _time.GetUtcNow(), topic), SnsAuthority.Ours.Signer);
            Assert.Contains("sources.http.sns_topics", Refused(await JudgeAsync(body, type)), StringComparison.Ordinal);
        }

        Assert.Empty(_host.Asked);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(59.9, true)]
    [InlineData(60.1, false)]
    [InlineData(60 * 24 * 365, false)]
    [InlineData(-59.9, true)]
    [InlineData(-60.1, false)]
    public async Task What_is_older_than_an_hour_or_as_far_ahead_is_refused(double minutes, bool isLetIn)
    {
        var body = SnsAuthority.Sign(SnsAuthority.Envelope(SnsEnvelope.Notification, Message, _time.GetUtcNow().AddMinutes(-minutes)), SnsAuthority.Ours.Signer);
        var verdict = await JudgeAsync(body);
        if (isLetIn) Assert.IsType<SnsVerdict.Genuine>(verdict);
        else Assert.Contains("clock", Refused(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_says_something_else_than_the_body_is_refused() =>
        Assert.Contains("differ", Refused(await JudgeAsync(Signed(SnsEnvelope.UnsubscribeConfirmation, "1"), SnsEnvelope.SubscriptionConfirmation)), StringComparison.Ordinal);

    public static TheoryData<string, string> Certificates => new()
    {
        { "of an authority that is not trusted", "not trusted here" },
        { "for another name", "not for SNS of this region" },
        { "for another region", "not for SNS of this region" },
        { "for every name", "not for SNS of this region" },
        { "over", "NotTimeValid" },
        { "to come", "NotTimeValid" },
        { "of a short key", "no RSA key of 2048 bits" },
        { "none", "no certificate" },
        { "damaged", "no certificate" },
        { "the root", "not for SNS of this region" },
    };

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_certificate_that_is_not_SNS_s_is_refused_though_the_signature_fits(string which, string why)
    {
        var (ours, now) = (SnsAuthority.Ours, SnsAuthority.Now);
        using var signer = which switch
        {
            "of an authority that is not trusted" => SnsAuthority.Theirs.Issue(["sns.amazonaws.com"]),
            "for another name" => ours.Issue(["evil.example", "sns.amazonaws.com.evil.example", "amazonaws.com"]),
            "for another region" => ours.Issue(["sns.us-east-1.amazonaws.com"]),
            "for every name" => ours.Issue(["*.amazonaws.com", "*.eu-west-1.amazonaws.com"]),
            "over" => ours.Issue(["sns.amazonaws.com"], now.AddDays(-20), now.AddMinutes(-1)),
            "to come" => ours.Issue(["sns.amazonaws.com"], now.AddMinutes(5), now.AddDays(20)),
            "of a short key" => ours.Issue(["sns.amazonaws.com"], bits: 1024),
            _ => ours.Issue(["sns.amazonaws.com"]),
        };
        var pem = which switch
        {
            "none" => "<html>hello</html>",
            "damaged" => signer.ExportCertificatePem().Replace("MII", "MIM", StringComparison.Ordinal),
            "the root" => ours.Roots[0].ExportCertificatePem(),
            _ => signer.ExportCertificatePem(),
        };
        _host.Put(SnsHost.CertificateAddress, pem);
        var verdict = await JudgeAsync(SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), signer));

        // A chain that only ends too early may be whole the next time.
        var words = verdict is SnsVerdict.NotNow(var later) && which == "of an authority that is not trusted" ? later : Refused(verdict);
        Assert.Contains(why, words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sns.amazonaws.com")]
    [InlineData("sns.eu-west-1.amazonaws.com")]
    [InlineData("sns-signing.eu-west-1.amazonaws.com")]
    public async Task The_names_that_SNS_signs_under_are_taken(string name)
    {
        using var signer = SnsAuthority.Ours.Issue([name]);
        _host.Put(SnsHost.CertificateAddress, signer.ExportCertificatePem());
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), signer)));
    }

    [Fact]
    public async Task A_genuine_certificate_that_did_not_sign_this_is_refused()
    {
        using var other = SnsAuthority.Ours.Issue(["sns.amazonaws.com"]);
        _host.Put($"https://{SnsHost.Host}/other.pem", other.ExportCertificatePem());
        var body = SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), SnsAuthority.Ours.Signer, address: $"https://{SnsHost.Host}/other.pem");
        Assert.Contains("not that of this message", Refused(await JudgeAsync(body)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_a_large_answer_not_read_and_an_error_may_pass()
    {
        var pem = SnsAuthority.Ours.Signer.ExportCertificatePem();
        _host.Put("/elsewhere.pem", pem);
        _host.Put(SnsHost.CertificateAddress, "", 302, $"https://{SnsHost.Host}/elsewhere.pem");
        Assert.Contains("answers 302", Refused(await JudgeAsync(Signed(SnsEnvelope.Notification, "1"))), StringComparison.Ordinal);
        _host.Put(SnsHost.CertificateAddress, pem + new string(' ', 100_000));
        Assert.Contains("cannot be had", Assert.IsType<SnsVerdict.NotNow>(await JudgeAsync(Signed(SnsEnvelope.Notification, "1"))).Why, StringComparison.Ordinal);
        _host.Put(SnsHost.CertificateAddress, "", 500);
        Assert.Contains("answers 500", Assert.IsType<SnsVerdict.NotNow>(await JudgeAsync(Signed(SnsEnvelope.Notification, "1"))).Why, StringComparison.Ordinal);
        _host.Put(SnsHost.CertificateAddress, pem);
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(SnsEnvelope.Notification, "1")));
        Assert.DoesNotContain(_host.Asked, asked => asked.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_is_not_who_it_says_gives_no_certificate()
    {
        await using var impostor = new SnsHost("evil.example");
        using var gate = new SnsGate([SnsHost.Topic], impostor.Trust, _time);
        var verdict = await gate.JudgeAsync(Signed(SnsEnvelope.Notification, "1"), SnsEnvelope.Notification, TestContext.Current.CancellationToken);
        Assert.Contains("cannot be had", Assert.IsType<SnsVerdict.NotNow>(verdict).Why, StringComparison.Ordinal);
        Assert.Empty(impostor.Asked);
    }

    [Fact]
    public async Task Without_roots_of_its_own_only_the_machine_s_are_trusted()
    {
        using var gate = new SnsGate([SnsHost.Topic], _host.Trust with { Roots = null }, _time);
        Assert.IsType<SnsVerdict.NotNow>(await gate.JudgeAsync(Signed(SnsEnvelope.Notification, "1"), SnsEnvelope.Notification, TestContext.Current.CancellationToken));
        Assert.Empty(_host.Asked);
    }

    [Fact]
    public async Task A_certificate_is_fetched_once_a_day_however_many_wait_for_it()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => JudgeAsync(Signed(SnsEnvelope.Notification, "2")))));
        Assert.All(verdicts, verdict => Assert.IsType<SnsVerdict.Genuine>(verdict));
        Assert.Single(_host.Asked);
        _time.Advance(TimeSpan.FromHours(25));
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(SnsEnvelope.Notification, "2")));
        Assert.Equal(2, _host.Asked.Count);
        _time.Advance(TimeSpan.FromDays(100));
        Assert.Contains("NotTimeValid", Refused(await JudgeAsync(Signed(SnsEnvelope.Notification, "2"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Made_up_addresses_do_not_make_it_fetch_without_end_nor_drive_out_what_is_known()
    {
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(SnsEnvelope.Notification, "1")));
        var later = 0;
        for (var i = 0; i < 200; i++)
        {
            var body = SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), SnsAuthority.Ours.Signer, address: $"https://{SnsHost.Host}/x{i}.pem");
            if (await JudgeAsync(body) is SnsVerdict.NotNow) later++;
        }

        Assert.Equal((30, 171), (_host.Asked.Count, later));
        Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(SnsEnvelope.Notification, "1")));
        _time.Advance(TimeSpan.FromMinutes(1));
        var again = SnsAuthority.Sign(Envelope(SnsEnvelope.Notification), SnsAuthority.Ours.Signer, address: $"https://{SnsHost.Host}/x.pem");
        Assert.Contains("answers 404", Refused(await JudgeAsync(again)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscription_is_confirmed_where_it_must_be_and_only_there()
    {
        var delivery = Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(Signed(SnsEnvelope.SubscriptionConfirmation, "1"), SnsEnvelope.SubscriptionConfirmation));
        Assert.Same(delivery, await _gate.ConfirmAsync(delivery, TestContext.Current.CancellationToken));
        Assert.Equal(SnsHost.Host + SnsHost.ConfirmationPath, _host.Asked.Last());
        _host.Put(SnsHost.ConfirmationPath, "", 500);
        Assert.IsType<SnsVerdict.NotNow>(await _gate.ConfirmAsync(delivery, TestContext.Current.CancellationToken));
        _host.Put(SnsHost.ConfirmationPath, "", 302, "https://evil.example/");
        Assert.Contains("answers 302", Assert.IsType<SnsVerdict.NotNow>(await _gate.ConfirmAsync(delivery, TestContext.Current.CancellationToken)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://HOST/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://evil.example/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST.evil.example/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST@evil.example/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST:8443/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST/x?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST/?Action=DeleteTopic&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:another&Token=TOKEN")]
    [InlineData("https://HOST/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=another")]
    [InlineData("https://HOST/?Action=ConfirmSubscription&TopicArn=TOPIC")]
    [InlineData("https://HOST/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN&AuthenticateOnUnsubscribe=true")]
    [InlineData("https://HOST/?Action=DeleteTopic&Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN")]
    [InlineData("https://HOST/?Action=ConfirmSubscription&TopicArn=TOPIC&Token=TOKEN#x")]
    public async Task No_other_address_is_fetched_though_SNS_signed_it(string address)
    {
        var envelope = Envelope(SnsEnvelope.SubscriptionConfirmation);
        envelope["SubscribeURL"] = address.Replace("HOST", SnsHost.Host, StringComparison.Ordinal).Replace("TOPIC", SnsHost.TopicArn, StringComparison.Ordinal).Replace("TOKEN", SnsHost.Token, StringComparison.Ordinal);
        var delivery = Assert.IsType<SnsVerdict.Genuine>(await JudgeAsync(SnsAuthority.Sign(envelope, SnsAuthority.Ours.Signer), SnsEnvelope.SubscriptionConfirmation));
        Assert.Contains("SubscribeURL", Refused(await _gate.ConfirmAsync(delivery, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Single(_host.Asked);
    }

    private const string Message = "{\"detail-type\":\"x\",\"detail\":{\"words\":\"\u00e4\u2028 \\\"quoted\\\"\"}}\n";

    private static string Refused(SnsVerdict verdict) => Assert.IsType<SnsVerdict.Refused>(verdict).Why;

    private static byte[] Bytes(JsonObject envelope) => Encoding.UTF8.GetBytes(envelope.ToJsonString());

    private JsonObject Envelope(string type, string? subject = null) => SnsAuthority.Envelope(type, Message, _time.GetUtcNow(), subject: subject);

    private byte[] Signed(string type, string version, string? subject = null) => SnsAuthority.Sign(Envelope(type, subject), SnsAuthority.Ours.Signer, version);

    private Task<SnsVerdict> JudgeAsync(byte[] body, string type = SnsEnvelope.Notification) => _gate.JudgeAsync(body, type, TestContext.Current.CancellationToken);
}
