using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

public class EventDecoderTests
{
    private const string TaskArn = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef";

    [Fact]
    public void A_task_event_is_read_into_its_fields()
    {
        var read = Read($$$$"""
            {"version":"0","id":"a-1","detail-type":"ECS Task State Change","source":"aws.ecs","account":"999900001111","time":"2026-03-02T08:00:00Z","region":"us-east-1",
             "resources":["{{{{TaskArn}}}}"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"{{{{TaskArn}}}}","group":"service:web","version":5,
             "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:12","lastStatus":"STOPPED","startedBy":"ecs-svc/77","updatedAt":"2026-03-02T08:00:01.25Z",
             "containers":[{"name":"app","exitCode":137,"reason":"OutOfMemoryError"},{"name":"side","exitCode":"0","cpu":"null"}]}}
            """);

        var task = Assert.IsType<TaskDetail>(read.Detail);
        Assert.Equal((EventKind.Task, "a-1", "999900001111"), (read.Kind, read.Id, read.EnvelopeAccount));
        Assert.Equal(("111122223333", "eu-west-1", "prod", "web", "web"), (read.Account, read.Region, read.Cluster, read.Service, read.Family));
        Assert.Equal(("0123456789abcdef", "ecs-svc/77", 5L), (read.TaskId, read.Deployment, task.Version));
        Assert.Equal(1772438401250, task.UpdatedAt.UnixMilliseconds);
        Assert.Equal([new TaskContainer("app", null, 137, "OutOfMemoryError", null), new TaskContainer("side", null, null, null, null)], task.Containers);
        Assert.False(read.TimeUncertain);
    }

    [Fact]
    public void Members_in_reverse_order_give_the_same_event()
    {
        var forward = Read("""{"source":"aws.ecs","detail-type":"ECS Task State Change","detail":{"taskArn":"arn:aws:ecs:r:1:task/c/t","lastStatus":"RUNNING","version":2}}""");
        var backward = Read("""{"detail":{"version":2,"lastStatus":"RUNNING","taskArn":"arn:aws:ecs:r:1:task/c/t"},"detail-type":"ECS Task State Change","source":"aws.ecs"}""");

        Assert.Equal((EventKind.Task, "t", "RUNNING"), (backward.Kind, backward.TaskId, ((TaskDetail)backward.Detail).LastStatus));
        Assert.Equal((forward.Cluster, forward.Account), (backward.Cluster, backward.Account));
    }

    [Fact]
    public void Of_repeated_members_the_last_one_counts()
    {
        var read = Read("""{"detail-type":"x","detail-type":"ECS Task State Change","detail":{"lastStatus":"A","stopCode":"gone"},"detail":{"lastStatus":"B","lastStatus":"C"}}""");

        var task = Assert.IsType<TaskDetail>(read.Detail);
        Assert.Equal(("C", null), (task.LastStatus, task.StopCode));
    }

    [Theory]
    [InlineData("""{"detail-type":"ECS Task State Change"}""")]
    [InlineData("""{"detail-type":"ECS Task State Change","detail":null,"resources":null,"account":7,"time":[]}""")]
    [InlineData("""{"detail-type":"ECS Task State Change","detail":"text","resources":"text"}""")]
    [InlineData("""{"detail-type":"ECS Task State Change","detail":{"containers":{},"version":"5","taskArn":1}}""")]
    [InlineData("""{"detail-type":"ECS Task State Change","detail":{"containers":[null,1,[{}]],"version":1e400,"big":9007199254740993}}""")]
    [InlineData("""{"detail-type":"ECS Task State Change","detail":{"a":"\u0000","b":"\ud800"}}""")]
    public void Members_of_another_type_are_not_read(string json)
    {
        var read = Read(json);

        Assert.Equal(json, Encoding.UTF8.GetString(read.Raw.Span));
        Assert.True(read.TimeUncertain);
        Assert.Equal(Samples.Now, read.OccurredAt);
    }

