using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Capacity;

public class TaskClaimsTests
{
    [Fact]
    public void Ports_that_a_definition_names_and_gpus_are_read_of_all_containers()
    {
        var claims = Task("""
            [{"name":"web","networkBindings":[{"bindIP":"0.0.0.0","containerPort":80,"hostPort":8080,"protocol":"tcp"},{"hostPort":53,"protocol":"udp"},{"hostPort":49153}],"gpuIds":["GPU-1","GPU-2"]},
            {"gpuIds" : [ "GPU-3" ], "networkBindings" : [ {"hostPort":443,"protocol":"tcp"}, {"hostPort":8080,"protocol":"tcp"} ]}]
            """).Claims!;

        Assert.Equal(("443 8080", "53", 3), (string.Join(' ', claims.Ports), string.Join(' ', claims.UdpPorts), claims.Gpus));
    }

    [Theory]
    [InlineData("""[{"networkBindings":[],"gpuIds":[]}]""")]
    [InlineData("""[{"networkBindings":[{"hostPort":32768,"protocol":"tcp"}]}]""")]
    [InlineData("""[{"reason":"\"networkBindings\":[{\"hostPort\":80}]"},{"name":"networkBindings"}]""")]
    [InlineData("""[{"networkBindings":[80,{"hostPort":"80"}],"gpuIds":[1]}]""")]
    public void What_is_no_such_port_is_none(string containers) => Assert.Null(Task(containers).Claims);

    [Fact]
    public void They_survive_the_store_and_go_with_the_newest_event()
    {
        var placed = Task("""[{"networkBindings":[{"hostPort":80}],"gpuIds":["GPU-1"]}]""");
        var stored = StateDocument.ReadTask(StateDocument.Write(placed)).Claims!;

        Assert.Equal(("80", "", 1), (string.Join(' ', stored.Ports), string.Join(' ', stored.UdpPorts), stored.Gpus));
        Assert.Equal(stored.Gpus, TaskState.Observe(placed, Event("[]", 1)).Next.Claims!.Gpus);
        Assert.Null(TaskState.Observe(placed, Event("[]", 9)).Next.Claims);
    }

    private static TaskState Task(string containers) => TaskState.Observe(null, Event(containers, 3)).Next;

    private static EcsEvent Event(string containers, int version) => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(
        Encoding.UTF8.GetBytes($$$"""
            {"id":"{{{version}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-02T08:00:00Z","detail":{"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/t",
            "clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","version":{{{version}}},"lastStatus":"RUNNING","containers":{{{containers}}}}}
            """), Some.Noon)).Event;
}
