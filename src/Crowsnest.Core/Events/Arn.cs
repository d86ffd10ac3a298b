namespace Crowsnest.Core.Events;

/// <summary>The parts of an ARN that we use: <c>arn:PARTITION:SERVICE:REGION:ACCOUNT:TYPE/REST</c>.</summary>
internal readonly ref struct Arn
{
    private Arn(ReadOnlySpan<byte> service, ReadOnlySpan<byte> region, ReadOnlySpan<byte> account, ReadOnlySpan<byte> type, ReadOnlySpan<byte> path)
    {
        Service = service;
        Region = region;
        Account = account;
        Type = type;
        Path = path;
    }

    public ReadOnlySpan<byte> Service { get; }

    public ReadOnlySpan<byte> Region { get; }

    public ReadOnlySpan<byte> Account { get; }

    /// <summary><c>task</c>, <c>service</c>, <c>cluster</c>, <c>instance</c>, …</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>What follows the type: <c>ID</c> in the short form, <c>CLUSTER/ID</c> in the long one.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>The last part of the path.</summary>
    public ReadOnlySpan<byte> Last => Path[(Path.LastIndexOf((byte)'/') + 1)..];

    /// <summary>The cluster that the long form names; empty in the short form.</summary>
    public ReadOnlySpan<byte> Cluster => Path.IndexOf((byte)'/') is var slash and > 0 ? Path[..slash] : [];

    /// <summary>The path without a revision (task definitions).</summary>
    public ReadOnlySpan<byte> WithoutRevision => Path.LastIndexOf((byte)':') is var colon and > 0 ? Path[..colon] : Path;

    public bool IsEcs(ReadOnlySpan<byte> type) => Service.SequenceEqual("ecs"u8) && Type.SequenceEqual(type);

    public static bool TryParse(ReadOnlySpan<byte> text, out Arn arn)
    {
        arn = default;
        if (!text.StartsWith("arn:"u8)) return false;
        var partition = Colon(text, 4);
        var service = Colon(text, partition + 1);
        var region = Colon(text, service + 1);
        var account = Colon(text, region + 1);
        if (account < 0) return false;

        var rest = text[(account + 1)..];
        var slash = rest.IndexOf((byte)'/');
        arn = new Arn(
            text[(partition + 1)..service], text[(service + 1)..region], text[(region + 1)..account],
            slash < 0 ? rest : rest[..slash], slash < 0 ? [] : rest[(slash + 1)..]);
        return true;
    }

    // The next colon; -1 when there is none, or when there was none before.
    private static int Colon(ReadOnlySpan<byte> text, int from)
    {
        if (from <= 0) return -1;
        var next = text[from..].IndexOf((byte)':');
        return next < 0 ? -1 : from + next;
    }
}
