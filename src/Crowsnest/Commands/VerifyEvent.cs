using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>A task's stop that never was, of ECS's own shape, with what makes it synthetic: each one of a service of its own, by which its message is known.</summary>
/// <param name="Source">Its source.</param>
/// <param name="Account">The account that it says it is of.</param>
/// <param name="Region">The region that it says it is of.</param>
/// <param name="TaskArn">The task that it is about.</param>
/// <param name="Service">The service that the task is of.</param>
/// <param name="Detail">Its detail, the nonce in it.</param>
internal sealed record VerifyEvent(string Source, string Account, string Region, string TaskArn, string Service, string Detail)
{
    /// <summary>Its detail-type.</summary>
    public const string DetailType = "ECS Task State Change";

    private const string Cluster = "crowsnest-verify";

    /// <summary>A new one.</summary>
    public static VerifyEvent Make(string source, string nonce, string partition, string account, string region, DateTimeOffset now)
    {
        var task = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var arn = $"arn:{partition}:ecs:{region}:{account}";
        var taskArn = $"{arn}:task/{Cluster}/{task}";
        var service = $"verify-{task[..8]}";
        var detail = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(detail))
        {
            json.WriteStartObject();
            json.WriteString("clusterArn", $"{arn}:cluster/{Cluster}");
            json.WriteString("taskArn", taskArn);
            json.WriteString("taskDefinitionArn", $"{arn}:task-definition/{Cluster}:1");
            json.WriteString("group", "service:" + service);
            json.WriteString("startedBy", "ecs-svc/0000000000000000000");
            json.WriteString("launchType", "FARGATE");
            json.WriteNumber("version", 5);
            json.WriteString("createdAt", Time(now.AddMinutes(-1)));
            json.WriteString("startedAt", Time(now.AddSeconds(-30)));
            json.WriteString("stoppingAt", Time(now.AddSeconds(-1)));
            json.WriteString("stoppedAt", Time(now));
            json.WriteString("updatedAt", Time(now));
            json.WriteString("desiredStatus", "STOPPED");
            json.WriteString("lastStatus", "STOPPED");
            json.WriteString("stopCode", "EssentialContainerExited");
            json.WriteString("stoppedReason", "Essential container in task exited");
            json.WriteStartArray("containers");
            json.WriteStartObject();
            json.WriteString("containerArn", $"{arn}:container/{Cluster}/{task}/{Guid(task)}");
            json.WriteString("taskArn", taskArn);
            json.WriteString("name", "verify");
            json.WriteString("lastStatus", "STOPPED");
            json.WriteNumber("exitCode", 1);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("crowsnest");
            json.WriteStartObject("synthetic");
            json.WriteString("nonce", nonce);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new VerifyEvent(source, account, region, taskArn, service, Encoding.UTF8.GetString(detail.WrittenSpan));
    }

    /// <summary>As EventBridge would deliver it.</summary>
    public byte[] Delivered(string id, DateTimeOffset now)
    {
        var whole = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(whole))
        {
            json.WriteStartObject();
            json.WriteString("version", "0");
            json.WriteString("id", id);
            json.WriteString("detail-type", DetailType);
            json.WriteString("source", Source);
            json.WriteString("account", Account);
            json.WriteString("time", Time(now));
            json.WriteString("region", Region);
            json.WriteStartArray("resources");
            json.WriteStringValue(TaskArn);
            json.WriteEndArray();
            json.WritePropertyName("detail");
            json.WriteRawValue(Detail);
            json.WriteEndObject();
        }

        return whole.WrittenSpan.ToArray();
    }

    /// <summary>An id of EventBridge's form.</summary>
    public static string NewId() => Guid(RandomNumberGenerator.GetHexString(32, lowercase: true));

    private static string Guid(string digits) => $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}";

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
