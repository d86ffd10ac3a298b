using System.Text;

namespace Crowsnest.Host.Tests.Server.Capacity;

/// <summary>Events of a small cluster whose tasks are too small or end for other reasons: on instances, on Fargate, and a job of nobody's.</summary>
internal static class QuayEvents
{
    public static byte[] Bytes => Encoding.UTF8.GetBytes(string.Join('\n', All()) + "\n");

    private static IEnumerable<string> All()
    {
        for (var i = 0; i < 3; i++) yield return HarbourEvents.Instance($"q{i}", "eu-west-1a", 4_096, 3_072, 8_192, 6_144, cluster: "quay");
        for (var i = 0; i < 6; i++) yield return Task($"live{i}", "service:web", "web", "RUNNING", i, $"q{i % 3}", 512, 1_024, """ "name":"web","cpu":"512","memory":"1024","lastStatus":"RUNNING" """);
        yield return Task("api1", "service:api", "api", "RUNNING", 0, "", 256, 2_048, """ "name":"api","cpu":"0","lastStatus":"RUNNING" """);
        foreach (var day in (int[])[1, 2])
        {
            yield return Task($"killed{day}", "service:web", "web", "STOPPED", day, "q0", 512, 1_024, """ "name":"web","cpu":"512","memory":"1024","lastStatus":"STOPPED","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage" """);
            yield return Task($"apikilled{day}", "service:api", "api", "STOPPED", day, "", 256, 2_048, """ "name":"api","cpu":"0","lastStatus":"STOPPED","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage" """);
        }

        yield return Task("night", "family:nightly", "nightly", "STOPPED", 2, "q1", 256, 300, """ "name":"job","cpu":"256","memory":"300","lastStatus":"STOPPED","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage" """);
        for (var n = 0; n < 12; n++) yield return Task($"ends{n}", "service:web", "web", "STOPPED", 2, "q1", 512, 1_024, $$""" "name":"web","cpu":"512","memory":"1024","lastStatus":"STOPPED","exitCode":{{(n % 3 == 0 ? 1 : 137)}} """, minute: n);
    }

    private static string Task(string id, string group, string family, string status, int day, string instance, int cpu, int memory, string container, int minute = 0) => $$"""
        {"id":"{{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32]}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"2026-03-0{{day + 1}}T08:{{minute:00}}:00Z","detail":{
        "taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/quay/{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/quay","taskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/{{family}}:1","group":"{{group}}",
        "lastStatus":"{{status}}","desiredStatus":"{{status}}","version":3,"createdAt":"2026-03-0{{day + 1}}T07:00:00Z","updatedAt":"2026-03-0{{day + 1}}T08:{{minute:00}}:00Z","cpu":"{{cpu}}","memory":"{{memory}}","launchType":"{{(instance.Length > 0 ? "EC2" : "FARGATE")}}"
        {{(instance.Length > 0 ? $",\"containerInstanceArn\":\"arn:aws:ecs:eu-west-1:123456789012:container-instance/quay/{instance}\"" : "")}}
        {{(status == "STOPPED" ? ",\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\"" : "")}},"containers":[{ {{container}} }]} }
        """.ReplaceLineEndings("");
}