    [Theory]
    [InlineData("{\"detail-type\":\"x\",}", QuarantineReason.NotJson)]
    [InlineData("", QuarantineReason.NotJson)]
    [InlineData("{\"detail-type\":\"x\"} {}", QuarantineReason.NotJson)]
    [InlineData("[1,2]", QuarantineReason.NotAnObject)]
    [InlineData("null", QuarantineReason.NotAnObject)]
    [InlineData("{\"a\":1}", QuarantineReason.NoDetailType)]
    [InlineData("{\"detail-type\":null}", QuarantineReason.NoDetailType)]
    public void What_is_no_event_says_why(string json, QuarantineReason reason)
    {
        var fault = Assert.IsType<Decoded.Failed>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Samples.Now)).Fault;

        Assert.Equal(reason, fault.Reason);
        Assert.Equal(json, Encoding.UTF8.GetString(fault.Bytes.Span));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_named_by_their_place()
    {
        var fault = Assert.IsType<Decoded.Failed>(new EventDecoder().Decode("{\"detail-type\":\"a\n"u8.ToArray().Append((byte)0xff).ToArray(), Samples.Now)).Fault;

        Assert.Equal(QuarantineReason.InvalidUtf8, fault.Reason);
        Assert.Contains("0xff at byte 18 (line 2, column 1)", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(126, true)]
    [InlineData(127, false)]
    public void Depth_is_bounded(int arrays, bool fits)
    {
        var json = "{\"detail-type\":\"x\",\"detail\":{\"a\":" + new string('[', arrays) + new string(']', arrays) + "}}";
        var decoded = new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Samples.Now);

        Assert.Equal(fits, decoded is Decoded.Ok);
        if (decoded is Decoded.Failed failed) Assert.Equal(QuarantineReason.TooDeep, failed.Fault.Reason);
    }

    [Fact]
    public void Environment_values_are_masked_in_place()
    {
        const string Json = """{"detail-type":"x","detail":{"overrides":{"containerOverrides":[{"env\u0069ronment":[{"name":"A","value":"s3cret"},{"value":{"x":[1]},"value":7}]}]},"z":1}}""";
        var read = Read(Json);

        Assert.Equal(
            """{"detail-type":"x","detail":{"overrides":{"containerOverrides":[{"env\u0069ronment":[{"name":"A","value":"***"},{"value":"***","value":"***"}]}]},"z":1}}""",
            Encoding.UTF8.GetString(read.Raw.Span));
        Assert.Equal("/detail/overrides/containerOverrides/0/environment/0/value", read.Masked[0]);
        Assert.Equal(3, read.Masked.Count);
    }

    [Theory]
    [InlineData("""{"overrides":{"containerOverrides":{"environment":[{"name":"A","value":"s3cret"}]}}}""")]
    [InlineData("""{"overrides":{"containerOverrides":[[{"environment":[[{"name":"A","value":"s3cret"}]]}]]}}""")]
    [InlineData("""{"overrides":{"containerOverrides":[{"environment":{"A":"s3cret","B":{"c":"s3cret"}}}]}}""")]
    [InlineData("""{"overrides":{"containerOverrides":[{"environment":["A=s3cret"]}]}}""")]
    [InlineData("""{"Overrides":{"ContainerOverrides":[{"Environment":[{"Name":"A","Value":"s3cret"}]}]}}""")]
    [InlineData("""{"overrides":{"CONTAINEROVERRIDES":[{"ENVIRONMENT":[{"NAME":"A","VALUE":"s3cret"}]}]}}""")]
    public void Environment_values_are_masked_in_whatever_shape_they_come(string detail)
    {
        var read = Read($$"""{"detail-type":"x","detail":{{detail}}}""");

        Assert.DoesNotContain("s3cret", Encoding.UTF8.GetString(read.Raw.Span), StringComparison.Ordinal);
        Assert.NotEmpty(read.Masked);
    }

    [Theory]
    [InlineData("detail.a[].b", """{"a":[{"b":"***","c":"y"},{"b":"***"}],"b":"z"}""")]
    [InlineData("$.detail.*", """{"a":"***","b":"***"}""")]
    [InlineData("detail.**.c", """{"a":[{"b":"x","c":"***"},{"b":"x"}],"b":"z"}""")]
    [InlineData("detail.**.**.**.b", """{"a":[{"b":"***","c":"y"},{"b":"***"}],"b":"***"}""")]
    [InlineData("detail.a[*].b", """{"a":[{"b":"***","c":"y"},{"b":"***"}],"b":"z"}""")]
    public void Paths_of_ones_own_are_masked_too(string path, string detail)
    {
        const string Json = """{"detail-type":"x","detail":{"a":[{"b":"x","c":"y"},{"b":"x"}],"b":"z"}}""";
        var decoded = new EventDecoder(new MaskingOptions { Paths = [path] }).Decode(Encoding.UTF8.GetBytes(Json), Samples.Now);

        Assert.True(MaskingOptions.IsPath(path));
        Assert.Equal($$"""{"detail-type":"x","detail":{{detail}}}""", Encoding.UTF8.GetString(Assert.IsType<Decoded.Ok>(decoded).Event.Raw.Span));
    }

    [Fact]
    public void The_key_ignores_what_a_replay_adds_and_tells_contents_apart()
    {
        var one = Read("""{"id":"1","detail-type":"x","time":"2026-01-01T00:00:00Z","detail":{"a":1}}""");
        var replayed = Read("""{"id":"1","detail-type":"x","replay-name":"r","time":"2026-01-01T00:00:00Z","detail":{"a":1}}""");
        var other = Read("""{"id":"1","detail-type":"x","time":"2026-01-01T00:00:00Z","detail":{"a":2}}""");

        Assert.Equal(one.Key, replayed.Key);
        Assert.NotEqual(one.Key, other.Key);
        Assert.Equal(1767225600000, one.Key.TimeMilliseconds);
    }

    private static EcsEvent Read(string json) => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Samples.Now)).Event;
}
