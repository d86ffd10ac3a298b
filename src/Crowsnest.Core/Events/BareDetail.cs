using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>
/// Puts an envelope around details that came without one (InputPath, CloudTrail's own files), when their kind is certain. Nothing is made up: the detail
/// stays byte for byte, and the envelope says its kind and source, and for CloudTrail what EventBridge itself takes from the record.
/// </summary>
internal static class BareDetail
{
    private const string Suffix = ".amazonaws.com\"";

    public static bool TryWrap(in KnownMembers has, ReadOnlySpan<byte> detail, out ReadOnlyMemory<byte> wrapped)
    {
        var envelope = Envelope(has);
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

    private static string? Envelope(in KnownMembers has)
    {
        if (has.Has(Member.EventVersion) && has.Has(Member.EventName) && has.Has(Member.EventTime) && Text(has, Member.EventSource) is { } source
            && source.EndsWith(Suffix, StringComparison.Ordinal))
        {
            var text = new StringBuilder("{\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.");
            text.Append(source, 1, source.Length - 1 - Suffix.Length).Append("\",");
            Copy(text, has, "account", Member.RecipientAccountId);
            Copy(text, has, "time", Member.EventTime);
            Copy(text, has, "region", Member.AwsRegion);
            return text.ToString();
        }

        var type = has.Has(Member.TaskArn) && has.Has(Member.LastStatus) && has.Has(Member.Containers) ? "ECS Task State Change"
            : has.Has(Member.ContainerInstanceArn) && has.Has(Member.RegisteredResources) && has.Has(Member.Status) ? "ECS Container Instance State Change"
            : has.Has(Member.ContainerInstanceArn) && has.Has(Member.OverallStatus) && has.Has(Member.HealthChecks) ? "ECS Container Instance Health Change"
            : has.Has(Member.HookId) && has.Has(Member.EventName) ? "ECS Hook State Change"
            : has.Has(Member.DaemonDeploymentArn) && has.Has(Member.EventName) ? "ECS Daemon Deployment State Change"
            : has.Has(Member.DaemonArn) && has.Has(Member.EventName) ? "ECS Daemon Service Action"
            : has.Has(Member.DeploymentId) && has.Has(Member.EventName) && has.Has(Member.EventType) ? "ECS Deployment State Change"
            : null;
        return type is null ? null : $"{{\"detail-type\":\"{type}\",\"source\":\"aws.ecs\",";
    }

    private static void Copy(StringBuilder text, in KnownMembers has, string name, Member from)
    {
        if (Text(has, from) is { } value) text.Append('"').Append(name).Append("\":").Append(value).Append(',');
    }

    // As it stands there, with its quotes: what was valid there is valid in the envelope.
    private static string? Text(in KnownMembers has, Member member) => has.Starts(member) == (byte)'"' ? Encoding.UTF8.GetString(has.Raw(member)) : null;
}
