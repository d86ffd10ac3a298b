namespace Crowsnest.Core.Patterns;

/// <summary>What kind of value stands at a leaf.</summary>
internal enum LeafKind : byte
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
    Literal,
}

/// <summary>A value of an event that is neither object nor array.</summary>
/// <param name="kind">Its kind.</param>
/// <param name="bytes">Of a string what it says, without quotes and escapes; otherwise the value as it is written.</param>
internal readonly ref struct Leaf(LeafKind kind, ReadOnlySpan<byte> bytes)
{
    public LeafKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
