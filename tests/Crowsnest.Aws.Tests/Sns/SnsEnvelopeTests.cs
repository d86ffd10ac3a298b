using System.Text;
using Crowsnest.Aws.Sns;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>The text that a signature is over, as the documentation of SNS writes it, and what is no envelope at all.</summary>
public sealed class SnsEnvelopeTests
{
    private const string Notification = """
        {"Type":"Notification","MessageId":"22b80b92","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Subject":"My First Message","Message":"Hello \"world\"!\nagain",
         "Timestamp":"2012-05-02T00:54:06.655Z","SignatureVersion":"1","Signature":"RVhBTVBMRQ==","SigningCertURL":"https://sns.us-west-2.amazonaws.com/x.pem","UnsubscribeURL":"https://x"}
        """;

    private const string Confirmation = """
        {"Type":"TYPE","MessageId":"165545c9","Token":"2336412f","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":"You have chosen to subscribe.","SubscribeURL":"https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription",
         "Timestamp":"2012-04-26T20:45:04.751Z","SignatureVersion":"2","Signature":"RVhBTVBMRQ==","SigningCertURL":"https://sns.us-west-2.amazonaws.com/x.pem"}
        """;

    [Fact]
    public void Of_a_notification_its_six_members_are_signed() => Assert.Equal(
        """
        Message
        Hello "world"!
        again
        MessageId
        22b80b92
        Subject
        My First Message
        Timestamp
        2012-05-02T00:54:06.655Z
        TopicArn
        arn:aws:sns:us-west-2:123456789012:MyTopic
        Type
        Notification

        """,
        Read(Notification).ToSign);

    [Theory]
    [InlineData("\"Subject\":\"My First Message\",", "")]
    [InlineData("\"My First Message\"", "null")]
    public void A_notification_without_a_subject_is_signed_without_it(string part, string instead) => Assert.Equal(
        """
        Message
        Hello "world"!
        again
        MessageId
        22b80b92
        Timestamp
        2012-05-02T00:54:06.655Z
        TopicArn
        arn:aws:sns:us-west-2:123456789012:MyTopic
        Type
        Notification

        """,
        Read(Notification.Replace(part, instead, StringComparison.Ordinal)).ToSign);

    [Theory]
    [InlineData("SubscriptionConfirmation")]
    [InlineData("UnsubscribeConfirmation")]
    public void Of_a_confirmation_its_seven_members_are_signed(string type) => Assert.Equal(
        $"""
        Message
        You have chosen to subscribe.
        MessageId
        165545c9
        SubscribeURL
        https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription
        Timestamp
        2012-04-26T20:45:04.751Z
        Token
        2336412f
        TopicArn
        arn:aws:sns:us-west-2:123456789012:MyTopic
        Type
        {type}

        """,
        Read(Confirmation.Replace("TYPE", type, StringComparison.Ordinal)).ToSign);

    [Theory]
    [InlineData("\"2012-05-02T00:54:06.655Z\"", "\"2012-05-02T00:54:06Z\"")]
    [InlineData("\"2012-05-02T00:54:06.655Z\"", "\"2012-05-02T00:54:06.6Z\"")]
    public void A_time_may_have_fewer_digits(string part, string instead) => Read(Notification.Replace(part, instead, StringComparison.Ordinal));

