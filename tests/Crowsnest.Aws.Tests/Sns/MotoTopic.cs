using System.Globalization;
using System.Xml.Linq;

namespace Crowsnest.Aws.Tests.Sns;

/// <summary>A topic on the server, made and subscribed to by the same protocol that it is published to by.</summary>
internal static class MotoTopic
{
    private static int _made;

    /// <summary>Its ARN.</summary>
    public static async Task<string> CreateAsync(Moto moto, bool isFifo = false)
    {
        var name = $"t-{Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture)}{(isFifo ? ".fifo" : "")}";
        List<(string, string)> members = [("Action", "CreateTopic"), ("Name", name)];
        if (isFifo) members.AddRange([("Attributes.entry.1.key", "FifoTopic"), ("Attributes.entry.1.value", "true")]);
        return (await CallAsync(moto, [.. members])).Descendants().First(e => e.Name.LocalName == "TopicArn").Value;
    }

    public static Task SubscribeAsync(Moto moto, string topicArn, string queueName) => CallAsync(
        moto, ("Action", "Subscribe"), ("TopicArn", topicArn), ("Protocol", "sqs"), ("Endpoint", $"arn:aws:sqs:eu-west-1:123456789012:{queueName}"));

    private static async Task<XDocument> CallAsync(Moto moto, params (string Name, string Value)[] members)
    {
        using var http = AwsHttp.Create(Moto.Identity, "sns", 1);
        using var form = new FormUrlEncodedContent(members.Append(("Version", "2010-03-31")).Select(m => KeyValuePair.Create(m.Item1, m.Item2)));
        using var answer = await http.PostAsync(moto.Address, form, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body);
        return XDocument.Parse(body);
    }
}
