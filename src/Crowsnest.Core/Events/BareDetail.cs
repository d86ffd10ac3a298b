using System.Text;
using System.Text.Json;

namespace Crowsnest.Core.Events;

/// <summary>
/// Puts an envelope around details that came without one (InputPath, CloudTrail's own files), when their kind is certain. Nothing is made up: the detail
/// stays byte for byte, and the envelope says its kind and source, and for CloudTrail what EventBridge itself takes from the record.
/// </summary>
internal static class BareDetail
{
    public static bool TryWrap(JsonElement root, ReadOnlySpan<byte> detail, out ReadOnlyMemory<byte> wrapped)
    {
        var envelope = Envelope(root);
        wrapped = default;
        if (envelope is null) return false;

        var head = Encoding.UTF8.GetBytes(envelope + "\"detail\":");
        var bytes = new byte[head.Length + detail.Length + 1];
        head.CopyTo(bytes, 0);
        detail.CopyTo(bytes.AsSpan(head.Length));
        bytes[^1] = (byte)'}';
        wrapped = bytes;
        return true;
    }

    private static string? Envelope(JsonElement root)
    {
        if (Has(root, "eventVersion") && Has(root, "eventName") && Has(root, "eventTime") && Raw(root, "eventSource") is { } source
            && source.EndsWith(".amazonaws.com\"", StringComparison.Ordinal))
        {
            var text = new StringBuilder("{\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.");
            text.Append(source, 1, source.Length - 2 - ".amazonaws.com".Length).Append("\",");
            Copy(text, root, "account", "recipientAccountId");
            Copy(text, root, "time", "eventTime");
            Copy(text, root, "region", "awsRegion");
            return text.ToString();
        }

        var type = Has(root, "taskArn") && Has(root, "lastStatus") && Has(root, "containers") ? "ECS Task State Change"
            : Has(root, "containerInstanceArn") && Has(root, "registeredResources") && Has(root, "status") ? "ECS Container Instance State Change"
            : Has(root, "containerInstanceArn") && Has(root, "overallStatus") && Has(root, "healthChecks") ? "ECS Container Instance Health Change"
            : Has(root, "hookId") && Has(root, "eventName") ? "ECS Hook State Change"
            : Has(root, "daemonDeploymentArn") && Has(root, "eventName") ? "ECS Daemon Deployment State Change"
            : Has(root, "daemonArn") && Has(root, "eventName") ? "ECS Daemon Service Action"
            : Has(root, "deploymentId") && Has(root, "eventName") && Has(root, "eventType") ? "ECS Deployment State Change"
            : null;
        return type is null ? null : $"{{\"detail-type\":\"{type}\",\"source\":\"aws.ecs\",";
    }

    private static void Copy(StringBuilder text, JsonElement root, string name, string from)
    {
        if (Raw(root, from) is { } value) text.Append('"').Append(name).Append("\":").Append(value).Append(',');
    }

    private static bool Has(JsonElement root, string name) => root.TryGetProperty(name, out _);

    private static string? Raw(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetRawText() : null;
}
