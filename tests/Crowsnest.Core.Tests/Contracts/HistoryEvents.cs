using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Tests.Resync;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>
/// A small fleet's events over some hours, from chance: tasks that live for minutes or hours and fail, instances, services and deployments, said late, twice,
/// with the same version or none, and out of order; as bytes, since a store reads them again.
/// </summary>
internal sealed class HistoryEvents(Random random)
{
    private static readonly string[] Life = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"];
    private static readonly string[] Services = ["api", "web", "batch"];
    private static readonly string[] Clusters = ["prod", "shop"];

    private readonly EventDecoder _decoder = new();
    private int _number;

    /// <summary>So many resources' events, by the time that they speak of; ids and keys are all different.</summary>
    public List<EcsEvent> Draw(int resources)
    {
        var events = new List<EcsEvent>();
        for (var i = 0; i < resources; i++)
        {
            switch (random.Next(11))
            {
                case 10:
                    events.Add(SomeEcs.Tags(Pick("cluster/prod", "service/shop/api", "task-definition/web:3"), random.Next(20_000), ("team", Pick("a", "b", "c"))));
                    break;
                case < 6:
                    Task(events, i);
                    break;
                case < 8:
                    Instance(events, i);
                    break;
                case 8:
                    Action(events);
                    break;
                default:
                    Deployment(events, i);
                    break;
            }
        }

        return events;
    }

    private void Task(List<EcsEvent> events, int id)
    {
        var (cluster, service, created) = (Pick(Clusters), Pick(Services), Moment());
        var at = created;
        var fails = random.Next(3) == 0;
        for (var (step, version) = (0, 1); step < Life.Length; step++, version++)
        {
            if (random.Next(6) == 0) continue;
            at += TimeSpan.FromMilliseconds(step == 4 ? random.Next(60_000, 9_000_000) : random.Next(1, 40_000));
            if (random.Next(12) == 0) version++;
            var stop = step < 5 ? "" : fails
                ? ",\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\""
                : ",\"stopCode\":\"ServiceSchedulerInitiated\",\"stoppedReason\":\"Scaling activity initiated by (deployment ecs-svc/1)\"";
            var exit = step < 5 ? "" : fails ? ",\"exitCode\":137" : ",\"exitCode\":0";
            var times = (random.Next(40) == 0 ? "" : $",\"createdAt\":\"{Text(created)}\"") + (random.Next(25) == 0 ? "" : $",\"updatedAt\":\"{Text(at)}\"")
                + (step < 7 ? "" : $",\"stoppedAt\":\"{Text(at)}\"");
            events.Add(Event("ECS Task State Change", Said(at), $"task/{cluster}/task{id}", $$"""
                "taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/{{cluster}}/task{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/{{cluster}}",
                "group":"service:{{service}}","startedBy":"ecs-svc/{{random.Next(3)}}","lastStatus":"{{Life[step]}}","desiredStatus":"{{(step < 4 ? "RUNNING" : "STOPPED")}}",
                "version":{{version}},"containers":[{"name":"web","lastStatus":"{{Life[step]}}"{{exit}}}]{{stop}}{{times}}
                """));
        }
    }

    private void Instance(List<EcsEvent> events, int id)
    {
        var (cluster, registered) = (Pick(Clusters), Moment());
        var at = registered;
        for (var (n, version) = (0, 1); n < random.Next(1, 9); n++, version++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(1_000, 3_000_000));
            events.Add(Event("ECS Container Instance State Change", Said(at), $"container-instance/{cluster}/i{id}", $$"""
                "containerInstanceArn":"arn:aws:ecs:eu-west-1:123456789012:container-instance/{{cluster}}/i{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/{{cluster}}",
                "ec2InstanceId":"i-{{id}}","status":"{{(n > 5 ? "INACTIVE" : "ACTIVE")}}","agentConnected":{{(random.Next(4) == 0 ? "false" : "true")}},"version":{{version}},
                "registeredAt":"{{Text(registered)}}","updatedAt":"{{Text(at)}}","registeredResources":[{"name":"CPU","type":"INTEGER","integerValue":4096},{"name":"MEMORY","type":"INTEGER","integerValue":8192}],
                "remainingResources":[{"name":"CPU","type":"INTEGER","integerValue":{{random.Next(4097)}}},{"name":"MEMORY","type":"INTEGER","integerValue":{{random.Next(8193)}}}]
                """));
        }
    }

    private void Action(List<EcsEvent> events)
    {
        var (cluster, service) = (Pick(Clusters), Pick(Services));
        var name = Pick("SERVICE_STEADY_STATE", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_DESIRED_COUNT_UPDATED", "SERVICE_TASK_START_IMPAIRED");
        events.Add(Event("ECS Service Action", Moment(), $"service/{cluster}/{service}", $$"""
            "eventType":"INFO","eventName":"{{name}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/{{cluster}}","reason":"RESOURCE:CPU"{{(random.Next(2) == 0 ? "" : ",\"desiredCount\":" + random.Next(9))}}
            """));
    }

    private void Deployment(List<EcsEvent> events, int id)
    {
        var (cluster, service, at) = (Pick(Clusters), Pick(Services), Moment());
        foreach (var name in (string[])["SERVICE_DEPLOYMENT_IN_PROGRESS", random.Next(2) == 0 ? "SERVICE_DEPLOYMENT_COMPLETED" : "SERVICE_DEPLOYMENT_FAILED"])
        {
            events.Add(Event("ECS Deployment State Change", at, $"service/{cluster}/{service}", $$"""
                "eventType":"INFO","eventName":"{{name}}","deploymentId":"ecs-svc/{{100 + id}}","reason":"ECS deployment ecs-svc/{{100 + id}}: {{name}}"
                """));
            at += TimeSpan.FromSeconds(random.Next(1, 4_000));
        }
    }

    private EcsEvent Event(string detailType, DateTimeOffset said, string resource, string detail)
    {
        var time = random.Next(60) == 0 ? "" : $"\"time\":\"{Text(said)}\",";
        var json = $$"""
            {"version":"0","id":"{{_number++:x8}}","detail-type":"{{detailType}}","source":"{{(random.Next(30) == 0 ? "mine" : "aws.ecs")}}","account":"123456789012",{{time}}"region":"eu-west-1",
            "resources":["arn:aws:ecs:eu-west-1:123456789012:{{resource}}"],"detail":{ {{detail}} } }
            """;
        return Assert.IsType<Decoded.Ok>(_decoder.Decode(Encoding.UTF8.GetBytes(json), Some.Noon.AddSeconds(random.Next(20_000)))).Event;
    }

    // An event is mostly said a moment after what it says, at times much later, and clocks are not one.
    private DateTimeOffset Said(DateTimeOffset at) => at + TimeSpan.FromMilliseconds(random.Next(20) switch { 0 => random.Next(3_600_000), 1 => -random.Next(5_000), _ => random.Next(2_000) });

    private DateTimeOffset Moment() => Some.Noon.AddMilliseconds(random.Next(20_000_000));

    private string Pick(params string[] values) => values[random.Next(values.Length)];

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
