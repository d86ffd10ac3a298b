using Crowsnest.Aws.CloudFormation;

namespace Crowsnest.Aws.Tests.CloudFormation;

public sealed class StackReaderTests(Moto moto)
{
    private const string Template = """
        {"AWSTemplateFormatVersion": "2010-09-09",
         "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "of-a-stack"}}},
         "Outputs": {"QueueUrl": {"Value": {"Ref": "Queue"}}, "VerifySource": {"Value": "crowsnest.verify"}, "Odd": {"Value": "a < b & c"}}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stack_says_what_it_is_and_one_that_is_not_there_is_none()
    {
        using (var client = new AwsQueryClient(Moto.Identity, "cloudformation", "2010-05-15", moto.Address, TimeProvider.System))
            await client.CallAsync("CreateStack", [new("StackName", "trial"), new("TemplateBody", Template)], Cancel);

        using var reader = new StackReader(Moto.Identity, moto.Address, TimeProvider.System);
        var stack = await reader.ReadAsync("trial", Cancel);

        Assert.StartsWith("arn:aws:cloudformation:eu-west-1:123456789012:stack/trial/", stack!.Id, StringComparison.Ordinal);
        Assert.Equal("CREATE_COMPLETE", stack.Status);
        Assert.Equal(["Odd", "QueueUrl", "VerifySource"], stack.Outputs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("crowsnest.verify", "a < b & c"), (stack.Outputs["VerifySource"], stack.Outputs["Odd"]));
        Assert.EndsWith("/of-a-stack", stack.Outputs["QueueUrl"], StringComparison.Ordinal);
        Assert.Null(await reader.ReadAsync("no-such-stack", Cancel));
    }

    [Fact]
    public async Task What_refuses_or_does_not_answer_says_so()
    {
        using var client = new AwsQueryClient(Moto.Identity, "sns", "2010-03-31", moto.Address, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<AwsException>(() => client.CallAsync("GetTopicAttributes", [new("TopicArn", "arn:aws:sns:eu-west-1:123456789012:no-such-topic")], Cancel));
        Assert.Equal("NotFound", refused.Code);

        using var away = new StackReader(Moto.Identity, new Uri("http://127.0.0.1:1/"), TimeProvider.System);
        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<AwsException>(() => away.ReadAsync("trial", Cancel))).Code);
    }
}