    // Goal: no two envelopes have the same text to sign, however lines are moved between their members, and none is read in two ways.
    [Theory]
    [InlineData("\"22b80b92\"", "\"22b80b92\\nSubject\\nx\"", "\"MessageId\" is missing")]
    [InlineData("\"My First Message\"", "\"My\\nTimestamp\"", "\"Subject\" is missing")]
    [InlineData("\"My First Message\"", "\"\"", "\"Subject\" is missing")]
    [InlineData("\"My First Message\"", "7", "\"Subject\" is missing")]
    [InlineData("\"UnsubscribeURL\"", "\"Message\"", "twice")]
    [InlineData("\"UnsubscribeURL\"", "\"M\\u0065ssage\"", "twice")]
    [InlineData("\"Type\":\"Notification\"", "\"Type\":\"notification\"", "Type is none")]
    [InlineData("\"Type\"", "\"type\"", "Type is none")]
    [InlineData("\"Message\"", "\"message\"", "\"Message\" is missing")]
    [InlineData("\"Hello", "{\"a\":\"Hello", "not JSON")]
    [InlineData("Hello", "\\ud800", "no text")]
    [InlineData("\"2012-05-02T00:54:06.655Z\"", "\"yesterday\"", "Timestamp is no time")]
    [InlineData("\"2012-05-02T00:54:06.655Z\"", "\"2012-05-02T00:54:06.655+09:00\"", "Timestamp is no time")]
    [InlineData("\"SignatureVersion\":\"1\"", "\"SignatureVersion\":\"3\"", "neither 1 nor 2")]
    [InlineData("\"SignatureVersion\":\"1\"", "\"SignatureVersion\":1", "\"SignatureVersion\" is missing")]
    [InlineData("RVhBTVBMRQ==", "%%%%", "not base64")]
    public void What_is_not_as_SNS_writes_it_is_none(string part, string instead, string why)
    {
        var changed = Notification.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(Notification, changed);
        var (envelope, words) = SnsEnvelope.Read(Encoding.UTF8.GetBytes(changed));
        Assert.Null(envelope);
        Assert.Contains(why, words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"Notification\"")]
    [InlineData("{\"Type\":{\"Type\":{\"Type\":{\"Type\":{\"Type\":1}}}}}")]
    [InlineData("\u0000")]
    public void What_is_no_object_is_none(string body) => Assert.Null(SnsEnvelope.Read(Encoding.UTF8.GetBytes(body)).Envelope);

    [Fact]
    public void What_is_handed_on_is_only_what_is_signed()
    {
        var around = Notification.Replace("{\"Type\"", "{\"detail-type\":\"ECS Task State Change\",\"detail\":{},\"Records\":[{\"body\":\"x\"}],\"Type\"", StringComparison.Ordinal);
        Assert.Equal(
            """{"Type":"Notification","MessageId":"22b80b92","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":"Hello \u0022world\u0022!\nagain"}""",
            Encoding.UTF8.GetString(Read(around).ToIngest()));
    }

    [Theory]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:ecs-events", "sns.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com sns-signing.eu-west-1.amazonaws.com sns.amazonaws.com")]
    [InlineData("arn:aws-cn:sns:cn-north-1:123456789012:t", "sns.cn-north-1.amazonaws.com.cn", "sns.cn-north-1.amazonaws.com.cn sns-cn-north-1.amazonaws.com.cn")]
    [InlineData("arn:aws-us-gov:sns:us-gov-east-1:123456789012:t", "sns.us-gov-east-1.amazonaws.com", "sns.us-gov-east-1.amazonaws.com sns-us-gov-west-1.amazonaws.com")]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:t.fifo", null, "")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:t", null, "")]
    [InlineData("arn:aws:sns:eu-west-1:1234:t", null, "")]
    [InlineData("arn:aws:sns:eu-west-1:123456789012:t:6b0e71bd", null, "")]
    [InlineData("arn:aws:sns:evil.example/:123456789012:t", null, "")]
    [InlineData("arn:aws-iso:sns:us-iso-east-1:123456789012:t", null, "")]
    [InlineData("", null, "")]
    public void A_topic_says_where_SNS_is(string arn, string? host, string names)
    {
        var topic = SnsTopic.Parse(arn);
        Assert.Equal((host, names), (topic?.Host, string.Join(' ', topic?.CertificateNames ?? [])));
    }

    private static SnsEnvelope Read(string json)
    {
        var (envelope, why) = SnsEnvelope.Read(Encoding.UTF8.GetBytes(json));
        Assert.Equal("", why);
        return envelope!;
    }
}
