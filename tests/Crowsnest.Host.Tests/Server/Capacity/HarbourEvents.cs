using System.Text;

namespace Crowsnest.Host.Tests.Server.Capacity;

/// <summary>Events of a small cluster with room in pieces: three instances, services on them and on Fargate, and one that could not place a task.</summary>
internal static class HarbourEvents
{
    public static string All => string.Join('\n', (string[])
    [
        Instance("a", "eu-west-1a", 4_096, 1_024, 8_192, 1_500), Instance("b", "eu-west-1b", 4_096, 3_072, 8_192, 1_800), Instance("c", "eu-west-1b", 2_048, 2_048, 4_096, 4_096, "DRAINING"),
        Task("w1", "web", "a", 512, 2_048), Task("w2", "web", "b", 512, 2_048), Task("j1", "jobs", "a", 256, 512, ports: "8080"), Task("f1", "api", "", 1_024, 2_048),
        Event("ECS Service Action", """ "eventType":"ERROR","eventName":"SERVICE_TASK_PLACEMENT_FAILURE","reason":"RESOURCE:MEMORY","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/harbour" """, ""","resources":["arn:aws:ecs:eu-west-1:123456789012:service/harbour/web"]"""),
    ]) + "\n";

    public static byte[] Bytes => Encoding.UTF8.GetBytes(All);

    public static string Instance(string id, string zone, int cpu, int cpuLeft, int memory, int memoryLeft, string status = "ACTIVE", string cluster = "harbour", string region = "eu-west-1") => Event("ECS Container Instance State Change", $$"""
        "containerInstanceArn":"arn:aws:ecs:{{region}}:123456789012:container-instance/{{cluster}}/{{id}}","clusterArn":"arn:aws:ecs:{{region}}:123456789012:cluster/{{cluster}}","ec2InstanceId":"i-{{id}}","status":"{{status}}","agentConnected":true,
        "version":7,"updatedAt":"2026-03-02T08:00:00Z","attributes":[{"name":"ecs.availability-zone","value":"{{zone}}"},{"name":"ecs.instance-type","value":"m6i.xlarge"}],
        "registeredResources":[{"name":"CPU","integerValue":{{cpu}}},{"name":"MEMORY","integerValue":{{memory}}},{"name":"PORTS","stringSetValue":["22"]}],
        "remainingResources":[{"name":"CPU","integerValue":{{cpuLeft}}},{"name":"MEMORY","integerValue":{{memoryLeft}}},{"name":"PORTS","stringSetValue":["22"{{(id == "a" ? ",\"8080\"" : "")}}]}]
        """, "");

    private static string Task(string id, string service, string instance, int cpu, int memory, string ports = "") => Event("ECS Task State Change", $$"""
        "taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/harbour/{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/harbour","group":"service:{{service}}","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":3,
        "createdAt":"2026-03-02T07:00:00Z","updatedAt":"2026-03-02T08:00:00Z","cpu":"{{cpu}}","memory":"{{memory}}","availabilityZone":"eu-west-1a","launchType":"{{(instance.Length > 0 ? "EC2" : "FARGATE")}}"
        {{(instance.Length > 0 ? $",\"containerInstanceArn\":\"arn:aws:ecs:eu-west-1:123456789012:container-instance/harbour/{instance}\"" : "")}},
        "containers":[{"name":"{{service}}","lastStatus":"RUNNING"{{(ports.Length > 0 ? $",\"networkBindings\":[{{\"hostPort\":{ports},\"protocol\":\"tcp\"}}]" : "")}}}]
        """, "");

    private static string Event(string type, string detail, string more) => $$"""
        {"id":"{{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(type + detail)))[..32]}}","detail-type":"{{type}}","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-02T08:00:00Z"{{more}},"detail":{{{detail}}} }
        """.ReplaceLineEndings("");
}
