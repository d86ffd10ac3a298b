namespace Crowsnest.Core.Events;

/// <summary>How a stream is read.</summary>
public sealed record EventStreamOptions
{
    /// <summary>Events and faults in a batch; what one message holds stays together and may exceed it.</summary>
    public int BatchItemsMax { get; init; } = 1000;

    /// <summary>Bytes read for a batch.</summary>
    public int BatchBytesMax { get; init; } = 2 << 20;

    /// <summary>
    /// A wrapper around one message, and one element of a list of messages, may be so large: above Lambda's 6 MiB for an invocation. Lists of messages are
    /// read element by element and may have any length.
    /// </summary>
    public int WrapperBytesMax { get; init; } = 8 << 20;

    /// <summary>What is compressed inside one wrapper may grow to, all of it together.</summary>
    public long InnerBytesMax { get; init; } = 64 << 20;

    /// <summary>What a compressed stream may grow to.</summary>
    public long DecompressedBytesMax { get; init; } = 64L << 30;

    /// <summary>How many times its size it may grow to, once it has grown past 16 MiB.</summary>
    public int DecompressionRatioMax { get; init; } = 250;

    /// <summary>Hand over what is there whenever the stream gives little at a time (a pipe that is written to slowly), instead of filling batches.</summary>
    public bool Live { get; init; }

    /// <summary>What is masked.</summary>
    public MaskingOptions Masking { get; init; } = new();
}
