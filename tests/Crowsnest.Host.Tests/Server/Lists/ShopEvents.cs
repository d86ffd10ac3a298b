using System.Globalization;
using System.Text;

namespace Crowsnest.Host.Tests.Server.Lists;

/// <summary>Events of one small cluster, as ECS writes them, so many seconds from now.</summary>
internal static class ShopEvents
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static string Time(int seconds) => Now.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Task(string id, string status, int version, int seconds, string extra = "") => Event("ECS Task State Change", seconds, $$"""
        "taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/shop/{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/shop","group":"service:web","startedBy":"ecs-svc/1","lastStatus":"{{status}}",
        "desiredStatus":"{{(status == "STOPPED" ? "STOPPED" : "RUNNING")}}","version":{{version}},"updatedAt":"{{Time(seconds)}}","containers":[{"name":"web","lastStatus":"{{status}}"{{(status == "STOPPED" ? ",\"exitCode\":1" : "")}}}]{{extra}}
        """);

    public static string Instance(string id, int seconds) => Event("ECS Container Instance State Change", seconds, $$"""
        "containerInstanceArn":"arn:aws:ecs:eu-west-1:123456789012:container-instance/shop/{{id}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/shop","status":"ACTIVE","agentConnected":false,"version":7,
        "registeredResources":[{"name":"CPU","integerValue":4096},{"name":"PORTS","stringSetValue":["22"]}],"remainingResources":[{"name":"CPU","integerValue":1024},{"name":"PORTS","stringSetValue":["22","8080"]}]
        """);

    public static string Action(string name, int seconds, string extra) => Event("ECS Service Action", seconds, $$"""
        "eventType":"INFO","eventName":"{{name}}","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/shop"{{extra}}
        """);

    public static string Deployment(string name, int seconds) => Event("ECS Deployment State Change", seconds, $$"""
        "eventType":"INFO","eventName":"{{name}}","deploymentId":"ecs-svc/1","updatedAt":"{{Time(seconds)}}"
        """);

    private static string Event(string type, int seconds, string detail) => $$"""
        {"id":"{{Guid(type + seconds + detail)}}","detail-type":"{{type}}","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{Time(seconds)}}","resources":["arn:aws:ecs:eu-west-1:123456789012:service/shop/web"],"detail":{
        {{detail}}} }
        """.ReplaceLineEndings("");

    private static string Guid(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    public static string Lines(params string[] events) => string.Join('\n', events) + "\n";
}
