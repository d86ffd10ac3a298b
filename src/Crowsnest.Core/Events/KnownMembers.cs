namespace Crowsnest.Core.Events;

/// <summary>The members that wrappers and bare details are known by.</summary>
internal enum Member
{
    DetailType, RecordsUpper, Records, Messages, Events, LogEvents, Results, MessageType, AwsLogs, Sns, Kinesis, IsBase64Encoded, BodyUpper, Body, Type,
    MessageUpper, Message, Timestamp, Data, DataUpper, EventVersion, EventName, EventTime, EventSource, RecipientAccountId, AwsRegion, TaskArn, LastStatus,
    Containers, ContainerInstanceArn, RegisteredResources, Status, OverallStatus, HealthChecks, HookId, DaemonDeploymentArn, DaemonArn, DeploymentId, EventType,
    Field, Value, AtMessage, Count,
}

/// <summary>Where those members' values stand in a valid JSON object; of repeated ones the last, as everywhere here.</summary>
internal readonly ref struct KnownMembers
{
    private static readonly byte[][] Names = [.. ((ReadOnlySpan<string>)[
        "detail-type", "Records", "records", "Messages", "events", "logEvents", "results", "messageType", "awslogs", "Sns", "kinesis", "isBase64Encoded",
        "Body", "body", "Type", "Message", "message", "timestamp", "data", "Data", "eventVersion", "eventName", "eventTime", "eventSource",
        "recipientAccountId", "awsRegion", "taskArn", "lastStatus", "containers", "containerInstanceArn", "registeredResources", "status", "overallStatus",
        "healthChecks", "hookId", "daemonDeploymentArn", "daemonArn", "deploymentId", "eventType", "field", "value", "@message"]).ToArray()
        .Select(System.Text.Encoding.ASCII.GetBytes)];

    private readonly ReadOnlySpan<byte> _json;
    private readonly JsonRange[] _values;

    private KnownMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _values = new JsonRange[(int)Member.Count];
    }

    /// <summary>The members of the object that these bytes are.</summary>
    public static KnownMembers Of(ReadOnlySpan<byte> json)
    {
        var members = new KnownMembers(json);
        var scanner = new JsonScanner(json);
        var first = true;
        if (scanner.Peek() != (byte)'{' || !scanner.Enter()) return members;
        while (scanner.NextName(ref first, out var name))
        {
            var start = scanner.Position;
            if (!scanner.Skip()) return members;
            var known = Named(json, name);
            if (known != Member.Count) members._values[(int)known] = new JsonRange(start, scanner.Position - start);
        }

        return members;
    }

    /// <summary>The member of this name; <see cref="Member.Count"/> when we know none.</summary>
    public static Member Named(ReadOnlySpan<byte> json, JsonRange name)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            // With escapes a name may be up to six times as long.
            if ((name.Length == Names[i].Length || name.IsEscaped) && JsonText.Is(json, name, Names[i])) return (Member)i;
        }

        return Member.Count;
    }

    public static string NameOf(Member member) => System.Text.Encoding.ASCII.GetString(Names[(int)member]);

    public bool Has(Member member) => _values[(int)member].IsPresent;

    /// <summary>Where the value stands, quotes and brackets included.</summary>
    public JsonRange this[Member member] => _values[(int)member];

    /// <summary>The first byte of the value, which tells its type; 0 when there is none.</summary>
    public byte Starts(Member member) => Has(member) ? _json[_values[(int)member].Start] : (byte)0;

    /// <summary>The value's bytes as they stand there; empty when there is none.</summary>
    public ReadOnlySpan<byte> Raw(Member member) => _values[(int)member].Of(_json);

    /// <summary>Whether the value is this string.</summary>
    public bool Is(Member member, ReadOnlySpan<byte> text)
    {
        if (Starts(member) != (byte)'"') return false;
        var raw = Raw(member)[1..^1];
        return JsonText.Is(raw, new JsonRange(0, raw.Length, raw.Contains((byte)'\\')), text);
    }
}
