namespace Crowsnest.Core.Events;

/// <summary>What a decoder does with the mark of this program's own events.</summary>
public enum OwnMark
{
    /// <summary>It is left as it is: what is read was kept by a store.</summary>
    Left,

    /// <summary>It is taken away: what is read comes from outside, where anybody may write anything.</summary>
    TakenAway,

    /// <summary>It is given: what is read was made by this process.</summary>
    Given,
}

/// <summary>Events that this program makes itself, out of what it learned otherwise than from events: of source <c>crowsnest.resync</c>, from the ECS API.</summary>
/// <remarks>
/// A name proves nothing, since anybody who may send events may write it; the way in does. A decoder that reads what this process made puts <see cref="Verified"/>
/// where the mark stands and lists it as masked; one that reads from outside puts <c>***</c> there. Nobody else can put the word there and have it listed as
/// masked, so that what is kept says for ever whose event it was, and an event from outside never has the key of one of ours.
/// </remarks>
public static class OwnEvents
{
    /// <summary>Their source.</summary>
    public const string Source = "crowsnest.resync";

    private const string Path = "detail.crowsnest.resync";
    private const string Pointer = "/detail/crowsnest/resync";

    private static readonly Masker Finder = new(new MaskingOptions { Environment = false, Paths = [Path] });

    /// <summary>What is kept in the mark's place.</summary>
    internal static ReadOnlySpan<byte> Verified => "\"verified\""u8;

    /// <summary>Whether this is the source.</summary>
    internal static bool Is(ReadOnlySpan<byte> json, JsonRange source) => source.IsPresent && JsonText.Is(json, source, "crowsnest.resync"u8);

    /// <summary>Where marks stand: one, unless a member is repeated.</summary>
    internal static FoundValues Find(ReadOnlySpan<byte> json) => Finder.Find(json);

    /// <summary>Whether an event that a store kept was our own when it came, by what is kept of it.</summary>
    internal static bool Held(ReadOnlySpan<byte> json, IReadOnlyList<string> masked) =>
        masked.Contains(Pointer) && Find(json).Places is [var (start, end)] && json[start..end].SequenceEqual(Verified);
}
