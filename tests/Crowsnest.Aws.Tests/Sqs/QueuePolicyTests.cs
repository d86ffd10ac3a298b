using Crowsnest.Aws.Sqs;

namespace Crowsnest.Aws.Tests.Sqs;

public sealed class QueuePolicyTests
{
    private const string Rule = """{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:1:rule/r"}}}""";

    [Theory]
    [InlineData(null, QueueSenders.None)]
    [InlineData("", QueueSenders.None)]
    [InlineData("no JSON", QueueSenders.None)]
    [InlineData("[]", QueueSenders.None)]
    [InlineData("""{"Statement":5}""", QueueSenders.None)]
    [InlineData("""{"Statement":[]}""", QueueSenders.None)]
    [InlineData($$"""{"Statement":[{{Rule}}]}""", QueueSenders.Named)]
    [InlineData($$"""{"Statement":{{Rule}}}""", QueueSenders.Named)]
    [InlineData("""{"Statement":{"Effect":"Deny","Principal":"*","Action":"sqs:*"}}""", QueueSenders.None)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Service":["events.amazonaws.com"]},"Action":["sqs:ReceiveMessage","SQS:SendMessage"]}}""", QueueSenders.Anybody)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:*","Condition":{"StringEquals":{"AWS:SourceAccount":"1"}}}}""", QueueSenders.Named)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sqs:SendMessage","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}""", QueueSenders.Anybody)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"sqs:SendMessage"}}""", QueueSenders.None)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:ReceiveMessage"}}""", QueueSenders.None)]
    public void A_policy_says_who_may_send(string? policy, QueueSenders senders) => Assert.Equal(senders, QueuePolicy.Senders(policy));
}
