namespace Crowsnest.Core.Events;

/// <summary>What became of one message: an event, or a fault with its bytes. Every byte that comes in ends as one or the other.</summary>
public abstract record Decoded
{
    private Decoded()
    {
    }

    /// <summary>The bytes are an event.</summary>
    public sealed record Ok(EcsEvent Event) : Decoded;

    /// <summary>The bytes go to quarantine.</summary>
    public sealed record Failed(Fault Fault) : Decoded;
}

/// <summary>Why bytes could not be read as an event, and the bytes themselves.</summary>
/// <param name="Reason">A stable code, for counting.</param>
/// <param name="Message">For a person: what is wrong and where (byte offset, line).</param>
/// <param name="Bytes">The bytes untouched; of what is over 1 MiB only the head.</param>
/// <param name="Length">The whole length in bytes.</param>
/// <param name="Hash">SHA-256 of the whole as lower-case hexadecimal.</param>
public sealed record Fault(QuarantineReason Reason, string Message, ReadOnlyMemory<byte> Bytes, long Length, string Hash);

/// <summary>Why something is in quarantine. The names (camelCase) are public and stable.</summary>
public enum QuarantineReason
{
    /// <summary>Not JSON.</summary>
    NotJson,

    /// <summary>JSON, but not an object.</summary>
    NotAnObject,

    /// <summary>An object without a detail-type, and no wrapper that we know.</summary>
    NoDetailType,

    /// <summary>Bytes that are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>Nested deeper than 128.</summary>
    TooDeep,

    /// <summary>Over 1 MiB.</summary>
    TooLarge,

    /// <summary>A gzip stream that is damaged or ends early.</summary>
    BadCompression,

    /// <summary>A wrapper (SQS, SNS, Records, …) whose inside cannot be read.</summary>
    BadWrapper,

    /// <summary>A store refused it for good.</summary>
    Refused,
}
